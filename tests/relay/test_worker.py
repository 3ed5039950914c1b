"""The owner of a device: what is committed before what, and what rests when something fails."""

import threading
import time

import pytest

from gateways.base import GatewayDown, NeverAgain, TryAgainLater, Unknown
from relay.budget import Limits
from relay.dispatch import Shared
from relay.purse import SegmentPurse
from relay.store import StoreFullError
from relay.values import State
from relay.worker import Worker
from tests.relay.fakes import FakeGateway, rules, until, working
from tests.relay.world import AIGUL, BOLAT, DANA, HOUR, NOW, SECRET, pdu


@pytest.fixture
def fake(tmp_path):
    return FakeGateway(tmp_path)


def ended(world, parcel):
    until(lambda: world.state(parcel) not in {State.QUEUED, State.SENDING})
    return world.state(parcel)


# Out.


def test_a_segment_is_committed_before_it_is_handed_over(world, fake):
    parcel = world.queue(parts=("one", "two"))
    with working(world, fake):
        for part in (1, 2):
            transmission, state = fake.next("send")
            assert state == "sending"
            assert (transmission.part, transmission.parts) == (part, 2)
        assert ended(world, parcel) is State.SENT

    assert world.spent() == 2


def test_the_gateway_is_told_all_that_it_needs(world, fake):
    world.queue(parts=("Привет",), wide=True, expires_ms=NOW + HOUR)
    with working(world, fake):
        transmission, _ = fake.next("send")

    assert (transmission.recipient, transmission.text) == (AIGUL, "Привет")
    assert (transmission.wide, transmission.report) == (True, True)
    assert transmission.validity_s == 3600


def test_a_bulletin_is_sent_with_its_words(world, fake):
    world.enrol()
    bulletin = world.publish()
    with working(world, fake):
        words = fake.next("send")[0].text + fake.next("send")[0].text

    assert words.endswith(f"#{bulletin.number}")


@pytest.mark.parametrize(
    ("outcome", "state", "spent"),
    [
        pytest.param(None, State.SENT, 1, id="taken"),
        pytest.param(NeverAgain("refused"), State.FAILED, 0, id="never"),
        pytest.param(Unknown("silence"), State.UNKNOWN, 1, id="unknown"),
        pytest.param(TryAgainLater("busy"), State.QUEUED, 0, id="later"),
    ],
)
def test_what_the_network_said_is_committed_before_the_next_goes(
    world, fake, outcome, state, spent
):
    fake.outcomes = [outcome]
    first, second = world.queue(AIGUL), world.queue(BOLAT)
    seen = []
    fake.on_send = lambda _: seen.append(fake.in_store("SELECT state FROM parcel WHERE id = 1"))

    with working(world, fake):
        assert ended(world, second) is State.SENT

    assert seen == ["sending", state.value]
    assert world.state(first) is state
    assert world.spent() == spent + 1


def test_a_message_that_the_network_put_off_waits_and_holds_nobody_up(world, fake):
    fake.outcomes = [TryAgainLater("busy")]
    first, second = world.queue(AIGUL), world.queue(BOLAT)
    with working(world, fake) as worker:
        ended(world, second)
        assert world.state(first) is State.QUEUED

        world.clock.passes(30_000)
        worker.wake()
        assert ended(world, first) is State.SENT


def test_a_dead_device_rests_and_costs_no_message_an_attempt(world, fake):
    down = GatewayDown("the port is gone", "plug it in")
    fake.outcomes = [down, down, down]
    parcel = world.queue()

    with working(world, fake):
        assert ended(world, parcel) is State.SENT

    assert world.spent() == 1
    assert [fake.next("open") for _ in range(4)] == [None] * 4


def test_a_device_that_cannot_be_opened_is_shown_with_what_mends_it(world, fake):
    fake.opens = [GatewayDown("the port is gone", "plug it in")] * 3
    devices = world.store.devices
    with working(world, fake, retry_min_s=0.05, retry_max_s=0.05):
        until(lambda: "beeline" in devices.all())
        shown = devices.all()["beeline"]
        assert (shown.state, shown.reason, shown.mend) == (
            "down",
            "the port is gone",
            "plug it in",
        )
        until(lambda: devices.all()["beeline"].state == "ready")
        assert devices.all()["beeline"].mend == ""


