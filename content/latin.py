"""Kazakh and Russian in the GSM 7-bit default alphabet.

There is no shift table for Cyrillic, so a Cyrillic letter makes a message
cost twice as much (3GPP TS 23.038 6.2.1).  Kazakh follows the Latin
alphabet of 2021 as far as the GSM alphabet has it: ä ö ü ñ stay, ğ is g,
ş is sh, ū is u and ı is y.  Russian is written as people type it, without
soft and hard signs.

What leaves here is in the GSM alphabet, whatever came in: Latin letters
lose the accents it lacks, emoji go, and any other letter is a `?`.
"""

import re
import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

# 3GPP TS 23.038 6.2.1, without the escape, and 6.2.1.1 without the form feed.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
    "^{}\\[~]|€"
)

_RUSSIAN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sch",
    "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    # Kazakh names in Russian texts
    "ә": "ä", "ғ": "g", "қ": "q", "ң": "ñ", "ө": "ö", "ұ": "u", "ү": "ü", "һ": "h", "і": "i",
    # and letters of neighbours
    "є": "ye", "ї": "yi", "ґ": "g", "ў": "u", "ҳ": "h", "ҷ": "j", "ӣ": "i", "ӯ": "u", "җ": "j",
}  # fmt: skip

# What Kazakh writes otherwise; ğ ş ū ı are for texts that come in Latin.
_KAZAKH = _RUSSIAN | {
    "ж": "j", "и": "i", "й": "i", "і": "y", "ю": "iu", "я": "ia", "ё": "io", "ц": "ts",
    "щ": "sh", "ğ": "g", "ş": "sh", "ū": "u", "ı": "y",
}  # fmt: skip

# Letters that do not come apart into a letter and its accent.
_LETTERS = {
    "ı": "i", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "œ": "oe", "ħ": "h", "ə": "ä", "ŋ": "ng",
}  # fmt: skip

_SIGNS = {
    "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "‹": "'", "›": "'",
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'", "ʼ": "'", "ʻ": "'",
    "–": "-", "—": "-", "―": "-", "‐": "-", "‑": "-", "‒": "-", "−": "-", "…": "...",
    "•": "-", "·": "-", "№": "N", "₸": "tg", "₽": "rub", "°": "", "×": "x", "÷": "/", "±": "+-",
    "≈": "~", "≤": "<=", "≥": ">=", "⁄": "/", "→": "->", "←": "<-", "©": "(c)", "®": "(r)",
    "™": "(tm)", "\t": " ", "\f": " ", "\v": " ",
}  # fmt: skip

# -ый and -ий end every other adjective; one letter says it.
_ADJECTIVE = re.compile(r"(?<=\w)[ыи](?=й\b)", re.IGNORECASE)

_URL = re.compile(r"\bhttps?://\S+", re.IGNORECASE)
_SPACES = re.compile(r" {2,}")


def latin(text: str, language: str) -> str:
    """Write `text` with letters of the GSM alphabet only.

    Digits, addresses and names in ASCII stay as they are; a link with
    other letters is encoded (RFC 3987 3.1), so that it still leads there.

    Args:
        text: what to write.
        language: `kk` follows the Kazakh alphabet, all else the Russian.
    """
    rows = _KAZAKH if language == "kk" else _RUSSIAN
    composed = unicodedata.normalize("NFC", text)
    if language != "kk":
        composed = _ADJECTIVE.sub("", composed)
    encoded = _URL.sub(_in_ascii, composed)
    written = [
        _written(letter, encoded[i - 1 : i], encoded[i + 1 : i + 2], rows)
        for i, letter in enumerate(encoded)
    ]
    return _SPACES.sub(" ", "".join(written))


def _written(letter: str, before: str, after: str, rows: dict[str, str]) -> str:
    """Give `letter` in the GSM alphabet, in the case its neighbours ask for."""
    if letter in _GSM:
        return letter
    if letter in _SIGNS:
        return _SIGNS[letter]
    lower = letter.lower()
    row = rows.get(lower, _LETTERS.get(lower))
    if row is None:
        return _stripped(letter, rows)
    if letter == lower:
        return row
    shouted = after.isupper() or (before.isupper() and not after.islower())
    return row.upper() if shouted else row.capitalize()


def _stripped(letter: str, rows: dict[str, str]) -> str:
    """Write a letter that has no row by what it is made of."""
    parts = unicodedata.normalize("NFKD", letter)
    if parts == letter:
        return _substitute(letter)
    return "".join(_written(part, "", "", rows) for part in parts)


def _substitute(character: str) -> str:
    """Give a space, nothing or `?` for what cannot be written at all."""
    category = unicodedata.category(character)
    if character.isspace():
        return " "
    return "?" if category[0] in "LNP" else ""


def _in_ascii(match: re.Match[str]) -> str:
    """Encode a link's host by IDNA and the rest by percent signs."""
    link = match.group()
    if link.isascii():
        return link
    try:
        parts = urlsplit(link)
        host = parts.netloc.encode("idna").decode("ascii")
    except ValueError:
        return link
    rest = (quote(part, safe="/%:@!$&'()*+,;=-._~?") for part in parts[2:])
    return urlunsplit((parts.scheme, host, *rest))
