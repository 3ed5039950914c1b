"""Lengths of time as people write them: "90s", "15m", "6h", "2d", "1w", "1h30m"."""

import re
from typing import Final

_UNITS_S: Final = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_FORM: Final = re.compile("".join(rf"(?:([0-9]{{1,9}}) ?{unit})? ?" for unit in _UNITS_S))

# Beyond this a sum with a date could leave the calendar.
LONGEST_S: Final = 315_360_000


class DurationError(ValueError):
    """The text is no length of time that can be counted."""

    def __init__(self, text: str, hint: str) -> None:
        super().__init__(f'"{text}" is no length of time; {hint}')
        self.text = text
        self.hint = hint


def parse(text: str) -> int:
    """Return the seconds that `text` says: "1h30m" is 5400.

    Capitals and spaces between the parts do not matter; larger units stand first.

    Raises:
        DurationError: `text` says no time, no unit, or more than ten years.
    """
    folded = " ".join(text.split()).lower()
    if folded.isascii() and folded.isdigit():
        raise DurationError(text, f'add the unit, e.g. "{folded}s", "{folded}m" or "{folded}h"')
    found = _FORM.fullmatch(folded)
    if found is None or not any(found.groups()):
        raise DurationError(text, 'write e.g. "90s", "15m", "6h", "2d", "1w" or "1h30m"')
    counts = (int(count or 0) for count in found.groups())
    seconds = sum(count * unit_s for count, unit_s in zip(counts, _UNITS_S.values(), strict=True))
    if seconds > LONGEST_S:
        raise DurationError(text, "write at most ten years")
    return seconds


def show(seconds: float) -> str:
    """Return `seconds` in the form that `parse` reads, split seconds left out."""
    left = int(abs(seconds))
    parts = []
    for unit, unit_s in _UNITS_S.items():
        count, left = divmod(left, unit_s)
        if count:
            parts.append(f"{count}{unit}")
    sign = "-" if seconds <= -1 else ""
    return sign + "".join(parts) if parts else "0s"
