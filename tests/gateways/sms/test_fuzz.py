"""Whatever octets a modem hands over: a message, or a PduError, and soon."""

import random
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.sms.reassembly import Part, assemble
from gateways.sms.tpdu import Deliver, PduError, StatusReport, decode
from tests.gateways.sms import pdus

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
SEEDS = [
    pdus.text("SALEM, 1 {x} @"),
    pdus.text("a" * 160),
    pdus.text("hi", sender=pdus.name("Bank KZ"), dcs=0xF1),
    pdus.deliver(pdus.wide(b"", "Где вода? 😀"), dcs=8),
    pdus.deliver(pdus.wide(bytes([5, 0, 3, 7, 3, 1]), "КӨМЕК керек"), dcs=8, udh=True),
    pdus.deliver(pdus.packed(bytes([6, 8, 4, 1, 2, 3, 1]), pdus.septet_codes("HELP")), udh=True),
    pdus.deliver(pdus.packed(bytes([6, 0x25, 1, 1, 0x24, 1, 3]), [65, 27, 105]), udh=True),
    pdus.deliver(bytes([9, 6, 5, 4, 11, 132, 35, 240, 1, 2]), dcs=4, udh=True),
    pdus.report(0, sent=NOW, done=NOW),
    pdus.report(70, sent=NOW, done=NOW, more=bytes([7, 0, 8, 2, 4, 54])),
]


def outcome(pdu):
    """What became of `pdu`: "read" or "refused"; any other exception fails the test."""
    try:
        heard = decode(pdu)
    except PduError:
        return "refused"
    assert isinstance(heard, Deliver | StatusReport)
    if isinstance(heard, Deliver):
        assert (heard.text is None) != (heard.data is None)
        (heard.text or "").encode()
    return "read"


def mutated(pdu, chance):
    octets = bytearray.fromhex(pdu)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(octets) + 1)
        change = chance.randrange(5)
        if change == 0:
            octets[at : at + 1] = bytes([chance.randrange(256)])
        elif change == 1 and at < len(octets):
            octets[at] ^= 1 << chance.randrange(8)
        elif change == 2:
            octets[at:at] = chance.randbytes(chance.randrange(4))
        elif change == 3:
            del octets[at : at + chance.randrange(4)]
        else:
            del octets[at:]
        if not octets:
            break
    return octets.hex()


def test_mutated_messages_are_read_or_refused():
    chance = random.Random(20260105)  # noqa: S311 - a failure must come again
    counts = {"read": 0, "refused": 0}
    for _ in range(5_000):
        counts[outcome(mutated(chance.choice(SEEDS), chance))] += 1
    assert min(counts.values()) > 500


@settings(database=None, deadline=None)
@given(st.text() | st.text("0123456789abcdefABCDEF", max_size=400))
def test_any_string_is_read_or_refused(digits):
    outcome(digits)


@settings(database=None, deadline=None)
@given(st.binary(max_size=180))
def test_any_octets_are_read_or_refused(octets):
    outcome(octets.hex())
    outcome("00" + octets.hex())


@pytest.mark.parametrize(
    "digits",
    ["0" * 2_000_000, " " * 2_000_000, "zz" * 1_000_000, "ж" * 1_000_000],
    ids=["zeros", "spaces", "letters", "cyrillic"],
)
def test_a_long_string_costs_no_time(digits):
    start = time.monotonic()
    assert outcome(digits) == "refused"
    assert time.monotonic() - start < 0.5


@settings(database=None, deadline=None)
@given(
    words=st.text(st.sampled_from("aZ1 @€[ñ\n"), min_size=1, max_size=300),
    wide_words=st.booleans(),
    other=st.lists(
        st.tuples(st.sampled_from([0x0A, 0x20, 0x70]), st.binary(max_size=9)), max_size=2
    ),
    reference=st.integers(0, 255),
    data=st.data(),
)
def test_a_long_text_comes_back_from_its_parts(words, wide_words, other, reference, data):
    texts = [words[at : at + 40] for at in range(0, len(words), 40)]
    others = [pdus.element(*each) for each in other]
    parts = []
    for place, text in enumerate(texts, start=1):
        head = pdus.header(pdus.element(0, [reference, len(texts), place]), *others)
        body = pdus.wide(head, text) if wide_words else pdus.packed(head, pdus.septet_codes(text))
        heard = decode(pdus.deliver(body, dcs=8 if wide_words else 0, udh=True))
        parts.append(Part(place, heard.sender, heard.concat, heard.text, NOW))
    (message,) = assemble(data.draw(st.permutations(parts)))
    assert message.text == words
