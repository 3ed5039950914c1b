"""What the reader's thread of a radio leaves for the owner: statuses, and why the line was lost."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

_MOST = 64  # events; the radio keeps no more than 16 packets itself


@dataclass(frozen=True, slots=True)
class Status:
    """The radio's word on its queue (QueueStatus of mesh.proto).

    `identity` of the packet that it answers, 0 where it answers a heartbeat or says by itself
    that there is room again; `result` 0 is good; `free` places of `places`.
    """

    identity: int
    result: int
    free: int
    places: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits for the air."""
        return self.free >= self.places


class News(Enum):
    """What happens to a connection but being lost."""

    CONFIGURED = "the radio has told all of its configuration"
    RESTARTED = "the radio has restarted"


class Loss(Enum):
    """How a connection ended."""

    CLOSED = "the radio closed the connection"
    BROKEN = "the connection to the radio broke"
    STUCK = "the radio takes no more octets"
    RESTARTED = "the radio has restarted"
    SILENT = "the radio does not answer"
    UNFINISHED = "the radio did not tell all of its configuration"
    HALF = "the radio told no LoRa settings"
    OURS = "the connection is not open"


class SessionLost(Exception):
    """The connection is no more.

    `begun`: some octets of what was being written may have reached the radio.
    """

    def __init__(self, loss: Loss, *, begun: bool = False) -> None:
        super().__init__(loss.value)
        self.loss = loss
        self.begun = begun


Event = Status | News


class Mailbox:
    """Any thread puts, the owner takes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._events: deque[Event] = deque(maxlen=_MOST)
        self._loss: Loss | None = None

    def put(self, event: Event) -> None:
        """Leave an event; where too many wait, the oldest goes."""
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()

    def lose(self, loss: Loss) -> None:
        """The connection is lost; the first reason is the true one."""
        with self._changed:
            self._loss = self._loss or loss
            self._changed.notify_all()

    @property
    def loss(self) -> Loss | None:
        """Why it is lost, None while it is not."""
        return self._loss

    def forget(self, stale: Callable[[Event], bool]) -> None:
        """What came until now and is stale answers nothing that is asked from now on."""
        with self._changed:
            for event in [each for each in self._events if stale(each)]:
                self._events.remove(event)

    def take(self, wanted: Callable[[Event], bool], wait_s: float) -> Event | None:
        """The first event that is wanted; None if none comes within `wait_s`.

        Raises:
            SessionLost: none comes, since the connection is no more.
        """
        until = time.monotonic() + wait_s
        with self._changed:
            while True:
                found = next((event for event in self._events if wanted(event)), None)
                if found is not None:
                    self._events.remove(found)
                    return found
                if self._loss is not None:
                    raise SessionLost(self._loss)
                left_s = until - time.monotonic()
                if left_s <= 0:
                    return None
                self._changed.wait(left_s)
