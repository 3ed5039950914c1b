"""Where a modem keeps messages: memories of numbered slots (TS 27.005 3.2.2)."""

from collections.abc import Callable
from dataclasses import dataclass

UNREAD, READ, UNSENT, SENT, ALL = range(5)  # <stat> of TS 27.005 3.1


@dataclass(slots=True)
class Stored:
    """One message in a slot: the centre's address and the TPDU, as listed."""

    pdu: bytes
    state: int = UNREAD

    @property
    def tpdu_octets(self) -> int:
        """The length that TS 27.005 gives: without the centre's address."""
        return len(self.pdu) - 1 - self.pdu[0] if self.pdu else 0


class Memory:
    """Slots 1 to `capacity`; a new message goes into the lowest free one."""

    def __init__(self, name: str, capacity: int) -> None:
        self.name = name
        self.capacity = capacity
        self.slots: dict[int, Stored] = {}

    def put(self, stored: Stored) -> int | None:
        """Store a message: its slot, or None if all are taken."""
        free = (slot for slot in range(1, self.capacity + 1) if slot not in self.slots)
        slot = next(free, None)
        if slot is not None:
            self.slots[slot] = stored
        return slot

    def listed(self, state: int) -> list[tuple[int, Stored]]:
        """Return the slots in `state` in order."""
        return sorted(
            (slot, stored) for slot, stored in self.slots.items() if state in {ALL, stored.state}
        )

    def drop(self, which: Callable[[Stored], bool]) -> list[int]:
        """Delete the messages that `which` picks; return their slots."""
        gone = sorted(slot for slot, stored in self.slots.items() if which(stored))
        for slot in gone:
            del self.slots[slot]
        return gone
