"""What the node asks each second must stay cheap however much the store holds."""

import contextlib

import pytest

from gateways.base import ON_CHANNEL
from relay import budget
from relay.routing import Router
from relay.store.sending import ALL, RESERVED, Lane
from relay.upkeep import Upkeep
from relay.values import Mode
from tests.bench.home import enrol, make_home, publish

LARGE = ("parcel", "segment", "inbound", "person", "bulletin", "item", "answer", "spend")


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans")
    app = make_home(folder / "home", folder / "air")
    enrol(app, 6)
    publish(app)
    Router(app.store, {"sms": app.renderer}).work(Mode.BLACKOUT, app.now_ms())
    app.store.airings.aired("mesh", ON_CHANNEL)
    app.store.bulletins.to_air(app.now_ms())
    yield app
    app.store.close()


@contextlib.contextmanager
def overheard(store):
    """The statements that the store runs meanwhile, values filled in."""
    raw, asked = store.connection.db.conn, []
    raw.set_trace_callback(asked.append)
    yield asked
    raw.set_trace_callback(None)


def scanned(store, statements):
    """Tables that a statement reads from end to end, with the statement."""
    words = ("SELECT", "UPDATE", "DELETE", "INSERT")
    return [
        (step, statement)
        for statement in statements
        if statement.startswith(words)
        for *_, step in store.connection.query(f"EXPLAIN QUERY PLAN {statement}")
        if step in {f"SCAN {name}" for name in (*LARGE, "s", "p", "q")}
    ]


def look_of_the_clockwork(app):
    Upkeep(app.store, app.settings).each_second(app.now_ms(), 0, may_end=True)
    Router(app.store, {"sms": app.renderer}).work(Mode.BLACKOUT, app.now_ms())
    app.store.airings.aired("mesh", ON_CHANNEL)
    app.store.bulletins.to_air(app.now_ms())
    app.store.inbox.received()


def look_of_a_worker(app):
    sending = app.store.sending
    sending.next_due_ms("sms")
    app.store.ledger.segments("bench", -budget.DAY_MS)
    for permit in (ALL, RESERVED):
        sending.has_ready(Lane("sms", "bench", permit), app.now_ms())
    app.store.ledger.air("bench", -budget.DAY_MS)


@pytest.mark.parametrize("look", [look_of_the_clockwork, look_of_a_worker])
def test_a_look_each_second_reads_no_table_from_end_to_end(app, look):
    with overheard(app.store) as asked:
        look(app)
    assert len(asked) > 3
    assert scanned(app.store, asked) == []


def test_the_start_reads_no_segment_that_was_not_being_sent(app):
    with overheard(app.store) as asked:
        app.store.sending.recover(app.now_ms())
    assert scanned(app.store, asked) == []


def test_the_next_message_is_found_without_sorting_the_queue(app):
    with overheard(app.store) as asked:
        app.store.sending.has_ready(Lane("sms", "bench"), app.now_ms())
    steps = [
        step
        for statement in asked
        for *_, step in app.store.connection.query(f"EXPLAIN QUERY PLAN {statement}")
    ]
    assert not any("TEMP B-TREE" in step for step in steps)
