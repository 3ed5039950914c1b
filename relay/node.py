"""The node: the one place where all parts meet.

One thread per modem, one clockwork that calls `tick`, and the main thread,
which waits for a signal or for the key.  The store is the only shared truth;
what passes between the threads are hints to look there.
"""

import fcntl
import json
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from config.keywords import load_keywords
from config.sections import Modem
from config.settings import Settings
from config.texts import load_texts
from gateways.sms.gateway import ModemSettings, PinMemory, SmsGateway
from gateways.sms.hearing import Neighbourhood, interpret
from relay.clock import Clock
from relay.commands.conversation import Conversation
from relay.commands.library import Library
from relay.keys import KeyProblemError, Keys, public_key, read_key_file
from relay.keywords import Grammar
from relay.mode import in_force
from relay.reception import Limits, Reception
from relay.render import Renderer
from relay.routing import Router
from relay.store import Store, StoreError, StoreFullError
from relay.upkeep import Ballast, Upkeep, limits_of
from relay.values import Mode
from relay.worker import Rules, Shared, Worker

log = logging.getLogger("jarshy.node")

LOOK_S = 0.2  # what another process wrote is noticed within this
SECOND_S, MINUTE_S, HOUR_S = 1.0, 60.0, 3600.0
STOP_WAIT_S = 8.0


class AlreadyRunningError(Exception):
    """Another node works on this state directory."""

    def __init__(self, state_dir: Path) -> None:
        super().__init__(f"a node already runs on {state_dir}; stop it first")


def open_keys(settings: Settings, store: Store) -> Keys:
    """The node's keys, locked where the key file is away.

    Raises:
        KeyProblemError: there never was a key, or it is the wrong one.
    """
    secret = read_key_file(settings.node.key_file)
    known = store.meta.get("public_key")
    if not known:
        if secret is None:
            raise KeyProblemError(
                f"there is no key at {settings.node.key_file}; `jarshy init DIR` writes one"
            )
        known = public_key(secret).hex()
        store.meta.put("public_key", known)
    return Keys(bytes.fromhex(known), secret)


def renderer(settings: Settings) -> Renderer:
    """How this node's messages read."""
    return Renderer(
        texts=load_texts(),
        owners={source.name: source.owner for source in settings.sources},
        languages=settings.node.languages,
        zone=ZoneInfo(settings.node.timezone),
        max_segments=settings.bulletins.max_segments,
    )


def chosen_mode(store: Store) -> Mode:
    """What the operator has chosen."""
    return Mode(store.meta.get("mode", Mode.AUTO.value))


