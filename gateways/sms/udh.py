"""The user data header: elements in front of a text (3GPP TS 23.040 9.2.3.24).

Four kinds concern us: what joins the parts of a long message, the ports of
an application, the national tables, and waiting voice mail.  All others are
skipped by their length.  Where a kind comes twice the last one counts.
"""

from dataclasses import dataclass

from gateways.sms.octets import PduError

CONCAT, SPECIAL_INDICATION, PORTS_8_BIT, PORTS_16_BIT, CONCAT_WIDE = 0x00, 0x01, 0x04, 0x05, 0x08
SINGLE_SHIFT, LOCKING_SHIFT = 0x24, 0x25
MOST_PARTS = 255
_ELEMENT_HEAD = 2  # its kind and its length
_LENGTHS = {
    CONCAT: 3,
    SPECIAL_INDICATION: 2,
    PORTS_8_BIT: 2,
    PORTS_16_BIT: 4,
    CONCAT_WIDE: 4,
    SINGLE_SHIFT: 1,
    LOCKING_SHIFT: 1,
}


@dataclass(frozen=True, slots=True)
class Concat:
    """Which part of which long message this is.

    Attributes:
        reference: the same in all parts, 0-255, or to 65535 where `wide`.
        total: parts of the message, 1-255.
        sequence: of this part, from 1.
        wide: the reference has 16 bits.
    """

    reference: int
    total: int
    sequence: int
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """What a header says, as far as we heed it.

    Attributes:
        octets: its length on the air, with the octet that tells the length.
        concat: None for a message that came whole.
        ports: destination and source.
        single, locking: numbers of national tables (3GPP TS 23.038 6.2.1.2.4).
        indication: it tells of waiting voice mail, fax and the like.
    """

    octets: int = 0
    concat: Concat | None = None
    ports: tuple[int, int] | None = None
    single: int | None = None
    locking: int | None = None
    indication: bool = False


def parse(user_data: bytes, offset: int) -> Header:
    """The header at the beginning of `user_data`.

    Args:
        user_data: all octets of the user data.
        offset: of `user_data` in the message, for errors.

    Raises:
        PduError: header or element is longer than what holds it.
    """
    if not user_data or user_data[0] >= len(user_data):
        raise PduError("the header announced is longer than the user data", offset)
    octets = 1 + user_data[0]
    found = _elements(user_data[1:octets], offset + 1)
    single, locking = found.get(SINGLE_SHIFT), found.get(LOCKING_SHIFT)
    return Header(
        octets=octets,
        concat=_concat(found),
        ports=_ports(found),
        single=single[0] if single else None,
        locking=locking[0] if locking else None,
        indication=SPECIAL_INDICATION in found,
    )


def encode(concat: Concat) -> bytes:
    """A header that holds `concat` and nothing else.

    Raises:
        PduError: a number does not fit in its field.
    """
    bits = 16 if concat.wide else 8
    if not (1 <= concat.sequence <= concat.total <= MOST_PARTS):
        raise PduError(f"part {concat.sequence} of {concat.total}: 1 to 255 can be counted")
    if not 0 <= concat.reference < 1 << bits:
        raise PduError(f"reference {concat.reference} does not fit in {bits} bits")
    kind = CONCAT_WIDE if concat.wide else CONCAT
    data = concat.reference.to_bytes(bits // 8, "big") + bytes([concat.total, concat.sequence])
    return bytes([_ELEMENT_HEAD + len(data), kind, len(data)]) + data


def _elements(octets: bytes, offset: int) -> dict[int, bytes]:
    """Data by kind, in the order of last occurrence."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(octets):
        head = octets[at : at + _ELEMENT_HEAD]
        end = at + _ELEMENT_HEAD + head[-1]
        if len(head) < _ELEMENT_HEAD or end > len(octets):
            raise PduError("a header element is longer than the header", offset + at)
        data = octets[at + _ELEMENT_HEAD : end]
        # An element shorter than its kind needs says nothing; longer ones may come one day.
        if len(data) >= _LENGTHS.get(head[0], 0):
            found.pop(head[0], None)
            found[head[0]] = data
        at = end
    return found


def _last(found: dict[int, bytes], kinds: tuple[int, int]) -> int | None:
    return next((kind for kind in reversed(found) if kind in kinds), None)


def _concat(found: dict[int, bytes]) -> Concat | None:
    kind = _last(found, (CONCAT, CONCAT_WIDE))
    if kind is None:
        return None
    *reference, total, sequence = found[kind][: _LENGTHS[kind]]
    if not 1 <= sequence <= total:
        return None  # to be ignored as a whole (9.2.3.24.1)
    return Concat(int.from_bytes(bytes(reference), "big"), total, sequence, kind == CONCAT_WIDE)


def _ports(found: dict[int, bytes]) -> tuple[int, int] | None:
    kind = _last(found, (PORTS_8_BIT, PORTS_16_BIT))
    if kind is None:
        return None
    data = found[kind][: _LENGTHS[kind]]
    half = len(data) // 2
    return int.from_bytes(data[:half], "big"), int.from_bytes(data[half:], "big")
