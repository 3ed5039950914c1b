"""Messages that came in: who is answered, how often, and what a crash or a lock leaves of them."""

import pytest

from relay.delivery import later, taken
from relay.store import Store, StoreError
from relay.values import Kind, PersonState, State, Urgency
from tests.gateways.sms import pdus
from tests.relay.world import (
    AIGUL,
    BOLAT,
    DANA,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    SECRET,
    SETTINGS,
    World,
    draft,
    pdu,
)


def inbound(world):
    return world.store.connection.query("SELECT state, reason FROM inbound ORDER BY id")


# Once, and whole.


def test_a_text_is_answered_and_its_words_are_gone(world):
    assert len(world.hears("MENU")) == 1

    rows = world.store.connection.query("SELECT state, raw_sealed FROM inbound")
    assert rows == [("handled", None)]
    assert world.store.meta.tally("handled") == 1


def test_an_answer_goes_first_by_the_modem_that_heard_the_question(world):
    world.keep(pdu("MENU"), gateway="kcell")
    world.reception.work()

    (parcel,) = world.parcels()
    assert world.of(parcel, "gateway") == "kcell"
    assert (world.of(parcel, "kind"), world.of(parcel, "urgency")) == (
        Kind.REPLY.value,
        int(Urgency.PRIORITY),
    )


@pytest.mark.parametrize("between", [False, True], ids=["at-once", "after-it-was-handled"])
def test_the_same_message_listed_twice_is_answered_once(world, between):
    world.keep(pdu("MENU"))
    if between:
        world.reception.work()
    world.keep(pdu("MENU"))
    world.reception.work()

    assert len(world.parcels()) == 1


@pytest.mark.parametrize(
    "places",
    [
        pytest.param([1, 2, 3], id="in-order"),
        pytest.param([3, 1, 2], id="out-of-order"),
        pytest.param([2, 2, 3, 1], id="one-twice"),
    ],
)
def test_parts_of_a_long_text_are_one_message_however_they_come(world, places):
    words = {1: "DELETE ", 2: "MY ", 3: "DATA"}
    answers = []
    for at, place in enumerate(places):
        answers += world.hears(words[place], part=(9, 3, place), sent_ms=NOW + at * SECOND)

    assert len(answers) == 1
    assert "FORGET" not in answers[0]
    assert "erased" in answers[0]
    assert {state for state, _ in inbound(world)} == {"handled"}


def test_parts_of_two_people_are_not_mixed(world):
    world.hears("DELETE ", AIGUL, part=(9, 2, 1))

    assert world.hears("ME", BOLAT, part=(9, 2, 2)) == []


def test_parts_with_a_narrow_and_a_wide_reference_are_not_mixed(world):
    wide = pdus.header(pdus.element(8, [0, 9, 2, 2]))
    world.hears("DELETE ", part=(9, 2, 1))
    world.keep(pdus.deliver(pdus.packed(wide, pdus.septet_codes("ME")), udh=True))

    assert world.handles() == []
    assert [state for state, _ in inbound(world)] == ["waiting", "waiting"]


def test_a_part_whose_rest_never_comes_is_set_aside_after_a_day(world):
    world.hears("DELETE ", part=(9, 2, 1))
    world.clock.passes(DAY + SECOND)

    world.upkeep.each_hour(world.clock.now_ms(), world.clock.meter_ms())

    assert inbound(world) == [("quarantined", "the rest of it never came")]


@pytest.mark.parametrize(
    ("octets", "state"),
    [
        pytest.param("00FF", "quarantined", id="cut-short"),
        pytest.param("no hexadecimal", "quarantined", id="no-octets"),
        pytest.param(b"\xff\xfe\x00", "quarantined", id="not-even-ascii"),
        pytest.param(
            pdus.deliver(b"\x02\x01\x02", dcs=pdus.DATA), "handled", id="data-for-a-machine"
        ),
    ],
)
def test_what_is_no_text_is_set_aside_and_holds_nothing_up(world, octets, state):
    world.keep(octets)

    assert len(world.hears("MENU", BOLAT)) == 1
    assert inbound(world)[0][0] == state


def test_altered_octets_in_the_store_are_set_aside(world):
    world.keep(pdu("MENU"))
    world.store.connection.execute("UPDATE inbound SET raw_sealed = zeroblob(90)")

    assert world.handles() == []
    assert inbound(world)[0][0] == "quarantined"


