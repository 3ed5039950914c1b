"""When a text may follow the last one.

The firmware drops in silence what it is given within 2 s of the last text
(PhoneAPI::handleToRadioPacket).  On air the gap must be the same, or relays and
phones lose one to the other; but a text may wait in the radio's queue while
others talk.  So the gap counts from when that queue was seen empty.
"""

import time
from collections.abc import Callable

from gateways.mesh.mailbox import Status

LOOK_S = 0.2  # between two looks at the queue
LONG_AGO_S = 8.0  # what nobody looked at for so long has left long ago


class Pace:
    """The gap between the texts of one radio."""

    def __init__(self, gap_s: float, patience_s: float) -> None:
        """`patience_s`: others may keep the queue filled; nobody waits longer for it to empty."""
        self._gap_s = gap_s
        self._patience_s = patience_s
        self._handed_at = self._left_at = 0.0
        self.leaving = False  # the last text has not been seen to leave

    def begin(self) -> None:
        """The radio may just have been given a text, by us before a crash."""
        self._left_at = time.monotonic()
        self.leaving = False

    def handed_over(self) -> None:
        """A text was given to the radio."""
        self._handed_at = self._left_at = time.monotonic()
        self.leaving = True

    def pause_s(self, look: Callable[[], Status]) -> float:
        """How long no other text should be given to the radio; `look` asks it for its queue.

        While the last one has not left this is until the next look, but not beyond the
        patience: then `leaving` stays.
        """
        now = time.monotonic()
        if self.leaving and look().is_empty:
            self.leaving = False
            if now - self._handed_at < LONG_AGO_S:
                self._left_at = now
        if self.leaving and now - self._handed_at < self._patience_s:
            return LOOK_S
        return max(0.0, self._left_at + self._gap_s - now)
