"""What has to be done from time to time: expiry, unknown segments, retention, the ballast."""

import logging
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.settings import Settings
from relay import budget, delivery
from relay.mode import choose, chosen_mode, drill_is_over
from relay.store import Store
from relay.store.unsettled import Open
from relay.values import Kind, Mode, State

log = logging.getLogger("jarshy.node")

DAY_MS = 86_400_000
PARTS_WAIT_MS = DAY_MS
DEFAULT_REPORT_WAIT_S = 600.0


def limits_of(settings: Settings) -> Mapping[str, budget.Limits]:
    """The budget of each modem, by name."""
    return {
        modem.name: budget.Limits(
            modem.segments_per_minute, modem.segments_per_day, modem.urgent_reserve
        )
        for modem in settings.modems
    }


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The chores of the clockwork.

    `listening_since_ms` says since when a modem is heard: None while it is not, 0 where
    nobody will ever hear it again.
    """

    store: Store
    settings: Settings
    listening_since_ms: Callable[[str], int | None] = lambda _: 0

    def each_second(self, now_ms: int, meter_ms: int, *, may_end: bool) -> None:
        """End what has expired, decide on what may be out, free what a dead modem holds.

        `may_end`: the clock is not suspect.  By a wrong one nothing ends for good; that nothing
        expired goes out is looked at when it is claimed.
        """
        bulletins, outbox = self.store.bulletins, self.store.outbox
        with self.store.transaction():
            if may_end:
                bulletins.expire(now_ms)
                outbox.expire(now_ms)
                self._end_drill(now_ms)
            for segment in self.store.unsettled.awaited():
                if self._may_be_lost(segment, now_ms):
                    self.store.unsettled.lose(segment.parcel, segment.part, now_ms)
            for segment in self.store.unsettled.unknown():
                self._decide(segment, now_ms, meter_ms)
            outbox.release(self._alive(now_ms))

    def _end_drill(self, now_ms: int) -> None:
        meta = self.store.meta
        if drill_is_over(chosen_mode(self.store), int(meta.get("mode_since_ms", "0")), now_ms):
            choose(self.store, Mode.AUTO, now_ms)
            log.warning("the drill is over after two hours; mode auto")

    def _decide(self, segment: Open, now_ms: int, meter_ms: int) -> None:
        if segment.cancel is None and self._may_be_reported(segment, now_ms):
            return
        end = delivery.end_of_unknown(
            segment.unknowns,
            cancel=segment.cancel,
            expired=segment.expires_ms <= now_ms,
            affordable=self._affordable(segment, meter_ms),
            at_last=_at_last(segment),
        )
        if end is None:
            return
        state, reason = end
        self.store.unsettled.resolve(segment.parcel, segment.part, state, reason, now_ms)
        if state is State.PARKED:
            log.warning("message %d parked: %s", segment.parcel, reason)

    def _may_be_lost(self, segment: Open, now_ms: int) -> bool:
        """Whether a packet may have been lost with a radio that restarted: it said nothing more.

        While the connection lasts silence means that a relay has it; sent again, the radio would
        only drop it.
        """
        since_ms = self.listening_since_ms(segment.gateway)
        reopened = since_ms is not None and since_ms > segment.sending_ms
        current = segment.expires_ms > now_ms
        return reopened and current and not self._may_be_reported(segment, now_ms)

    def _may_be_reported(self, segment: Open, now_ms: int) -> bool:
        """Whether its report may still come.

        While we are away the modem keeps it for us, so the wait runs from when we listen.
        """
        since_ms = self.listening_since_ms(segment.gateway)
        if since_ms is None:
            return segment.expires_ms > now_ms
        waits = {modem.name: modem.report_wait_s for modem in self.settings.modems}
        waits |= {radio.name: radio.ack_wait_s for radio in self.settings.radios}
        wait_ms = waits.get(segment.gateway, DEFAULT_REPORT_WAIT_S) * 1000
        return now_ms - max(segment.sending_ms, since_ms) < wait_ms

    def _affordable(self, segment: Open, meter_ms: int) -> bool:
        limits = limits_of(self.settings).get(segment.gateway)
        if limits is None:
            return True
        today = self.store.ledger.segments(segment.gateway, meter_ms - budget.DAY_MS)
        allowed = budget.allowance(limits, 0, today)
        return allowed is budget.Allowance.ALL or (
            segment.reserve and allowed is budget.Allowance.RESERVED
        )

    def _alive(self, now_ms: int) -> list[str]:
        """The modems that a message may wait for: well, or not ill for long."""
        devices = self.store.devices.all()
        alive = []
        for modem in self.settings.modems:
            device = devices.get(modem.name)
            ill = device is not None and device.state != "ready"
            since_ms = device.since_ms if device is not None else now_ms
            if modem.enabled and not (ill and now_ms - since_ms >= modem.release_after_s * 1000):
                alive.append(modem.name)
        return alive

    def each_hour(self, now_ms: int, meter_ms: int) -> None:
        """Delete what nobody needs any more."""
        keep = self.settings.retention
        with self.store.transaction():
            for rows in self.store.inbox.stale_parts(now_ms - PARTS_WAIT_MS):
                self.store.meta.count("quarantined")
                self.store.inbox.quarantine(list(rows), "the rest of it never came")
            self.store.inbox.purge(now_ms - keep.inbox_days * DAY_MS)
            self.store.outbox.purge(now_ms - keep.outbox_days * DAY_MS)
            self.store.ledger.purge(meter_ms - budget.DAY_MS)
            self.store.people.drop_answers(meter_ms - budget.DAY_MS)
            self.store.people.forget_contacts(now_ms - keep.outbox_days * DAY_MS)


def _at_last(segment: Open) -> tuple[State, str]:
    """What a segment ends as that was unknown twice; a person decides, unless it is repeated."""
    return delivery.REPEATED if segment.kind == Kind.BROADCAST.value else delivery.PARKED


class Ballast:
    """A file that is given up when the disk is full: without it not even a DELETE succeeds."""

    def __init__(self, state_dir: Path, octets: int) -> None:
        self._path = state_dir / "ballast"
        self._octets = octets

    def lay_in(self) -> None:
        """Set the space aside, where there is room for it twice over."""
        if not self._octets or self._path.exists():
            return
        if shutil.disk_usage(self._path.parent).free < 2 * self._octets:
            return
        try:
            with self._path.open("xb") as file:
                os.posix_fallocate(file.fileno(), 0, self._octets)
        except OSError:
            self._path.unlink(missing_ok=True)

    def throw_out(self) -> bool:
        """Free the space; False where there was none."""
        if not self._path.exists():
            return False
        self._path.unlink()
        return True
