"""Which mode is in force, and what it pushes."""

import pytest

from relay import mode
from relay.values import BulletinState, Mode, Notice, State, Urgency
from tests.relay.world import HOUR, NOW, draft


@pytest.mark.parametrize(
    ("chosen", "force"),
    [
        (Mode.AUTO, Mode.BLACKOUT),
        (Mode.BLACKOUT, Mode.BLACKOUT),
        (Mode.STANDBY, Mode.STANDBY),
        (Mode.DRILL, Mode.DRILL),
    ],
)
def test_nobody_watches_the_network_so_auto_sends(chosen, force):
    assert mode.in_force(chosen) is force


@pytest.mark.parametrize(
    ("passed_ms", "over"),
    [
        pytest.param(0, False, id="begins"),
        pytest.param(2 * HOUR - 1, False, id="nearly-two-hours"),
        pytest.param(2 * HOUR, True, id="two-hours"),
        pytest.param(-1, True, id="the-clock-went-back"),
    ],
)
def test_a_drill_ends_after_two_hours(passed_ms, over):
    assert mode.drill_is_over(Mode.DRILL, NOW, NOW + passed_ms) is over


@pytest.mark.parametrize("chosen", [Mode.AUTO, Mode.STANDBY, Mode.BLACKOUT])
def test_no_other_mode_ends_by_itself(chosen):
    assert not mode.drill_is_over(chosen, NOW, NOW + 100 * HOUR)


@pytest.mark.parametrize(
    ("facts", "notice", "pushed_in"),
    [
        pytest.param({"urgency": Urgency.ROUTINE}, None, {Mode.BLACKOUT, Mode.DRILL}, id="routine"),
        pytest.param(
            {"urgency": Urgency.URGENT},
            None,
            {Mode.BLACKOUT, Mode.DRILL, Mode.STANDBY},
            id="urgent",
        ),
        pytest.param(
            {"urgency": Urgency.ROUTINE},
            Notice.CORRECTION,
            {Mode.BLACKOUT, Mode.DRILL, Mode.STANDBY},
            id="a-correction",
        ),
        pytest.param({"exercise": True}, None, {Mode.DRILL}, id="an-exercise"),
        pytest.param(
            {"exercise": True, "urgency": Urgency.URGENT}, None, {Mode.DRILL}, id="urgent-exercise"
        ),
        pytest.param({"topic": "proxy", "urgency": Urgency.URGENT}, None, set(), id="proxies"),
    ],
)
def test_what_is_pushed_in_which_mode(world, facts, notice, pushed_in):
    bulletin = world.desk.add(draft(**facts), NOW, publish=True)
    if notice:
        bulletin = world.desk.revise(bulletin.number, {"ru": "Иначе."}, notice, NOW, HOUR)

    modes = {Mode.STANDBY, Mode.BLACKOUT, Mode.DRILL}
    assert {one for one in modes if mode.may_push(bulletin, one)} == pushed_in


def test_the_mode_is_auto_until_somebody_chooses(world):
    assert mode.chosen_mode(world.store) is Mode.AUTO

    mode.choose(world.store, Mode.STANDBY, NOW)

    assert mode.chosen_mode(world.store) is Mode.STANDBY


def by_hand(world):
    mode.choose(world.store, Mode.AUTO, world.clock.now_ms())


def by_itself(world):
    world.clock.passes(2 * HOUR)
    world.ticks()


@pytest.mark.parametrize("end", [by_hand, by_itself])
def test_a_drill_that_ends_takes_its_messages_with_it(world, end):
    world.enrol(volunteer=True)
    real = world.publish()
    mode.choose(world.store, Mode.DRILL, NOW)
    exercise = world.publish(draft("Проба.", exercise=True))
    waiting = world.desk.add(draft("Ещё.", exercise=True), NOW, publish=False)
    in_hand = [world.send(), world.send()]  # the one that is real

    end(world)
    world.route()

    (parcel,) = world.parcels(state="dropped")
    assert world.of(parcel, "error") == "the drill is over"
    assert world.claim() is None
    assert world.state(in_hand[0].parcel) is State.SENT
    states = [world.store.bulletins.get(one.id).state for one in (real, exercise, waiting)]
    assert states == [BulletinState.LIVE, BulletinState.EXPIRED, BulletinState.EXPIRED]


def test_a_drill_that_is_chosen_again_goes_on(world):
    world.enrol(volunteer=True)
    mode.choose(world.store, Mode.DRILL, NOW)
    world.publish(draft(exercise=True))

    mode.choose(world.store, Mode.DRILL, NOW)

    assert len(world.queued_for()) == 1


def test_a_drill_that_is_over_goes_back_to_auto_by_itself(world):
    mode.choose(world.store, Mode.DRILL, NOW)
    world.ticks()
    assert mode.chosen_mode(world.store) is Mode.DRILL

    world.clock.passes(2 * HOUR)
    world.ticks()

    assert mode.chosen_mode(world.store) is Mode.AUTO
