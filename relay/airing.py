"""What goes on air to everybody: from what is live to rows in the outbox, one packet a bulletin.

When a bulletin is due is decided in `relay.carousel`, whether it may go by the
radio's budget.  A bulletin waits in the outbox at most once for each radio, so
that a busy channel makes it later and not twice.
"""

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from gateways.base import ON_CHANNEL, ON_PRIMARY
from gateways.mesh.facts import RadioFacts
from relay import carousel
from relay.keys import Keys
from relay.mode import may_push
from relay.render import Reader, Renderer
from relay.store import Store, StoreError
from relay.store.airings import Aired, Airing
from relay.values import Bulletin, Mode, Notice, Urgency

log = logging.getLogger("jarshy.airing")

NO_KEY = "AA=="  # as it is typed into an app: one octet, 0
NEVER = Aired(0, 0, waits=False)


@dataclass(frozen=True, slots=True)
class Station:
    """One radio, in which languages it speaks, and how long relays need for one packet."""

    name: str
    languages: Sequence[str]
    spread_s: float


@dataclass(frozen=True, slots=True)
class Announcer:
    """Queues what is due on each radio; `stumbled` are the rows that could not be broadcast."""

    store: Store
    render: Renderer
    keys: Keys
    stations: Sequence[Station]
    stumbled: set[int] = field(default_factory=set)

    def work(self, mode: Mode, now_ms: int, meter_ms: int) -> None:
        """Queue every bulletin whose time has come, and the pointer to our channel."""
        if not self.stations:
            return
        current = self.store.bulletins.to_air(now_ms)
        live = [one for one in current if _may_air(one, mode)]
        barred = {one.id for one in current} - {one.id for one in live}
        for station in self.stations:
            self._take_back(station, barred, now_ms)
            for bulletin, before in self._due(station, live, now_ms):
                self._air_safely(station, bulletin, before, now_ms)
            if mode is Mode.BLACKOUT:
                self._point(station, len(live), now_ms, meter_ms)

    def _take_back(self, station: Station, barred: Collection[int], now_ms: int) -> None:
        """What the mode does not allow any more leaves the queue."""
        for parcel, bulletin in self.store.airings.waiting(station.name).items():
            if bulletin in barred:
                with self.store.transaction():
                    self.store.outbox.drop(parcel, now_ms, "not in this mode")

    def _due(
        self, station: Station, live: Sequence[Bulletin], now_ms: int
    ) -> Iterator[tuple[Bulletin, Aired]]:
        aired = self.store.airings.aired(station.name, ON_CHANNEL)
        for bulletin in live:
            before = aired.get(bulletin.id, NEVER)
            if before.waits or bulletin.id in self.stumbled:
                continue
            if _is_due(bulletin, before, now_ms) and self._concerns(station, bulletin):
                yield bulletin, before

    def _air_safely(self, station: Station, bulletin: Bulletin, before: Aired, now_ms: int) -> None:
        """Whatever we stumble on must not keep all others from going on air."""
        try:
            with self.store.transaction():
                self._air(station, bulletin, before, now_ms)
        except StoreError:
            raise
        except Exception:
            log.exception("#%d is not broadcast: a mistake of ours", bulletin.number)
            self.stumbled.add(bulletin.id)

    def _concerns(self, station: Station, bulletin: Bulletin) -> bool:
        """Whether anybody here may have heard what a withdrawal takes back."""
        if bulletin.notice is not Notice.WITHDRAWAL:
            return True
        chain = self.store.bulletins.chain(bulletin.id)
        return self.store.airings.was_on_air(station.name, chain)

    def _air(self, station: Station, bulletin: Bulletin, before: Aired, now_ms: int) -> None:
        airing = Airing(
            radio=station.name,
            channel=ON_CHANNEL,
            # What nobody has heard yet goes before what is repeated.
            urgency=bulletin.urgency if before.times else max(bulletin.urgency, Urgency.PRIORITY),
            reserve=bulletin.urgency is Urgency.URGENT or _corrects(bulletin),
            not_before_ms=now_ms,
            expires_ms=bulletin.expires_ms,
        )
        languages = carousel.languages_of(
            bulletin.texts, station.languages, before.times, bulletin.urgency
        )
        renderings = [self._rendering(bulletin, language) for language in languages]
        channels = [ON_CHANNEL]
        if not before.times and _is_danger_to_life(bulletin) and not self._is_primary(station):
            channels.append(ON_PRIMARY)
        packets = [(channel, rendering) for channel in channels for rendering in renderings]
        for at, (channel, rendering) in enumerate(packets):
            not_before_ms = now_ms + int(at * station.spread_s * 1000)
            packet = replace(airing, channel=channel, not_before_ms=not_before_ms)
            self.store.airings.add(packet, rendering, now_ms)

    def _rendering(self, bulletin: Bulletin, language: str) -> int:
        """How the bulletin reads in one packet; made once."""
        known = self.store.renderings.find(bulletin.id, language, Airing.FORM)
        if known is not None:
            return known
        text = self.render.broadcast(bulletin, Reader(language, "cyrillic"))
        return self.store.renderings.add(bulletin.id, language, Airing.FORM, [text], wide=False)

    def _point(self, station: Station, live: int, now_ms: int, meter_ms: int) -> None:
        """Tell the public channel where the news is, each time in the next language."""
        key = f"pointer {station.name}"
        told = self.store.meta.get(key)
        times, last_ms = (int(word) for word in told.split()) if told else (0, None)
        if not carousel.pointer_is_due(last_ms, meter_ms, live):
            return
        text = self._pointer(station, times)
        if text is None:
            return
        airing = Airing(
            radio=station.name,
            channel=ON_PRIMARY,
            urgency=Urgency.ROUTINE,
            reserve=False,
            not_before_ms=now_ms,
            expires_ms=now_ms + carousel.POINTER_GAP_MS,
        )
        with self.store.transaction():
            self.store.airings.add_text(airing, self.keys.seal("text", text), now_ms)
            self.store.meta.put(key, f"{times + 1} {meter_ms}")

    def _is_primary(self, station: Station) -> bool:
        """Whether our own channel is the public one."""
        facts = self._facts(station)
        return facts is not None and facts.channel == 0

    def _facts(self, station: Station) -> RadioFacts | None:
        """What the radio has told of itself, None where it has not."""
        device = self.store.devices.all().get(station.name)
        return None if device is None else RadioFacts.from_dict(device.facts)

    def _pointer(self, station: Station, times: int) -> str | None:
        """Where our channel is; None where nobody knows, or not everybody is meant to.

        That is: the radio has not told yet, the channel is the public one itself, or it has a
        key of its own, which is not ours to publish.
        """
        facts = self._facts(station)
        if facts is None or not facts.channel or facts.channel_key == "own":
            return None
        reader = Reader(station.languages[times % len(station.languages)], "cyrillic")
        key = facts.channel_psk or NO_KEY
        return self.render.say("pointer", reader, channel=facts.channel_name, key=key)


def _is_due(bulletin: Bulletin, before: Aired, now_ms: int) -> bool:
    """By the schedule; what was on air in the future was so by a clock that is right by now."""
    if not before.times or before.last_ms > now_ms:
        return True
    return now_ms >= carousel.due_ms(bulletin.urgency, before.times, before.last_ms, now_ms)


def _may_air(bulletin: Bulletin, mode: Mode) -> bool:
    """An exercise never goes to everybody: it is for volunteers."""
    return not bulletin.exercise and (_corrects(bulletin) or may_push(bulletin, mode))


def _corrects(bulletin: Bulletin) -> bool:
    return bulletin.notice in {Notice.CORRECTION, Notice.WITHDRAWAL}


def _is_danger_to_life(bulletin: Bulletin) -> bool:
    """What may go on the public channel as well, once for each edition."""
    return bulletin.topic == "danger" and bulletin.urgency is Urgency.URGENT
