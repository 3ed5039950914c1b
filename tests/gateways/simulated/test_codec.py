"""The simulator's own codec, by vectors worked out by hand and by round trips."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.simulated import fields, gsm7, texting, tpdu
from gateways.simulated.fields import Concat, PduError, Reader
from gateways.simulated.texting import Texting
from gateways.simulated.tpdu import Alphabet
from tests.gateways.simulated.bench import START, submit

VECTORS = Path(__file__).parents[4] / "shared/samples/pdu/vectors.jsonl"
GSM_TEXT = st.text(st.sampled_from([*gsm7.EXTENSION.values(), *gsm7.BASE.replace("\x1b", "")]))
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("text", "packed"),
    [
        # h=68 e=65 l=6C l=6C o=6F: e8 = 68 | (65 & 1) << 7, and so on.
        pytest.param("hello", "e8329bfd06", id="five-septets-in-five-octets"),
        pytest.param("12345678", "31d98c56b3dd70", id="eight-septets-in-seven-octets"),
        pytest.param("€", "9b32", id="extension-takes-two-septets"),
        pytest.param("@", "00", id="at-sign-is-zero"),
    ],
)
def test_septets_lie_in_octets_as_the_standard_says(text, packed):
    assert gsm7.pack(gsm7.encode(text)).hex() == packed


@given(GSM_TEXT, st.integers(0, 6))
def test_what_is_packed_is_unpacked(text, fill_bits):
    septets = gsm7.encode(text)
    octets = gsm7.pack(septets, fill_bits)
    assert gsm7.decode(gsm7.unpack(octets, len(septets), fill_bits)) == text


def test_an_escape_at_the_end_of_a_segment_shows_as_a_space():
    assert gsm7.decode(b"a\x1b") == "a "
    assert gsm7.decode(b"\x65") == "e"


@pytest.mark.parametrize(
    ("number", "octets"),
    [
        pytest.param("+77019999999", "0b917710999999f9", id="international-odd"),
        pytest.param("7111", "04811711", id="short-code"),
        pytest.param("Egov", "07d0c5f3db0e", id="name"),
    ],
)
def test_addresses_are_written_and_read_back(number, octets):
    assert fields.address(number).hex() == octets
    assert fields.read_address(Reader(bytes.fromhex(octets)), "address") == number


@pytest.mark.parametrize(
    ("quarters", "octets"),
    [
        # 08:00 UTC is 13:00 at +05:00 (20 quarters) and 04:30 at -03:30 (14).
        pytest.param(20, "62105031000002", id="east"),
        pytest.param(-14, "62105040030049", id="west-sets-the-sign-bit"),
    ],
)
def test_time_stamps_carry_the_zone_in_quarters(quarters, octets):
    assert fields.time_stamp(START, quarters).hex() == octets
    assert fields.read_time_stamp(bytes.fromhex(octets), "stamp") == START


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (0, 300),
        (143, 12 * 3600),
        (144, 12 * 3600 + 1800),
        (167, 24 * 3600),
        (168, 2 * 86400),
        (196, 30 * 86400),
        (197, 5 * 604800),
        (255, 63 * 604800),
    ],
)
def test_relative_validity_follows_the_table(value, seconds):
    assert fields.relative_s(value) == seconds


@pytest.mark.parametrize(
    ("form", "octets", "seconds"),
    [
        pytest.param(0, "", None, id="none"),
        pytest.param(2, "0b", 3600, id="relative"),
        pytest.param(1, "02780000000000", 120, id="enhanced-seconds"),
        pytest.param(1, "03104251000000", 1 * 3600 + 24 * 60 + 15, id="enhanced-hours"),
        pytest.param(1, "010b0000000000", 3600, id="enhanced-relative"),
        pytest.param(1, "00000000000000", None, id="enhanced-none"),
        pytest.param(3, "62105031100002", 60, id="absolute"),
    ],
)
def test_a_submit_says_how_long_it_is_valid(form, octets, seconds):
    octets = submit("+77019999999", "x", form=form, validity=bytes.fromhex(octets))
    assert tpdu.read_submit(octets, START).validity_s == seconds


def test_a_submit_written_by_hand_is_read():
    # 31: submit, relative validity, report; 0b91...: +77019999999; a7: 24 h.
    read = tpdu.read_submit(bytes.fromhex("31000b917710999999f90000a705e8329bfd06"), START)
    assert (read.to, read.text, read.report) == ("+77019999999", "hello", True)
    assert (read.validity_s, read.alphabet, read.concat) == (86400, Alphabet.GSM7, None)


@pytest.mark.parametrize(
    ("octets", "field"),
    [
        pytest.param("", "first octet", id="empty"),
        pytest.param("04000b917710999999f9", "message type", id="a-deliver"),
        pytest.param("01000b917710", "destination", id="address-cut-off"),
        pytest.param("01001591771099999977771099", "length 21", id="address-too-long"),
        pytest.param("01000a91f710999999000000", "filler", id="filler-in-digits"),
        pytest.param("01000b917710999999f90000", "length", id="no-length"),
        pytest.param("01000b917710999999f9000005e832", "user data", id="text-too-short"),
        pytest.param("01000b917710999999f9000c00", "reserved", id="reserved-alphabet"),
        pytest.param("01000b917710999999f9002000", "compressed", id="compressed"),
        pytest.param("41000b917710999999f90004050400030501", "header", id="header-cut-off"),
        pytest.param("41000b917710999999f9000406050003050203", "part 3 of 2", id="part-too-high"),
    ],
)
def test_a_malformed_submit_is_refused_with_the_field_that_is_wrong(octets, field):
    with pytest.raises(PduError, match=field):
        tpdu.read_submit(bytes.fromhex(octets), START)


@given(st.binary(max_size=200))
def test_whatever_the_octets_only_one_error_comes(octets):
    with contextlib.suppress(PduError):
        tpdu.read_submit(octets, START)


@given(ANY_TEXT.filter(lambda text: len(text) <= 30), st.booleans(), st.booleans())
def test_what_a_segment_says_is_read_back(text, wide, joined):
    concat = Concat(7, 3, 2, wide) if joined else None
    read = tpdu.read_submit(submit("+77019999999", text, concat=concat, narrow=None), START)
    assert (read.text, read.concat) == (text, concat)


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        pytest.param("a" * 160, [160], id="full-alone"),
        pytest.param("a" * 161, [153, 8], id="one-more-needs-the-header"),
        pytest.param("a" * 152 + "€" * 5, [152, 5], id="escape-pair-stays-whole"),
        pytest.param("ж" * 71, [67, 4], id="cyrillic-is-wide"),
        pytest.param("a" * 70 + "ж", [67, 4], id="one-wide-letter-makes-all-wide"),
        pytest.param("😀" * 36, [33, 3], id="surrogate-pair-stays-whole"),
    ],
)
def test_a_phone_cuts_texts_where_the_air_asks_for_it(text, lengths):
    read = [tpdu.read_user_data(data) for data in texting.segments(text, 9, Texting())]
    assert [len(part) for _, _, part in read] == lengths
    assert "".join(part for _, _, part in read) == text


@given(ANY_TEXT, st.booleans())
def test_the_parts_of_a_text_are_the_text(text, wide):
    made = texting.segments(text[:2000], 300 if wide else 30, Texting(wide_reference=wide))
    read = [tpdu.read_user_data(data) for data in made]
    assert "".join(part for _, _, part in read) == text[:2000]
    if len(read) > 1:
        assert [concat.sequence for concat, _, _ in read] == list(range(1, len(read) + 1))


def test_a_phone_can_send_what_is_not_text():
    (push,) = texting.segments("mms", 1, Texting(wap_push=True))
    assert tpdu.read_user_data(push) == (None, (2948, 9200), None)
    (flash,) = texting.segments("now", 1, Texting(message_class=0))
    assert tpdu.coding(flash.dcs) == (Alphabet.GSM7, 0)
    made = texting.segments("a" * 161, 1, Texting(out_of_order=True, duplicate=True))
    assert [tpdu.read_user_data(data)[0].sequence for data in made] == [2, 2, 1, 1]


def test_a_deliver_is_what_the_standard_says():
    data = tpdu.user_data("hello", narrow=True)
    stamp = fields.time_stamp(START, 20)
    octets = tpdu.deliver("+77019999999", data, pid=0, stamp=stamp)
    assert octets.hex() == "040b917710999999f900006210503100000205e8329bfd06"


def test_a_status_report_is_what_the_standard_says():
    stamp, later = fields.time_stamp(START, 20), fields.time_stamp(START + 60, 20)
    octets = tpdu.status_report(5, "+77019999999", 70, stamp=stamp, discharged=later)
    assert octets.hex() == "06050b917710999999f9621050310000026210503110000246"


# Where the simulator reads another thing than the source says, and why.
OTHERWISE = {
    37: "the address counts 11 digits, its last octet holds a twelfth",
    39: "as 37; and the table comes from outside of the PDU",
    41: "as 37; and the table comes from outside of the PDU",
    43: "as 37; and the table comes from outside of the PDU",
    177: "national tables are refused",
    179: "national tables are refused",
    181: "national tables are refused",
    183: "national tables are refused",
}


def real_submits():
    lines = VECTORS.read_text("utf-8").splitlines() if VECTORS.exists() else []
    read = [json.loads(line) for line in lines]
    return [line for line in read if line["type"] == "submit" and line["expect"] == "ok"]


@pytest.mark.skipif(not VECTORS.exists(), reason="the folder of real samples is not here")
@pytest.mark.parametrize("line", real_submits(), ids=lambda line: str(line["id"]))
def test_real_submits_are_read_as_their_sources_say(line):
    if line["id"] in OTHERWISE:
        pytest.skip(OTHERWISE[line["id"]])
    octets = bytes.fromhex(line["pdu"])
    octets = octets[1 + octets[0] :] if line["smsc_included"] else octets
    read = tpdu.read_submit(octets, START)
    assert (read.to, read.text) == (line["number"], line["text"])
