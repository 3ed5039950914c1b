"""What is held, remembered and waited for between the two threads: all of it bounded."""

import threading

import pytest

from gateways.base import Raw
from gateways.mesh.held import Held
from gateways.mesh.mailbox import Loss, Mailbox, News, SessionLost, Status
from gateways.mesh.neighbours import Neighbours


def test_what_was_heard_is_held_in_order_until_it_is_forgotten():
    held = Held("mesh")
    assert held.put(b"one")
    assert held.put(b"two")
    first, second = held.all()
    held.forget(first)
    assert held.all() == [second]
    held.forget(first)
    assert held.all() == [second]


def test_a_slot_is_never_used_again():
    held = Held("mesh")
    slots = set()
    for _ in range(3):
        held.put(b"same")
        [raw] = held.all()
        slots.add(raw.slot)
        held.forget(raw)
    assert len(slots) == 3


def test_only_what_was_listed_can_be_forgotten():
    held = Held("mesh")
    held.put(b"one")
    [raw] = held.all()
    held.forget(Raw(raw.slot, b"other"))
    assert held.all() == [raw]


def test_the_same_packet_is_held_once():
    held = Held("mesh")
    assert held.put(b"one")
    assert not held.put(b"one")
    assert len(held.all()) == 1
    assert held.dropped == 0


def test_when_full_the_newest_are_dropped_and_the_log_says_so_once(caplog):
    held = Held("mesh", most=2)
    kept = [held.put(octets) for octets in (b"a", b"b", b"c", b"d")]
    assert kept == [True, True, False, False]
    assert [raw.octets for raw in held.all()] == [b"a", b"b"]
    assert held.dropped == 2
    assert [record.getMessage() for record in caplog.records] == [
        "mesh: 2 packets wait to be read; more are dropped"
    ]


def test_a_node_is_a_bot_by_its_last_word():
    around = Neighbours()
    around.note(1, "Weather BOT", unmessagable=False)
    around.note(2, "Айгүл", unmessagable=False)
    around.note(3, "Sensor", unmessagable=True)
    assert [around.is_bot(node) for node in (1, 2, 3, 4)] == [True, False, True, False]
    around.note(1, "Арман", unmessagable=False)
    assert not around.is_bot(1)


def test_made_up_names_fill_no_memory_and_push_no_bot_out():
    around = Neighbours(most=3)
    around.note(1, "Weather BOT", unmessagable=False)
    for node in range(10, 10_010):
        around.note(node, "x" * 200, unmessagable=False)
    assert around.is_bot(1)
    for node in range(10, 10_010):
        around.note(node, "BOT", unmessagable=False)
    assert len(around) == 3


def test_an_event_is_waited_for_and_taken_once():
    mail = Mailbox()
    threading.Timer(0.01, mail.put, [Status(5, 0, 16, 16)]).start()
    assert mail.take(lambda event: event != News.RESTARTED, 2) == Status(5, 0, 16, 16)
    assert mail.take(lambda _: True, 0) is None


def test_only_what_is_wanted_is_taken():
    mail = Mailbox()
    mail.put(News.CONFIGURED)
    assert mail.take(lambda event: isinstance(event, Status), 0) is None
    assert mail.take(lambda event: isinstance(event, News), 0) is News.CONFIGURED


def test_what_is_stale_is_forgotten():
    mail = Mailbox()
    for event in (Status(0, 0, 16, 16), Status(5, 0, 16, 16)):
        mail.put(event)
    mail.forget(lambda event: event == Status(0, 0, 16, 16))
    assert mail.take(lambda _: True, 0) == Status(5, 0, 16, 16)


def test_who_waits_learns_of_the_loss_and_its_first_reason():
    mail = Mailbox()
    threading.Timer(0.01, mail.lose, [Loss.CLOSED]).start()
    with pytest.raises(SessionLost) as lost:
        mail.take(lambda _: True, 2)
    mail.lose(Loss.OURS)
    assert lost.value.loss is mail.loss is Loss.CLOSED


def test_the_last_word_before_a_loss_still_counts():
    mail = Mailbox()
    mail.put(Status(5, 0, 16, 16))
    mail.lose(Loss.CLOSED)
    assert mail.take(lambda _: True, 0) == Status(5, 0, 16, 16)


def test_a_mailbox_is_bounded():
    mail = Mailbox()
    for identity in range(10_000):
        mail.put(Status(identity, 0, 16, 16))
    taken = 0
    while mail.take(lambda _: True, 0) is not None:
        taken += 1
    assert taken == 64
