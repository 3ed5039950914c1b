import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.sms.segments import Encoding, segment
from gateways.sms.submit import Concat, PduError, Submit, encode_submit
from gateways.sms.validity import ENHANCED, RELATIVE, encode_validity
from tests.gateways.sms import pdus

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 604800


def submit(text="salem", **fields):
    values = {
        "recipient": "+77015550123",
        "encoding": Encoding.GSM7,
        "concat": None,
        "validity_s": None,
        "report": False,
    }
    return Submit(text=text, **(values | fields))


def expected(first, rest, number="+77015550123"):
    return "00" + (bytes([first, 0]) + pdus.number(number) + rest).hex().upper()


@pytest.mark.parametrize(
    ("fields", "hex_digits"),
    [
        pytest.param(
            {}, expected(0x01, b"\0\0" + pdus.packed(b"", pdus.septet_codes("salem"))), id="plain"
        ),
        pytest.param(
            {"report": True},
            expected(0x21, b"\0\0" + pdus.packed(b"", pdus.septet_codes("salem"))),
            id="report",
        ),
        pytest.param(
            {"validity_s": HOUR},
            expected(0x11, b"\0\0\x0b" + pdus.packed(b"", pdus.septet_codes("salem"))),
            id="validity",
        ),
        pytest.param(
            {"validity_s": 90},
            expected(
                0x09, b"\0\0\x02\x5a\0\0\0\0\0" + pdus.packed(b"", pdus.septet_codes("salem"))
            ),
            id="validity-in-seconds",
        ),
        pytest.param(
            {"text": "сәлем", "encoding": Encoding.UCS2, "report": True, "validity_s": 4 * DAY},
            expected(0x31, b"\0\x08\xaa" + pdus.wide(b"", "сәлем")),
            id="wide",
        ),
        pytest.param(
            {"concat": Concat(200, 3, 2)},
            expected(
                0x41, b"\0\0" + pdus.packed(bytes([5, 0, 3, 200, 3, 2]), pdus.septet_codes("salem"))
            ),
            id="part",
        ),
        pytest.param(
            {"concat": Concat(0x1234, 3, 2, wide=True)},
            expected(
                0x41,
                b"\0\0"
                + pdus.packed(bytes([6, 8, 4, 0x12, 0x34, 3, 2]), pdus.septet_codes("salem")),
            ),
            id="part-with-wide-reference-has-no-fill-bits",
        ),
        pytest.param(
            {"text": "қар😀", "encoding": Encoding.UCS2, "concat": Concat(0, 255, 255)},
            expected(0x41, b"\0\x08" + pdus.wide(bytes([5, 0, 3, 0, 255, 255]), "қар😀")),
            id="wide-part",
        ),
        pytest.param(
            {"recipient": "+491715550123"},
            expected(0x01, b"\0\0" + pdus.packed(b"", pdus.septet_codes("salem")), "+491715550123"),
            id="even-digits",
        ),
    ],
)
def test_the_octets_are_those_the_standard_says(fields, hex_digits):
    tpdu = encode_submit(submit(**fields))
    assert tpdu.hex == hex_digits
    assert tpdu.tpdu_octets == len(hex_digits) // 2 - 1


