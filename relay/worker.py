"""One thread per device: it hears, it sends, and when the device fails it rests the device.

The order of operations is the promise, in both directions.  In: list, commit,
delete.  Out: commit as `sending`, hand over, commit what became of it.  What
cannot be committed is not deleted and not sent.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateways.base import (
    Gateway,
    GatewayDown,
    NeverAgain,
    Raw,
    Transmission,
    TryAgainLater,
    Unknown,
)
from relay import budget, delivery
from relay.clock import Clock
from relay.keys import Keys, LockedError, SealError
from relay.store import Store, StoreError
from relay.store.meta import Device
from relay.store.sending import Lane
from relay.values import Claim

log = logging.getLogger("jarshy.gateway")

STORE_RETRY_S = 2.0
BUDGET_LOOK_S = 1.0
HEALTH_S, HEALTH_SOON_S = 60.0, 5.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say about one device; waits in seconds."""

    limits: budget.Limits
    allowed_prefixes: tuple[str, ...]
    poll_s: float
    report: bool
    retry_min_s: float
    retry_max_s: float
    transient_retry_s: float
    transient_retry_max_s: float


@dataclass(frozen=True, slots=True)
class Shared:
    """What the threads of one node have in common.

    `heard` is called when something was committed to the inbox; `locked_after` is the newest
    parcel at the start of the process.
    """

    state_dir: Path
    keys: Keys
    clock: Clock
    heard: Callable[[], None]
    locked_after: int


