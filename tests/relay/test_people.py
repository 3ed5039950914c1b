"""Whom the node knows, and how often it answered them."""

from dataclasses import replace

import pytest

from config.topics import TOPICS
from relay.store.people import topic_bits
from relay.values import Audience, Person, PersonState
from tests.relay.world import AIGUL, BOLAT, DAY, HOUR, NOW


def somebody(world, number=AIGUL, **facts):
    made = Person(
        id=0,
        tag=world.tag(number),
        medium="sms",
        mask="…" + number[-2:],
        state=PersonState.ACTIVE,
        language="kk",
        script="plain",
        topics=frozenset({"danger", "lines"}),
        greeted=True,
        gateway="beeline",
        number_sealed=world.keys.seal("number", number),
        volunteer=True,
        chose_language=False,
    )
    made = replace(made, **facts)
    return replace(made, id=world.store.people.add(made, NOW))


def test_who_was_added_is_found_as_they_are(world):
    added = somebody(world)

    assert world.person() == added
    assert world.person(BOLAT) is None


def test_what_changed_is_written_down(world):
    added = somebody(world)
    changed = replace(
        added,
        state=PersonState.STOPPED,
        language="ru",
        script="latin",
        topics=frozenset(),
        greeted=False,
        gateway=None,
        number_sealed=None,
        volunteer=False,
        chose_language=True,
    )

    world.store.people.save(changed, NOW)

    assert world.person() == changed


@pytest.mark.parametrize("topic", TOPICS)
def test_each_topic_is_a_bit_of_its_own(topic):
    assert topic_bits([topic]) == topic_bits([topic, topic]) == 1 << TOPICS.index(topic)


def test_audiences_are_the_languages_and_scripts_of_those_who_want_a_topic(world):
    somebody(world)
    somebody(world, BOLAT, language="ru", script="latin", state=PersonState.STOPPED)

    assert world.store.people.audiences("danger") == [Audience("sms", "kk", "plain")]
    assert world.store.people.audiences("news") == []


def test_counts_name_every_state(world):
    somebody(world)

    assert world.store.people.counts() == {"contact": 0, "invited": 0, "active": 1, "stopped": 0}
    assert [one.mask for one in world.store.people.all([PersonState.ACTIVE])] == ["…23"]


def test_to_erase_somebody_leaves_nothing_of_them(world):
    added = somebody(world)
    world.queue()
    world.queue(BOLAT)

    world.store.people.erase(added.tag)

    assert world.person() is None
    assert added.tag not in world.dump()
    assert world.parcels() == []
    assert len(world.parcels(BOLAT)) == 1


def test_who_only_asked_once_is_forgotten_after_a_while(world):
    somebody(world, state=PersonState.CONTACT)
    somebody(world, BOLAT)

    world.store.people.forget_contacts(NOW)
    assert world.person() is not None
    world.store.people.forget_contacts(NOW + 1)

    assert world.person() is None
    assert world.person(BOLAT) is not None


def test_nobody_is_forgotten_while_a_message_to_them_is_kept(world):
    somebody(world, state=PersonState.CONTACT)
    world.queue()

    world.store.people.forget_contacts(NOW + DAY)

    assert world.person() is not None


def test_answers_are_counted_by_person_kind_and_time(world):
    people = world.store.people
    people.answered(b"a", "answer", HOUR)
    people.answered(b"a", "unknown", 2 * HOUR)
    people.answered(b"b", "answer", 3 * HOUR)

    assert people.answers(b"a", 0) == 2
    assert people.answers(b"a", 0, "unknown") == 1
    assert people.all_answers(0) == 3
    assert people.all_answers(2 * HOUR) == 1
    people.drop_answers(2 * HOUR)
    assert people.all_answers(0) == 1
