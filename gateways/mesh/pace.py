"""When a text may follow the last one.

The firmware drops in silence what it is given within 2 s of the last text
(PhoneAPI::handleToRadioPacket).  On air the gap must be the same, or relays and
phones lose one to the other; but a text may wait in the radio's queue while
others talk.  So the gap counts from when that queue was seen empty.
"""

import time
from collections.abc import Callable

from gateways.base import TryAgainLater
from gateways.mesh.mailbox import Status

LOOK_S = 0.2  # between two looks at the queue
LONG_AGO_S = 8.0  # what nobody looked at for so long has left long ago


class Pace:
    """The gap between the texts of one radio."""

    def __init__(self, gap_s: float, patience_s: float) -> None:
        """`patience_s`: others may keep the queue filled; nobody waits longer for it to empty."""
        self._gap_s = gap_s
        self._patience_s = patience_s
        self._last_at = 0.0
        self._leaves = False

    def begin(self) -> None:
        """The radio may just have been given a text, by us before a crash."""
        self._last_at = time.monotonic()
        self._leaves = False

    def handed_over(self) -> None:
        """A text was given to the radio."""
        self._last_at = time.monotonic()
        self._leaves = True

    def wait(self, look: Callable[[], Status], *, urgent: bool) -> None:
        """Return when a text may be given to the radio.

        Args:
            look: asks the radio for its queue.
            urgent: if others keep the channel, it waits in the radio's queue rather than here.

        Raises:
            TryAgainLater: the last text has not left yet.
        """
        until = time.monotonic() + self._patience_s
        while self._leaves:
            if look().is_empty:
                self._leaves = False
                if time.monotonic() - self._last_at < LONG_AGO_S:
                    self._last_at = time.monotonic()
            elif time.monotonic() < until:
                time.sleep(LOOK_S)
            elif urgent:
                break
            else:
                raise TryAgainLater("the radio is still waiting for a free channel")
        time.sleep(max(0.0, self._last_at + self._gap_s - time.monotonic()))