def test_a_crash_in_the_middle_leaves_no_trace_of_the_message(world, monkeypatch):
    before = len(world.dump())

    def fail(*_):
        raise StoreError("in the middle")

    world.keep(pdu("JOIN"))
    with monkeypatch.context() as patched:
        patched.setattr(type(world.store.inbox), "handled", fail)
        with pytest.raises(StoreError):
            world.reception.work()

    assert world.person() is None
    assert world.parcels() == []
    assert inbound(world) == [("received", None)]
    assert world.store.meta.tally("handled") == 0
    assert len(world.handles()) == 1
    assert world.person().state is PersonState.ACTIVE
    assert len(world.dump()) > before


def test_nothing_in_the_database_tells_number_or_words(world):
    world.hears("JOIN")
    world.hears("why do you ask my neighbour")
    world.keep(pdu("TELL my neighbour is ill", sent_ms=NOW + DAY // 24))
    world.publish()
    world.send()

    swapped = pdus.swapped(AIGUL[1:])
    for value in world.dump():
        octets = value if isinstance(value, bytes) else str(value).encode()
        for secret in (AIGUL[1:].encode(), AIGUL[2:].encode(), swapped, b"neighbour", b"hbour"):
            assert secret not in octets


# Whom it answers.


@pytest.mark.parametrize(
    "sender",
    [
        pytest.param(pdus.name("Bank"), id="a-name"),
        pytest.param(pdus.number("1414", 0x81), id="a-short-code"),
        pytest.param(pdus.number("+77010000001"), id="our-own-number"),
        pytest.param(pdus.number("+447700900123"), id="outside-the-prefixes"),
        pytest.param(pdus.number("+74951234567"), id="another-country-of-the-same-code"),
    ],
)
def test_never_answer_senders_get_no_answer_and_are_not_kept(tmp_path, sender):
    settings = SETTINGS.replace('name = "beeline"', 'name = "beeline"\nown_number = "+77010000001"')
    world = World(tmp_path, settings)
    world.keep(pdus.text("JOIN", sender=sender))

    world.reception.work()

    assert world.store.connection.scalar("SELECT count(*) FROM parcel") == 0
    assert world.store.connection.scalar("SELECT count(*) FROM person") == 0
    assert inbound(world) == [("handled", None)]
    world.store.close()


def test_a_number_without_its_country_is_the_same_person(world):
    world.hears("JOIN")
    world.keep(pdus.text("STOP", sender=pdus.number("8" + AIGUL[2:], 0x81)))
    world.reception.work()

    assert world.person().state is PersonState.STOPPED


@pytest.mark.parametrize(
    ("age_ms", "answers"),
    [
        pytest.param(0, 1, id="new"),
        pytest.param(6 * HOUR, 1, id="six-hours"),
        pytest.param(6 * HOUR + SECOND, 0, id="older"),
        pytest.param(-HOUR, 1, id="from-the-future"),
    ],
)
def test_a_question_that_came_too_late_is_not_answered(world, age_ms, answers):
    assert len(world.hears("MENU", sent_ms=NOW - age_ms)) == answers
    assert inbound(world) == [("handled", None)]


def test_by_a_clock_that_nothing_has_confirmed_no_question_is_too_late(world):
    world.clock.trusted = False

    assert len(world.hears("MENU", sent_ms=NOW - DAY)) == 1


def test_a_word_that_acts_is_heeded_however_late_it_came(world):
    world.enrol()

    world.hears("STOP", sent_ms=NOW - 5 * DAY)

    assert world.person().state is PersonState.STOPPED


def test_the_centre_of_each_message_is_a_witness_for_the_clock(world):
    world.hears("MENU", sent_ms=NOW)

    assert world.clock.told == [NOW]


# How often.


def ask(world, times, words="MENU", sender=AIGUL, every_ms=SECOND):
    """Ask so many times; returns how many answers there were."""
    newest = world.store.sending.newest()
    for _ in range(times):
        world.clock.passes(every_ms)
        world.hears(words, sender, sent_ms=world.clock.now_ms())
    return len(world.parcels(sender, newest))


def test_a_person_gets_ten_answers_an_hour(world):
    assert ask(world, 15) == 10
    assert ask(world, 2, sender=BOLAT) == 2

    world.clock.passes(HOUR)
    assert ask(world, 1) == 1


def test_a_person_gets_thirty_answers_a_day(world):
    assert ask(world, 60, every_ms=20 * MINUTE) == 30

    world.clock.passes(DAY)
    assert ask(world, 1) == 1


def test_a_node_gives_so_many_answers_an_hour(tmp_path):
    world = World(tmp_path, SETTINGS + "[replies]\nper_node_per_hour = 4\n")
    answers = sum(ask(world, 1, sender=f"+770155501{n}") for n in range(30, 40))

    assert answers == 4
    world.store.close()


def test_what_is_not_understood_gets_one_hint_a_day(world):
    world.hears("MENU")  # so that the first message has been said
    assert ask(world, 5, "qwerty uiop") == 1
    assert ask(world, 1, "MENU") == 1

    world.clock.passes(DAY)
    assert ask(world, 2, "qwerty uiop") == 1


def test_a_clock_that_jumps_ahead_gives_no_answers_back(world):
    assert ask(world, 12) == 10

    world.clock.wall += 40 * DAY
    assert ask(world, 3) == 0


def test_who_was_not_answered_is_told_what_this_is_next_time(world):
    ask(world, 5, "qwerty uiop", AIGUL)
    world.store.connection.execute("UPDATE answer SET kind = 'answer'")
    for n in range(300):
        world.store.people.answered(b"others", "answer", world.clock.meter_ms() + n)
    assert world.hears("JOIN", DANA) == []
    assert world.person(DANA).state is PersonState.ACTIVE

    world.clock.passes(2 * HOUR)

    assert any("Automatic" in text for text in world.hears("NEWS", DANA))


def test_a_stop_is_confirmed_though_all_answers_are_used_up(world):
    assert ask(world, 12) == 10

    assert len(world.hears("STOP")) == 1


def test_to_come_and_go_by_turns_cannot_spend_the_budget(world):
    answers = sum(ask(world, 1, words) for _ in range(60) for words in ("JOIN", "STOP"))

    assert answers <= 12


def test_stops_of_strangers_are_within_the_limits_of_the_node(tmp_path):
    world = World(tmp_path, SETTINGS + "[replies]\nper_node_per_hour = 4\n")
    answers = sum(ask(world, 1, "STOP", f"+770155501{n}") for n in range(30, 50))

    assert answers == 4
    world.store.close()


def test_forgetting_somebody_does_not_forget_how_often_they_were_answered(world):
    assert ask(world, 9) == 9
    ask(world, 1, "FORGET")
    world.send_all()
    assert world.person() is None

    assert ask(world, 5) == 0


# Stopping and forgetting.


def test_after_a_stop_nothing_goes_but_its_confirmation(world):
    world.enrol()
    world.publish()
    world.hears("NEWS")
    in_hand = world.claim()

    confirmation = world.hears("STOP")

    world.settle(in_hand, later("busy", 1, 1, 1))
    world.clock.passes(MINUTE)
    assert len(confirmation) == 1
    assert world.queued_for() == confirmation
    assert world.publish(draft("Ещё одно.")) is not None
    assert world.hears("NEWS") == world.hears("STOP") == world.hears("MENU") == []
    assert world.queued_for() == confirmation


def test_the_confirmation_of_a_stop_is_the_last_that_goes(world):
    world.enrol()
    world.publish()
    first = world.claim()
    world.hears("STOP")

    assert world.claim() is None  # while a segment to them is in hand
    world.settle(first, taken(1))
    claim = world.send()
    assert world.of(claim.parcel, "kind") == "reply"
    assert world.claim() is None


def test_who_has_stopped_is_kept_without_a_number(world):
    world.enrol()
    world.hears("STOP")
    world.hears("MENU")

    person = world.person()
    assert (person.state, person.number_sealed) == (PersonState.STOPPED, None)


def test_who_has_stopped_comes_back_by_1(world):
    world.enrol()
    world.hears("STOP")

    assert len(world.hears("1")) == 1

    person = world.person()
    assert person.state is PersonState.ACTIVE
    assert world.open("number", person.number_sealed) == AIGUL


def test_forgetting_leaves_nothing_but_a_counter(world):
    world.enrol()
    world.publish()
    world.send()
    world.hears("NEWS")
    tag = world.tag()
    assert tag in world.dump()

    (confirmation,) = world.hears("FORGET")
    assert world.queued_for() == [confirmation]
    world.send_all()

    assert tag not in world.dump()
    assert world.keys.tag("answer", tag) in world.dump()
    world.clock.passes(2 * DAY)
    world.upkeep.each_hour(world.clock.now_ms(), world.clock.meter_ms())
    assert world.keys.tag("answer", tag) not in world.dump()


def test_forgetting_wipes_the_parts_of_a_message_whose_rest_is_still_to_come(world):
    world.hears("MY NEIGHBOUR ", part=(9, 2, 1))
    world.hears("OF ANOTHER ", BOLAT, part=(9, 2, 1))

    world.hears("FORGET")

    rows = world.store.connection.query("SELECT state, raw_sealed IS NULL, person FROM inbound")
    assert rows == [("handled", 1, None), ("waiting", 0, world.tag(BOLAT)), ("handled", 1, None)]


def test_a_stop_wipes_number_and_words_of_all_earlier_messages(world):
    world.enrol()
    world.queue()
    world.publish()
    world.send_all()
    world.queue(BOLAT)
    earlier = world.parcels()

    world.hears("STOP")

    assert [world.of(parcel, "recipient_sealed") for parcel in earlier] == [b"", b""]
    sealed = world.store.connection.query(
        "SELECT parcel FROM segment WHERE text_sealed IS NOT NULL ORDER BY parcel"
    )
    assert [parcel for (parcel,) in sealed] == [*world.parcels(BOLAT), world.parcels()[-1]]
    assert world.send_all() == [AIGUL, BOLAT]


def test_who_has_stopped_is_forgotten_in_silence(world):
    world.enrol()
    world.hears("STOP")
    world.send_all()

    assert world.hears("FORGET") == []
    assert world.tag() not in world.dump()


def test_a_modem_that_still_has_an_erased_message_in_hand_takes_it_for_no_other(world):
    world.queue()
    in_hand = world.claim()

    world.hears("FORGET")
    world.settle(in_hand, taken(1))

    assert len(world.queued_for()) == 1


# Bulletins in answers.


def test_an_answer_does_not_outlive_the_bulletin_that_it_tells(world):
    bulletin = world.publish(draft(expires_ms=NOW + MINUTE))

    world.hears("NEWS")

    assert world.of(world.parcels()[-1], "expires_ms") == bulletin.expires_ms


def test_an_answer_with_a_withdrawn_bulletin_goes_on_air_no_longer(world):
    bulletin = world.publish()
    world.hears("NEWS")
    world.send()  # the first contact, which goes before it

    world.desk.withdraw(bulletin.number, NOW)

    assert not any("закрыта" in text for text in world.queued_for())


# Locked.


def test_a_locked_node_answers_who_only_reads(locked):
    locked.publish()

    (answer,) = locked.hears("NEWS")

    assert "zakryta" in answer
    assert locked.store.people.counts()["contact"] == 0


@pytest.mark.parametrize("words", ["JOIN", "STOP", "FORGET", "LANG EN", "TOPICS"])
def test_a_locked_node_leaves_what_changes_something_until_it_is_unlocked(locked, words):
    assert locked.hears(words) == []

    assert inbound(locked) == [("deferred", None)]
    assert locked.store.connection.scalar("SELECT count(*) FROM person") == 0


def unlock(world):
    world.keys.unlock(SECRET)
    world.store.inbox.undefer()
    world.reception.work()


def test_what_was_left_is_handled_in_its_order_at_unlock(locked):
    locked.hears("JOIN")
    locked.hears("STOP")
    locked.hears("JOIN", BOLAT)

    unlock(locked)

    assert locked.person(AIGUL).state is PersonState.STOPPED
    assert locked.person(BOLAT).state is PersonState.ACTIVE


def test_what_an_earlier_process_left_is_not_touched_while_locked(tmp_path):
    world = World(tmp_path)
    world.keep(pdu("JOIN"))
    world.start(locked=True)

    world.reception.work()
    assert inbound(world) == [("deferred", None)]

    unlock(world)
    assert world.person().state is PersonState.ACTIVE
    world.store.close()


def test_parts_that_came_before_and_after_unlocking_are_one_message(locked):
    locked.hears("DELETE ", part=(9, 2, 1))

    unlock(locked)
    answers = locked.hears("ME", part=(9, 2, 2))

    assert len(answers) == 1


def test_a_locked_node_knows_nobody_by_what_lies_in_the_store(tmp_path):
    world = World(tmp_path)
    world.enrol()
    world.start(locked=True)

    world.hears("NEWS")

    assert world.store.people.find(make_tag(world)) is None
    assert world.store.people.counts()["active"] == 1
    again = Store(tmp_path)
    assert again.people.counts()["active"] == 1
    again.close()
    world.store.close()


def make_tag(world):
    return world.keys.tag("person", AIGUL)


# One that cannot be handled.


def test_a_message_on_which_we_stumble_is_set_aside_and_holds_nobody_up(world, monkeypatch):
    honest = type(world.reception.media["sms"].conversation).understand

    def stumble(self, text):
        if text == "BOOM":
            raise ZeroDivisionError
        return honest(self, text)

    monkeypatch.setattr(type(world.reception.media["sms"].conversation), "understand", stumble)
    world.keep(pdu("BOOM"))

    assert len(world.hears("MENU", BOLAT)) == 1
    assert inbound(world)[0] == ("quarantined", "a mistake of ours, see the log")
    assert world.state(world.parcels(BOLAT)[0]) is State.QUEUED
