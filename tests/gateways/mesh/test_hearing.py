"""What a heard packet means."""

from dataclasses import replace

import pytest

from gateways.base import HeardNothing, HeardReport, HeardText, Outcome
from gateways.mesh.hearing import Packet, Port, interpret, is_bot_name, is_for_us, pack

OWN, OTHER, THIRD = 0x2C67A1B0, 0xA5BCE6FA, 0x11223344
TEXT = Packet(own=OWN, sender=OTHER, to=OWN, identity=7, port=Port.TEXT, payload="сәлем".encode())
REPORT = Packet(own=OWN, sender=OTHER, to=OWN, identity=8, port=Port.ROUTING, request=4711)


def text(words, **fields):
    return replace(TEXT, payload=words.encode(), **fields)


def test_a_direct_text_is_that_of_its_sender():
    assert interpret(pack(TEXT)) == HeardText("!a5bce6fa", "сәлем", None, None)


@pytest.mark.parametrize(
    ("packet", "refusal"),
    [
        pytest.param(replace(TEXT, reaction=True), "reaction", id="a-reaction"),
        pytest.param(replace(TEXT, via_mqtt=True), "over-mqtt", id="over-the-internet"),
        pytest.param(replace(TEXT, bot=True), "bot", id="a-bot"),
        pytest.param(replace(TEXT, sender=OWN), "own-packet", id="ourselves"),
        pytest.param(text(""), "empty", id="nothing"),
        pytest.param(text(" \n\t\u00a0"), "empty", id="blanks"),
        pytest.param(text("\0\x07\x1b"), "empty", id="controls"),
        pytest.param(text("\u202e\u2066\u200b\ufeff"), "empty", id="only-what-turns-text-around"),
    ],
)
def test_some_are_never_answered(packet, refusal):
    assert interpret(pack(packet)).refusal == refusal


@pytest.mark.parametrize("words", ["2", "👍", "\u202eСТОП", "нов\u0000ости", "?" * 200])
def test_whatever_else_is_written_may_be_answered_and_is_kept_as_it_is(words):
    assert interpret(pack(text(words))) == HeardText("!a5bce6fa", words, None, None)


@pytest.mark.parametrize(
    "payload",
    [b"\xff" * 237, "ж".encode()[:1], b"\xed\xa0\x80"],
    ids=["noise", "half-a-letter", "half-a-pair"],
)
def test_what_is_not_utf_8_is_broken(payload):
    assert interpret(pack(replace(TEXT, payload=payload))) == HeardNothing(
        "a text that is not UTF-8", broken=True
    )


@pytest.mark.parametrize(
    ("packet", "recipient", "outcome"),
    [
        pytest.param(replace(REPORT, sender=OWN), "", Outcome.TRYING, id="a-neighbour-repeats"),
        pytest.param(REPORT, "!a5bce6fa", Outcome.DELIVERED, id="the-recipient-has-it"),
        pytest.param(replace(REPORT, sender=OWN, error=5), "", Outcome.FAILED, id="nobody-did"),
        pytest.param(replace(REPORT, sender=OWN, error=39), "", Outcome.LATER, id="no-key"),
        pytest.param(replace(REPORT, error=33), "!a5bce6fa", Outcome.FAILED, id="far-refusal"),
    ],
)
def test_a_report_says_who_speaks_and_what_became_of_it(packet, recipient, outcome):
    heard = interpret(pack(packet))
    assert isinstance(heard, HeardReport)
    assert (heard.reference, heard.recipient, heard.outcome) == (4711, recipient, outcome)
    assert heard.sent_at is None
    assert heard.reason


def test_a_forged_report_is_that_of_its_forger_alone():
    forged = interpret(pack(replace(REPORT, sender=THIRD)))
    assert forged.recipient == "!11223344"


@pytest.mark.parametrize(
    "packet",
    [
        pytest.param(replace(TEXT, to=0xFFFFFFFF), id="on-a-channel"),
        pytest.param(replace(TEXT, to=THIRD), id="to-somebody-else"),
        pytest.param(replace(TEXT, sender=0), id="from-nobody"),
        pytest.param(replace(TEXT, port=256), id="of-another-program"),
        pytest.param(replace(REPORT, request=0), id="an-answer-to-nothing"),
        pytest.param(replace(REPORT, to=0xFFFFFFFF), id="a-report-to-all"),
        pytest.param(replace(TEXT, own=0), id="before-we-know-our-number"),
    ],
)
def test_what_is_not_for_us_is_not_kept(packet):
    assert not is_for_us(packet)
    assert interpret(pack(packet)) == HeardNothing("not for us", broken=False)


@pytest.mark.parametrize(
    "octets", [b"", b"00", b"{}", b"[]", b"\xff" * 512, b'{"own":"x"}', b"0" * 100_000]
)
def test_whatever_the_octets_it_answers(octets):
    assert interpret(octets) == HeardNothing("no packet of the mesh", broken=True)


def test_one_packet_packs_alike_and_two_never_do():
    assert pack(TEXT) == pack(replace(TEXT))
    assert pack(TEXT) != pack(replace(TEXT, identity=9))


@pytest.mark.parametrize(
    ("name", "bot"),
    [
        ("Weather BOT", True),
        ("weather bot", True),
        ("Робот 3 Bot 🤖", True),
        ("BOT", True),
        ("Айгүл", False),
        ("Botanika", False),
        ("bot of Aigul", False),
        ("", False),
        ("bot" * 5_000 + "x", False),
        ("-" * 50_000, False),
    ],
    ids=["upper", "lower", "signs-behind", "alone", "person", "begins", "in-front", "none", "many",
         "signs"],
)  # fmt: skip
def test_a_bot_is_known_by_the_end_of_its_name(name, bot):
    assert is_bot_name(name) is bot
