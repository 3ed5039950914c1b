"""What goes on air to everybody: one packet a bulletin, by schedule, while it is true."""

from dataclasses import replace

import pytest

from gateways.base import ON_CHANNEL, ON_PRIMARY
from gateways.mesh.facts import RadioFacts
from relay.delivery import never, unknown
from relay.mode import choose
from relay.store.meta import Device
from relay.values import Mode, Notice, State, Urgency
from tests.relay.mesh import MeshPeople
from tests.relay.world import DAY, HOUR, MINUTE, NOW, RADIO, SECOND, draft

SPREAD_MS = 15 * SECOND  # between the packets of one urgent bulletin
MANY = {"kk": "Көпір жабық.", "ru": "Мост закрыт.", "en": "The bridge is closed."}


@pytest.fixture
def mesh(world):
    return MeshPeople(world)


def publish(world, urgency=Urgency.ROUTINE, **changes):
    made = replace(draft(), topic="news", urgency=urgency, expires_ms=NOW + 2 * DAY, **changes)
    return world.desk.add(made, world.clock.now_ms(), publish=True)


def heard(mesh, world, channel=ON_CHANNEL):
    """Announce, let all that may go on air, and return what was heard on a channel."""
    world.announce()
    return [words for to, words in mesh.on_air() if to == channel]


