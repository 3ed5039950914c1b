"""The GSM 7-bit default alphabet, as the simulated phones read and write it.

Characters and their septets are 3GPP TS 23.038 6.2.1; the ten that need
an escape before them are 6.2.1.1; septets lie in octets as 6.1.2.1 says,
least significant bit first.  This is a second implementation on purpose:
the simulator is the witness of what the node sends, so it shares no code
with it.
"""

ESCAPE = 0x1B
BASE = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {
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
_SEPTETS = {char: bytes([code]) for code, char in enumerate(BASE) if code != ESCAPE}
_SEPTETS |= {char: bytes([ESCAPE, code]) for code, char in EXTENSION.items()}


def encodable(text: str) -> bool:
    """Say whether every character of `text` is in the alphabet."""
    return all(char in _SEPTETS for char in text)


def encode(text: str) -> bytes:
    """Turn `text` into septets, one an octet, escapes included.

    Raises:
        ValueError: a character is not in the alphabet.
    """
    try:
        return b"".join(_SEPTETS[char] for char in text)
    except KeyError:
        raise ValueError("a character is not in the GSM 7-bit alphabet") from None


def decode(septets: bytes) -> str:
    """Read septets, one an octet, as a phone shows them.

    An escape with nothing after it is a space; an escape before a septet
    without an extension shows the plain character (6.2.1.1, note 1).
    """
    shown, escaped = [], False
    for septet in septets:
        if escaped:
            shown.append(EXTENSION.get(septet, BASE[septet] if septet != ESCAPE else " "))
            escaped = False
        elif septet == ESCAPE:
            escaped = True
        else:
            shown.append(BASE[septet])
    return "".join(shown) + (" " if escaped else "")


def pack(septets: bytes, fill_bits: int = 0) -> bytes:
    """Lay septets into octets after `fill_bits` bits of padding."""
    bits = fill_bits
    number = 0
    for septet in septets:
        number |= septet << bits
        bits += 7
    return number.to_bytes((bits + 7) // 8, "little")


def unpack(octets: bytes, count: int, fill_bits: int = 0) -> bytes:
    """Take `count` septets out of octets, after `fill_bits` bits of padding."""
    number = int.from_bytes(octets, "little") >> fill_bits
    return bytes(number >> (7 * place) & 0x7F for place in range(count))
