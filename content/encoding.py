"""Decode a feed by the encodings that feeds use.

First the byte order mark, then the Content-Type header, then the XML
declaration (RFC 7303 3).  Where these say nothing true, it is UTF-8, or
else what Windows writes Cyrillic in.
"""

import codecs
import re

# Codecs of Python's that do other things (punycode takes quadratic time) stay out.
_ENCODINGS = {
    "us-ascii": "utf-8", "ascii": "utf-8", "utf8": "utf-8", "utf-8": "utf-8",
    "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
    "cp1251": "cp1251", "koi8-r": "koi8-r", "koi8-u": "koi8-u", "ibm866": "cp866",
    "x-mac-cyrillic": "mac-cyrillic", "ptcp154": "ptcp154", "kz1048": "kz1048",
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5",
    "shift_jis": "shift_jis", "euc-jp": "euc-jp", "euc-kr": "euc-kr",
    **{f"windows-{page}": f"cp{page}" for page in range(1250, 1259)},
    **{f"iso-8859-{part}": f"iso-8859-{part}" for part in (*range(1, 12), *range(13, 17))},
}  # fmt: skip

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{1,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)


def decoded(data: bytes, content_type: str = "") -> str:
    """Decode a feed; what its encoding does not know becomes U+FFFD."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace").removeprefix("\ufeff")
    header = _CHARSET.search(content_type)
    declaration = _DECLARED.match(data[:300])
    names = [match.group(1) for match in (header,) if match]
    names += [match.group(1).decode("ascii") for match in (declaration,) if match]
    for name in names:
        encoding = _ENCODINGS.get(name.lower(), "")
        if encoding and (text := _strictly(data, encoding)) is not None:
            return text
    # Neither said: UTF-8 by the law, or, in our part of the world, Windows' Cyrillic.
    text = _strictly(data, "utf-8")
    return text if text is not None else data.decode("cp1251", "replace")


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
