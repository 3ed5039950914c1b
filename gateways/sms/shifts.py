"""National language tables that a header may put in place of the GSM tables.

3GPP TS 23.038 6.2.1.2 and annex A.  A locking shift replaces the main table,
a single shift the one behind the escape (headers 0x25 and 0x24, 3GPP TS
23.040 9.2.3.24.15 and 16).  Known here: Turkish, Spanish, Portuguese.  The
tables of ten languages of India and Pakistan are not: a text that needs one
of them is refused, because the default table would turn it into other words.

No table exists for Russian or Kazakh, so we never write with these.
"""

from collections.abc import Mapping

from gateways.sms.gsm7 import DEFAULT, EXTENSION

TURKISH, SPANISH, PORTUGUESE = 1, 2, 3


def _with(changes: Mapping[int, str]) -> str:
    return "".join(changes.get(code, character) for code, character in enumerate(DEFAULT))


# Spanish has no locking table of its own: its header leaves the default in place (A.3.2).
LOCKING: Mapping[int, str] = {
    TURKISH: _with(
        {
            0x04: "€",
            0x07: "ı",
            0x0B: "Ğ",
            0x0C: "ğ",
            0x1C: "Ş",
            0x1D: "ş",
            0x40: "İ",
            0x60: "ç",
        }
    ),
    SPANISH: DEFAULT,
    PORTUGUESE: _with(
        {
            **dict(enumerate("êéúíóç\nÔô\rÁá", start=0x04)),
            **dict(enumerate("ªÇÀ∞^\\€Ó|", start=0x12)),
            **dict(enumerate("ÂâÊÉ", start=0x1C)),
            0x24: "º",
            0x40: "Í",
            **dict(enumerate("ÃÕÚÜ§~", start=0x5B)),
            **dict(enumerate("ãõ`üà", start=0x7B)),
        }
    ),
}

SINGLE: Mapping[int, Mapping[int, str]] = {
    TURKISH: {
        **EXTENSION,
        0x47: "Ğ",
        0x49: "İ",
        0x53: "Ş",
        0x63: "ç",
        0x67: "ğ",
        0x69: "ı",
        0x73: "ş",
    },
    SPANISH: {
        **EXTENSION,
        0x09: "ç",
        0x41: "Á",
        0x49: "Í",
        0x4F: "Ó",
        0x55: "Ú",
        0x61: "á",
        0x69: "í",
        0x6F: "ó",
        0x75: "ú",
    },
    PORTUGUESE: {
        **EXTENSION,
        0x05: "ê",
        0x09: "ç",
        0x0B: "Ô",
        0x0C: "ô",
        0x0E: "Á",
        0x0F: "á",
        0x12: "Φ",
        0x13: "Γ",
        **dict(enumerate("ΩΠΨΣΘ", start=0x15)),
        0x1F: "Ê",
        0x41: "À",
        0x49: "Í",
        0x4F: "Ó",
        0x55: "Ú",
        0x5B: "Ã",
        0x5C: "Õ",
        0x61: "Â",
        0x69: "í",
        0x6F: "ó",
        0x75: "ú",
        0x7B: "ã",
        0x7C: "õ",
        0x7F: "â",
    },
}
