"""How a radio is reached: over TCP or a serial port."""

import contextlib
import errno
import os
import socket
import termios
from collections.abc import Callable
from typing import Any

import serial  # type: ignore[import-untyped]
from meshtastic.serial_interface import SerialInterface  # type: ignore[import-untyped]
from meshtastic.tcp_interface import TCPInterface  # type: ignore[import-untyped]

from gateways.mesh.addresses import Serial, Tcp
from gateways.mesh.ears import Ears
from gateways.mesh.mailbox import Loss
from gateways.mesh.session import Session

BAUD = 115200
# A peer without power is noticed so, also while nothing is asked.
_IDLE_S, _BETWEEN_S, _PROBES = 30, 10, 3


class TcpSession(Session, TCPInterface):  # type: ignore[misc]  # the library is untyped
    """A connection over TCP.  A radio has but one at a time."""

    _hung_up = Loss.CLOSED

    def __init__(
        self, where: Tcp, ears: Ears, lost: Callable[[], None], write_wait_s: float
    ) -> None:
        super().__init__(ears, lost, write_wait_s, hostname=where.host, portNumber=where.port)

    def _open_line(self, wait_s: float) -> None:
        try:
            line = socket.create_connection((self.hostname, self.portNumber), timeout=wait_s)
        except UnicodeError:
            raise OSError(errno.EINVAL, "this is no name of a host") from None
        line.settimeout(0)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _IDLE_S)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _BETWEEN_S)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _PROBES)
        self.socket = line

    def _descriptor(self) -> int:
        return int(self.socket.fileno())

    def _hang_up(self) -> None:
        if self.socket is not None:
            self.socket.shutdown(socket.SHUT_RDWR)

    def _close_line(self) -> None:
        if self.socket is not None:
            self.socket.close()


class SerialSession(Session, SerialInterface):  # type: ignore[misc]  # the library is untyped
    """A connection over a serial port, a pty too."""

    def __init__(
        self, where: Serial, ears: Ears, lost: Callable[[], None], write_wait_s: float
    ) -> None:
        super().__init__(ears, lost, write_wait_s, devPath=where.path)

    def _open_line(self, wait_s: float) -> None:  # noqa: ARG002  # a port opens at once or not
        try:
            port: Any = serial.Serial(self.devPath, BAUD, exclusive=True, timeout=0)
        except termios.error as error:
            raise OSError(*error.args) from None
        # Else the radio would restart each time that the port is closed.
        with contextlib.suppress(termios.error):
            self._set_hupcl_with_termios(port)
        os.set_blocking(port.fileno(), False)
        self.stream = port

    def _descriptor(self) -> int:
        return int(self.stream.fileno())

    def _close_line(self) -> None:
        if self.stream is not None:
            self.stream.close()


def session(
    where: Tcp | Serial, ears: Ears, lost: Callable[[], None], write_wait_s: float
) -> Session:
    """A connection that is not open; see `Session` for what it takes."""
    if isinstance(where, Serial):
        return SerialSession(where, ears, lost, write_wait_s)
    return TcpSession(where, ears, lost, write_wait_s)
