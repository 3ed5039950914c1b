"""What is due when: the only thing in the simulator that knows the future.

Pure: it is told what time it is.  The server sleeps until `next_at`.
"""

import heapq
import itertools
from collections.abc import Callable

Act = Callable[[float], None]


class Agenda:
    """Acts in the order of their times, then of their booking."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Act]] = []
        self._booked = itertools.count()

    def at(self, when_s: float, act: Act) -> None:
        """Book `act` for `when_s`; it is called with the time it ran."""
        heapq.heappush(self._due, (when_s, next(self._booked), act))

    def next_at(self) -> float | None:
        """Return when the next act is due."""
        return self._due[0][0] if self._due else None

    def run(self, now: float) -> bool:
        """Do all that is due by `now`; say whether anything was."""
        ran = False
        while self._due and self._due[0][0] <= now:
            _, _, act = heapq.heappop(self._due)
            act(now)
            ran = True
        return ran
