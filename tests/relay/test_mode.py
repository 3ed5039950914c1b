"""Which mode is in force, and what it pushes."""

import pytest

from relay import mode
from relay.values import Mode, Notice, Urgency
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


def test_a_drill_that_is_over_goes_back_to_auto_by_itself(world):
    mode.choose(world.store, Mode.DRILL, NOW)
    world.ticks()
    assert mode.chosen_mode(world.store) is Mode.DRILL

    world.clock.passes(2 * HOUR)
    world.ticks()

    assert mode.chosen_mode(world.store) is Mode.AUTO
