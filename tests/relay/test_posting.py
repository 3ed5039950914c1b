"""Messages from the operator's hand: to whom they may go, and inviting people once."""

from dataclasses import replace

import pytest

from relay.keys import LockedError
from relay.posting import Letter, PostingError
from relay.values import Kind, PersonState, State, Urgency
from tests.relay.world import AIGUL, BOLAT, DANA, HOUR, NOW


def letter(to=AIGUL, text="Привет", urgency=Urgency.ROUTINE, expires_s=3600):
    return Letter(to, text, urgency, expires_s)


@pytest.mark.parametrize(
    "to",
    ["+77015550123", "87015550123", "+7 (701) 555-01-23", "0077015550123", "7015550123"],
)
def test_a_number_may_be_written_as_people_write_it(world, to):
    (parcel,) = world.post.send([letter(to)], NOW)

    assert world.open("number", world.of(parcel, "recipient_sealed")) == AIGUL
    assert world.of(parcel, "mask") == "…23"


@pytest.mark.parametrize(
    ("to", "says"),
    [
        pytest.param("+447700900123", "outside the allowed prefixes", id="another-country"),
        pytest.param("+74951234567", "allowed_prefixes", id="same-code-another-country"),
        pytest.param("1414", "no phone number", id="short-code"),
        pytest.param("Bank", "no phone number", id="no-digits"),
        pytest.param("", "no phone number", id="nothing"),
        pytest.param("+7701555", "no phone number", id="too-short"),
    ],
)
def test_who_may_not_be_written_to_is_refused_without_telling_the_number(world, to, says):
    with pytest.raises(PostingError, match=says) as caught:
        world.post.send([letter(to)], NOW)

    assert str(caught.value).startswith("message 1: ")
    assert len(to) < 5 or to.removeprefix("+") not in str(caught.value)
    assert world.store.outbox.rows() == []


def test_who_has_stopped_is_not_written_to(world):
    world.enrol()
    world.hears("STOP")
    before = world.parcels()

    with pytest.raises(PostingError, match="…23 has sent STOP"):
        world.post.send([letter()], NOW)

    assert world.parcels() == before


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(letter("+447700900123"), id="outside"),
        pytest.param(letter(text="ы" * 1000), id="too-long"),
    ],
)
def test_a_batch_is_queued_whole_or_not_at_all(world, bad):
    with pytest.raises(PostingError, match="message 3: "):
        world.post.send([letter(), letter(BOLAT), bad, letter(DANA)], NOW)

    assert world.store.outbox.rows() == []


def test_a_batch_keeps_its_order_and_facts(world):
    ids = world.post.send([letter(), letter(BOLAT, "Long " * 60, Urgency.URGENT, 60)], NOW)

    assert ids == sorted(ids)
    assert world.text(ids[1]) == "Long " * 60
    assert (world.of(ids[1], "parts"), world.of(ids[1], "wide")) == (2, 0)
    assert (world.of(ids[0], "wide"), world.of(ids[0], "reserve")) == (1, 0)
    assert (world.of(ids[1], "urgency"), world.of(ids[1], "reserve")) == (2, 1)
    assert world.of(ids[1], "expires_ms") == NOW + 60_000
    assert world.of(ids[0], "kind") == Kind.PLAIN.value


def test_a_locked_node_sends_nothing(locked):
    with pytest.raises(LockedError, match="jarshy unlock"):
        locked.post.send([letter()], NOW)
    with pytest.raises(LockedError):
        locked.enrol()

    assert locked.store.outbox.rows() == []


# Inviting.


def test_an_invitation_goes_once_however_often_one_is_entered(world):
    person = world.enrol(consented=False)
    assert (person.state, person.greeted) == (PersonState.INVITED, True)

    world.enrol(consented=False)

    (parcel,) = world.parcels()
    assert world.of(parcel, "kind") == Kind.INVITE.value
    assert world.text(parcel).startswith("Автомат: новости без интернета. Ваш номер внёс редактор")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_an_invitation_is_in_the_language_of_the_person(world, language):
    world.enrol(language=language)
    world.enrol(BOLAT, language=language, consented=False)

    assert "1 " in world.queued_for(BOLAT)[0]
    assert world.person(BOLAT).language == language


def test_who_has_said_yes_elsewhere_is_subscribed_without_a_message(world):
    person = world.enrol()

    assert person.state is PersonState.ACTIVE
    assert world.parcels() == []
    assert world.person() == person


def test_who_was_only_invited_gets_no_bulletins(world):
    world.enrol(consented=False)
    world.publish()

    assert [world.of(parcel, "kind") for parcel in world.parcels()] == ["invite"]


def test_an_invited_person_who_said_yes_elsewhere_becomes_active(world):
    world.enrol(consented=False)

    assert world.enrol().state is PersonState.ACTIVE


@pytest.mark.parametrize("consented", [True, False])
def test_to_enter_a_subscriber_again_keeps_what_they_chose_and_writes_nothing(world, consented):
    before = world.enrol()

    person = world.enrol(language="kk", topics=frozenset(), consented=consented, volunteer=True)

    assert person == replace(before, volunteer=True) == world.person()
    assert world.parcels() == []


def test_who_has_only_asked_something_can_be_invited(world):
    world.hears("NEWS")
    world.send_all()

    assert world.enrol(consented=False).state is PersonState.INVITED
    assert len(world.queued_for()) == 1


@pytest.mark.parametrize("consented", [True, False])
def test_who_has_stopped_can_come_back_only_by_themselves(world, consented):
    world.enrol()
    world.hears("STOP")

    with pytest.raises(PostingError, match="only they can come back, by texting 1"):
        world.enrol(consented=consented)

    assert world.person().state is PersonState.STOPPED


def test_an_invitation_expires(world):
    world.enrol(consented=False)
    world.clock.passes(25 * HOUR)
    world.ticks()

    assert world.state(world.parcels()[0]) is State.DROPPED
