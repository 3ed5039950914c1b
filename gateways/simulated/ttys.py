"""The modems' ttys: pseudo-terminals behind symbolic links.

The simulator keeps the slave end open too, so that a host may come and
go as on a real port: what it typed stays typed, and what was said while
nobody listened waits in the line.
"""

import contextlib
import fcntl
import os
import selectors
import termios
import tty
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

MOST_UNREAD = 1 << 16  # octets kept for a host that does not read; the oldest are lost
_CHUNK = 1 << 14


@dataclass(slots=True)
class Line:
    """One pseudo-terminal."""

    master: int
    slave: int
    link: Path
    unread: bytearray = field(default_factory=bytearray)


class Ttys:
    """All ttys of a simulation, watched by one selector."""

    def __init__(
        self,
        directory: Path,
        selector: selectors.BaseSelector,
        heard: Callable[[str, bytes], None],
    ) -> None:
        self._directory = directory
        self._selector = selector
        self._heard = heard
        self._lines: dict[str, Line] = {}

    def plug(self, name: str) -> None:
        """Make a tty and its link."""
        if name in self._lines:
            return
        master, slave = os.openpty()
        tty.setraw(slave, termios.TCSANOW)
        os.set_blocking(master, False)
        link = self._directory / f"{name}.tty"
        self._lines[name] = Line(master, slave, link)
        _point(link, os.ttyname(slave))
        self._selector.register(master, selectors.EVENT_READ, lambda mask: self._ready(name, mask))

    def unplug(self, name: str) -> None:
        """Take a tty and its link away; a host that has it open is cut off."""
        line = self._lines.pop(name, None)
        if line is None:
            return
        self._selector.unregister(line.master)
        line.link.unlink(missing_ok=True)
        os.close(line.slave)
        os.close(line.master)

    def write(self, name: str, octets: bytes) -> None:
        """Write to the host, as far as the line takes it; the rest waits."""
        line = self._lines.get(name)
        if line is None:
            return
        line.unread += octets
        del line.unread[:-MOST_UNREAD]
        self._flush(line)

    def close(self) -> None:
        """Take all ttys away."""
        for name in list(self._lines):
            self.unplug(name)

    def _ready(self, name: str, mask: int) -> None:
        line = self._lines[name]
        if mask & selectors.EVENT_WRITE:
            self._flush(line)
        if mask & selectors.EVENT_READ:
            with contextlib.suppress(BlockingIOError):
                octets = os.read(line.master, _CHUNK)
                # A host may have claimed the tty for itself alone; as it never
                # quite closes here, the claim would outlive that host.
                fcntl.ioctl(line.slave, termios.TIOCNXCL)
                self._heard(name, octets)

    def _flush(self, line: Line) -> None:
        with contextlib.suppress(BlockingIOError):
            while line.unread:
                written = os.write(line.master, line.unread[:_CHUNK])
                del line.unread[:written]
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.unread else 0)
        if self._selector.get_key(line.master).events != events:
            act = self._selector.get_key(line.master).data
            self._selector.modify(line.master, events, act)


def _point(link: Path, target: str) -> None:
    """Make the link in one step, over whatever an earlier run left there."""
    fresh = link.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)
