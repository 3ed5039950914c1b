"""From what is live to rows in the outbox."""

import pytest

from relay import mode
from relay.forms import SMS
from relay.values import BulletinState, Mode, Notice, Urgency
from tests.relay.world import BOLAT, HOUR, MINUTE, NOW, draft

# A denial at the end of a sentence: any beginning of it would say the contrary.
UNCUTTABLE = "Комендантский час " + "в городе " * 108 + "отменён."


def numbers_in_order(world):
    return [world.store.bulletins.newest(row[11]).number for row in world.store.outbox.rows()][::-1]


def test_the_most_urgent_is_queued_first_then_the_oldest(world):
    world.enrol()
    one = world.desk.add(draft("Одно."), NOW, publish=True)
    two = world.desk.add(draft("Другое."), NOW, publish=True)
    urgent = world.desk.add(draft("Срочно.", urgency=Urgency.URGENT), NOW, publish=True)

    world.route()

    assert numbers_in_order(world) == [urgent.number, one.number, two.number]


def test_what_standby_holds_back_goes_when_the_mode_changes(world):
    world.enrol()
    mode.choose(world.store, Mode.STANDBY, NOW)
    world.publish()
    assert world.parcels() == []

    mode.choose(world.store, Mode.BLACKOUT, NOW)
    world.route()

    assert len(world.parcels()) == 1


def test_what_has_expired_meanwhile_does_not_go(world):
    world.enrol()
    mode.choose(world.store, Mode.STANDBY, NOW)
    world.publish(draft(expires_ms=NOW + MINUTE))
    world.clock.passes(HOUR)

    mode.choose(world.store, Mode.BLACKOUT, NOW)
    world.route()

    assert world.parcels() == []


def test_a_withdrawal_is_told_in_every_mode(world):
    world.enrol()
    bulletin = world.publish()
    world.send_all()
    mode.choose(world.store, Mode.STANDBY, NOW)

    world.desk.withdraw(bulletin.number, NOW)
    world.route()

    assert world.queued_for()[0].startswith(f"#{bulletin.number} отозвано")


def test_whoever_joins_later_is_not_sent_what_went_before(world):
    world.publish()
    world.enrol(BOLAT)
    world.route()

    assert world.parcels(BOLAT) == []


@pytest.mark.parametrize("notice", [Notice.NEWS, Notice.UPDATE])
def test_a_bulletin_that_cannot_be_cut_goes_in_six_messages_and_holds_up_no_other(world, notice):
    world.enrol()
    endless = world.desk.add(draft(UNCUTTABLE), NOW, publish=True)
    if notice is Notice.UPDATE:
        world.desk.revise(endless.number, {"ru": UNCUTTABLE}, notice, NOW, HOUR)
    world.desk.add(draft("Метро закрыто."), NOW, publish=True)

    world.route()

    assert any("Метро" in text for text in world.queued_for())
    assert all(world.of(parcel, "parts") <= SMS.answer_parts for parcel in world.parcels())
    (answer,) = world.hears("NEWS")[-1:]
    assert "Метро" in answer
    assert world.of(world.parcels()[-1], "parts") <= SMS.answer_parts


def test_a_bulletin_on_which_we_stumble_is_pending_again_and_holds_up_no_other(world, monkeypatch):
    world.enrol()
    bad = world.desk.add(draft("Беда."), NOW, publish=True)
    honest = type(world.render).segments

    def stumble(self, bulletin, reader):
        if bulletin.id == bad.id:
            raise ZeroDivisionError
        return honest(self, bulletin, reader)

    monkeypatch.setattr(type(world.render), "segments", stumble)
    world.desk.add(draft("Метро закрыто."), NOW, publish=True)

    world.route()

    assert ["Метро" in text for text in world.queued_for()] == [True]
    assert world.store.bulletins.get(bad.id).state is BulletinState.PENDING