def test_a_device_that_needs_the_operator_rests_for_the_longest(world, fake):
    fake.opens = [GatewayDown("wrong PIN", "set `pin`", by_hand=True)] * 9
    with working(world, fake, retry_max_s=60.0):
        until(lambda: "beeline" in world.store.devices.all())
        assert world.store.devices.all()["beeline"].state == "needs you"

    assert len(fake.opens) == 8


def test_a_sim_at_fault_rests_the_modem_and_not_the_message(world, fake):
    fake.outcomes = [TryAgainLater("no credit", rest=True)]
    parcel = world.queue()
    with working(world, fake):
        assert ended(world, parcel) is State.SENT

    assert world.spent() == 1


def test_nothing_is_sent_while_there_is_no_network(world, fake):
    fake.reachable = False
    parcel = world.queue()
    with working(world, fake):
        until(lambda: "beeline" in world.store.devices.all())
        fake.next("receive")

    assert world.store.devices.all()["beeline"].state == "no network"
    assert world.state(parcel) is State.QUEUED
    assert world.spent() == 0


def test_a_mistake_of_ours_rests_the_device_and_the_next_message_goes(world, fake):
    fake.outcomes = [ZeroDivisionError()]
    first, second = world.queue(AIGUL), world.queue(BOLAT)
    with working(world, fake):
        assert ended(world, second) is State.SENT

    # Nobody knows whether it is out: its report tells, or it goes once more.
    assert world.state(first) is State.UNKNOWN
    assert world.of(first, "error") == "a mistake of ours, see the log"


def test_a_message_marked_as_ready_of_which_nothing_is_queued_holds_nobody_up(world, fake):
    bad, good = world.queue(AIGUL), world.queue(BOLAT)
    world.store.connection.execute("UPDATE segment SET state = 'sent' WHERE parcel = ?", [bad])
    with working(world, fake) as worker:
        ended(world, bad)
        worker.wake()
        assert ended(world, good) is State.SENT

    assert [fake.next("send")[0].recipient] == [BOLAT]
    assert world.state(bad) is State.SENT


def test_who_is_outside_the_allowed_prefixes_by_now_is_not_sent_to(world, fake):
    outside, inside = world.queue("+77055550123"), world.queue(BOLAT)
    with working(world, fake, allowed_prefixes=("+7701",)):
        assert ended(world, inside) is State.SENT
        assert ended(world, outside) is State.FAILED

    assert world.of(outside, "error") == "outside the allowed prefixes"
    assert fake.next("send")[0].recipient == BOLAT
    assert not [kind for kind, _ in iter_events(fake) if kind == "send"]
    assert world.spent() == 1


@pytest.mark.parametrize(
    ("worked_s", "rests_s"),
    [
        pytest.param(0, [1, 2, 4, 8, 8], id="it-never-worked-for-long"),
        pytest.param(9, [1, 1, 1, 1, 1], id="it-worked-for-longer-than-the-longest-rest"),
    ],
)
def test_the_rests_grow_until_the_device_has_worked_for_a_while(
    world, fake, monkeypatch, worked_s, rests_s
):
    shared = Shared(None, world.keys, world.clock, lambda: None, lambda: None, 0)
    worker = Worker(fake.made, "beeline", rules(retry_min_s=1.0, retry_max_s=8.0), shared)
    worker._store, worker._gateway = world.store, fake
    rested_s = []
    monkeypatch.setattr(worker._stopping, "wait", rested_s.append)
    for _ in rests_s:
        worker._opened_at = time.monotonic() - worked_s
        worker._rest(GatewayDown("the port is gone", "plug it in"))

    assert rested_s == rests_s