class _Pins:
    """PINs that were tried, in the store, as a keyed hash."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store = store
        self._keys = keys

    def is_refused(self, attempt: str) -> bool:
        return self._store.devices.is_pin_refused(self._keys.tag("pin", attempt))

    def remember(self, attempt: str) -> None:
        self._store.devices.refuse_pin(self._keys.tag("pin", attempt))

    def take_back(self, attempt: str) -> None:
        self._store.devices.allow_pin(self._keys.tag("pin", attempt))


def _make_gateway(modem: Modem, keys: Keys) -> Callable[[Store, Callable[[], None]], SmsGateway]:
    settings = ModemSettings(
        name=modem.name,
        port=modem.port,
        baud=modem.baud,
        pin=modem.pin,
        command_wait_s=modem.command_wait_s,
        prompt_wait_s=modem.prompt_wait_s,
        verdict_wait_s=modem.verdict_wait_s,
    )

    def make(store: Store, hint: Callable[[], None]) -> SmsGateway:
        pins: PinMemory = _Pins(store, keys)
        return SmsGateway(settings, pins, hint)

    return make


class Node:
    """A running node."""

    def __init__(self, settings: Settings) -> None:
        """Open the store and the key; no device is touched yet.

        Raises:
            StoreError, KeyProblemError, AlreadyRunningError: with what to do.
        """
        self.settings = settings
        self._lock = _lock(settings.node.state_dir)
        self.store = Store(settings.node.state_dir)
        self.keys = open_keys(settings, self.store)
        meta = self.store.meta
        wall = meta.get("wall_ms")
        self.clock = Clock(int(meta.get("meter_ms", "0")), int(wall) if wall else None)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._unlocked = False
        self._due = dict.fromkeys((SECOND_S, MINUTE_S, HOUR_S), 0.0)
        self._version = -1
        self._ballast = Ballast(settings.node.state_dir, settings.retention.ballast_octets)
        self._complained = ""
        self._build()

    def _build(self) -> None:
        render = renderer(self.settings)
        self._router = Router(self.store, render)
        self._upkeep = Upkeep(self.store, self.settings)
        self._reception = self._make_reception(render)
        shared = Shared(
            state_dir=self.settings.node.state_dir,
            keys=self.keys,
            clock=self.clock,
            heard=self._wake.set,
            locked_after=self.store.sending.newest(),
        )
        self.workers = [
            Worker(_make_gateway(modem, self.keys), modem.name, self._rules(modem), shared)
            for modem in self.settings.modems
            if modem.enabled
        ]

    def _make_reception(self, render: Renderer) -> Reception:
        node, replies = self.settings.node, self.settings.replies
        place = Neighbourhood(
            country=node.country_code,
            trunk=node.trunk_prefix,
            own=frozenset(modem.own_number for modem in self.settings.modems if modem.own_number),
            allowed_prefixes=node.allowed_prefixes,
        )
        return Reception(
            store=self.store,
            keys=self.keys,
            clock=self.clock,
            conversation=Conversation(Grammar(load_keywords()), render),
            limits=Limits(
                person_hour=replies.per_person_per_hour,
                person_day=replies.per_person_per_day,
                unknown_day=replies.unknown_per_person_per_day,
                node_hour=replies.per_node_per_hour,
                expire_s=replies.expire_s,
            ),
            language=node.languages[0],
            interpret={"sms": lambda octets: interpret(octets, place)},
            library=self._library,
        )

    def _library(self, now_ms: int) -> Library:
        proxies = self.settings.proxies
        return Library(
            store=self.store,
            now_ms=now_ms,
            mode=in_force(chosen_mode(self.store)).value,
            news_in_answer=self.settings.bulletins.news_in_answer,
            proxies_each=proxies.per_person if proxies.enabled else 0,
        )

    def _rules(self, modem: Modem) -> Rules:
        return Rules(
            limits=limits_of(self.settings)[modem.name],
            poll_s=modem.poll_s,
            report=modem.delivery_reports,
            retry_min_s=modem.retry_min_s,
            retry_max_s=modem.retry_max_s,
            transient_retry_s=self.settings.outbox.transient_retry_s,
            transient_retry_max_s=self.settings.outbox.transient_retry_max_s,
        )

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
            log.warning("no modem is set up: nothing can be sent; add [[modem]] to the settings")
        for worker in self.workers:
            worker.start()

    def run(self) -> None:
        """Start every thread and tick until stopped: the clockwork."""
        self.start()
        try:
            while not self._stopping.is_set():
                self.tick_safely()
                self._wake.wait(LOOK_S)
        finally:
            self._stop_workers()
            self._close()

    def request_stop(self) -> None:
        """Let `run` end; from any thread, and from a signal handler."""
        self._stopping.set()
        self._wake.set()

    def _stop_workers(self) -> None:
        """What a modem has in hand may finish within the wait; else it is unknown at next start."""
        for worker in self.workers:
            worker.stop()
        until = time.monotonic() + STOP_WAIT_S
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
        """Take the key; from any thread.

        Raises:
            KeyProblemError: it is the key of another node.
        """
        self.keys.unlock(secret)
        self._unlocked = True
        self._wake.set()

    # The clockwork.

    def tick_safely(self) -> None:
        """One tick; whatever goes wrong with the store is said once and tried again."""
        try:
            self.tick()
            self._complained = ""
        except StoreFullError as error:
            self._complain(error)
            if self._ballast.throw_out():
                log.warning("the ballast was given up to keep going")
        except StoreError as error:
            self._complain(error)
        except Exception:
            log.exception("a mistake of ours in the clockwork; it goes on")
            self._stopping.wait(SECOND_S)

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
        if self._unlocked:
            self._unlocked = False
            self.store.inbox.undefer()
        while self._reception.work() and not self._stopping.is_set():
            self._wake_workers()
        self._router.work(in_force(chosen_mode(self.store)), self.clock.now_ms())
        self._wake_workers()

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
        self._upkeep.each_second(self.clock.now_ms(), self.clock.meter_ms())

    def _each_minute(self) -> None:
        self.clock.check_kernel()
        self._save_clock()

    def _each_hour(self) -> None:
        self._upkeep.each_hour(self.clock.now_ms(), self.clock.meter_ms())
        self._ballast.lay_in()

    def _save_clock(self) -> None:
        state = self.clock.state
        seen_ms = int(self.store.meta.get("wall_ms", "0"))
        with self.store.transaction():
            self.store.meta.put("meter_ms", str(state.meter_ms))
            self.store.meta.put("wall_ms", str(max(seen_ms, state.last.wall_ms)))
            self.store.meta.put("clock", json.dumps({"trusted": state.trusted, "why": state.why}))
            self.store.meta.put("locked", "1" if self.keys.locked else "")


def _lock(state_dir: Path) -> IO[str]:
    """Hold the directory for this process; the kernel lets go of it when the process ends."""
    file = (state_dir / "run.lock").open("a", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise AlreadyRunningError(state_dir) from None
    return file


def is_running(state_dir: Path) -> bool:
    """Whether a node works on this directory now."""
    try:
        _lock(state_dir).close()
    except AlreadyRunningError:
        return True
    return False
