"""Kazakh for phones that lack its nine letters.

Such phones show a box or nothing for them; readers know the Russian
letters as stand-ins, for people type so themselves.
"""

_KAZAKH = "әғқңөұүһі"
_RUSSIAN = "агкноуухи"
_TABLE = str.maketrans(_KAZAKH + _KAZAKH.upper(), _RUSSIAN + _RUSSIAN.upper())


def plain(text: str) -> str:
    """Write `text` without the nine Kazakh letters; its length stays."""
    return text.translate(_TABLE)