@pytest.mark.parametrize(
    ("limits", "sent"),
    [
        pytest.param(Limits(2, 0, 0), [AIGUL, BOLAT], id="the-minute"),
        pytest.param(Limits(0, 2, 0), [AIGUL, BOLAT], id="the-day"),
        pytest.param(Limits(0, 2, 1), [AIGUL, DANA], id="the-reserve"),
    ],
)
def test_a_device_sends_no_more_than_its_budget(world, fake, limits, sent):
    parcels = [world.queue(AIGUL), world.queue(BOLAT), world.queue(DANA, reserve=True)]
    with working(world, fake, purse=SegmentPurse("beeline", limits)):
        numbers = [fake.next("send")[0].recipient for _ in sent]
        until(lambda: world.spent() == 2)
        until(lambda: sum(world.state(one) is State.SENT for one in parcels) == 2)

    assert numbers == sent


# In.


def test_what_was_heard_is_committed_before_it_is_deleted(world, fake):
    fake.stored = {"1": pdu("MENU").encode(), "2": pdu("NEWS").encode()}
    with working(world, fake) as worker:
        assert fake.next("forget") == 1
        assert fake.next("forget") == 2
        assert worker.heard.wait(5)

    assert len(world.store.inbox.received()) == 2
    assert fake.stored == {}


def test_a_device_that_shows_a_message_twice_is_heard_once(world, fake):
    fake.stored = {"1": pdu("MENU").encode(), "2": pdu("MENU").encode()}
    with working(world, fake):
        until(lambda: not fake.stored)

    assert len(world.store.inbox.received()) == 1


def test_a_hint_makes_it_look_at_once(world, fake):
    with working(world, fake):
        fake.next("receive")
        fake.stored = {"1": pdu("MENU").encode()}
        fake.hint()
        until(lambda: not fake.stored)


# A store that fails.


def full_for(monkeypatch, worker_of, name, times):
    """Let a call of the store fail as on a full disk, so many times."""
    honest, left = getattr(worker_of, name), [times]

    def fail(self, *args, **facts):
        if left[0]:
            left[0] -= 1
            raise StoreFullError("jarshy.db")
        return honest(self, *args, **facts)

    monkeypatch.setattr(worker_of, name, fail)
    monkeypatch.setattr("relay.worker.STORE_RETRY_S", 0.01)
    return left


def test_what_was_sent_is_settled_as_soon_as_the_disk_has_room(world, fake, monkeypatch):
    left = full_for(monkeypatch, type(world.store.sending), "settle", 5)
    first, second = world.queue(AIGUL), world.queue(BOLAT)
    with working(world, fake):
        assert ended(world, second) is State.SENT

    assert left == [0]
    assert world.state(first) is State.SENT
    assert [fake.next("send")[0].recipient for _ in range(2)] == [AIGUL, BOLAT]


def test_what_cannot_be_committed_is_not_sent(world, fake, monkeypatch):
    left = full_for(monkeypatch, type(world.store.sending), "claim", 3)
    parcel = world.queue()
    with working(world, fake):
        assert ended(world, parcel) is State.SENT

    assert left == [0]
    fake.next("send")
    assert not [kind for kind, _ in iter_events(fake) if kind == "send"]


def iter_events(fake):
    while not fake.events.empty():
        yield fake.events.get_nowait()


def test_what_cannot_be_committed_is_not_deleted(world, fake, monkeypatch):
    full_for(monkeypatch, type(world.store.inbox), "keep", 3)
    fake.stored = {"1": pdu("MENU").encode()}
    with working(world, fake):
        until(lambda: not fake.stored)

    assert len(world.store.inbox.received()) == 1


def test_a_store_that_cannot_be_opened_at_first_is_opened_later(world, fake, monkeypatch):
    parcel = world.queue()
    real, left = __import__("relay.worker", fromlist=["Store"]).Store, [3]

    def opened(state_dir):
        if left[0]:
            left[0] -= 1
            raise StoreFullError(state_dir)
        return real(state_dir)

    monkeypatch.setattr("relay.worker.Store", opened)
    monkeypatch.setattr("relay.worker.STORE_RETRY_S", 0.01)
    with working(world, fake):
        assert ended(world, parcel) is State.SENT


# Stopping, and without the key.


