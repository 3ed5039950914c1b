"""Read octets one field after another, and say where a message ends too soon.

The fields of a TPDU follow each other without separators (3GPP TS 23.040
9.1), so a single wrong length shifts all that comes after it.  Each read
therefore names the field it is for, and fails with that name and the offset.
"""

NIBBLE_BITS = 4
NIBBLE = 0x0F


class PduError(ValueError):
    """Octets that are no message we can read, or a message we cannot write.

    The text says what is wrong and where, never what was in it.

    Attributes:
        octet: offset of the field at fault, None where there is no such offset.
    """

    def __init__(self, reason: str, octet: int | None = None) -> None:
        super().__init__(reason if octet is None else f"{reason}, at octet {octet}")
        self.octet = octet


class Reader:
    """A place in a run of octets.

    Attributes:
        at: offset of the next octet.
    """

    __slots__ = ("_octets", "at")

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self.at = 0

    @property
    def left(self) -> int:
        """How many octets were not read yet."""
        return len(self._octets) - self.at

    def take(self, count: int, field: str) -> bytes:
        """The next `count` octets, which are the `field`.

        Raises:
            PduError: there are fewer.
        """
        if count > self.left:
            raise PduError(f"{field} is cut off ({count} wanted, {self.left} left)", self.at)
        taken = self._octets[self.at : self.at + count]
        self.at += count
        return taken

    def octet(self, field: str) -> int:
        """The next octet, which is the `field`.

        Raises:
            PduError: there is none.
        """
        return self.take(1, field)[0]


def nibbles(octets: bytes) -> list[int]:
    """The semi-octets in the order they are read: low one first (9.1.2.3)."""
    return [half for octet in octets for half in (octet & NIBBLE, octet >> NIBBLE_BITS)]


def from_nibbles(halves: list[int]) -> bytes:
    """Octets of `halves`, an odd last one filled up with 1111 (9.1.2.3)."""
    even = [*halves, NIBBLE] if len(halves) % 2 else halves
    return bytes(low | high << NIBBLE_BITS for low, high in zip(even[::2], even[1::2], strict=True))
