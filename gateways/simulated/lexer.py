"""From octets to command lines and message texts (ITU-T V.250 5.2, TS 27.005 3.5.1).

The lexer has the modem's memory of what was half typed: it outlives the
host that typed it.
"""

from dataclasses import dataclass
from enum import Enum, auto

CTRL_Z, ESCAPE, CR, BACKSPACE = 0x1A, 0x1B, 0x0D, 0x08
MOST_TEXT = 4096  # octets of a message text that are kept
_PRINTABLE = 0x20


class Kind(Enum):
    """What was heard."""

    LINE = auto()  # a command line, without its CR
    TEXT = auto()  # a message text, ended by Ctrl-Z
    GIVEN_UP = auto()  # a message text, ended by ESC
    PART = auto()  # nothing whole yet


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing heard, and the octets it came in, for the echo."""

    kind: Kind
    body: bytes
    octets: bytes


class Lexer:
    """Cuts what the host writes; the modem says when a text is expected."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._body = bytearray()
        self.in_text = False

    def feed(self, octets: bytes) -> None:
        """Take what the host wrote."""
        self._pending += octets

    def next(self) -> Heard | None:
        """Return the next thing heard, or None if all was."""
        if not self._pending:
            return None
        ends = {CTRL_Z, ESCAPE} if self.in_text else {CR}
        for place, octet in enumerate(self._pending):
            if octet in ends:
                return self._end(octet, self._cut(place + 1))
        octets = self._cut(len(self._pending))
        self._keep(octets)
        return Heard(Kind.PART, b"", octets)

    def expect_text(self) -> None:
        """Read what follows as a message text."""
        self.in_text = True

    def reset(self) -> None:
        """Forget everything, as a restart does."""
        self._pending.clear()
        self._body.clear()
        self.in_text = False

    def _cut(self, count: int) -> bytes:
        octets = bytes(self._pending[:count])
        del self._pending[:count]
        return octets

    def _keep(self, octets: bytes) -> None:
        self._body += octets
        del self._body[MOST_TEXT:]

    def _end(self, octet: int, octets: bytes) -> Heard:
        self._keep(octets[:-1])
        body = bytes(self._body)
        self._body.clear()
        if not self.in_text:
            return Heard(Kind.LINE, _edited(body), octets)
        self.in_text = False
        return Heard(Kind.TEXT if octet == CTRL_Z else Kind.GIVEN_UP, body, octets)


def _edited(line: bytes) -> bytes:
    """Apply backspaces and drop other control characters (V.250 5.2.2)."""
    kept = bytearray()
    for octet in line:
        if octet == BACKSPACE:
            del kept[-1:]
        elif octet >= _PRINTABLE:
            kept.append(octet)
    return bytes(kept)
