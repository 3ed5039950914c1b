"""From the queue to a gateway, one segment at a time: the way out.

The order of operations is the promise: commit as `sending`, hand over, commit what became of
it.  What cannot be committed is not sent, and until it is, nothing else is.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateways.base import (
    Gateway,
    GatewayDown,
    NeverAgain,
    Transmission,
    TryAgainLater,
    Unknown,
)
from relay import delivery
from relay.clock import Clock
from relay.keys import Keys, LockedError, SealError
from relay.purse import Purse
from relay.store import Store, StoreError
from relay.store.sending import Lane
from relay.values import Claim, State, Urgency

IDENTITIES = 2**32 - 1  # of packets, never 0


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say about one device; waits in seconds.

    `names_packets`: the sender chooses by what id its medium knows a message.
    """

    purse: Purse
    allowed_prefixes: tuple[str, ...]
    names_packets: bool
    poll_s: float
    health_s: float
    report: bool
    retry_min_s: float
    retry_max_s: float
    transient_retry_s: float
    transient_retry_max_s: float


@dataclass(frozen=True, slots=True)
class Shared:
    """What the threads of one node have in common.

    `heard` is called when something was committed to the inbox, `full` when the disk took no
    more; `locked_after` is the newest parcel at the start of the process.
    """

    state_dir: Path
    keys: Keys
    clock: Clock
    heard: Callable[[], None]
    full: Callable[[], None]
    locked_after: int


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What one device sends.

    `_complain` tells that the store cannot be written, and waits a little; `_stopping` ends that.
    """

    _device: str
    _store: Store
    _gateway: Gateway
    _rules: Rules
    _shared: Shared
    _complain: Callable[[StoreError], None]
    _stopping: threading.Event

    def send_one(self, busy: float | None = None, *, own_channel: bool = True) -> State | None:
        """Send the next segment that may go; what became of it, None where there is none.

        `busy`: how much of the channel is in use, percent.  `own_channel`: it is there.

        Raises:
            GatewayDown: the device must rest; what became of the segment is committed.
            StoreError: nothing was sent.
        """
        lane = self._lane(busy, own_channel=own_channel)
        if lane is None or not self._store.sending.has_ready(lane, self._shared.clock.now_ms()):
            return None
        claim = self._claim(lane)
        if claim is None:
            return None
        try:
            settled, fault = self._hand_over(claim)
        except Exception:
            # A mistake of ours, told of further up; nobody knows whether it is out.
            self._settle(claim, delivery.unknown("a mistake of ours, see the log"))
            raise
        self._settle(claim, settled)
        if fault is not None:
            raise fault
        return settled.state

    def _lane(self, busy: float | None, *, own_channel: bool) -> Lane | None:
        """What this device may take now, by its budget; None: nothing."""
        permit = self._rules.purse.permit(
            self._store.ledger, self._gateway.air_ms, self._shared.clock.meter_ms(), busy
        )
        if not permit.anything():
            return None
        return Lane(
            self._gateway.medium,
            self._device,
            permit,
            after=self._shared.locked_after if self._shared.keys.locked else 0,
            own_channel=own_channel,
            identity=1 + secrets.randbelow(IDENTITIES) if self._rules.names_packets else 0,
        )

    def _claim(self, lane: Lane) -> Claim | None:
        """Commit the next segment as `sending`, with what it costs."""
        with self._store.transaction():
            clock = self._shared.clock
            claim = self._store.sending.claim(lane, clock.now_ms(), clock.meter_ms())
            if claim is not None:
                price = self._rules.purse.price(
                    self._gateway.air_ms, claim.octets, direct=not claim.everybody
                )
                self._store.ledger.set_price(claim.parcel, claim.part, price)
        return claim

    def _hand_over(self, claim: Claim) -> tuple[delivery.Settled, GatewayDown | None]:
        """Give a segment to the network; what became of it, and whether the device must rest."""
        try:
            taken = self._gateway.send(self._transmission(claim))
        except (SealError, NeverAgain) as error:
            return delivery.never(str(error)), None
        except LockedError as error:
            # Another process queued it while the key was there; it waits for the key.
            return self._later(claim, TryAgainLater(str(error)))
        except Unknown as error:
            return delivery.unknown(str(error)), None
        except GatewayDown as error:
            return delivery.not_tried(str(error)), error
        except TryAgainLater as error:
            return self._later(claim, error)
        return delivery.taken(taken.reference), None

    def _later(
        self, claim: Claim, error: TryAgainLater
    ) -> tuple[delivery.Settled, GatewayDown | None]:
        if error.rest:
            mend = "`jarshy doctor` may know why; it is tried again by itself"
            return delivery.not_tried(str(error)), GatewayDown(str(error), mend)
        first_s, most_s = self._rules.transient_retry_s, self._rules.transient_retry_max_s
        return delivery.later(str(error), claim.attempts, first_s, most_s), None

    def _transmission(self, claim: Claim) -> Transmission:
        text = claim.part_text
        if claim.part_sealed is not None:
            text = self._shared.keys.open("text", claim.part_sealed).decode()
        return Transmission(
            recipient=claim.everybody or self._recipient(claim),
            text=text or "",
            wide=claim.wide,
            reference=claim.reference,
            part=claim.part,
            parts=claim.parts,
            validity_s=max(1, (claim.expires_ms - self._shared.clock.now_ms()) // 1000),
            report=self._rules.report,
            identity=claim.identity,
            again=claim.again,
            urgent=claim.urgency is Urgency.URGENT,
            still_good=lambda: self._store.sending.is_wanted(
                claim.parcel, self._shared.clock.now_ms()
            ),
        )

    def _recipient(self, claim: Claim) -> str:
        recipient = self._shared.keys.open("number", claim.recipient_sealed).decode()
        if not recipient.startswith(self._rules.allowed_prefixes):
            # The settings may have changed since it was queued.
            raise NeverAgain("outside the allowed prefixes", recipient=True)
        return recipient

    def _settle(self, claim: Claim, settled: delivery.Settled) -> None:
        """Commit what became of it.  Until that is done nothing else is sent."""
        while True:
            try:
                with self._store.transaction():
                    self._store.sending.settle(
                        claim.parcel, claim.part, settled, self._shared.clock.now_ms()
                    )
            except StoreError as error:
                self._complain(error)
                if self._stopping.is_set():
                    return
            else:
                return
