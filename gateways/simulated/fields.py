"""The fields that short messages are made of: addresses, times, headers.

Addresses are 3GPP TS 23.040 9.1.2.5, time stamps 9.2.3.11, validity
periods 9.2.3.12, the user data header 9.2.3.24.  The simulator's own
reading of them; the node has another.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from gateways.simulated import gsm7

INTERNATIONAL, UNKNOWN, ALPHANUMERIC = 0x91, 0x81, 0xD0
MOST_DIGITS = 20  # of an address, 9.1.2.5
_DIGITS = "0123456789*#abc"
_QUARTER = timedelta(minutes=15)
_CONCAT_8, _CONCAT_16, _PORTS_16 = 0x00, 0x08, 0x05
_NATIONAL = {0x24, 0x25}  # single and locking shift, 9.2.3.24.15 and .16


class PduError(ValueError):
    """The octets are no message of this kind; says which field is wrong."""


@dataclass(frozen=True, slots=True)
class Concat:
    """Which part of which longer message a segment is (9.2.3.24.1, .8)."""

    reference: int
    total: int
    sequence: int
    wide: bool = False


class Reader:
    """Takes fields off the front of some octets."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    def take(self, count: int, field: str) -> bytes:
        """Return the next `count` octets.

        Raises:
            PduError: fewer are left.
        """
        end = self._at + count
        if end > len(self._octets):
            raise PduError(f"{field} ends after octet {len(self._octets)}, needs {end}")
        taken, self._at = self._octets[self._at : end], end
        return taken

    def octet(self, field: str) -> int:
        """Return the next octet as a number."""
        return self.take(1, field)[0]

    def rest(self) -> bytes:
        """Return all that is left."""
        return self.take(len(self._octets) - self._at, "rest")


def semi_octets(digits: str) -> bytes:
    """Write digits two an octet, the first in the low half (9.1.2.3)."""
    values = [_DIGITS.index(digit) for digit in digits] + [0xF] * (len(digits) % 2)
    return bytes(low | high << 4 for low, high in zip(values[::2], values[1::2], strict=True))


def read_semi_octets(octets: bytes, count: int, field: str) -> str:
    """Read `count` digits, two an octet.

    Raises:
        PduError: filler stands where a digit should.
    """
    values = [half for octet in octets for half in (octet & 0xF, octet >> 4)][:count]
    if any(value >= len(_DIGITS) for value in values):
        raise PduError(f"{field} has filler among its {count} digits")
    return "".join(_DIGITS[value] for value in values)


