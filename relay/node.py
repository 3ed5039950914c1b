"""The node: the one place where all parts meet.

One thread per device, and the clockwork, which calls `tick`.  The store is the
only shared truth; what passes between the threads are hints to look there.
"""

import json
import logging
import threading
import time

from config.settings import Settings
from relay import assembly, devices
from relay.clock import Clock
from relay.dispatch import Shared
from relay.instance import hold
from relay.keys import SealError
from relay.mode import chosen_mode, in_force
from relay.routing import Router
from relay.store import Store, StoreError, StoreFullError
from relay.upkeep import Ballast, Upkeep

log = logging.getLogger("jarshy.node")

LOOK_S = 0.2  # what another process wrote is noticed within this
SECOND_S, MINUTE_S, HOUR_S = 1.0, 60.0, 3600.0
STOP_WAIT_S = 8.0
LOCKED_AFTER = "locked_after"  # the newest message when the node was locked, empty if it is not


class Node:
    """A running node."""

    def __init__(self, settings: Settings) -> None:
        """Open the store and the key; no device is touched yet.

        Raises:
            StoreError, KeyProblemError, AlreadyRunningError: with what to do.
        """
        self.settings = settings
        self._lock = hold(settings.node.state_dir)
        try:
            self.store = Store(settings.node.state_dir)
            self.keys = assembly.open_keys(settings, self.store)
        except BaseException:
            self._lock.close()
            raise
        meta = self.store.meta
        wall = meta.get("wall_ms")
        self.clock = Clock(int(meta.get("meter_ms", "0")), int(wall) if wall else None)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._full = threading.Event()  # somebody could not write
        self._secret: bytes | None = None  # given by hand, not yet used
        self._newest = self.store.sending.newest()
        self._left_over = not self.keys.locked  # by an earlier, locked run
        if self.keys.locked and not meta.get(LOCKED_AFTER):
            meta.put(LOCKED_AFTER, str(self._newest))
        self._stop_asked = False
        self._due = dict.fromkeys((SECOND_S, MINUTE_S, HOUR_S), 0.0)
        self._version = -1
        self._ballast = Ballast(settings.node.state_dir, settings.retention.ballast_octets)
        self._complained = ""
        self._ill: bool | None = None
        self._told: tuple[bool, ...] = ()
        self._build()

    def _build(self) -> None:
        renders = assembly.renderers(self.settings)
        self._router = Router(self.store, renders)
        self._announcer = assembly.announcer(self.settings, self.store, self.keys, renders["mesh"])
        self._upkeep = Upkeep(self.store, self.settings, self._listening_since_ms)
        self._reception = assembly.reception(
            self.settings, self.store, self.keys, self.clock, renders
        )
        shared = Shared(
            state_dir=self.settings.node.state_dir,
            keys=self.keys,
            clock=self.clock,
            heard=self._wake.set,
            full=self._full.set,
            locked_after=self._newest,
        )
        self.workers = devices.workers(self.settings, self.keys, shared)

    # Life.

    def start(self) -> None:
        """Say what was left unfinished, then start every thread."""
        found = self.store.outbox.unfinished()
        with self.store.transaction():
            recovered = self.store.sending.recover(self.clock.now_ms())
        log.warning(
            "start: %s; found unfinished: %d segments in mid-send (now unknown), %d messages"
            " queued, %d unknown, %d parked, %d to read%s",
            self.settings.node.name,
            recovered,
            found.get("queued", 0),
            found.get("unknown", 0),
            found.get("parked", 0),
            self.store.inbox.unfinished(),
            "; LOCKED: the key is not here, see `jarshy unlock`" if self.keys.locked else "",
        )
        for sentence in self.settings.not_built:
            log.warning("settings: %s", sentence)
        if not self.workers:
            log.warning(
                "no device is set up: nothing can be sent; add [[modem]] or [[radio]] to the"
                " settings"
            )
        for worker in self.workers:
            worker.start()

    def run(self) -> None:
        """Start every thread and tick until stopped: the clockwork."""
        self.start()
        try:
            while not (self._stop_asked or self._stopping.is_set()):
                self.tick_safely()
                self._wake.wait(LOOK_S)
        finally:
            self._stopping.set()
            self._stop_workers()
            self._close()

    def request_stop(self) -> None:
        """Let `run` end; also from a signal handler, which must take no lock."""
        self._stop_asked = True

    def _stop_workers(self) -> None:
        """What a device has in hand may finish within the wait; else it is unknown at next start.

        A radio that is left at once loses the last packet.
        """
        for worker in self.workers:
            worker.stop()
        lingers_s = [radio.linger_s for radio in self.settings.radios if radio.enabled]
        until = time.monotonic() + max([STOP_WAIT_S, *(1 + linger_s for linger_s in lingers_s)])
        for worker in self.workers:
            worker.join(max(0.0, until - time.monotonic()))

    def _close(self) -> None:
        try:
            self._save_clock()
        except StoreError as error:
            log.error("%s", error)  # noqa: TRY400  # the text says it all
        self.store.close()
        self._lock.close()

    def unlock(self, secret: bytes) -> None:
        """Take the key, to be used at the next tick; from any thread.

        Raises:
            KeyProblemError: it is the key of another node.
        """
        self.keys.check(secret)
        self._secret = secret
        self._wake.set()

    # The clockwork.

    def tick_safely(self) -> None:
        """One tick; whatever goes wrong with the store is said once and tried again."""
        if self._full.is_set():
            self._full.clear()
            self._make_room()
        try:
            self.tick()
            self._tell_health(ill=False)
            self._complained = ""
        except StoreFullError as error:
            self._complain(error)
            self._make_room()
        except StoreError as error:
            self._complain(error)
        except Exception:
            log.exception("a mistake of ours in the clockwork; it goes on")
            self._tell_health(ill=True)
            self._stopping.wait(SECOND_S)

    def _make_room(self) -> None:
        if self._ballast.throw_out():
            log.warning("the ballast was given up to keep going")

    def _tell_health(self, *, ill: bool) -> None:
        """So that `status` shows a clockwork that stumbles; written when it changes."""
        if ill != self._ill:
            self.store.meta.put("ill", "1" if ill else "")
            self._ill = ill

    def _complain(self, error: StoreError) -> None:
        if str(error) != self._complained:
            self._complained = str(error)
            log.error("%s", error)

    def tick(self) -> None:
        """Handle what came in, queue what is due, do the chores."""
        hinted = self._wake.is_set()
        self._wake.clear()
        version = self.store.connection.version()
        chores = self._chores()
        if not (hinted or chores or version != self._version):
            return
        self._version = version
        self._use_key()
        while self._reception.work() and not self._stop_asked:
            self._wake_workers()
        mode, now_ms = in_force(chosen_mode(self.store)), self.clock.now_ms()
        if not self.keys.locked:
            self._router.work(mode, now_ms)
        self._announcer.work(mode, now_ms, self.clock.meter_ms())
        self._wake_workers()

    def _use_key(self) -> None:
        """Between two messages: nobody may be known by two tags within one."""
        if self._secret is not None:
            self.keys.unlock(self._secret)
            self._secret = None
            self._left_over = True
        if self._left_over:
            with self.store.transaction():
                self._name_recipients()
                self.store.inbox.undefer()
            self._left_over = False

    def _name_recipients(self) -> None:
        """Whom we wrote to while locked: STOP, FORGET and reports must find those messages."""
        after = self.store.meta.get(LOCKED_AFTER)
        if not after:
            return
        for parcel, sealed in self.store.outbox.recipients(int(after)):
            try:
                number = self.keys.open("number", sealed)
            except SealError:
                continue  # altered on the disk: it fails when its turn comes, and alone
            self.store.outbox.retag(parcel, self.keys.tag("person", number))
        self.store.meta.put(LOCKED_AFTER, "")

    def _wake_workers(self) -> None:
        for worker in self.workers:
            worker.wake()

    def _chores(self) -> bool:
        """Do what is due; True where something was."""
        now = time.monotonic()
        due = [period for period, at in self._due.items() if now >= at]
        chores = {SECOND_S: self._each_second, MINUTE_S: self._each_minute, HOUR_S: self._each_hour}
        for period in due:
            self._due[period] = now + period
            chores[period]()
        return bool(due)

    def _each_second(self) -> None:
        if self._facts() != self._told:
            self._save_clock()
        self._upkeep.each_second(
            self.clock.now_ms(), self.clock.meter_ms(), may_end=not self.clock.is_suspect()
        )

    def _listening_since_ms(self, modem: str) -> int | None:
        """Since when `modem` is heard, 0 if it is not ours any more."""
        found = [worker for worker in self.workers if worker.device == modem]
        return found[0].listening_since_ms if found else 0

    def _each_minute(self) -> None:
        self.clock.check_kernel()
        self._save_clock()

    def _each_hour(self) -> None:
        self._upkeep.each_hour(self.clock.now_ms(), self.clock.meter_ms())
        self._ballast.lay_in()

    def _facts(self) -> tuple[bool, ...]:
        """What `status` should know as soon as it changes."""
        state = self.clock.state
        return state.trusted, state.suspect, self.keys.locked

    def _save_clock(self) -> None:
        state = self.clock.state
        wall_ms = state.last.wall_ms
        if not state.trusted:
            wall_ms = max(wall_ms, int(self.store.meta.get("wall_ms", "0")))
        self._told = self._facts()
        with self.store.transaction():
            self.store.meta.put("meter_ms", str(state.meter_ms))
            self.store.meta.put("wall_ms", str(wall_ms))
            self.store.meta.put(
                "clock",
                json.dumps({"trusted": state.trusted, "suspect": state.suspect, "why": state.why}),
            )
            self.store.meta.put("locked", "1" if self.keys.locked else "")
