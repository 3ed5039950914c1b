"""What goes on air to everybody: from what is live to rows in the outbox, one packet a bulletin.

When a bulletin is due is decided in `relay.carousel`, whether it may go by the
radio's budget.  A bulletin waits in the outbox at most once for each radio, so
that a busy channel makes it later and not twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateways.base import ON_CHANNEL, ON_PRIMARY
from gateways.mesh.facts import RadioFacts
from relay import carousel
from relay.keys import Keys
from relay.mode import may_push
from relay.render import Reader, Renderer
from relay.store import Store
from relay.store.airings import Aired, Airing
from relay.values import Bulletin, Mode, Notice, Urgency

HOUR_MS = 3_600_000
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
    """Queues what is due on each radio."""

    store: Store
    render: Renderer
    keys: Keys
    stations: Sequence[Station]

    def work(self, mode: Mode, now_ms: int, meter_ms: int) -> None:
        """Queue every bulletin whose time has come, and the pointer to our channel."""
        if not self.stations:
            return
        live = [one for one in self.store.bulletins.to_air(now_ms) if _may_air(one, mode)]
        for station in self.stations:
            with self.store.transaction():
                for bulletin, before in self._due(station, live, now_ms):
                    self._air(station, bulletin, before, now_ms)
                if mode is Mode.BLACKOUT:
                    self._point(station, len(live), now_ms, meter_ms)

    def _due(
        self, station: Station, live: Sequence[Bulletin], now_ms: int
    ) -> Iterator[tuple[Bulletin, Aired]]:
        aired = self.store.airings.aired(station.name, ON_CHANNEL)
        for bulletin in live:
            before = aired.get(bulletin.id, NEVER)
            last_ms = before.last_ms if before.times else None
            due_ms = carousel.due_ms(bulletin.urgency, before.times, last_ms, now_ms)
            if not before.waits and now_ms >= due_ms and self._concerns(station, bulletin):
                yield bulletin, before

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
        if not before.times and _is_danger_to_life(bulletin):
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
            expires_ms=now_ms + HOUR_MS,
        )
        self.store.airings.add_text(airing, self.keys.seal("text", text), now_ms)
        self.store.meta.put(key, f"{times + 1} {meter_ms}")

    def _pointer(self, station: Station, times: int) -> str | None:
        """Where our channel is; None where nobody knows, or not everybody is meant to.

        That is: the radio has not told yet, the channel is the public one itself, or it has a
        key of its own, which is not ours to publish.
        """
        device = self.store.devices.all().get(station.name)
        if device is None or not device.facts:
            return None
        facts = RadioFacts.from_dict(device.facts)
        if not facts.channel or facts.channel_key == "own":
            return None
        reader = Reader(station.languages[times % len(station.languages)], "cyrillic")
        key = facts.channel_psk or NO_KEY
        return self.render.say("pointer", reader, channel=facts.channel_name, key=key)


def _may_air(bulletin: Bulletin, mode: Mode) -> bool:
    """An exercise never goes to everybody: it is for volunteers."""
    return not bulletin.exercise and (_corrects(bulletin) or may_push(bulletin, mode))


def _corrects(bulletin: Bulletin) -> bool:
    return bulletin.notice in {Notice.CORRECTION, Notice.WITHDRAWAL}


def _is_danger_to_life(bulletin: Bulletin) -> bool:
    """What may go on the public channel as well, once for each edition."""
    return bulletin.topic == "danger" and bulletin.urgency is Urgency.URGENT
