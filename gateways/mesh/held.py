"""What was heard and is not committed yet.

A radio hands a packet over and forgets it, so it is held here, also while the
connection is lost and made anew.  Bounded: whoever floods the mesh must not
fill our memory.  The newest give way, since the oldest wait the longest.
"""

import logging
import threading
from itertools import count

from gateways.base import Raw

MOST = 256
log = logging.getLogger("jarshy.gateway")


class Held:
    """Filled by the reader's thread, emptied by the owner of the gateway."""

    def __init__(self, name: str, most: int = MOST) -> None:
        """`name` of the gateway, for the log."""
        self._name = name
        self._most = most
        self._lock = threading.Lock()
        self._places = count(1)
        self._held: dict[str, bytes] = {}
        self.dropped = 0

    def put(self, octets: bytes) -> bool:
        """Keep what was heard; False if there is no room, or it is here already."""
        with self._lock:
            if octets in self._held.values():
                return False
            if len(self._held) < self._most:
                self._held[f"mesh:{next(self._places)}"] = octets
                return True
            self.dropped += 1
            first = self.dropped == 1
        if first:
            log.warning("%s: %d packets wait to be read; more are dropped", self._name, self._most)
        return False

    def all(self) -> list[Raw]:
        """Everything that is held, oldest first."""
        with self._lock:
            return [Raw(slot, octets) for slot, octets in self._held.items()]

    def forget(self, raw: Raw) -> None:
        """Let go of one; of nothing where its slot holds something else."""
        with self._lock:
            if self._held.get(raw.slot) == raw.octets:
                del self._held[raw.slot]
