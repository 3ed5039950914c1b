"""The socket under a fetch: whom it may reach, and until when.

Timeouts of an HTTP library count from one octet to the next, so a server
that drips one now and then holds a thread for ever.  Here one deadline
covers all: looking up, connecting, TLS, headers and body.

The address that was checked is the one that is connected to; a name that
resolves otherwise a moment later (DNS rebinding) gains nothing.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import httpcore

from content.address import is_public

Resolver: TypeAlias = Callable[[str, int], Sequence[str]]

_SHORTEST_WAIT_S = 0.001  # a timeout of 0 would mean: do not block


class Forbidden(httpcore.ConnectError):
    """The name leads to no address that may be fetched from."""


class Deadline:
    """A moment by which all must be done, by the monotonic clock."""

    def __init__(self, wait_s: float) -> None:
        self._end = time.monotonic() + wait_s

    def left_s(self, at_most_s: float | None = None) -> float:
        """Give the seconds left, or `at_most_s` if that is less.

        Raises:
            httpcore.ReadTimeout: none is left.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline has passed")
        asked = left if at_most_s is None else min(left, at_most_s)
        return max(asked, _SHORTEST_WAIT_S)


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Look `host` up as the system does; the order is the system's."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def lookup(resolve: Resolver, host: str, port: int, deadline: Deadline) -> Sequence[str]:
    """Look a name up, and give up in time.

    The system's resolver cannot be told to hurry; on a network that
    swallows queries it takes a minute.  Its thread ends by itself.

    Raises:
        httpcore.ConnectError: there is no such name.
        httpcore.ConnectTimeout: no answer came in time.
    """
    answer: list[Sequence[str]] = []
    thread = threading.Thread(
        target=_try_lookup, args=(resolve, host, port, answer), daemon=True, name="lookup"
    )
    thread.start()
    thread.join(deadline.left_s())
    if thread.is_alive():
        raise httpcore.ConnectTimeout("no answer to the look-up of the name")
    if not answer or not answer[0]:
        raise httpcore.ConnectError("the name has no address")
    return answer[0]


def _try_lookup(resolve: Resolver, host: str, port: int, answer: list[Sequence[str]]) -> None:
    try:
        answer.append(resolve(host, port))
    except (OSError, UnicodeError):  # no such name, or none that IDNA can write
        return


class CheckedBackend(httpcore.NetworkBackend):
    """Connects to checked addresses only, and until the deadline only."""

    def __init__(self, deadline: Deadline, resolve: Resolver, *, allow_private: bool) -> None:
        self._deadline = deadline
        self._resolve = resolve
        self._allow_private = allow_private
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first checked address of `host` that answers."""
        addresses = lookup(self._resolve, host, port, self._deadline)
        allowed = [one for one in addresses if self._allow_private or is_public(one)]
        if not allowed:
            raise Forbidden("leads to a private, local or reserved address")
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for tried, address in enumerate(allowed):
            # What is left is shared, so that one dead address leaves time for the next.
            wait_s = self._deadline.left_s(timeout) / (len(allowed) - tried)
            try:
                stream = self._sockets.connect_tcp(
                    address, port, wait_s, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _TimedStream(stream, self._deadline)
        raise failure or httpcore.ConnectError("no address answers")


class _TimedStream(httpcore.NetworkStream):
    """A stream on which no wait outlives the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left_s(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left_s(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        wait_s = self._deadline.left_s(timeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, wait_s)
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
