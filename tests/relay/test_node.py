"""The node as a whole: from a text that came in to the one that goes out."""

import queue
import threading
import time

import pytest

from config.settings import parse
from gateways.base import GatewayDown
from relay import devices, instance, mode, node
from relay.delivery import taken
from relay.desk import Desk
from relay.instance import AlreadyRunningError, is_running
from relay.keys import KeyProblemError, show_key
from relay.store import Store, StoreBusyError, StoreFullError
from relay.values import Mode, PersonState, State
from tests.relay.fakes import FakeGateway, until
from tests.relay.world import (
    AIGUL,
    BOLAT,
    LANE,
    OTHER_SECRET,
    SECRET,
    SETTINGS,
    World,
    draft,
    pdu,
    report_pdu,
)

ONE_MODEM = SETTINGS.partition('[[modem]]\nname = "kcell"')[0]


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """The modem of the node that a test makes."""
    fake = FakeGateway(tmp_path)
    monkeypatch.setattr(devices, "modem_maker", lambda *_: fake.made)
    return fake


@pytest.fixture
def make(tmp_path, fake):
    """Makes a node; closes it after the test."""
    made = []

    def make(*, locked=False, settings=ONE_MODEM):
        if not locked:
            (tmp_path / "key").write_text(show_key(SECRET), encoding="ascii")
        made.append(node.Node(parse(settings, tmp_path / "jarshy.toml")))
        return made[-1]

    yield make
    for one in made:
        one._lock.close()


@pytest.fixture
def run(make):
    """Runs a node in a thread that makes it, for a store belongs to its thread; returns it."""
    threads = []

    def run():
        ready = queue.Queue()

        def live():
            made = make()
            ready.put(made)
            made.run()

        thread = threading.Thread(target=live)
        thread.start()
        threads.append((made := ready.get(timeout=10), thread))
        return made

    yield run
    for made, thread in threads:
        made.request_stop()
        thread.join(10)
        assert not thread.is_alive()


