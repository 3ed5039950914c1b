"""A serial line to a modem: python-gsmmodem-new as transport, with a reader of our own.

What the library's own reader does not survive, this one does: octets that are
no UTF-8 (its thread ends and nobody is told), unsolicited lines in the middle
of a response (it swallows them), a prompt without its space, a line that never
ends.  Its properties (`signalStrength`, `networkName`, `imei`, …) work on it
as they are, because `write` keeps the library's meaning.
"""

import logging
import queue
import re
import termios
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import serial  # type: ignore[import-untyped]

with warnings.catch_warnings():
    # The library's regular expressions are not raw strings; Python 3.12 says so on import.
    warnings.simplefilter("ignore", SyntaxWarning)
    from gsmmodem.exceptions import CommandError, TimeoutException  # type: ignore[import-untyped]
    from gsmmodem.modem import GsmModem  # type: ignore[import-untyped]
    from gsmmodem.serial_comms import SerialComms  # type: ignore[import-untyped]

from gateways.sms.dialogue import Unsolicited, carries_tpdu, is_final, is_unsolicited

# Its debug lines and some of its errors carry numbers and texts.
logging.getLogger("gsmmodem").disabled = True
for _name in ("gsmmodem.modem.GsmModem", "gsmmodem.serial_comms.SerialComms"):
    logging.getLogger(_name).disabled = True

LINE_OCTETS = 2048  # the longest line of a modem is a TPDU of 176 octets, in hexadecimal
_BREAK = re.compile(rb"\r\n|\r|\n")
# Modems speak printable ASCII; anything else is noise and must not hide what stands beside it.
_NOISE = bytes(set(range(256)) - set(range(0x20, 0x7F)) - set(b"\r\n"))
PROMPT = ">"


class LineLost(Exception):
    """The port is gone, or its reader has ended."""


class PortRefused(Exception):
    """The port cannot be opened; `errno` where the system gave one."""

    def __init__(self, errno: int | None, text: str) -> None:
        super().__init__(text)
        self.errno = errno


class LineSilent(Exception):
    """No answer within the wait."""


class Line(GsmModem):  # type: ignore[misc]  # the library is untyped; this class is its typed face
    """One owner thread talks; a reader thread sorts what comes into answers and hints."""

    def __init__(self, port: str, baud: int, wait_s: float, hint: Callable[[], None]) -> None:
        """Nothing is opened yet.

        Args:
            port: any tty, a pty too.
            baud: its speed; without meaning on USB.
            wait_s: for an answer, where no other wait is named.
            hint: called from the reader when something came unasked, or the port is gone.
        """
        super().__init__(port, baud, exclusive=True, write_timeout=wait_s)
        self._wait_s = wait_s
        self._hint = hint
        self._heard: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._command = ""
        self._before_tpdu = ""
        self.unsolicited: queue.SimpleQueue[Unsolicited] = queue.SimpleQueue()

    # The owner's side.

    def open(self) -> None:
        """Open the port and start the reader.

        Raises:
            PortRefused: it cannot be opened.
        """
        try:
            SerialComms.connect(self)
        except (serial.SerialException, OSError, ValueError, termios.error) as error:
            raise PortRefused(getattr(error, "errno", None), str(error)) from None

    def close(self) -> None:
        """Stop the reader and let go of the port."""
        self.alive = False
        port = getattr(self, "serial", None)
        if port is None:
            return
        if port.is_open:
            port.cancel_read()
        if self.rxThread is not threading.current_thread():
            self.rxThread.join()
        port.close()

    def put(self, octets: str) -> None:
        """Write as it stands.

        Raises:
            LineLost: the port is gone.
        """
        if not self.alive:
            raise LineLost
        try:
            self.serial.write(octets.encode("ascii"))
        except (serial.SerialException, OSError, TypeError) as error:
            # pyserial's write raises TypeError where close() took the handle from under it.
            raise LineLost from error

    def next(self, wait_s: float) -> str:
        """The next line of an answer, or `PROMPT`.

        Raises:
            LineSilent: none came in time.
            LineLost: the port is gone.
        """
        try:
            line = self._heard.get(timeout=max(0.0, wait_s))
        except queue.Empty:
            raise LineSilent from None
        if line is None:
            raise LineLost
        return line

    def listen_for(self, command: str) -> None:
        """What comes from now on answers `command`; what came before is stale."""
        self._command = command
        while not self._heard.empty():
            if self._heard.get_nowait() is None:
                raise LineLost

    def ask(self, command: str, wait_s: float | None = None) -> list[str]:
        """Write a command; return the lines of its answer, the final result code last.

        Raises:
            LineSilent, LineLost: there was no whole answer.
        """
        self.listen_for(command)
        self.put(command + "\r")
        until = time.monotonic() + (self._wait_s if wait_s is None else wait_s)
        lines: list[str] = []
        while True:
            line = self.next(until - time.monotonic())
            if line not in {command, PROMPT}:
                lines.append(line)
            if is_final(line):
                return lines

    def drain(self, quiet_s: float) -> None:
        """Read until nothing came for `quiet_s`: answers to what was asked long ago."""
        self.listen_for("")
        try:
            while True:
                self.next(quiet_s)
        except LineSilent:
            return

    def write(self, data: str, *_: Any, timeout: float | None = None, **__: Any) -> list[str]:
        """What the library's own properties call: `ask`, with the library's errors."""
        try:
            lines = self.ask(data, timeout)
        except (LineSilent, LineLost) as error:
            raise TimeoutException from error
        if lines[-1] != "OK":
            raise CommandError(data)
        return lines

    # The reader's side.

    def _readLoop(self) -> None:  # noqa: N802  # the library's name for it
        pending = b""
        try:
            while self.alive:
                pending += self.serial.read(max(1, min(self.serial.in_waiting, LINE_OCTETS)))
                pending = self._sort(pending)
        except (serial.SerialException, OSError, TypeError):
            # TypeError: pyserial, when the handle is closed while it waits.
            pass
        finally:
            self.alive = False
            self._heard.put(None)
            self._hint()

    def _sort(self, pending: bytes) -> bytes:
        """Hand on the whole lines of `pending`; return what is not a line yet."""
        *lines, rest = _BREAK.split(pending.translate(None, _NOISE))
        for octets in lines:
            self._line(octets.decode("ascii").strip())
        if rest in {b">", b"> "}:
            self._heard.put(PROMPT)
            return b""
        return rest if len(rest) < LINE_OCTETS else b""

    def _line(self, line: str) -> None:
        if not line:
            return
        if self._before_tpdu:
            self._unasked(Unsolicited(self._before_tpdu, tpdu=line))
            self._before_tpdu = ""
        elif not is_unsolicited(line, self._command):
            self._heard.put(line)
        elif carries_tpdu(line):
            # Kept until its TPDU is here: a message in two halves would be lost.
            self._before_tpdu = line
        else:
            self._unasked(Unsolicited(line))

    def _unasked(self, said: Unsolicited) -> None:
        self.unsolicited.put(said)
        self._hint()