@given(
    st.text(st.sampled_from("aZ1 @€[ñ\n"), max_size=500)
    | st.text(st.sampled_from("жқ 1😀a"), max_size=250),
    st.booleans(),
)
def test_every_segment_fits_and_carries_its_text(text, wide):
    cut = segment(text, 255, wide_reference=wide)
    total = len(cut.parts)
    for place, part in enumerate(cut.parts, start=1):
        concat = Concat(77, total, place, wide) if total > 1 else None
        tpdu = encode_submit(submit(part, encoding=cut.encoding, concat=concat, validity_s=3 * DAY))
        head = (
            (bytes([6, 8, 4, 0, 77, total, place]) if wide else bytes([5, 0, 3, 77, total, place]))
            if concat
            else b""
        )
        body = (
            pdus.packed(head, pdus.septet_codes(part))
            if cut.encoding is Encoding.GSM7
            else pdus.wide(head, part)
        )
        assert tpdu.hex.endswith(body.hex().upper())
        assert len(body) <= 141


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param(
            {"text": "ж"},
            "character 0 is not in the GSM 7-bit alphabet",
            id="letter-outside-the-alphabet",
        ),
        pytest.param({"text": "a" * 161}, "161 septets with its header, 160 fit", id="too-long"),
        pytest.param(
            {"text": "a" * 154, "concat": Concat(0, 2, 1)},
            "161 septets with its header",
            id="too-long-with-header",
        ),
        pytest.param(
            {"text": "ж" * 71, "encoding": Encoding.UCS2},
            "142 octets with its header, 140 fit",
            id="too-long-wide",
        ),
        pytest.param(
            {"text": "\ud83d", "encoding": Encoding.UCS2},
            "half of a surrogate pair",
            id="lone-surrogate",
        ),
        pytest.param(
            {"concat": Concat(256, 2, 1)}, "reference 256 does not fit in 8 bits", id="reference"
        ),
        pytest.param(
            {"concat": Concat(65536, 2, 1, wide=True)},
            "does not fit in 16 bits",
            id="wide-reference",
        ),
        pytest.param(
            {"concat": Concat(-1, 2, 1)}, "reference -1 does not fit", id="negative-reference"
        ),
        pytest.param({"concat": Concat(0, 2, 3)}, "part 3 of 2", id="part-behind-the-last"),
        pytest.param({"concat": Concat(0, 2, 0)}, "part 0 of 2", id="part-before-the-first"),
        pytest.param({"concat": Concat(0, 256, 1)}, "part 1 of 256", id="too-many-parts"),
        pytest.param({"validity_s": 0}, "validity of 0 s has ended", id="expired"),
        pytest.param({"validity_s": -5}, "validity of -5 s has ended", id="long-expired"),
        *[
            pytest.param({"recipient": number}, "not in E.164", id=f"recipient-{number}")
            for number in (
                "",
                "+",
                "87015550123",
                "+7 701 555 01 23",
                "+0123456789",
                "+7701555012345678",
                "Jarshy",
                "+７701555",
                "+77015550123\n",
            )
        ],
    ],
)
def test_what_cannot_be_written_is_refused_without_showing_it(fields, message):
    with pytest.raises(PduError, match=message) as error:
        encode_submit(submit(**fields))
    assert "701555" not in str(error.value)


def meant_s(validity):
    """What the field says, by the words of 3GPP TS 23.040 9.2.3.12.1 and 9.2.3.12.3."""
    if validity.format == ENHANCED:
        assert validity.octets[0] == 2
        assert validity.octets[2:] == bytes(5)
        return validity.octets[1]
    (value,) = validity.octets
    for first, last, base, step in (
        (0, 143, 5 * MINUTE, 5 * MINUTE),
        (144, 167, 12 * HOUR + 30 * MINUTE, 30 * MINUTE),
        (168, 196, 2 * DAY, DAY),
        (197, 255, 5 * WEEK, WEEK),
    ):
        if first <= value <= last:
            return base + (value - first) * step
    raise AssertionError


@pytest.mark.parametrize(
    ("validity_s", "means_s"),
    [
        pytest.param(1, 1, id="a-second"),
        pytest.param(255, 255, id="all-seconds-that-an-octet-counts"),
        pytest.param(299, 255, id="just-below-five-minutes"),
        pytest.param(300, 300, id="five-minutes"),
        pytest.param(599, 300, id="just-below-ten-minutes"),
        pytest.param(12 * HOUR, 12 * HOUR, id="half-a-day"),
        pytest.param(12 * HOUR + 1799, 12 * HOUR, id="just-below-half-an-hour-more"),
        pytest.param(12 * HOUR + 1800, 12 * HOUR + 1800, id="half-an-hour-more"),
        pytest.param(DAY, DAY, id="a-day"),
        pytest.param(2 * DAY - 1, DAY, id="nothing-between-one-day-and-two"),
        pytest.param(2 * DAY, 2 * DAY, id="two-days"),
        pytest.param(30 * DAY, 30 * DAY, id="thirty-days"),
        pytest.param(5 * WEEK - 1, 30 * DAY, id="nothing-between-thirty-days-and-five-weeks"),
        pytest.param(5 * WEEK, 5 * WEEK, id="five-weeks"),
        pytest.param(63 * WEEK, 63 * WEEK, id="sixty-three-weeks"),
        pytest.param(500 * WEEK, 63 * WEEK, id="no-more-than-sixty-three-weeks"),
    ],
)
def test_validity_is_the_longest_that_the_field_can_say(validity_s, means_s):
    assert meant_s(encode_validity(validity_s)) == means_s


def test_validity_never_outlives_what_was_asked_and_never_shrinks_as_more_is_asked():
    before = 0
    for validity_s in [*range(1, 700), *range(700, 70 * WEEK, 1733)]:
        means_s = meant_s(encode_validity(validity_s))
        assert before <= means_s <= validity_s
        before = means_s
    assert encode_validity(64 * WEEK).octets == b"\xff"
    assert encode_validity(64 * WEEK).format == RELATIVE


def test_no_validity_leaves_the_field_out():
    assert encode_validity(None).octets == b""
    assert encode_validity(None).format == 0