def now_pdu(words, sender=AIGUL):
    return pdu(words, sender, sent_ms=time.time_ns() // 1_000_000).encode()


def lives(**facts):
    now_ms = time.time_ns() // 1_000_000
    return draft(valid_from_ms=now_ms, expires_ms=now_ms + 3_600_000, **facts)


def test_a_text_comes_in_and_its_answer_goes_out(run, fake):
    fake.stored = {"1": now_pdu("JOIN")}

    run()

    transmission, state = fake.next("send")
    assert transmission.recipient == AIGUL
    assert transmission.text.startswith("Automatic: news")
    assert state == "sending"
    assert fake.stored == {}


def test_what_another_process_writes_is_noticed_soon(run, fake, tmp_path):
    fake.stored = {"1": now_pdu("JOIN")}
    run()
    fake.next("send")
    other = Store(tmp_path)
    until(lambda: other.outbox.counts()["sent"] == 1)
    now_ms = time.time_ns() // 1_000_000

    delays = []
    for _ in range(3):
        began = time.monotonic()
        Desk(other, "test-1").add(lives(), now_ms, publish=True)
        fake.next("send")
        delays.append(time.monotonic() - began)
        until(lambda: other.outbox.counts()["sending"] == 0)
        now_ms += 1

    # 250 ms is promised; half a second more is for a busy machine.
    assert min(delays) < 0.75
    other.close()


def test_the_start_line_counts_what_was_left_unfinished(make, tmp_path, caplog):
    world = World(tmp_path)
    world.store.meta.put("public_key", world.keys.public.hex())
    for _ in range(3):
        world.queue()
    world.claim()
    world.keep(pdu("MENU"))
    world.store.close()

    made = make()
    made.workers.clear()
    made.start()

    line = next(one for one in caplog.messages if one.startswith("start: test-1"))
    assert "1 segments in mid-send (now unknown), 2 messages queued" in line
    assert "1 to read" in line
    assert "LOCKED" not in line
    assert made.store.outbox.counts()["unknown"] == 1


def test_a_second_node_on_the_same_directory_is_refused(make, tmp_path, monkeypatch):
    monkeypatch.setattr(instance, "PATIENCE_S", 0.02)
    make()

    assert is_running(tmp_path)
    with pytest.raises(AlreadyRunningError, match=str(tmp_path)):
        make()


def test_without_a_key_there_never_was_nothing_starts(make):
    with pytest.raises(KeyProblemError, match="jarshy init"):
        make(locked=True)


def prepared(tmp_path):
    """A directory whose key was taken out, with a subscriber and something to say."""
    world = World(tmp_path)
    world.store.meta.put("public_key", world.keys.public.hex())
    world.enrol()
    Desk(world.store, "test-1").add(lives(), time.time_ns() // 1_000_000, publish=True)
    world.store.close()


def test_a_locked_node_touches_no_subscriber_until_it_is_unlocked(make, tmp_path):
    prepared(tmp_path)
    made = make(locked=True)
    assert made.keys.locked

    made.tick()
    assert made.store.outbox.rows() == []

    made.unlock(SECRET)
    made.tick()
    assert made.store.outbox.counts()["queued"] == 1


def test_the_wrong_key_unlocks_nothing(make, tmp_path):
    prepared(tmp_path)
    made = make(locked=True)

    with pytest.raises(KeyProblemError):
        made.unlock(OTHER_SECRET)

    assert made.keys.locked


@pytest.mark.parametrize("by_hand", [True, False], ids=["unlocked", "started-with-its-key"])
def test_what_a_locked_node_left_is_handled_when_the_key_is_there(make, tmp_path, by_hand):
    prepared(tmp_path)
    world = World(tmp_path, locked=True)
    world.keep(now_pdu("STOP"))
    world.reception.work()
    assert world.store.inbox.deferred() == 1
    world.store.close()

    made = make(locked=by_hand)
    if by_hand:
        made.unlock(SECRET)
    made.tick()

    assert made.store.people.counts()[PersonState.STOPPED.value] == 1


def without_key(tmp_path):
    """A directory whose key was taken out."""
    world = World(tmp_path)
    world.store.meta.put("public_key", world.keys.public.hex())
    world.store.close()


def handles(made, octets):
    """Let a node handle what a modem lists."""
    keys = made.keys
    made.store.inbox.keep(
        keys.tag("fingerprint", octets),
        keys.seal("inbound", octets),
        "beeline",
        "sms",
        made.clock.now_ms(),
    )
    made._wake.set()
    made.tick()


def ends(made):
    made.store.close()
    made._lock.close()


def sends(made):
    """Send the first segment, by the reference 7."""
    now_ms, sending = made.clock.now_ms(), made.store.sending
    claim = sending.claim(LANE, now_ms, 0)
    sending.settle(claim.parcel, claim.part, taken(7), now_ms)
    return now_ms


def first_state(made):
    return made.store.connection.scalar("SELECT state FROM parcel WHERE id = 1")


@pytest.fixture(params=["by-hand", "by-a-restart", "after-a-restart-without-it"])
def with_its_key(request, make):
    """Gives a locked node its key, in each way in which it may come; returns the node."""

    def unlock(made):
        if request.param == "after-a-restart-without-it":
            ends(made)
            made = make(locked=True)
            made.tick()
        if request.param == "by-a-restart":
            ends(made)
            made = make()
        else:
            made.unlock(SECRET)
        made.tick()
        return made

    return unlock


@pytest.mark.parametrize(
    ("words", "state"), [("STOP", "dropped"), ("FORGET", None)], ids=["stop", "forget"]
)
def test_what_was_queued_while_locked_is_taken_back_after_unlocking(
    make, tmp_path, with_its_key, words, state
):
    without_key(tmp_path)
    made = make(locked=True)
    handles(made, now_pdu("NEWS"))
    assert first_state(made) == "queued"

    made = with_its_key(made)
    handles(made, now_pdu(words))

    assert first_state(made) == state


def test_what_was_sent_while_locked_is_settled_by_its_report_after_unlocking(
    make, tmp_path, with_its_key
):
    without_key(tmp_path)
    made = make(locked=True)
    handles(made, now_pdu("NEWS"))
    sent_ms = sends(made)

    made = with_its_key(made)
    handles(made, report_pdu(AIGUL, 7, sent_ms=sent_ms).encode())

    assert first_state(made) == "delivered"


def test_a_recipient_that_was_altered_while_locked_does_not_keep_the_node_from_unlocking(
    make, tmp_path
):
    without_key(tmp_path)
    made = make(locked=True)
    handles(made, now_pdu("NEWS"))
    made.store.connection.execute("UPDATE parcel SET recipient_sealed = zeroblob(90)")

    made.unlock(SECRET)
    handles(made, now_pdu("JOIN", BOLAT))

    assert made.store.people.counts()["active"] == 1


def test_the_key_is_used_between_two_messages_and_not_before(make, tmp_path):
    without_key(tmp_path)
    made = make(locked=True)

    made.unlock(SECRET)
    assert made.keys.locked

    made.tick()
    assert not made.keys.locked


def test_the_meter_goes_on_from_where_it_was_and_never_back(make, tmp_path):
    first = make()
    first.store.meta.put("meter_ms", "5000000")
    first.store.meta.put("wall_ms", str(time.time_ns() // 1_000_000 + 10**9))
    first.store.close()
    first._lock.close()

    second = make()
    second.tick()

    assert int(second.store.meta.get("meter_ms")) >= 5_000_000
    assert second.clock.state.meter_ms < 5_600_000
    assert int(second.store.meta.get("wall_ms")) > time.time_ns() // 1_000_000


@pytest.mark.parametrize(
    "fault", [StoreFullError("jarshy.db"), StoreBusyError("jarshy.db")], ids=["full", "busy"]
)
def test_a_store_that_fails_is_said_once_and_heals(make, monkeypatch, caplog, fault):
    made = make()
    faults = [fault, fault, fault]

    def each_second(*_, **__):
        if faults:
            raise faults.pop()

    monkeypatch.setattr(type(made._upkeep), "each_second", each_second)
    for _ in range(4):
        made._due = dict.fromkeys(made._due, 0.0)
        made.tick_safely()

    assert caplog.messages.count(str(fault)) == 1


def test_the_ballast_is_given_up_on_a_full_disk(make, monkeypatch, tmp_path):
    made = make()
    made._ballast.lay_in()
    assert (tmp_path / "ballast").exists()

    def full():
        raise StoreFullError(tmp_path)

    monkeypatch.setattr(made, "tick", full)
    made.tick_safely()

    assert not (tmp_path / "ballast").exists()


def test_a_mistake_of_ours_does_not_end_the_clockwork(make, monkeypatch, caplog):
    made = make()
    made._stopping.set()  # so that the rest after it takes no time

    def stumble():
        raise ZeroDivisionError

    monkeypatch.setattr(made, "tick", stumble)
    made.tick_safely()

    assert "a mistake of ours" in caplog.text


def test_it_goes_on_without_its_modem(run, fake, tmp_path):
    fake.opens = [GatewayDown("the port is gone", "plug it in")] * 10_000
    made = run()
    other = Store(tmp_path)
    until(lambda: "beeline" in other.devices.all())

    mode.choose(other, Mode.STANDBY, 0)
    other.close()

    assert made.workers[0].is_alive()


def test_it_stops_within_bounds_and_what_is_in_hand_is_finished(run, fake, tmp_path):
    fake.stored = {"1": now_pdu("JOIN")}
    handed, go_on = threading.Event(), threading.Event()

    def slowly(_):
        handed.set()
        go_on.wait(5)

    fake.on_send = slowly
    made = run()
    assert handed.wait(10)

    made.request_stop()
    go_on.set()
    made.workers[0].join(5)

    other = Store(tmp_path)
    until(lambda: other.outbox.counts()[State.SENT.value] == 1)
    other.close()
