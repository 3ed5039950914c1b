"""What came in, from its commit until it is handled."""

from tests.relay.world import DAY, NOW


def inbox_of(world, *octets):
    for one in octets:
        world.keep(one)
    return world.store.inbox


def ids(arrivals):
    return [arrival.id for arrival in arrivals]


def state(world, row):
    return world.store.connection.one(
        "SELECT state, raw_sealed, message, reason FROM inbound WHERE id = ?", [row]
    )


def test_the_same_octets_are_kept_once(world):
    assert world.keep(b"one")
    assert not world.keep(b"one")
    assert not world.keep(b"one", gateway="kcell")
    assert world.keep(b"two")
    assert len(world.store.inbox.received()) == 2


def test_what_was_handled_does_not_come_again(world):
    inbox = inbox_of(world, b"one")
    inbox.handled(ids(inbox.received()))

    assert not world.keep(b"one")
    assert inbox.received() == []


def test_oldest_first_and_not_more_than_asked_for(world):
    inbox = inbox_of(world, b"one", b"two", b"three")

    assert ids(inbox.received()) == [1, 2, 3]
    assert ids(inbox.received(limit=2)) == [1, 2]


def test_what_is_handled_keeps_no_words(world):
    inbox = inbox_of(world, b"one")

    inbox.handled([1])

    assert state(world, 1) == ("handled", None, None, None)


def test_what_nobody_can_read_stays_sealed_with_the_reason(world):
    inbox = inbox_of(world, b"one")

    inbox.quarantine([1], "no message")

    name, sealed, _, reason = state(world, 1)
    assert (name, reason) == ("quarantined", "no message")
    assert world.keys.open("inbound", sealed) == b"one"
    assert inbox.received() == []


def test_parts_wait_for_each_other(world):
    inbox = inbox_of(world, b"one", b"two", b"other")

    assert ids(inbox.wait_for_rest(1, b"message", b"person")) == [1]
    assert ids(inbox.wait_for_rest(3, b"another", b"person")) == [3]
    assert ids(inbox.wait_for_rest(2, b"message", b"person")) == [1, 2]
    assert inbox.received() == []


def test_parts_whose_rest_never_came_are_found_by_their_newest(world):
    inbox = inbox_of(world, b"one", b"two")
    inbox.wait_for_rest(1, b"message", b"person")
    world.clock.passes(DAY)
    world.keep(b"three")
    inbox.wait_for_rest(2, b"other", b"person")
    inbox.wait_for_rest(3, b"message", b"person")

    assert inbox.stale_parts(NOW + 1) == [(2,)]
    assert sorted(inbox.stale_parts(NOW + DAY + 1)) == [(1, 3), (2,)]


def test_what_was_deferred_is_looked_at_again_after_unlocking(world):
    inbox = inbox_of(world, b"one", b"two")
    inbox.defer(1)
    inbox.wait_for_rest(2, b"message of a locked process", b"person")
    assert inbox.received() == []

    inbox.undefer()

    assert ids(inbox.received()) == [1, 2]


def test_only_what_has_ended_is_purged(world):
    inbox = inbox_of(world, b"one", b"two", b"three", b"four", b"five")
    inbox.handled([1])
    inbox.quarantine([2], "x")
    inbox.defer(3)
    inbox.wait_for_rest(4, b"m", b"person")

    inbox.purge(NOW)
    assert inbox.unfinished() == 3
    inbox.purge(NOW + 1)

    rows = world.store.connection.query("SELECT id FROM inbound ORDER BY id")
    assert rows == [(3,), (4,), (5,)]
