"""One thread per device: it hears, it sends, and when the device fails it rests the device.

What comes in is listed, committed, and only then deleted from the device; what
cannot be committed is not deleted.  The way out is in `dispatch`.
"""

import logging
import math
import threading
import time
from collections.abc import Callable

from gateways.base import Gateway, GatewayDown, Health, Raw
from relay.dispatch import Dispatch, Rules, Shared
from relay.store import Store, StoreError, StoreFullError
from relay.store.meta import Device
from relay.values import State

log = logging.getLogger("jarshy.gateway")

BUDGET_LOOK_S = 1.0
HEALTH_SOON_S = 5.0
STORE_RETRY_S = 2.0
UNKNOWN = Health(reachable=False)


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
        self._begin()
        while not self._stopping.is_set():
            try:
                self._serve()
            except GatewayDown as error:
                self._rest(error)
            except StoreError as error:
                self._complain(error)
            except Exception:
                log.exception("%s: a mistake of ours; the device rests", self.device)
                self._rest(GatewayDown("a mistake of ours, see the log", "report it"))
        self._gateway.close()
        self._keep_held()
        self._store.close()

    def _begin(self) -> None:
        """What the device was when the node ended is no news; written where the disk allows."""
        now_ms = self._shared.clock.now_ms()
        try:
            self._store.devices.note(Device(self.device, "starting", "", "", None, now_ms))
        except StoreError as error:
            self._complain(error)

    def _open_store(self) -> bool:
        """However long its disk is full; False if stopped before."""
        while not self._stopping.is_set():
            try:
                self._store = Store(self._shared.state_dir)
            except StoreError as error:
                self._complain(error)
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
        dispatch = Dispatch(
            self.device,
            self._store,
            self._gateway,
            self._rules,
            self._shared,
            self._complain,
            self._stopping,
        )
        self._busy: float | None = None
        self._read_at = self._health_at = 0.0
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self._turn(dispatch)
            except StoreError as error:
                # The device is well: it keeps its connection, and what it has heard.
                self._complain(error)

    def _turn(self, dispatch: Dispatch) -> None:
        """Look, read, send one; then wait until there is something to do."""
        if time.monotonic() >= self._health_at:
            self._health_at = time.monotonic() + self._look()
        if self._unread or time.monotonic() >= self._read_at:
            self._read()
            self._read_at = time.monotonic() + self._rules.poll_s
        until_s = min(self._read_at, self._health_at) - time.monotonic()
        pause_s = self._gateway.pause_s()
        if pause_s:
            self._wake.wait(max(0.0, min(pause_s, until_s)))
        elif not (self._reachable and self._send_one(dispatch)):
            self._wake.wait(self._pause(until_s))

    def _complain(self, error: StoreError) -> None:
        """Say it once, and wait a little for it to be mended."""
        self._say(f"{self.device}: {error}")
        if isinstance(error, StoreFullError):
            self._shared.full()
        self._stopping.wait(STORE_RETRY_S)

    def _send_one(self, dispatch: Dispatch) -> bool:
        state = dispatch.send_one(self._busy, own_channel=self._own_channel)
        if state is State.SENT:
            self._failures = 0
        return state is not None

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
        self._reachable, self._busy = health.reachable, health.busy
        self._own_channel = health.own_channel
        if health.trouble:
            self._note("trouble", health.trouble, health.mend, health)
        elif health.reachable:
            self._note("ready", health.network or "", "", health)
        else:
            mend = "check the antenna and that the SIM is active; it goes on by itself"
            self._note("no network", "the modem is in no network", mend, health)
        return self._rules.health_s if health.reachable else HEALTH_SOON_S

    def _rest(self, error: GatewayDown) -> None:
        """Leave the device alone for a while, longer each time; no message loses by it."""
        self._gateway.close()
        self._keep_held()
        self.listening_since_ms = None
        rules = self._rules
        if time.monotonic() - self._opened_at > rules.retry_max_s:
            self._failures = 0  # it worked for a while: a new trouble, not the old one
        self._failures += 1
        wait_s = min(rules.retry_min_s * 2 ** min(self._failures - 1, 16), rules.retry_max_s)
        state = "needs you" if error.by_hand else "down"
        try:
            self._note(state, str(error), error.mend)
        except StoreError as full:
            self._say(f"{self.device}: {full}")
        self._stopping.wait(max(wait_s, rules.retry_max_s) if error.by_hand else wait_s)

    def _note(self, state: str, reason: str, mend: str, health: Health = UNKNOWN) -> None:
        device = Device(
            name=self.device,
            state=state,
            reason=reason,
            mend=mend,
            signal=health.signal,
            since_ms=self._shared.clock.now_ms(),
            busy=health.busy,
            facts=health.facts,
        )
        self._store.devices.note(device)
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
            try:
                self._keep(raw)
            except StoreError:
                self._unread = True
                raise
            self._gateway.forget(raw)
        if heard:
            self._shared.heard()
        if self.listening_since_ms is None:
            # What the modem kept for us while nobody listened is in the inbox now.
            self.listening_since_ms = self._shared.clock.now_ms()

    def _keep_held(self) -> None:
        """Commit what the device has no more; it is taken once, however often it is listed."""
        try:
            held = self._gateway.held()
            for raw in held:
                self._keep(raw)
        except StoreError as error:
            self._say(f"{self.device}: {error}")
            return
        if held:
            self._shared.heard()

    def _keep(self, raw: Raw) -> None:
        keys = self._shared.keys
        self._store.inbox.keep(
            keys.tag("fingerprint", raw.octets),
            keys.seal("inbound", raw.octets),
            self.device,
            self._gateway.medium,
            self._shared.clock.now_ms(),
        )
