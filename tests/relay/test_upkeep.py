"""What is done from time to time: expiry, retention, the ballast."""

import shutil

import pytest

from relay.store.meta import Device
from relay.upkeep import Ballast, limits_of
from relay.values import BulletinState, State
from tests.relay.world import BOLAT, DAY, HOUR, MINUTE, NOW, SECOND_LANE


def test_what_has_expired_ends_in_the_same_second(world):
    world.enrol()
    bulletin = world.publish()
    (parcel,) = world.parcels()
    world.clock.passes(6 * HOUR)

    world.ticks()

    assert world.state(parcel) is State.DROPPED
    assert world.store.bulletins.get(bulletin.id).state is BulletinState.EXPIRED


def test_budgets_are_those_of_the_settings(world):
    limits = limits_of(world.settings)["beeline"]

    assert (limits.minute, limits.day, limits.reserve) == (6, 200, 40)


@pytest.mark.parametrize(
    ("states", "released"),
    [
        pytest.param({}, False, id="never-seen"),
        pytest.param({"beeline": "ready"}, False, id="well"),
        pytest.param({"beeline": "down"}, True, id="down"),
        pytest.param({"beeline": "needs you"}, True, id="needs-the-operator"),
        pytest.param({"beeline": "no network"}, True, id="no-network"),
    ],
)
def test_only_a_modem_that_is_not_well_gives_its_queue_away(world, states, released):
    world.queue(gateway="beeline")
    for name, state in states.items():
        world.store.devices.note(Device(name, state, "", "", None, NOW))
    world.clock.passes(MINUTE)

    world.ticks()

    assert (world.claim(SECOND_LANE) is not None) is released


def test_a_modem_that_is_not_in_the_settings_any_more_gives_its_queue_away(world):
    world.queue(gateway="altel")

    world.ticks()

    assert world.claim() is not None


def test_rows_go_when_their_days_are_over(world):
    world.hears("MENU")
    world.send_all()
    world.queue(BOLAT)
    world.clock.passes(15 * DAY)

    world.upkeep.each_hour(world.clock.now_ms(), world.clock.meter_ms())

    scalar = world.store.connection.scalar
    assert scalar("SELECT count(*) FROM inbound") == 0
    assert scalar("SELECT count(*) FROM parcel") == 1
    assert scalar("SELECT count(*) FROM answer") == 0
    assert scalar("SELECT count(*) FROM spend") == 0
    assert scalar("SELECT count(*) FROM person") == 0


def test_the_ballast_is_laid_in_once_and_thrown_out_once(tmp_path):
    ballast = Ballast(tmp_path, 4096)
    ballast.lay_in()
    ballast.lay_in()
    assert (tmp_path / "ballast").stat().st_size == 4096

    assert ballast.throw_out()
    assert not ballast.throw_out()
    assert not (tmp_path / "ballast").exists()


def test_no_ballast_where_none_is_wanted_or_room_is_short(tmp_path, monkeypatch):
    Ballast(tmp_path, 0).lay_in()
    assert not (tmp_path / "ballast").exists()

    usage = shutil._ntuple_diskusage(10_000, 9_000, 1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    Ballast(tmp_path, 501).lay_in()
    assert not (tmp_path / "ballast").exists()
