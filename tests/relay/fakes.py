"""A modem that does what the test says, and a worker that serves it."""

import queue
import threading
from contextlib import contextmanager

from gateways.base import Health, Raw, Taken
from relay.budget import Limits
from relay.dispatch import Rules, Shared
from relay.purse import SegmentPurse
from relay.store import Store
from relay.worker import Worker

PATIENCE_S = 10.0  # only a test that fails waits for so long


class FakeGateway:
    """Keeps the promises of `Gateway`; `outcomes` are raised or returned one by one, then taken."""

    def __init__(self, state_dir, name="beeline", medium="sms"):
        self.name = name
        self.medium = medium
        self.outcomes = []
        self.opens = []  # what `open` raises, one by one
        self.stored = {}  # what it has heard, by slot
        self.reachable = True
        self.lost = {}  # what the device has no more, by slot
        self.pauses = []
        self.air = 0  # ms that an octet is on air
        self.busy = None
        self.events = queue.Queue()
        self.on_send = lambda _: None
        self._state_dir = state_dir
        self._reference = 0

    def made(self, store, hint):
        self.hint = hint
        return self

    def open(self):
        self.events.put(("open", None))
        if self.opens and (fault := self.opens.pop(0)) is not None:
            raise fault

    def close(self):
        self.events.put(("close", None))

    def receive(self):
        self.events.put(("receive", None))
        return [Raw(slot, octets) for slot, octets in sorted(self.stored.items())]

    def forget(self, raw):
        self.events.put(("forget", self.in_store("SELECT count(*) FROM inbound")))
        del self.stored[raw.slot]

    def send(self, transmission):
        self.on_send(transmission)
        state = self.in_store("SELECT state FROM segment WHERE state = 'sending'")
        self.events.put(("send", (transmission, state)))
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome
        self._reference += 1
        return Taken(self._reference)

    def health(self):
        return Health(20, "Test", reachable=self.reachable, busy=self.busy)

    def held(self):
        return [Raw(slot, octets) for slot, octets in sorted(self.lost.items())]

    def pause_s(self):
        return self.pauses.pop(0) if self.pauses else 0.0

    def air_ms(self, octets, *, direct):
        return self.air * octets

    def in_store(self, sql):
        """What somebody else sees who looks into the database at this moment."""
        store = Store(self._state_dir)
        try:
            return store.connection.scalar(sql)
        finally:
            store.close()

    def next(self, kind):
        """Wait for the next event of this kind; returns what came with it."""
        while True:
            found, facts = self.events.get(timeout=PATIENCE_S)
            if found == kind:
                return facts


def rules(**changes):
    usual = {
        "purse": SegmentPurse("beeline", Limits(0, 0, 0)),
        "allowed_prefixes": ("+7",),
        "names_packets": False,
        "poll_s": 60.0,
        "health_s": 60.0,
        "report": True,
        "retry_min_s": 0.01,
        "retry_max_s": 0.02,
        "transient_retry_s": 30.0,
        "transient_retry_max_s": 600.0,
    }
    return Rules(**(usual | changes))


@contextmanager
def working(world, gateway, told=None, **changes):
    """A worker that serves `gateway` while the block runs; yields it and an event of hearing."""
    heard = threading.Event()
    state_dir = world.store.connection.path.parent
    after = world.store.sending.newest() if world.keys.locked else 0
    shared = Shared(
        state_dir, world.keys, world.clock, heard.set, (told or threading.Event()).set, after
    )
    worker = Worker(gateway.made, gateway.name, rules(**changes), shared)
    worker.heard = heard
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
        worker.join(PATIENCE_S)
        assert not worker.is_alive()


def until(condition):
    """Wait until `condition` holds, looking again and again; a failing test waits long."""
    pause = threading.Event()
    for _ in range(int(PATIENCE_S / 0.005)):
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("it never came to that")
