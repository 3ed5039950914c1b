"""Addresses in a message: numbers in semi-octets, names in septets.

3GPP TS 23.040 9.1.2.5: a length in semi-octets, the type of number, and at
most 20 semi-octets.  The address of the service centre counts octets instead,
its type included (3GPP TS 24.011 8.2.5.1).
"""

import re
from dataclasses import dataclass
from enum import Enum

from gateways.sms import gsm7
from gateways.sms.octets import NIBBLE, NIBBLE_BITS, PduError, Reader, from_nibbles, nibbles

MOST_SEMI_OCTETS = 20
MOST_CENTRE_OCTETS = 11
INTERNATIONAL_E164 = 0x91
_DIGITS = "0123456789*#abc"  # 1111 is no digit but the filler
_TYPE_SHIFT, _TYPE = 4, 0b111
_E164 = re.compile(r"\+([1-9][0-9]{2,14})", re.ASCII)


class AddressKind(Enum):
    """The type of number, as the network tells it (9.1.2.5)."""

    UNKNOWN = 0
    INTERNATIONAL = 1
    NATIONAL = 2
    NETWORK = 3
    SUBSCRIBER = 4
    ALPHANUMERIC = 5
    SHORT = 6
    RESERVED = 7


@dataclass(frozen=True, slots=True)
class Address:
    """Who sent, or who is sent to.

    `value` begins with `+` where the network says that it is international;
    it is a name where it is alphanumeric.
    """

    kind: AddressKind
    value: str


def read_address(reader: Reader, field: str) -> Address:
    """The address that comes next.

    Raises:
        PduError: it is cut off, or longer than any address.
    """
    start = reader.at
    length = reader.octet(f"the length of the {field}'s address")
    if length > MOST_SEMI_OCTETS:
        raise PduError(f"the {field}'s address has {length} semi-octets, 20 are allowed", start)
    kind = _kind(reader.octet(f"the type of the {field}'s address"))
    octets = reader.take((length + 1) // 2, f"the {field}'s address")
    if kind is AddressKind.ALPHANUMERIC:
        count = length * NIBBLE_BITS // gsm7.SEPTET_BITS
        return Address(kind, gsm7.decode(gsm7.unpack(octets, count)))
    return Address(kind, _number(kind, nibbles(octets)[:length], start))


def read_centre(reader: Reader) -> str | None:
    """The number of the service centre that stands before the TPDU, None where left out.

    Raises:
        PduError: it is cut off, or longer than any number.
    """
    start = reader.at
    length = reader.octet("the length of the service centre's address")
    if length > MOST_CENTRE_OCTETS:
        raise PduError(f"the service centre's address has {length} octets, 11 are allowed", start)
    octets = reader.take(length, "the service centre's address")
    if not octets:
        return None
    return _number(_kind(octets[0]), nibbles(octets[1:]), start)


def encode_recipient(number: str) -> bytes:
    """The address field of an E.164 `number`.

    Raises:
        PduError: it is not `+` and 3 to 15 digits; normalise it first.
    """
    match = _E164.fullmatch(number)
    if match is None:
        raise PduError("the recipient is not in E.164: + and at most 15 digits, nothing between")
    digits = match[1]
    return bytes([len(digits), INTERNATIONAL_E164]) + from_nibbles([int(digit) for digit in digits])


def _kind(type_of_address: int) -> AddressKind:
    return AddressKind(type_of_address >> _TYPE_SHIFT & _TYPE)


def _number(kind: AddressKind, halves: list[int], offset: int) -> str:
    # Some networks count the filler as a digit, so more than one may stand at the end.
    while halves and halves[-1] == NIBBLE:
        halves = halves[:-1]
    if NIBBLE in halves:
        raise PduError("an address has a filler between its digits", offset)
    digits = "".join(_DIGITS[half] for half in halves)
    return f"+{digits}" if kind is AddressKind.INTERNATIONAL and digits else digits
