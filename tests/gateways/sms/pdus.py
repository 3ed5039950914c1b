"""Messages built for tests, by other means than the product's.

Numbers are shifted as one big integer, the alphabet is written down row by row
as the standard prints it, so a mistake would have to be made twice.
"""

import math

ROWS = (
    "@Δ 0¡P¿p",
    "£_!1AQaq",
    '$Φ"2BRbr',
    "¥Γ#3CScs",
    "èΛ¤4DTdt",
    "éΩ%5EUeu",
    "ùΠ&6FVfv",
    "ìΨ'7GWgw",
    "òΣ(8HXhx",
    "ÇΘ)9IYiy",
    "\nΞ*:JZjz",
    "Ø\x1b+;KÄkä",
    "øÆ,<LÖlö",
    "\ræ-=MÑmñ",
    "Åß.>NÜnü",
    "åÉ/?O§oà",
)
CODES = {
    character: [column * 16 + row]
    for row, characters in enumerate(ROWS)
    for column, character in enumerate(characters)
    if character != "\x1b"
}
EXTENDED = dict(zip("\f^{}\\[~]|€", (10, 20, 40, 41, 47, 60, 61, 62, 64, 101), strict=True))
CODES |= {character: [27, code] for character, code in EXTENDED.items()}

CENTRE = "07917710990000F0"  # +77019900000
NUMBER = "+77015550123"
SENT = bytes.fromhex("62105041021302")  # 2026-01-05 14:20:31, five hours east
GSM7, DATA, UCS2 = 0x00, 0x04, 0x08


def septet_codes(text):
    return [code for character in text for code in CODES[character]]


def packed(header, codes):
    """User data length and user data: a header, then septets on the next boundary."""
    before = math.ceil(len(header) * 8 / 7)
    number = int.from_bytes(header, "little")
    for place, code in enumerate(codes, start=before):
        number |= code << 7 * place
    length = before + len(codes)
    return bytes([length]) + number.to_bytes(math.ceil(length * 7 / 8), "little")


def wide(header, text):
    octets = header + b"".join(ord(unit).to_bytes(2, "big") for unit in surrogates(text))
    return bytes([len(octets)]) + octets


def surrogates(text):
    for character in text:
        if ord(character) > 0xFFFF:
            rest = ord(character) - 0x10000
            yield chr(0xD800 + (rest >> 10))
            yield chr(0xDC00 + (rest & 0x3FF))
        else:
            yield character


def swapped(digits):
    filled = digits + "F" * (len(digits) % 2)
    return bytes.fromhex("".join(filled[at + 1] + filled[at] for at in range(0, len(filled), 2)))


def number(text, type_of_number=None):
    digits = text.removeprefix("+")
    kind = type_of_number or (0x91 if text.startswith("+") else 0x81)
    return bytes([len(digits), kind]) + swapped(digits)


def name(text):
    data = packed(b"", septet_codes(text))[1:]
    return bytes([math.ceil(len(septet_codes(text)) * 7 / 4), 0xD0]) + data


def stamp(when):
    quarters = round(when.utcoffset().total_seconds() / 900)
    octets = bytearray(swapped(f"{when:%y%m%d%H%M%S}{abs(quarters):02d}"))
    if quarters < 0:
        octets[6] |= 0x08
    return bytes(octets)


def element(kind, data):
    return bytes([kind, len(data)]) + bytes(data)


def header(*elements):
    joined = b"".join(elements)
    return bytes([len(joined)]) + joined


def deliver(body, *, sender=None, pid=0, dcs=GSM7, when=SENT, udh=False, first=0x04):
    """A message as a modem lists it, service centre first; `body` is length and user data."""
    octets = bytes([first | (0x40 if udh else 0)]) + (sender or number(NUMBER))
    return CENTRE + (octets + bytes([pid, dcs]) + when + body).hex().upper()


def text(words, **fields):
    return deliver(packed(b"", septet_codes(words)), **fields)


def report(status, *, reference=7, recipient=NUMBER, sent, done, more=b""):
    octets = bytes([0x06, reference]) + number(recipient) + stamp(sent) + stamp(done)
    return CENTRE + (octets + bytes([status]) + more).hex().upper()
