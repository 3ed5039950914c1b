"""What is printed: titles, notes, and what a device shows, as a frame."""

import textwrap
import time
from collections.abc import Callable

_MARGIN = " " * 9  # as wide as the clock, and two more


class Screen:
    """Prints line by line, with the seconds since it was made."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """`say` prints a line."""
        self._say = say
        self._began = time.monotonic()

    def title(self, text: str) -> None:
        """A new part of the story."""
        self._say(f"\n== {text}")

    def note(self, text: str) -> None:
        """Lines with no time of their own."""
        for line in text.splitlines():
            self._say(f"{_MARGIN}{line}")

    def event(self, text: str) -> None:
        """Something that happens now."""
        self._say(f"{self._clock()}  {text}")

    def frame(self, title: str, text: str, columns: int) -> None:
        """What somebody sees now, on a device of so many columns."""
        self.event(f"+{f' {title} '.center(columns + 2, '-')}+")
        for line in text.split("\n"):
            for row in textwrap.wrap(line, columns) or [""]:
                self.note(f"| {row.ljust(columns)} |")
        self.note(f"+{'-' * (columns + 2)}+")

    def _clock(self) -> str:
        return f"{time.monotonic() - self._began:5.1f} s"
