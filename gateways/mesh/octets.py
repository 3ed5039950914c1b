"""Octets through a descriptor that never blocks, a socket or a tty: thin, and never without end."""

import os
import select

_CHUNK = 4096


def write_some(descriptor: int, octets: memoryview, wait_s: float) -> int:
    """How many of `octets` it took; 0: none within the wait.

    Raises:
        OSError: it is broken.
    """
    if not _is_ready(descriptor, select.POLLOUT, wait_s):
        return 0
    try:
        return os.write(descriptor, octets)
    except BlockingIOError:
        return 0


def read_some(descriptor: int, wait_s: float) -> bytes | None:
    """What it has, None if nothing comes within the wait; no octets: the other side ended it.

    Raises:
        OSError: it is broken.
    """
    if not _is_ready(descriptor, select.POLLIN, wait_s):
        return None
    try:
        return os.read(descriptor, _CHUNK)
    except BlockingIOError:
        return None
    except ConnectionError:
        return b""


def _is_ready(descriptor: int, event: int, wait_s: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, event)
    return bool(poll.poll(max(0.0, wait_s) * 1000))
