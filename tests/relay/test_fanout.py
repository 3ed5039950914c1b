"""Who gets a bulletin, and who gets its correction."""

import pytest

from relay import mode
from relay.delivery import never, unknown
from relay.values import Mode, Notice, PersonState, Urgency
from tests.relay.world import AIGUL, BOLAT, DANA, DAY, ERLAN, HOUR, MINUTE, NOW, draft

EVERYBODY = (AIGUL, BOLAT, DANA, ERLAN)


def got(world, after=0):
    """Who has a message queued or sent by now."""
    return {number for number in EVERYBODY if world.parcels(number, after)}


def kinds(world, number):
    return [world.of(parcel, "kind") for parcel in world.parcels(number)]


@pytest.mark.parametrize(
    ("people", "gets"),
    [
        pytest.param({AIGUL: {}}, {AIGUL}, id="wants-the-topic"),
        pytest.param({AIGUL: {"topics": frozenset({"news"})}}, set(), id="another-topic"),
        pytest.param({AIGUL: {"topics": frozenset()}}, set(), id="no-topic"),
        pytest.param({AIGUL: {"consented": False}}, set(), id="only-invited"),
        pytest.param(
            {
                AIGUL: {"language": "kk"},
                BOLAT: {"language": "kk", "script": "plain"},
                DANA: {"script": "latin"},
                ERLAN: {"language": "en"},
            },
            set(EVERYBODY),
            id="each-language-and-script",
        ),
    ],
)
def test_a_bulletin_goes_to_who_wants_its_topic(world, people, gets):
    for number, facts in people.items():
        world.enrol(number, **facts)
    newest = world.store.sending.newest()

    world.publish()

    assert got(world, newest) == gets


def test_each_reads_it_in_their_language_and_script(world):
    world.enrol(AIGUL, "kk")
    world.enrol(BOLAT, "kk", "plain")
    world.enrol(DANA, "ru", "latin")
    made = draft(texts={"kk": "Жол жабық, көлік өтпейді.", "ru": "Дорога закрыта."})

    world.publish(made)

    assert "Жол жабық, көлік" in world.queued_for(AIGUL)[0]
    assert "Жол жабык, колик" in world.queued_for(BOLAT)[0]
    assert world.queued_for(DANA)[0].isascii()


def test_all_who_read_alike_share_one_rendering(world):
    for number in EVERYBODY:
        world.enrol(number)

    world.publish()

    assert world.store.connection.scalar("SELECT count(*) FROM rendering") == 1
    assert world.store.connection.scalar("SELECT count(*) FROM parcel") == 4


def test_an_edition_is_queued_once_however_often_the_router_looks(world):
    world.enrol()
    world.publish()

    world.route()
    world.route()

    assert len(world.parcels()) == 1


def test_a_pending_bulletin_goes_to_nobody_until_it_is_approved(world):
    world.enrol()
    bulletin = world.desk.add(draft(), NOW, publish=False)
    world.route()
    assert world.parcels() == []

    world.desk.approve(bulletin.number, NOW)
    world.route()

    assert len(world.parcels()) == 1


@pytest.mark.parametrize(
    ("urgency", "reserve"), [(Urgency.ROUTINE, 0), (Urgency.PRIORITY, 0), (Urgency.URGENT, 1)]
)
def test_only_urgent_bulletins_may_use_the_reserve(world, urgency, reserve):
    world.enrol()
    world.publish(draft(urgency=urgency))

    (parcel,) = world.parcels()

    assert (world.of(parcel, "reserve"), world.of(parcel, "urgency")) == (reserve, int(urgency))


def test_a_message_expires_with_its_bulletin(world):
    world.enrol()
    bulletin = world.publish(draft(expires_ms=NOW + HOUR))

    assert world.of(world.parcels()[0], "expires_ms") == bulletin.expires_ms


def test_a_message_goes_by_the_modem_that_the_person_wrote_to(world):
    world.hears("JOIN", AIGUL)
    world.publish()

    assert world.of(world.parcels()[-1], "gateway") == "beeline"


def test_a_drill_reaches_volunteers_only(world):
    world.enrol(AIGUL)
    world.enrol(BOLAT, volunteer=True)
    mode.choose(world.store, Mode.DRILL, NOW)

    world.publish(draft(exercise=True))

    assert got(world) == {BOLAT}
    assert world.queued_for(BOLAT)[0].startswith("УЧЕНИЯ. ")
    assert world.queued_for(BOLAT)[0].endswith(" УЧЕНИЯ")


def test_what_a_drill_takes_back_is_told_to_volunteers_only(world):
    world.enrol(AIGUL)
    world.enrol(BOLAT, volunteer=True)
    mode.choose(world.store, Mode.DRILL, NOW)
    bulletin = world.publish(draft(exercise=True))
    world.send_all()

    world.desk.withdraw(bulletin.number, NOW)
    world.route()

    assert got(world) == {BOLAT}
    assert world.queued_for(BOLAT)[0].startswith("УЧЕНИЯ. ")


# Corrections.


@pytest.fixture
def told(world):
    """Everybody wants it; the first three were sent it, the fourth had it queued."""
    for number in EVERYBODY:
        world.enrol(number)
    world.bulletin = world.publish()
    for _ in range(6):  # two segments each
        world.send()
    return world


def correct(world, notice=Notice.CORRECTION):
    """Put the right fact in its place; returns who is told of it."""
    newest = world.store.sending.newest()
    if notice is Notice.WITHDRAWAL:
        world.desk.withdraw(world.bulletin.number, world.clock.now_ms())
    else:
        world.desk.revise(
            world.bulletin.number, {"ru": "Открыта."}, notice, world.clock.now_ms(), HOUR
        )
    world.route()
    return got(world, newest)


