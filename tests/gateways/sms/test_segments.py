import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.sms import gsm7, ucs2
from gateways.sms.segments import Encoding, TooManySegments, cost, segment

WORDS = st.text(st.sampled_from("aж €😀\n[x"), max_size=900)


def sizes(cut):
    return [
        gsm7.septets(part) if cut.encoding is Encoding.GSM7 else ucs2.units(part)
        for part in cut.parts
    ]


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        pytest.param("", [0], id="empty-is-one-message"),
        pytest.param("a" * 160, [160], id="full-lone-message"),
        pytest.param("a" * 161, [153, 8], id="one-more-needs-the-header"),
        pytest.param("a" * 306, [153, 153], id="two-full"),
        pytest.param("a" * 307, [153, 153, 1], id="third"),
        pytest.param("€" * 80, [160], id="eighty-escapes-alone"),
        pytest.param("a" * 152 + "€" * 5, [152, 10], id="escape-pair-stays-whole"),
        pytest.param("ж" * 70, [70], id="full-lone-wide-message"),
        pytest.param("ж" * 71, [67, 4], id="wide-text-with-header"),
        pytest.param("a" * 70 + "ж", [67, 4], id="one-letter-makes-all-wide"),
        pytest.param("😀" * 35, [70], id="emoji-alone"),
        pytest.param("😀" * 36, [66, 6], id="surrogate-pair-stays-whole"),
    ],
)
def test_parts_have_the_length_the_air_allows(text, lengths):
    assert sizes(segment(text)) == lengths


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        pytest.param("a" * 161, [152, 9], id="gsm"),
        pytest.param("ж" * 71, [66, 5], id="wide"),
        pytest.param("a" * 160, [160], id="alone-needs-no-header"),
    ],
)
def test_a_wide_reference_takes_room_for_one_more(text, lengths):
    assert sizes(segment(text, wide_reference=True)) == lengths


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("ж" * 60 + " " + "ж" * 20, ("ж" * 60 + " ", "ж" * 20), id="behind-the-space"),
        pytest.param("ж" * 60 + "\n" + "ж" * 20, ("ж" * 60 + "\n", "ж" * 20), id="behind-the-line"),
        pytest.param(
            "ж" * 10 + " " + "ж" * 123,
            ("ж" * 10 + " " + "ж" * 56, "ж" * 67),
            id="not-where-it-would-cost",
        ),
        pytest.param(
            "ж" * 66 + " " + "ж" * 9, ("ж" * 66 + " ", "ж" * 9), id="space-last-in-the-part"
        ),
        pytest.param("ж" * 67 + " " + "ж" * 9, ("ж" * 67, " " + "ж" * 9), id="no-space-within"),
    ],
)
def test_cuts_fall_between_words_where_that_is_free(text, parts):
    assert segment(text).parts == parts


def test_the_whole_is_measured():
    assert segment("a€" * 100).units == 300
    assert segment("ж😀").units == 3


@pytest.mark.parametrize(
    ("text", "at_most", "needed", "allowed"),
    [
        pytest.param("ж" * 403, 6, 7, 6, id="more-than-asked"),
        pytest.param("a" * 161, 1, 2, 1, id="more-than-one"),
        pytest.param("a" * (153 * 255 + 1), 999, 256, 255, id="more-than-the-header-counts"),
    ],
)
def test_too_much_text_is_refused_with_the_numbers(text, at_most, needed, allowed):
    with pytest.raises(
        TooManySegments, match=f"needs {needed} segments, {allowed} allowed"
    ) as error:
        segment(text, at_most)
    assert (error.value.needed, error.value.allowed) == (needed, allowed)
    assert cost(text) == needed


@given(WORDS, st.booleans())
def test_joined_parts_are_the_text_and_no_part_is_longer_than_a_message(text, wide):
    cut = segment(text, 255, wide_reference=wide)
    full = {Encoding.GSM7: 153 - wide, Encoding.UCS2: 67 - wide}[cut.encoding]
    assert "".join(cut.parts) == text
    assert sum(sizes(cut)) == cut.units
    assert len(cut.parts) == 1 or all(0 < size <= full for size in sizes(cut))
    if not wide:
        assert cost(text) == len(cut.parts)


@given(WORDS)
def test_no_other_cut_needs_fewer_segments(text):
    cut = segment(text, 255)
    full = 153 if cut.encoding is Encoding.GSM7 else 67
    # A part may stay short by one unit where a pair would not fit.
    assert len(cut.parts) == 1 or len(cut.parts) <= -(-cut.units // (full - 1))
