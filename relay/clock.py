"""What time it is, how far that can be trusted, and a meter that no jump moves.

A Pi has no clock of its own: after a power cut it may be days behind, with no
internet to set it.  Budgets are therefore counted on a *meter*: it goes on
while the node runs as the monotonic clock does, and for the time the node was
off only once the clock is trusted.  So a wrong clock never gives budget back.
"""

import ctypes
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime

JUMP_MS = 120_000  # drift of a Pi is seconds a day; more than this at once is a jump
LONG_OFF_MS = 6 * 3_600_000
AGREE_MS = 600_000  # an SMS centre's time, at most this far from ours, is a witness for ours


@dataclass(frozen=True, slots=True)
class Reading:
    """Both clocks of the machine at one instant, in ms."""

    wall_ms: int
    monotonic_ms: int


@dataclass(frozen=True, slots=True)
class ClockState:
    """What is known of time.

    Attributes:
        last: the reading this follows from.
        meter_ms: never goes back, never jumps.
        off_ms: time the node seems to have been off, not yet on the meter.
        trusted: whether somebody else's clock has agreed with ours.
        suspect: it was seen to be wrong, or may well be; nothing is ended by it until trusted.
        why: in words, for the operator.
    """

    last: Reading
    meter_ms: int
    off_ms: int
    trusted: bool
    suspect: bool
    why: str


def start(reading: Reading, meter_ms: int, wall_ms: int | None) -> ClockState:
    """The state at the start of a node whose store last saw `meter_ms` and `wall_ms`."""
    off_ms = 0 if wall_ms is None else reading.wall_ms - wall_ms
    why = "nothing has confirmed the clock since the node started"
    if off_ms < 0:
        why = "the clock is behind the last time the node has seen"
    elif off_ms > LONG_OFF_MS:
        why = f"the clock is {off_ms // 3_600_000} hours ahead of the last time the node has seen"
    suspect = not 0 <= off_ms <= LONG_OFF_MS
    return ClockState(reading, meter_ms, max(0, off_ms), trusted=False, suspect=suspect, why=why)


def advance(state: ClockState, reading: Reading) -> ClockState:
    """The state a little later; a jump of the wall clock ends its trust."""
    passed_ms = max(0, reading.monotonic_ms - state.last.monotonic_ms)
    jump_ms = reading.wall_ms - state.last.wall_ms - passed_ms
    later = replace(state, last=reading, meter_ms=state.meter_ms + passed_ms)
    if abs(jump_ms) > JUMP_MS:
        later = replace(
            later,
            trusted=False,
            suspect=True,
            off_ms=0,
            why=f"the clock jumped by {jump_ms // 1000} s",
        )
    return later


def confirm(state: ClockState, who: str) -> ClockState:
    """Somebody else's clock agrees: time off counts now."""
    if state.trusted:
        return state
    return replace(
        state,
        trusted=True,
        suspect=False,
        meter_ms=state.meter_ms + state.off_ms,
        off_ms=0,
        why=f"confirmed by {who}",
    )


def witness(state: ClockState, told_ms: int) -> ClockState:
    """The SMS centre says what time it is in each message and report."""
    if abs(told_ms - state.last.wall_ms) <= AGREE_MS:
        return confirm(state, "the SMS centre")
    return state


class _Timex(ctypes.Structure):
    """`struct timex` of adjtimex(2); nothing of it is read, it only has to be large enough."""

    _fields_ = (("modes", ctypes.c_uint), ("rest", ctypes.c_byte * 512))


def kernel_is_synchronised() -> bool:
    """Whether the kernel's clock is kept right by NTP, as adjtimex(2) says."""
    unsynchronised, failed = 5, -1
    try:
        answer = ctypes.CDLL(None).adjtimex(ctypes.byref(_Timex()))
    except (OSError, AttributeError):
        return False
    return answer not in {unsynchronised, failed}


def read() -> Reading:
    """Both clocks now."""
    return Reading(time.time_ns() // 1_000_000, time.monotonic_ns() // 1_000_000)


class Clock:
    """The node's clock: the only place that reads the machine's.  Any thread may ask it."""

    def __init__(self, meter_ms: int, wall_ms: int | None) -> None:
        """Go on from what the store last saw; None where it saw nothing yet."""
        self._lock = threading.Lock()
        self._state = start(read(), meter_ms, wall_ms)

    @property
    def state(self) -> ClockState:
        """As of now."""
        with self._lock:
            self._state = advance(self._state, read())
            return self._state

    def now_ms(self) -> int:
        """UTC, ms since 1970."""
        return self.state.last.wall_ms

    def meter_ms(self) -> int:
        """Budgets are counted on this."""
        return self.state.meter_ms

    def is_trusted(self) -> bool:
        """Whether somebody else's clock has agreed with ours."""
        return self.state.trusted

    def is_suspect(self) -> bool:
        """Whether it was seen to be wrong, or may well be."""
        return self.state.suspect

    def check_kernel(self) -> None:
        """Ask the kernel whether its clock is right."""
        if not self.state.trusted and kernel_is_synchronised():
            with self._lock:
                self._state = confirm(self._state, "the network's time")

    def witness(self, told_ms: int) -> None:
        """Somebody's message says what time it was sent."""
        with self._lock:
            self._state = witness(advance(self._state, read()), told_ms)


def aware(ms: int) -> datetime:
    """Milliseconds of the store as a time that people read."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def millis(moment: datetime) -> int:
    """An aware time as milliseconds of the store."""
    return round(moment.timestamp() * 1000)