def address(number: str) -> bytes:
    """Write a number, a short code or a sender's name as an address field."""
    bare = number.removeprefix("+")
    if bare and all(char in _DIGITS for char in bare):
        kind = INTERNATIONAL if number.startswith("+") else UNKNOWN
        return bytes([len(bare), kind]) + semi_octets(bare)
    septets = gsm7.encode(number)[:11]
    return bytes([-(-7 * len(septets) // 4), ALPHANUMERIC]) + gsm7.pack(septets)


def read_address(reader: Reader, field: str) -> str:
    """Read an address field: `+` and digits, bare digits, or a name.

    Raises:
        PduError: it is cut off, too long, or has filler among its digits.
    """
    length, kind = reader.octet(field), reader.octet(field)
    if length > MOST_DIGITS or not kind & 0x80:
        raise PduError(f"{field} has length {length} and type {kind:#04x}")
    octets = reader.take((length + 1) // 2, field)
    if kind & 0x70 == ALPHANUMERIC & 0x70:
        return gsm7.decode(gsm7.unpack(octets, length * 4 // 7))
    digits = read_semi_octets(octets, length, field)
    return "+" + digits if kind & 0x70 == INTERNATIONAL & 0x70 else digits


def smsc_address(number: str) -> bytes:
    """Write the centre's address as it stands before a TPDU (TS 27.005 4.1)."""
    if not number:
        return b"\0"
    digits = semi_octets(number.removeprefix("+"))
    return bytes([len(digits) + 1, INTERNATIONAL]) + digits


def time_stamp(unix_s: float, quarters: int) -> bytes:
    """Write a time with its zone, in quarters of an hour east (9.2.3.11)."""
    local = datetime.fromtimestamp(unix_s, timezone(quarters * _QUARTER))
    zone = semi_octets(f"{abs(quarters):02d}")[0] | (0x08 if quarters < 0 else 0)
    return semi_octets(local.strftime("%y%m%d%H%M%S")) + bytes([zone])


def read_time_stamp(octets: bytes, field: str) -> float:
    """Read a time stamp as unix seconds.

    Raises:
        PduError: no such moment exists.
    """
    digits = read_semi_octets(octets[:6], 12, field)
    zone = octets[6]
    quarters = ((zone & 0x07) * 10 + (zone >> 4)) * (-1 if zone & 0x08 else 1)
    try:
        local = datetime.strptime(digits, "%y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise PduError(f"{field} is no time") from None
    return local.timestamp() - quarters * _QUARTER.total_seconds()


def relative_s(value: int) -> int:
    """Turn a relative validity period into seconds (9.2.3.12.1)."""
    if value <= 143:  # noqa: PLR2004  the standard's own table
        return (value + 1) * 300
    if value <= 167:  # noqa: PLR2004
        return 12 * 3600 + (value - 143) * 1800
    return (value - 166) * 86400 if value <= 196 else (value - 192) * 7 * 86400  # noqa: PLR2004


def enhanced_s(octets: bytes) -> int | None:
    """Turn an enhanced validity period into seconds (9.2.3.12.3).

    Raises:
        PduError: a reserved format.
    """
    match octets[0] & 0x07:
        case 0:
            return None
        case 1:
            return relative_s(octets[1])
        case 2:
            return octets[1]
        case 3:
            digits = read_semi_octets(octets[1:4], 6, "validity")
            return int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + int(digits[4:])
        case other:
            raise PduError(f"validity has the reserved format {other}")


def header(concat: Concat | None, ports: tuple[int, int] | None) -> bytes:
    """Write the user data header, with its length octet; empty if not needed."""
    elements = b""
    if ports:
        elements += bytes([_PORTS_16, 4]) + b"".join(port.to_bytes(2, "big") for port in ports)
    if concat:
        wide = concat.wide
        elements += bytes([_CONCAT_16, 4] if wide else [_CONCAT_8, 3])
        elements += concat.reference.to_bytes(2 if wide else 1, "big")
        elements += bytes([concat.total, concat.sequence])
    return bytes([len(elements)]) + elements if elements else b""


def read_header(octets: bytes) -> tuple[Concat | None, tuple[int, int] | None]:
    """Read a user data header without its length octet.

    Raises:
        PduError: an element is cut off or has another length than its kind.
    """
    reader, concat, ports = Reader(octets), None, None
    left = len(octets)
    while left:
        kind, length = reader.octet("header"), reader.octet("header")
        body = reader.take(length, "header")
        left -= 2 + length
        if kind in {_CONCAT_8, _CONCAT_16}:
            concat = _concat(body, wide=kind == _CONCAT_16)
        elif kind == _PORTS_16 and length == 4:  # noqa: PLR2004  two ports of two octets
            ports = (int.from_bytes(body[:2], "big"), int.from_bytes(body[2:], "big"))
        elif kind in _NATIONAL:
            raise PduError(f"header element {kind:#04x}: national tables are not read here")
    return concat, ports


def _concat(body: bytes, *, wide: bool) -> Concat:
    if len(body) != (4 if wide else 3):
        raise PduError(f"header joins parts with an element of {len(body)} octets")
    total, sequence = body[-2:]
    if not 1 <= sequence <= total:
        raise PduError(f"header counts part {sequence} of {total}")
    return Concat(int.from_bytes(body[:-2], "big"), total, sequence, wide)
