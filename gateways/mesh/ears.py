"""What a radio says of the mesh and of itself; its configuration aside."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from gateways.mesh import protobufs
from gateways.mesh.hearing import Packet, is_for_us, pack
from gateways.mesh.held import Held
from gateways.mesh.neighbours import Neighbours

BUSY_LASTS_S = 600.0  # a radio tells its channel utilization about once a minute


@dataclass(frozen=True, slots=True)
class _Busy:
    """How much of the channel was in use, percent, and when, by the monotonic clock."""

    percent: float
    at_s: float


class Ears:
    """Filled by the reader's thread of one connection after the other, asked by the owner."""

    def __init__(self, held: Held, hint: Callable[[], None], now: Callable[[], float]) -> None:
        """What is heard goes to `held`, with a `hint`; `now` gives unix seconds."""
        self._held = held
        self._hint = hint
        self._now = now
        self._neighbours = Neighbours()
        self._busy: _Busy | None = None
        self.long_name = ""
        self.clock_offset_s: float | None = None

    @property
    def busy(self) -> float | None:
        """Channel utilization in percent, None where it is not known or was long ago."""
        busy = self._busy
        recent = busy is not None and time.monotonic() - busy.at_s <= BUSY_LASTS_S
        return busy.percent if busy is not None and recent else None

    def node(self, info: Any, own: int) -> None:
        """The radio names a node that it knows."""
        name = protobufs.name(info.num, info.user)
        if name.node == own:
            self.long_name = name.long_name
        else:
            self._name(name)

    def packet(self, message: Any, own: int) -> None:
        """A packet came from the mesh, or from the radio itself."""
        found = protobufs.packet(message, own)
        if isinstance(found, Packet):
            self._heard(found)
        elif isinstance(found, protobufs.Name):
            self._name(found)
        elif isinstance(found, protobufs.Metrics):
            self._metrics(found)

    def _heard(self, packet: Packet) -> None:
        if is_for_us(packet):
            bot = self._neighbours.is_bot(packet.sender)
            if self._held.put(pack(replace(packet, bot=bot))):
                self._hint()

    def _name(self, name: protobufs.Name) -> None:
        self._neighbours.note(name.node, name.long_name, unmessagable=name.unmessagable)

    def _metrics(self, metrics: protobufs.Metrics) -> None:
        if metrics.busy is not None:
            self._busy = _Busy(metrics.busy, time.monotonic())
        if metrics.time:
            self.clock_offset_s = metrics.time - self._now()
