"""The air: who hears whom, when two speak at once, and what gets lost.

A node hears one packet at a time and nothing while it speaks.  Two packets
that overlap at a listener destroy each other there, unless switched off.
Whoever listens before speaking hears only what began half a slot ago or
earlier: two nodes that draw the same slot speak at once.

All acts run at the time they were booked for, however late the thread
gets to them: the same seed and the same inputs give the same air.
"""

import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from gateways.simulated.agenda import Act, Agenda
from gateways.simulated.radio.airtime import PRESETS, time_on_air_ms
from gateways.simulated.radio.packet import Packet
from gateways.simulated.radio.settings import MeshConfig, NodeConfig

Record = Callable[..., None]
_WINDOW_S = 60.0  # that channel utilization looks back
_BLIND_SLOTS = 0.5


@dataclass(frozen=True, slots=True)
class Signal:
    """How a packet was heard."""

    snr_db: float
    rssi_dbm: int


@dataclass(slots=True, eq=False)
class Reception:
    """A packet that is arriving at one listener."""

    packet: Packet
    signal: Signal
    since: float
    until: float
    intact: bool = True


@dataclass(slots=True, eq=False)
class Antenna:
    """What one node has to do with the air."""

    config: NodeConfig
    preset: str
    deaf: bool = False
    sending_until: float = 0.0
    arriving: list[Reception] = field(default_factory=list)
    used: deque[tuple[float, float, bool]] = field(default_factory=deque)  # until, s, own

    def busy_until(self, heard_by: float) -> float:
        """Return when the channel is free of what began by `heard_by`."""
        arriving = (each.until for each in self.arriving if each.since <= heard_by)
        return max(self.sending_until, *arriving, 0.0)

    def note(self, until: float, air_s: float, window_s: float, *, own: bool) -> None:
        """Remember for as long as it counts that the channel was in use."""
        self.used.append((until, air_s, own))
        self.forget(until - window_s)

    def forget(self, before: float) -> None:
        """Forget what ended before this."""
        while self.used and self.used[0][0] < before:
            self.used.popleft()


class Listener(Protocol):
    """A node, as the air sees it."""

    antenna: Antenna

    def hear(self, packet: Packet, signal: Signal, now: float) -> None:
        """Take a packet that arrived whole."""
        ...

    def sent(self, packet: Packet, now: float) -> None:
        """Learn that one's own transmission is over."""
        ...


class Medium:
    """The air of one simulation."""

    def __init__(self, config: MeshConfig, agenda: Agenda, record: Record) -> None:
        self.record = record
        self.speed = config.speed
        self.loss = config.loss
        self.preset = config.preset
        # Chance in a play is no secret; it must come again with its seed.
        self.chance = random.Random(config.seed)  # noqa: S311
        self._config = config
        self._agenda = agenda
        self._listeners: list[Listener] = []
        self._losses = {frozenset((link.one, link.other)): link.loss for link in config.links}

    def join(self, listener: Listener) -> None:
        """Put a node on the air."""
        self._listeners.append(listener)

    def at(self, when: float, act: Act) -> None:
        """Book an act; it is told the time it was booked for."""
        self._agenda.at(when, lambda _now: act(when))

    def fresh_id(self) -> int:
        """Draw the id of a packet."""
        return self.chance.randrange(1, 1 << 32)

    def air_s(self, packet: Packet, preset: str) -> float:
        """Return how long a packet is on air, in seconds of the simulation's clock."""
        return time_on_air_ms(packet.octets, PRESETS[preset]) / 1000 / self.speed

    def slot_s(self, preset: str) -> float:
        """Return how long a slot of contention lasts, likewise."""
        return PRESETS[preset].slot_ms / 1000 / self.speed

    def free_at(self, antenna: Antenna, now: float) -> float:
        """Return when a node finds the channel free."""
        return antenna.busy_until(now - _BLIND_SLOTS * self.slot_s(antenna.preset))

    def transmit(self, speaker: Listener, packet: Packet, copy: str, now: float) -> None:
        """Send a packet to all who are in reach."""
        mine = speaker.antenna
        air_s = self.air_s(packet, mine.preset)
        facts = {"node": mine.config.name, "copy": copy, "air_ms": round(air_s * self.speed * 1000)}
        self.record("sent", now, **facts, **packet.facts())
        mine.sending_until = now + air_s
        mine.note(now + air_s, air_s, self._window_s, own=True)
        for each in mine.arriving:
            each.intact = False
        reached = [
            (other, self._arrive(other.antenna, Reception(packet, signal, now, now + air_s), loss))
            for other in self._listeners
            if other is not speaker and not other.antenna.deaf
            for signal, loss in self._link(mine, other.antenna)
        ]
        self.at(now + air_s, partial(self._end, speaker, packet, reached))

    def utilization(self, antenna: Antenna, now: float, *, own: bool = False) -> float:
        """Return the percentage of the last minute that a node heard the channel in use."""
        antenna.forget(now - self._window_s)
        used_s = sum(air_s for _, air_s, mine in antenna.used if mine or not own)
        return 100 * min(1.0, used_s / self._window_s)

    @property
    def _window_s(self) -> float:
        return _WINDOW_S / self.speed

    def _arrive(self, ear: Antenna, arriving: Reception, loss: float) -> Reception:
        air_s = arriving.until - arriving.since
        arriving.intact = self.chance.random() >= loss and ear.sending_until <= arriving.since
        if self._config.collisions and ear.arriving:
            for each in (*ear.arriving, arriving):
                each.intact = False
        ear.arriving.append(arriving)
        ear.note(arriving.until, air_s, self._window_s, own=False)
        return arriving

    def _end(
        self,
        speaker: Listener,
        packet: Packet,
        reached: list[tuple[Listener, Reception]],
        now: float,
    ) -> None:
        for listener, arrived in reached:
            listener.antenna.arriving.remove(arrived)
        speaker.sent(packet, now)
        for listener, arrived in reached:
            if arrived.intact and not listener.antenna.deaf:
                listener.hear(packet, arrived.signal, now)

    def _link(self, one: Antenna, other: Antenna) -> list[tuple[Signal, float]]:
        """Return how a listener hears a speaker, and the loss; nothing if not at all."""
        if one.preset != other.preset:
            return []
        if self._config.links:
            known = self._losses.get(frozenset((one.config.name, other.config.name)))
            return [] if known is None else [(Signal(6.0, -90), max(known, self.loss))]
        away = math.dist(one.config.place, other.config.place) / self._config.range_km
        signal = Signal(round(10 - 25 * away, 2), -50 - int(80 * away))
        return [] if away > 1 else [(signal, self.loss)]