def test_it_stops_at_once_when_nothing_is_in_hand(world, fake):
    with working(world, fake) as worker:
        fake.next("receive")
        began = time.monotonic()
        worker.stop()
        worker.join(5)

    assert time.monotonic() - began < 1


def test_it_stops_while_it_cannot_settle_and_leaves_the_segment_in_hand(world, fake, monkeypatch):
    full_for(monkeypatch, type(world.store.sending), "settle", 10**9)
    parcel = world.queue()
    with working(world, fake):
        fake.next("send")

    assert world.state(parcel) is State.SENDING


def test_a_locked_node_sends_its_own_answers_only(locked, fake):
    other = locked.queue(BOLAT)  # as of an earlier process
    with working(locked, fake) as worker:
        fake.next("receive")
        locked.hears("NEWS")
        worker.wake()
        transmission, _ = fake.next("send")
        until(lambda: locked.store.outbox.counts()["sending"] == 0)

    assert transmission.recipient == AIGUL
    assert locked.state(other) is State.QUEUED


def test_what_another_process_queued_waits_for_the_key(locked, fake):
    with working(locked, fake) as worker:
        fake.next("receive")
        keys, locked.keys = locked.keys, type(locked.keys)(locked.keys.public, SECRET)
        parcel = locked.queue(BOLAT)
        locked.keys = keys
        worker.wake()
        until(lambda: locked.of(parcel, "error"))
        assert locked.state(parcel) is State.QUEUED

        keys.unlock(SECRET)
        locked.clock.passes(30_000)
        worker.wake()
        assert ended(locked, parcel) is State.SENT


def test_a_recipient_that_cannot_be_opened_fails_and_holds_nobody_up(world, fake):
    bad = world.queue(AIGUL, recipient_sealed=b"\x01" + bytes(90))
    good = world.queue(BOLAT)
    with working(world, fake):
        assert ended(world, good) is State.SENT

    assert world.state(bad) is State.FAILED


def test_no_number_and_no_words_are_logged(world, fake, caplog):
    fake.outcomes = [NeverAgain("refused"), Unknown("silence"), GatewayDown("gone", "plug it in")]
    for number in (AIGUL, BOLAT, DANA):
        world.queue(number, parts=("secret words",))
    with caplog.at_level("DEBUG"), working(world, fake):
        until(lambda: world.state(3) is State.SENT)

    assert "secret" not in caplog.text
    assert AIGUL[2:] not in caplog.text
    assert DANA[2:] not in caplog.text


@pytest.mark.parametrize("end", ["stop", "down"])
def test_what_the_device_has_no_more_is_kept_whatever_happens_to_it(world, fake, end):
    fake.lost = {"x:1": pdu("2").encode(), "x:2": pdu("9").encode()}
    if end == "down":
        fake.opens = [GatewayDown("gone", "plug it in")]
    with working(world, fake) as worker:
        if end == "down":
            until(lambda: fake.in_store("SELECT count(*) FROM inbound") == 2)
            assert worker.heard.wait(10)

    assert fake.in_store("SELECT count(*) FROM inbound") == 2


def test_nothing_is_claimed_while_the_device_should_rest_between_two_messages(world, fake):
    fake.pauses = [0.05] * 5
    seen = []
    fake.on_send = lambda _: seen.append(list(fake.pauses))
    world.queue()
    with working(world, fake):
        fake.next("send")

    assert seen == [[]]


def test_a_disk_that_fills_up_costs_no_connection_and_is_told_to_the_clockwork(
    world, fake, monkeypatch
):
    full = threading.Event()
    monkeypatch.setattr("relay.worker.STORE_RETRY_S", 0.01)
    fake.stored = {"SM:1": pdu("2").encode()}
    left = [3]

    def keep(worker, raw):
        if left[0]:
            left[0] -= 1
            raise StoreFullError(world.store.connection.path)
        honest(worker, raw)

    honest = Worker._keep
    monkeypatch.setattr(Worker, "_keep", keep)
    with working(world, fake, told=full) as worker:
        assert worker.heard.wait(10)

    assert full.is_set()
    opened = [kind for kind, _ in list(fake.events.queue) if kind == "open"]
    assert opened == ["open"]
