"""Text that the GSM alphabet cannot carry: 16-bit units, high octet first.

The standard says UCS-2 (3GPP TS 23.038 6.2.3); phones write and read UTF-16,
where a character beyond the first 65,536 is a pair of surrogates.
"""

from gateways.sms.octets import PduError

_LAST_OF_ONE_UNIT = "\uffff"


def lengths(text: str) -> list[int]:
    """How many units each character takes: 1, or 2 for a pair of surrogates."""
    return [2 if character > _LAST_OF_ONE_UNIT else 1 for character in text]


def units(text: str) -> int:
    """How many 16-bit units `text` takes; an emoji takes two."""
    return sum(lengths(text))


def encode(text: str) -> bytes:
    """The octets of `text`.

    Raises:
        PduError: `text` holds half of a surrogate pair, which no phone can show.
    """
    try:
        return text.encode("utf-16-be")
    except UnicodeEncodeError as error:
        # `from None`: the error beneath carries the text.
        raise PduError(f"character {error.start} is half of a surrogate pair") from None


def decode(octets: bytes) -> str:
    """The text of `octets`, with U+FFFD for half a pair and for an odd last octet."""
    return octets.decode("utf-16-be", errors="replace")