def test_a_correction_goes_to_who_was_sent_the_error_or_would_have_been(told):
    assert correct(told) == set(EVERYBODY)
    assert told.parcels(ERLAN, state="dropped") != []
    assert kinds(told, AIGUL) == ["bulletin", "correction"]


def test_a_withdrawal_goes_to_exactly_those_who_were_sent_the_error(told):
    assert correct(told, Notice.WITHDRAWAL) == {AIGUL, BOLAT, DANA}


def test_an_update_goes_to_all_who_want_the_topic(told):
    assert correct(told, Notice.UPDATE) == set(EVERYBODY)


@pytest.mark.parametrize("notice", [Notice.CORRECTION, Notice.WITHDRAWAL])
def test_a_correction_goes_to_each_once(told, notice):
    told.clock.passes(MINUTE)
    told.hears(str(told.bulletin.number), AIGUL)  # asked for it as well
    told.send_all()
    newest = told.store.sending.newest()

    correct(told, notice)
    told.route()

    assert all(len(told.parcels(number, newest)) <= 1 for number in EVERYBODY)
    assert len(told.parcels(AIGUL, newest)) == 1


def test_a_second_correction_goes_to_each_once_too(told):
    correct(told)
    told.send_all()
    newest = told.store.sending.newest()

    correct(told)

    assert [len(told.parcels(number, newest)) for number in EVERYBODY] == [1, 1, 1, 1]


def test_who_asked_for_it_is_told_without_being_subscribed(world):
    world.bulletin = world.publish()
    world.hears("NEWS", AIGUL)
    world.hears("MENU", BOLAT)
    world.send_all()

    assert correct(world) == {AIGUL}


@pytest.mark.parametrize("notice", [Notice.CORRECTION, Notice.WITHDRAWAL])
def test_a_correction_never_goes_to_who_has_stopped_or_was_forgotten(told, notice):
    told.hears("STOP", AIGUL)
    told.hears("FORGET", BOLAT)
    told.send_all()

    assert correct(told, notice) == {DANA, ERLAN}


@pytest.mark.parametrize("notice", [Notice.CORRECTION, Notice.WITHDRAWAL])
def test_who_stopped_and_came_back_is_told_what_was_wrong(told, notice):
    told.hears("STOP", AIGUL)
    told.hears("JOIN", AIGUL)
    told.send_all()

    assert AIGUL in correct(told, notice)
    assert AIGUL in told.send_all()


@pytest.mark.parametrize("notice", [Notice.CORRECTION, Notice.WITHDRAWAL])
def test_a_correction_reaches_who_was_told_long_ago(world, notice):
    world.enrol(AIGUL)
    world.bulletin = world.publish(draft(expires_ms=NOW + 400 * DAY))
    world.hears("NEWS", BOLAT)
    world.send_all()

    world.clock.passes((world.settings.retention.outbox_days + 1) * DAY)
    world.upkeep.each_hour(world.clock.now_ms(), world.clock.meter_ms())

    assert correct(world, notice) == {AIGUL, BOLAT}


def test_a_correction_does_not_go_where_the_error_never_arrived(world):
    world.enrol()
    world.bulletin = world.publish()
    world.send(outcome=never("no such number"))

    assert correct(world, Notice.WITHDRAWAL) == set()
    assert got(world) == {AIGUL}


@pytest.mark.parametrize("notice", [Notice.CORRECTION, Notice.WITHDRAWAL])
@pytest.mark.parametrize("ticks", [False, True], ids=["at-once", "after-a-second"])
def test_who_may_have_been_sent_the_error_is_told(world, notice, ticks):
    world.enrol()
    world.bulletin = world.publish()
    world.send(outcome=unknown("silence"))
    world.send()
    newest = world.store.sending.newest()

    if notice is Notice.WITHDRAWAL:
        world.desk.withdraw(world.bulletin.number, NOW)
    else:
        world.desk.revise(world.bulletin.number, {"ru": "Открыта."}, notice, NOW, HOUR)
    if ticks:
        world.ticks()  # which drops what may be out and was taken back
    world.route()

    assert got(world, newest) == {AIGUL}


def test_a_correction_is_queued_in_standby_and_may_use_the_reserve(told):
    mode.choose(told.store, Mode.STANDBY, NOW)

    correct(told)

    (correction,) = told.parcels(AIGUL, state="queued")
    assert told.of(correction, "reserve") == 1


def test_a_correction_reaches_people_in_the_language_that_they_read_now(told):
    told.hears("LANG EN", AIGUL)
    told.send_all()

    correct(told)

    assert told.queued_for(AIGUL)[-1].startswith(f"CORRECTION #{told.bulletin.number}")
    assert told.queued_for(BOLAT)[-1].startswith(f"ПОПРАВКА #{told.bulletin.number}")


def test_what_was_replaced_goes_on_air_no_longer(told):
    correct(told)

    words = [told.text(parcel) for n in EVERYBODY for parcel in told.parcels(n, state="queued")]
    assert len(words) == 4
    assert all("Открыта" in text for text in words)


def test_who_stopped_is_in_no_audience_and_who_comes_back_is(world):
    world.enrol()
    world.hears("0")
    assert world.person().state is PersonState.STOPPED
    newest = world.store.sending.newest()
    world.publish()
    assert world.parcels(after=newest) == []

    world.hears("1")
    world.publish(draft("Метро закрыто."))

    assert any("Метро" in text for text in world.queued_for())