def times_on_air(mesh, world, until_ms, step_ms=MINUTE):
    """At which minutes something was on our channel."""
    began, minutes = world.clock.now_ms(), []
    while world.clock.now_ms() - began <= until_ms:
        if heard(mesh, world):
            minutes.append((world.clock.now_ms() - began) // MINUTE)
        world.clock.passes(step_ms)
    return minutes


def test_a_live_bulletin_is_one_packet_that_says_all(mesh, world):
    bulletin = publish(world)

    (words,) = heard(mesh, world)
    assert len(words.encode()) <= 200
    for part in ("Алматы", "Дорога закрыта", "Акимат", "05.01 14:20", f"#{bulletin.number}"):
        assert part in words


@pytest.mark.parametrize(
    ("urgency", "minutes"),
    [
        pytest.param(Urgency.URGENT, [0, 5, 15, 60, 120, 180], id="urgent"),
        pytest.param(Urgency.PRIORITY, [0, 60, 120, 180], id="priority"),
        pytest.param(Urgency.ROUTINE, [0, 60, 120, 180], id="routine"),
    ],
)
def test_it_is_repeated_by_schedule(mesh, world, urgency, minutes):
    publish(world, urgency)

    assert times_on_air(mesh, world, 180 * MINUTE) == minutes


def test_one_that_came_late_does_not_bunch_with_the_next(mesh, world):
    publish(world, Urgency.URGENT)
    heard(mesh, world)
    world.clock.passes(14 * MINUTE)
    assert heard(mesh, world)

    world.clock.passes(MINUTE)
    assert not heard(mesh, world)
    world.clock.passes(9 * MINUTE)
    assert heard(mesh, world)


def test_it_waits_in_the_queue_once_and_not_once_more_for_each_hour(mesh, world):
    publish(world)
    for _ in range(5):
        world.announce()
        world.clock.passes(HOUR)

    assert len(mesh.on_air()) == 1


@pytest.mark.parametrize("end", ["withdrawn", "superseded", "expired"])
def test_what_is_no_longer_true_leaves_the_queue_at_once(mesh, world, end):
    bulletin = publish(world)
    world.announce()
    if end == "withdrawn":
        world.desk.withdraw(bulletin.number, world.clock.now_ms())
    elif end == "superseded":
        texts = {"ru": "Мост открыт."}
        world.desk.revise(bulletin.number, texts, Notice.UPDATE, world.clock.now_ms(), DAY)
    else:
        world.clock.passes(2 * DAY)

    assert mesh.on_air() == []


def test_a_withdrawal_is_on_air_only_where_the_error_may_have_been_heard(mesh, world):
    silent = publish(world, texts={"ru": "Рынок закрыт."})
    loud = publish(world)
    world.desk.withdraw(silent.number, world.clock.now_ms())
    heard(mesh, world)
    world.desk.withdraw(loud.number, world.clock.now_ms())

    (words,) = heard(mesh, world)
    assert f"#{loud.number}" in words
    assert "Дорога" not in words
    assert times_on_air(mesh, world, 3 * HOUR) == [60, 120, 180]


def test_a_correction_is_on_air_as_long_as_its_error_was(mesh, world):
    bulletin = publish(world)
    world.clock.passes(20 * HOUR)
    corrected = world.desk.revise(
        bulletin.number, {"ru": "Мост открыт."}, Notice.CORRECTION, world.clock.now_ms(), HOUR
    )

    assert corrected.expires_ms == world.clock.now_ms() + 20 * HOUR
    (words,) = heard(mesh, world)
    assert words.startswith("ПОПРАВКА")
    withdrawn = world.desk.withdraw(bulletin.number, world.clock.now_ms())
    assert withdrawn.expires_ms >= world.clock.now_ms() + 20 * HOUR


def test_an_urgent_bulletin_speaks_all_languages_and_others_take_turns(mesh, world):
    publish(world, texts=MANY)
    turns = []
    for _ in range(3):
        turns += heard(mesh, world)
        world.clock.passes(HOUR)
    assert ["Көпір" in words for words in turns] == [True, False, True]
    assert ["Мост" in words for words in turns] == [False, True, False]

    publish(world, Urgency.URGENT, texts=MANY)
    (first,) = heard(mesh, world)[:1]
    assert "Көпір" in first
    world.clock.passes(SPREAD_MS)
    (second,) = heard(mesh, world)
    assert "Мост" in second


def test_danger_to_life_is_on_the_public_channel_too_but_once(mesh, world):
    publish(world, Urgency.URGENT)
    made = replace(draft(), urgency=Urgency.URGENT)
    world.desk.add(made, world.clock.now_ms(), publish=True)

    world.announce()
    assert [to for to, _ in mesh.on_air()] == [ON_CHANNEL, ON_CHANNEL]
    world.clock.passes(SPREAD_MS)
    assert [to for to, _ in mesh.on_air()] == [ON_PRIMARY]
    world.clock.passes(HOUR)
    assert heard(mesh, world, ON_PRIMARY) == []


@pytest.mark.parametrize(
    ("mode", "count"),
    [
        pytest.param(Mode.STANDBY, 2, id="standby-only-urgent-and-corrections"),
        pytest.param(Mode.BLACKOUT, 3, id="blackout-all"),
    ],
)
def test_the_mode_decides_what_goes(mesh, world, mode, count):
    choose(world.store, mode, NOW)
    publish(world)
    publish(world, Urgency.URGENT)
    wrong = publish(world)
    world.desk.revise(wrong.number, {"ru": "Мост открыт."}, Notice.CORRECTION, NOW, DAY)

    assert len(heard(mesh, world)) == count


def test_what_the_mode_does_not_allow_any_more_leaves_the_queue(mesh, world):
    routine, urgent = publish(world), publish(world, Urgency.URGENT)
    world.announce()
    choose(world.store, Mode.STANDBY, NOW)
    world.announce()

    (words,) = [words for _, words in mesh.on_air()]
    assert f"#{urgent.number}" in words
    choose(world.store, Mode.BLACKOUT, NOW)
    (words,) = heard(mesh, world)
    assert f"#{routine.number}" in words


def test_one_that_the_operator_dropped_is_due_again_by_schedule_and_not_at_once(mesh, world):
    publish(world)
    world.announce()
    with world.store.transaction():
        assert world.store.outbox.drop(1, world.clock.now_ms())

    world.announce()
    assert mesh.on_air() == []
    assert world.store.outbox.is_broadcast(1)
    world.clock.passes(HOUR)
    assert heard(mesh, world)


def test_what_has_expired_says_so_and_nothing_of_the_mode(mesh, world):
    publish(world)
    world.announce()
    world.clock.passes(2 * DAY)
    world.announce()
    world.ticks()

    assert world.store.connection.scalar("SELECT error FROM parcel") == "expired"


def test_a_clock_that_was_set_back_silences_nothing(mesh, world):
    publish(world)
    world.clock.wall += HOUR
    heard(mesh, world)
    world.clock.wall -= HOUR

    assert heard(mesh, world)
    assert not heard(mesh, world)
    world.clock.passes(HOUR)
    assert heard(mesh, world)


def test_one_that_makes_us_stumble_keeps_no_other_from_the_air(mesh, world, monkeypatch, caplog):
    bad, good = publish(world), publish(world)
    honest = type(world.announcer.render).broadcast

    def stumble(render, bulletin, reader):
        if bulletin.id == bad.id:
            raise ZeroDivisionError
        return honest(render, bulletin, reader)

    monkeypatch.setattr(type(world.announcer.render), "broadcast", stumble)
    (words,) = heard(mesh, world)
    assert f"#{good.number}" in words
    heard(mesh, world)
    assert caplog.text.count("is not broadcast") == 1


def test_without_our_channel_danger_to_life_goes_on_the_public_one_and_the_rest_waits(mesh, world):
    world.desk.add(replace(draft(), urgency=Urgency.URGENT), NOW, publish=True)
    world.announce()
    world.clock.passes(SPREAD_MS)
    lane = replace(world.mesh_lane(identity=7), own_channel=False)

    assert world.send(lane).everybody == ON_PRIMARY
    assert world.send(lane) is None
    assert [to for to, _ in mesh.on_air()] == [ON_CHANNEL]


def test_an_exercise_never_goes_to_everybody(mesh, world):
    choose(world.store, Mode.DRILL, NOW)
    publish(world, Urgency.URGENT, exercise=True)

    assert heard(mesh, world) == []


def test_what_is_pending_is_not_on_air(mesh, world):
    world.desk.add(draft(), NOW, publish=False)

    assert heard(mesh, world) == []


def test_an_airing_of_unknown_fate_goes_again_under_its_name_and_not_as_another(mesh, world):
    publish(world)
    world.announce()
    first = mesh.sends(outcome=unknown("silence"))
    for _ in range(3):
        world.clock.passes(61 * SECOND)
        world.announce()
        world.ticks()

    again = mesh.sends()
    assert (again.identity, again.again, again.parcel) == (first.identity, True, first.parcel)
    assert mesh.sends() is None


def test_one_that_stays_unknown_asks_nobody_and_counts_as_gone(mesh, world):
    publish(world)
    world.announce()
    for _ in range(2):
        mesh.sends(outcome=unknown("silence"))
        world.clock.passes(61 * SECOND)
        world.ticks()

    world.announce()
    assert world.store.outbox.counts()["parked"] == 0
    assert mesh.on_air() == []
    world.clock.passes(HOUR)
    assert heard(mesh, world)


def test_what_nobody_has_heard_yet_goes_before_what_is_repeated(mesh, world):
    old = publish(world)
    heard(mesh, world)
    world.clock.passes(HOUR)
    world.announce()
    fresh = publish(world)

    first, second = heard(mesh, world)
    assert f"#{fresh.number}" in first
    assert f"#{old.number}" in second


def test_a_radio_that_never_takes_it_is_asked_by_schedule_and_not_all_the_time(mesh, world):
    publish(world)
    world.announce()
    mesh.sends(outcome=never("too large"))

    world.announce()
    assert mesh.on_air() == []


def test_what_is_for_the_mesh_stays_with_its_radio_when_that_is_down(mesh, world):
    publish(world)
    world.announce()
    mesh.says("меню")
    world.store.devices.note(Device(RADIO, "down", "gone", "plug it in", None, NOW - DAY))
    world.ticks()

    assert world.store.connection.query("SELECT DISTINCT gateway FROM parcel") == [(RADIO,)]


def test_a_locked_node_serves_the_mesh(mesh, world):
    publish(world)
    world.announce()
    world.start(locked=True)

    assert len(mesh.on_air()) == 1


def test_a_broadcast_is_sealed_for_nobody_and_names_nobody(world):
    publish(world)
    world.announce()

    row = world.store.connection.query("SELECT tag, recipient_sealed, mask, state FROM parcel")
    assert row == [(RADIO.encode(), b"", ON_CHANNEL, State.QUEUED.value)]


class TestPointer:
    """Where the news is, told on the public channel."""

    @pytest.fixture
    def told(self, world):
        """The radio has told of itself."""

        def tell(**facts):
            usual = {"channel": 1, "channel_name": "Jarshy", "channel_key": "default"}
            found = RadioFacts(**(usual | {"channel_psk": "AQ=="} | facts)).as_dict()
            device = Device(RADIO, "ready", "", "", None, NOW, facts=found)
            world.store.devices.note(device)

        return tell

    def test_it_goes_at_most_every_12_hours_in_each_language_by_turns(self, mesh, world, told):
        told()
        publish(world)
        found = []
        for hour in range(25):
            found += [(hour, words) for words in heard(mesh, world, ON_PRIMARY)]
            world.clock.passes(HOUR)

        assert [hour for hour, _ in found] == [0, 12, 24]
        assert all("Jarshy" in words and "AQ==" in words for _, words in found)
        assert found[0][1] != found[1][1]
        assert found[0][1] == found[2][1]

    def test_the_clock_may_jump_as_it_likes(self, mesh, world, told):
        told()
        publish(world)
        assert heard(mesh, world, ON_PRIMARY)
        world.clock.wall += DAY

        assert heard(mesh, world, ON_PRIMARY) == []

    @pytest.mark.parametrize(
        "facts",
        [
            pytest.param({"channel": None}, id="no-such-channel"),
            pytest.param({"channel": 0}, id="the-channel-is-the-public-one"),
            pytest.param({"channel_key": "own"}, id="a-key-that-is-not-ours-to-publish"),
        ],
    )
    def test_there_is_none_where_not_everybody_is_meant_to_come(self, mesh, world, told, facts):
        told(**facts)
        publish(world)

        assert heard(mesh, world, ON_PRIMARY) == []

    def test_where_our_channel_is_the_public_one_nothing_is_said_twice(self, mesh, world, told):
        told(channel=0)
        world.desk.add(replace(draft(), urgency=Urgency.URGENT), NOW, publish=True)
        world.announce()
        world.clock.passes(SPREAD_MS)

        assert [to for to, _ in mesh.on_air()] == [ON_CHANNEL]

    def test_what_another_version_wrote_of_a_radio_stops_nothing(self, mesh, world):
        device = Device(RADIO, "ready", "", "", None, NOW, facts={"channel": "seven"})
        world.store.devices.note(device)
        publish(world)

        assert heard(mesh, world)

    def test_there_is_none_while_there_is_nothing_to_hear_or_nobody_to_send_it(
        self, mesh, world, told
    ):
        publish(world)
        assert heard(mesh, world, ON_PRIMARY) == []

        told()
        world.clock.passes(3 * DAY)
        assert heard(mesh, world, ON_PRIMARY) == []

    def test_it_needs_no_more_than_standby_allows(self, mesh, world, told):
        told()
        choose(world.store, Mode.STANDBY, NOW)
        publish(world)

        assert heard(mesh, world, ON_PRIMARY) == []
