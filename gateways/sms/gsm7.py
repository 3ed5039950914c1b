"""The GSM 7-bit default alphabet: characters, septets, and septets in octets.

Tables and the rules for codes that no table holds: 3GPP TS 23.038 6.2.1 and
6.2.1.1.  Packing, least significant bit first: 6.1.2.1.1.  A text of septets
may end in the middle of an octet, so unpacking always needs the count: seven
spare zero bits would otherwise be read as a trailing `@`.
"""

from collections.abc import Mapping

from gateways.sms.octets import PduError

ESCAPE = 0x1B
SEPTET_BITS = 7
OCTET_BITS = 8
_SEPTET = 0x7F
_OCTET = 0xFF

DEFAULT = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
EXTENSION: Mapping[int, str] = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}

_CODES: Mapping[str, bytes] = {
    **{character: bytes([code]) for code, character in enumerate(DEFAULT) if code != ESCAPE},
    **{character: bytes([ESCAPE, code]) for code, character in EXTENSION.items()},
}


def is_gsm7(text: str) -> bool:
    """Whether each character of `text` is in the alphabet or its extension."""
    return _CODES.keys() >= set(text)


def encode(text: str) -> bytes:
    """The septets of `text`, one an octet, escapes included.

    Raises:
        PduError: a character is not in the alphabet; UCS-2 would carry it.
    """
    missing = next((at for at, character in enumerate(text) if character not in _CODES), None)
    if missing is not None:
        raise PduError(f"character {missing} is not in the GSM 7-bit alphabet, UCS-2 would do")
    return b"".join(_CODES[character] for character in text)


def septets(text: str) -> int:
    """How many septets `text` takes; characters of the extension take two.

    Raises:
        PduError: as `encode`.
    """
    return len(encode(text))


def lengths(text: str) -> list[int]:
    """How many septets each character takes; for a `text` that is_gsm7."""
    return [len(_CODES[character]) for character in text]


def decode(septets: bytes, locking: str = DEFAULT, single: Mapping[int, str] = EXTENSION) -> str:
    """The text of septets that stand one in an octet.

    An escape with nothing behind it, or a second escape, reads as a space; a
    code that the extension lacks reads as in the main table.

    Args:
        septets: each below 128; a higher bit is ignored.
        locking: the main table, another one where a header says so.
        single: the table behind the escape, likewise.
    """
    text = []
    codes = iter(septets)
    for code in codes:
        if code & _SEPTET == ESCAPE:
            text.append(_escaped(next(codes, ESCAPE) & _SEPTET, locking, single))
        else:
            text.append(locking[code & _SEPTET])
    return "".join(text)


def _escaped(code: int, locking: str, single: Mapping[int, str]) -> str:
    return " " if code == ESCAPE else single.get(code, locking[code])


def pack(septets: bytes, fill_bits: int = 0) -> bytes:
    """Septets, one an octet, packed behind `fill_bits` zero bits.

    The fill bits bring the text behind a header to a septet boundary
    (3GPP TS 23.040 9.2.3.24).
    """
    packed = bytearray()
    window, width = 0, fill_bits
    for septet in septets:
        window |= (septet & _SEPTET) << width
        width += SEPTET_BITS
        while width >= OCTET_BITS:
            packed.append(window & _OCTET)
            window >>= OCTET_BITS
            width -= OCTET_BITS
    if width:
        packed.append(window)
    return bytes(packed)


def unpack(octets: bytes, count: int, fill_bits: int = 0) -> bytes:
    """The `count` septets packed in `octets` behind `fill_bits`, one an octet.

    Raises:
        PduError: `octets` are too few for `count`.
    """
    if count <= 0:
        return b""
    if count * SEPTET_BITS + fill_bits > len(octets) * OCTET_BITS:
        raise PduError(f"{count} septets do not fit in {len(octets)} octets")
    unpacked = bytearray()
    window, width = octets[0] >> fill_bits, OCTET_BITS - fill_bits
    for octet in octets[1:] + b"\0":
        while width >= SEPTET_BITS:
            unpacked.append(window & _SEPTET)
            window >>= SEPTET_BITS
            width -= SEPTET_BITS
        window |= octet << width
        width += OCTET_BITS
    return bytes(unpacked[:count])


def behind(header_octets: int) -> tuple[int, int]:
    """How many septets a header takes up, and the fill bits behind it.

    The text begins at the next septet boundary (3GPP TS 23.040 9.2.3.24).
    """
    taken = -(-header_octets * OCTET_BITS // SEPTET_BITS)
    return taken, taken * SEPTET_BITS - header_octets * OCTET_BITS
