"""What devices have spent: written before a segment goes, taken back where it certainly did not."""

from relay.delivery import later, taken, unknown
from relay.store.ledger import AirSpent, Charge, Price
from relay.values import State
from tests.relay.world import HOUR, NOW, SECOND

METER = 10 * HOUR


def charge(world, parcel, air_ms, at=METER, *, direct=False, copies=1, tries=1):
    ledger = world.store.ledger
    ledger.charge(Charge("mesh", parcel, 1, direct), at)
    ledger.set_price(parcel, 1, Price(air_ms, copies, tries))


def air(world, since=METER - HOUR):
    return world.store.ledger.air("mesh", since)


def test_a_radio_that_never_sent_has_spent_nothing(world):
    assert air(world) == AirSpent(0, 0, None, 0)


def test_time_on_air_counts_copies_and_tries_and_direct_messages_apart(world):
    charge(world, 1, 100, copies=6)
    charge(world, 2, 50, METER + SECOND, direct=True, copies=6, tries=3)

    assert air(world) == AirSpent(600 + 900, 900, METER + SECOND, 900)


def test_what_is_older_than_the_window_does_not_count_but_is_known_as_the_last(world):
    charge(world, 1, 100, METER)

    assert air(world, since=METER) == AirSpent(0, 0, METER, 100)


def test_prices_of_one_radio_are_not_those_of_another(world):
    world.store.ledger.charge(Charge("other", 1, 1, direct=False), METER)
    world.store.ledger.set_price(1, 1, Price(100))

    assert air(world).all_ms == 0
    assert world.store.ledger.segments("other", 0) == 1


def test_only_the_last_try_is_refunded_or_made_cheaper(world):
    charge(world, 1, 100, METER, tries=3)
    charge(world, 1, 100, METER + 1, tries=3)

    world.store.ledger.set_price(1, 1, Price(100))
    assert air(world).all_ms == 400
    world.store.ledger.refund(1, 1)
    assert air(world).all_ms == 300


def test_what_has_no_price_costs_nothing(world):
    assert world.store.ledger.price(7, 1) == Price(0)


def test_a_claim_is_in_the_ledger_before_it_goes_and_a_refusal_takes_it_back(world):
    world.queue()
    claim = world.claim()
    assert world.spent() == 1

    world.settle(claim, later("busy", 1, 30, 600))
    assert world.spent() == 0


def test_a_segment_keeps_its_name_while_it_may_be_out_and_gets_another_once_it_was_refused(world):
    lane = world.mesh_lane(identity=77)
    parcel = world.queue(medium="mesh")
    first = world.claim(lane)
    assert (first.identity, first.again) == (77, False)

    world.settle(first, unknown("silence"))
    world.store.unsettled.resolve(parcel, 1, State.QUEUED, None, NOW)
    again = world.claim(world.mesh_lane(identity=88))
    assert (again.identity, again.again) == (77, True)
    world.settle(again, taken(77))

    other = world.queue(medium="mesh")
    refused = world.claim(world.mesh_lane(identity=99))
    world.settle(refused, later("queue full", 1, 0, 0))
    fresh = world.claim(world.mesh_lane(identity=111))
    assert (fresh.parcel, fresh.identity, fresh.again) == (other, 111, False)


def test_what_is_charged_is_the_length_of_the_words_and_not_of_the_seal(world):
    world.queue(parts=("жарық",))

    assert world.claim().octets == len("жарық".encode())