class Worker(threading.Thread):
    """The owner of one gateway."""

    def __init__(
        self,
        make: Callable[[Store, Callable[[], None]], Gateway],
        name: str,
        rules: Rules,
        shared: Shared,
    ) -> None:
        """`make` builds the gateway in the thread that will own it."""
        super().__init__(name=f"gateway {name}", daemon=True)
        self.device = name
        self._make = make
        self._rules = rules
        self._shared = shared
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._unread = True
        self._failures = 0
        self._opened_at = math.inf
        self._last_log = ""
        self.listening_since_ms: int | None = None

    # For the other threads.

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    def hint(self) -> None:
        """The device has something to say."""
        self._unread = True
        self._wake.set()

    def stop(self) -> None:
        """End after what is in hand."""
        self._stopping.set()
        self._wake.set()

    # The thread.

    def run(self) -> None:
        """Serve the device until stopped; nothing that happens to it ends the thread."""
        if not self._open_store():
            return
        self._gateway = self._make(self._store, self.hint)
        while not self._stopping.is_set():
            try:
                self._serve()
            except GatewayDown as error:
                self._rest(error)
            except StoreError as error:
                self._say(f"{self.device}: {error}")
                self._stopping.wait(STORE_RETRY_S)
            except Exception:
                log.exception("%s: a mistake of ours; the device rests", self.device)
                self._rest(GatewayDown("a mistake of ours, see the log", "report it"))
        self._gateway.close()
        self._store.close()

    def _open_store(self) -> bool:
        """However long its disk is full; False if stopped before."""
        while not self._stopping.is_set():
            try:
                self._store = Store(self._shared.state_dir)
            except StoreError as error:
                self._say(f"{self.device}: {error}")
                self._stopping.wait(STORE_RETRY_S)
            else:
                return True
        return False

    def _serve(self) -> None:
        """Open the device and work with it until it fails."""
        self.listening_since_ms = None
        self._opened_at = math.inf
        self._gateway.open()
        self._opened_at = time.monotonic()
        self._unread = True
        read_at = health_at = 0.0
        while not self._stopping.is_set():
            self._wake.clear()
            if time.monotonic() >= health_at:
                health_at = time.monotonic() + self._look()
            if self._unread or time.monotonic() >= read_at:
                self._read()
                read_at = time.monotonic() + self._rules.poll_s
            if not self._reachable or not self._send_one():
                self._wake.wait(self._pause(min(read_at, health_at) - time.monotonic()))

    def _pause(self, wait_s: float) -> float:
        """How long there is nothing to do: at most `wait_s`, less where a message is due before."""
        due_ms = self._store.sending.next_due_ms(self._gateway.medium)
        if due_ms is not None:
            due_s = (due_ms - self._shared.clock.now_ms()) / 1000
            # What is due already waits for the budget or for the network.
            wait_s = min(wait_s, max(due_s, BUDGET_LOOK_S))
        return max(0.0, wait_s)

    def _look(self) -> float:
        """Ask the device how it is; returns after how many seconds to ask again."""
        health = self._gateway.health()
        self._reachable = health.reachable
        if health.reachable:
            self._note("ready", health.network or "", "", health.signal)
            return HEALTH_S
        self._note(
            "no network",
            "the modem is in no network",
            "check the antenna and that the SIM is active; it goes on by itself",
            health.signal,
        )
        return HEALTH_SOON_S

    def _rest(self, error: GatewayDown) -> None:
        """Leave the device alone for a while, longer each time; no message loses by it."""
        self._gateway.close()
        self.listening_since_ms = None
        rules = self._rules
        if time.monotonic() - self._opened_at > rules.retry_max_s:
            self._failures = 0  # it worked for a while: a new trouble, not the old one
        self._failures += 1
        wait_s = min(rules.retry_min_s * 2 ** min(self._failures - 1, 16), rules.retry_max_s)
        state = "needs you" if error.by_hand else "down"
        try:
            self._note(state, str(error), error.mend, None)
        except StoreError as full:
            self._say(f"{self.device}: {full}")
        self._stopping.wait(max(wait_s, rules.retry_max_s) if error.by_hand else wait_s)

    def _note(self, state: str, reason: str, mend: str, signal: int | None) -> None:
        now_ms = self._shared.clock.now_ms()
        self._store.devices.note(Device(self.device, state, reason, mend, signal, now_ms))
        told = f"{self.device}: {state}" + (f": {reason}" if reason else "")
        self._say(told + (f" ({mend})" if mend else ""))

    def _say(self, line: str) -> None:
        """Log a state once, not at each look."""
        if line != self._last_log:
            self._last_log = line
            log.warning("%s", line)

    # In.

    def _read(self) -> None:
        """Commit what the device has heard, then delete it there."""
        self._unread = False
        heard = self._gateway.receive()
        for raw in heard:
            self._keep(raw)
            self._gateway.forget(raw)
        if heard:
            self._shared.heard()
        if self.listening_since_ms is None:
            # What the modem kept for us while nobody listened is in the inbox now.
            self.listening_since_ms = self._shared.clock.now_ms()

    def _keep(self, raw: Raw) -> None:
        keys = self._shared.keys
        self._store.inbox.keep(
            keys.tag("fingerprint", raw.octets),
            keys.seal("inbound", raw.octets),
            self.device,
            self._gateway.medium,
            self._shared.clock.now_ms(),
        )

    # Out.

    def _send_one(self) -> bool:
        """Send the next segment that may go; False where there is none."""
        lane = self._lane()
        if lane is None or not self._store.sending.has_ready(lane, self._shared.clock.now_ms()):
            return False
        with self._store.transaction():
            claim = self._store.sending.claim(
                lane, self._shared.clock.now_ms(), self._shared.clock.meter_ms()
            )
        if claim is None:
            return False
        try:
            settled, fault = self._hand_over(claim)
        except Exception:
            # A mistake of ours, told of further up; nobody knows whether it is out.
            self._settle(claim, delivery.unknown("a mistake of ours, see the log"))
            raise
        self._settle(claim, settled)
        if fault is not None:
            raise fault
        return True

    def _lane(self) -> Lane | None:
        """What this device may take now, by its budget; None: nothing."""
        meter_ms = self._shared.clock.meter_ms()
        ledger = self._store.sending
        allowed = budget.allowance(
            self._rules.limits,
            ledger.spent(self.device, meter_ms - budget.MINUTE_MS),
            ledger.spent(self.device, meter_ms - budget.DAY_MS),
        )
        if allowed is budget.Allowance.NOBODY:
            return None
        return Lane(
            self._gateway.medium,
            self.device,
            reserved_only=allowed is budget.Allowance.RESERVED,
            after=self._shared.locked_after if self._shared.keys.locked else 0,
        )

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
        self._failures = 0
        return delivery.taken(taken.reference), None

    def _later(
        self, claim: Claim, error: TryAgainLater
    ) -> tuple[delivery.Settled, GatewayDown | None]:
        if error.rest:
            mend = "check credit and reception of the SIM; it is tried again by itself"
            return delivery.not_tried(str(error)), GatewayDown(str(error), mend)
        first_s, most_s = self._rules.transient_retry_s, self._rules.transient_retry_max_s
        return delivery.later(str(error), claim.attempts, first_s, most_s), None

    def _transmission(self, claim: Claim) -> Transmission:
        keys = self._shared.keys
        recipient = keys.open("number", claim.recipient_sealed).decode()
        if not recipient.startswith(self._rules.allowed_prefixes):
            # The settings may have changed since it was queued.
            raise NeverAgain("outside the allowed prefixes", recipient=True)
        text = claim.part_text
        if claim.part_sealed is not None:
            text = keys.open("text", claim.part_sealed).decode()
        return Transmission(
            recipient=recipient,
            text=text or "",
            wide=claim.wide,
            reference=claim.reference,
            part=claim.part,
            parts=claim.parts,
            validity_s=max(1, (claim.expires_ms - self._shared.clock.now_ms()) // 1000),
            report=self._rules.report,
            still_good=lambda: self._store.sending.is_wanted(
                claim.parcel, self._shared.clock.now_ms()
            ),
        )

    def _settle(self, claim: Claim, settled: delivery.Settled) -> None:
        """Commit what became of it.  Until that is done nothing else is sent."""
        while True:
            try:
                with self._store.transaction():
                    self._store.sending.settle(
                        claim.parcel,
                        claim.part,
                        settled,
                        self._shared.clock.now_ms(),
                        self._shared.clock.meter_ms(),
                    )
            except StoreError as error:
                self._say(f"{self.device}: {error}")
                if self._stopping.wait(STORE_RETRY_S):
                    return
            else:
                return
