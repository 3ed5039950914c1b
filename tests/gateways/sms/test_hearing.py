"""What the octets in a modem's storage mean; how they are read the codec's own tests say."""

import random
from datetime import UTC, datetime, timedelta, timezone

import pytest

from gateways.base import HeardNothing, HeardReport, HeardText, Outcome
from gateways.sms.hearing import Neighbourhood, interpret
from tests.gateways.sms import pdus

OWN = "+77010000001"
PLACE = Neighbourhood("7", "8", frozenset({OWN}), ("+77",))
SENT_AT = datetime(2026, 1, 5, 14, 20, 31, tzinfo=timezone(timedelta(hours=5)))
DONE_AT = SENT_AT + timedelta(seconds=4)


def read(digits):
    return interpret(digits.encode(), PLACE)


def wide_part(text, total, sequence, *, reference=b"\x12\x34"):
    header = pdus.header(pdus.element(0x08, reference + bytes([total, sequence])))
    return pdus.deliver(pdus.packed(header, pdus.septet_codes(text)), udh=True)


def test_a_text_has_its_sender_and_the_time_the_centre_gave_it():
    assert read(pdus.text("HELP")) == HeardText(
        sender=pdus.NUMBER, text="HELP", refusal=None, sent_at=SENT_AT
    )


@pytest.mark.parametrize(
    ("sender", "shown", "refusal"),
    [
        pytest.param(pdus.number("+77015550123"), "+77015550123", None, id="international"),
        pytest.param(pdus.number("87015550123"), "+77015550123", None, id="with-trunk"),
        pytest.param(pdus.number("7015550123"), "+77015550123", None, id="national"),
        pytest.param(pdus.name("Bank"), "Bank", "alphanumeric", id="name"),
        pytest.param(pdus.name("7015550123"), "+77015550123", "alphanumeric", id="name-of-digits"),
        pytest.param(pdus.number("1414"), "1414", "short-code", id="short-code"),
        pytest.param(pdus.number("+1414"), "+1414", "short-code", id="short-code-dressed-up"),
        pytest.param(pdus.number(OWN), OWN, "own-number", id="own"),
        pytest.param(pdus.number("87010000001"), OWN, "own-number", id="own-with-trunk"),
        pytest.param(
            pdus.number("+12025550123"), "+12025550123", "outside-prefixes", id="elsewhere"
        ),
        pytest.param(pdus.number(""), "", "unknown", id="hidden"),
    ],
)
def test_a_sender_is_normalised_and_who_is_no_person_is_marked(sender, shown, refusal):
    heard = read(pdus.text("HELP", sender=sender))
    assert (heard.sender, heard.refusal) == (shown, refusal)


def test_trap_8_a_part_with_a_wide_reference_keeps_its_first_character():
    heard = read(wide_part("HELP", 2, 1))
    assert (heard.text, heard.reference, heard.part, heard.parts) == ("HELP", 0x1234, 1, 2)
    assert heard.wide
    # Its reference may be small: that is another message than one with a narrow 18.
    assert read(wide_part("HELP", 2, 1, reference=b"\x00\x12")).wide


@pytest.mark.parametrize(
    ("units", "text"),
    [
        pytest.param("😀", "😀", id="whole"),
        pytest.param("\ud83d", "\ufffd", id="half"),
        pytest.param("a\ude00b", "a\ufffdb", id="other-half"),
    ],
)
def test_trap_9_an_emoji_can_be_stored_and_logged_whatever_is_left_of_it(units, text):
    heard = read(pdus.deliver(pdus.wide(b"", units), dcs=pdus.UCS2))
    assert heard.text == text
    assert heard.text.encode()


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        pytest.param(0, Outcome.DELIVERED, id="received"),
        pytest.param(1, Outcome.DELIVERED, id="trap-13-forwarded"),
        pytest.param(2, Outcome.DELIVERED, id="trap-13-replaced"),
        pytest.param(32, Outcome.TRYING, id="trap-13-congestion"),
        pytest.param(63, Outcome.TRYING, id="trap-13-last-that-still-tries"),
        pytest.param(64, Outcome.FAILED, id="permanent"),
        pytest.param(70, Outcome.FAILED, id="validity-expired"),
        pytest.param(96, Outcome.FAILED, id="gave-up"),
    ],
)
def test_a_report_says_of_which_segment_to_whom_and_how_it_ended(status, outcome):
    assert read(pdus.report(status, sent=SENT_AT, done=DONE_AT)) == HeardReport(
        reference=7,
        recipient=pdus.NUMBER,
        sent_at=SENT_AT,
        outcome=outcome,
        reason=f"report {status}",
    )


def test_a_report_names_the_recipient_as_it_was_written_to():
    heard = read(pdus.report(0, recipient="87015550123", sent=SENT_AT, done=DONE_AT))
    assert heard.recipient == "+77015550123"


def test_times_are_aware():
    heard = read(pdus.text("HELP"))
    assert heard.sent_at.astimezone(UTC).hour == 9


@pytest.mark.parametrize(
    "digits",
    [
        pytest.param("", id="empty-slot"),
        pytest.param("no hexadecimal", id="words"),
        pytest.param("00F", id="half-an-octet"),
        pytest.param("00FF", id="reserved-type"),
        pytest.param(pdus.text("HELP")[:30], id="cut-short"),
        pytest.param("0" * 4000, id="too-long"),
        pytest.param("\ufffd\ufffd", id="noise"),
    ],
)
def test_what_is_no_message_is_broken_and_raises_nothing(digits):
    heard = read(digits)
    assert isinstance(heard, HeardNothing)
    assert heard.broken
    assert heard.reason


@pytest.mark.parametrize(
    "digits",
    [
        pytest.param(pdus.text("HELP", pid=0x40), id="silent"),
        pytest.param(
            pdus.deliver(
                b"\x09" + pdus.header(pdus.element(0x05, b"\x0b\x84\x23\xf0")) + b"\x01\x06",
                dcs=pdus.DATA,
                udh=True,
            ),
            id="wap-push",
        ),
    ],
)
def test_what_is_not_for_people_to_read_is_no_text_and_not_broken(digits):
    heard = read(digits)
    assert isinstance(heard, HeardNothing)
    assert not heard.broken


def test_trap_17_whatever_octets_there_are_it_answers():
    dice = random.Random(17)  # noqa: S311  # the same messages each time, no secret
    good = bytes.fromhex(pdus.text("HELP me")), bytes.fromhex(wide_part("HELP", 2, 1))
    for _ in range(3000):
        octets = bytearray(dice.choice(good))
        for _ in range(dice.randint(1, 4)):
            octets[dice.randrange(len(octets))] = dice.randrange(256)
        cut = dice.randint(0, len(octets)) if dice.random() < 0.3 else len(octets)
        heard = read(bytes(octets[:cut]).hex())
        assert isinstance(heard, HeardText | HeardReport | HeardNothing)
        assert not isinstance(heard, HeardText) or heard.text.encode() is not None


def test_trap_16_what_is_broken_is_not_quoted():
    digits = pdus.text("secret words")[:-4]
    heard = read(digits)
    for secret in ("secret", "5550123", digits[30:40]):
        assert secret not in heard.reason
