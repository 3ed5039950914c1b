"""The data coding scheme: which alphabet, which class (3GPP TS 23.038 4)."""

from dataclasses import dataclass
from enum import Enum

from gateways.sms.octets import PduError

_GENERAL_GROUPS_END = 0x80  # 00xx and 01xx: general, and marked for deletion
_WAITING_GROUPS = 0xC0
_WAITING_WIDE_GROUP = 0xE0
_CLASS_GROUP = 0xF0
_COMPRESSED = 0x20
_HAS_CLASS = 0x10
_CLASS = 0x03
_EIGHT_BIT = 0x04
_ALPHABET_SHIFT, _ALPHABET = 2, 0b11


class Alphabet(Enum):
    """What the user data is made of."""

    GSM7 = "gsm7"
    EIGHT_BIT = "8bit"
    UCS2 = "ucs2"


@dataclass(frozen=True, slots=True)
class Coding:
    """A coding scheme, read.

    Attributes:
        alphabet: of the user data.
        message_class: 0 is shown at once and not stored, None where not told.
        waiting: the message tells of waiting voice mail or the like.
    """

    alphabet: Alphabet
    message_class: int | None = None
    waiting: bool = False


# 11 is reserved, and what is reserved is to be read as the default alphabet.
_ALPHABETS = (Alphabet.GSM7, Alphabet.EIGHT_BIT, Alphabet.UCS2, Alphabet.GSM7)


def read_coding(dcs: int, offset: int) -> Coding:
    """The meaning of the octet `dcs`, which stands at `offset`.

    Raises:
        PduError: the text is compressed (3GPP TS 23.042), which nobody sends.
    """
    if dcs < _GENERAL_GROUPS_END:
        return _general(dcs, offset)
    if dcs >= _CLASS_GROUP:
        alphabet = Alphabet.EIGHT_BIT if dcs & _EIGHT_BIT else Alphabet.GSM7
        return Coding(alphabet, message_class=dcs & _CLASS)
    if dcs >= _WAITING_WIDE_GROUP:
        return Coding(Alphabet.UCS2, waiting=True)
    return Coding(Alphabet.GSM7, waiting=dcs >= _WAITING_GROUPS)


def _general(dcs: int, offset: int) -> Coding:
    if dcs & _COMPRESSED:
        raise PduError("the text is compressed, which is not read here", offset)
    message_class = dcs & _CLASS if dcs & _HAS_CLASS else None
    return Coding(_ALPHABETS[dcs >> _ALPHABET_SHIFT & _ALPHABET], message_class)
