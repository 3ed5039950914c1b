import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.sms import gsm7, shifts, ucs2
from gateways.sms.octets import PduError
from tests.gateways.sms import pdus

TEXTS = st.text(st.sampled_from(sorted(pdus.CODES)), max_size=160)


@pytest.mark.parametrize("character", sorted(pdus.CODES), ids=ascii)
def test_each_character_has_the_code_the_standard_prints(character):
    assert list(gsm7.encode(character)) == pdus.CODES[character]
    assert gsm7.decode(bytes(pdus.CODES[character])) == character


def test_the_alphabet_has_137_characters():
    assert len(gsm7.DEFAULT) == 128
    assert len(set(gsm7.DEFAULT)) == 128
    assert len(gsm7.EXTENSION) == 10


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        pytest.param("", True, id="nothing"),
        pytest.param("Ä Ö Ü Ñ ä ö ü ñ à é §", True, id="western-letters"),
        pytest.param("ç", False, id="small-c-cedilla-is-not-the-capital"),
        pytest.param("`", False, id="grave-accent"),
        pytest.param("\x1b", False, id="the-escape-itself-is-no-character"),
        pytest.param("\t", False, id="tab"),
        *[pytest.param(sign, False, id=ascii(sign)) for sign in "«»“”’–—…№₸ĞğŞşŪūİı\xa0"],
        *[pytest.param(letter, False, id=ascii(letter)) for letter in "жӘәҚқ"],
    ],
)
def test_what_is_in_the_alphabet(text, holds):
    assert gsm7.is_gsm7(text) is holds


def test_characters_of_the_extension_take_two_septets():
    assert gsm7.septets("a€[]") == 7
    assert gsm7.lengths("a€") == [1, 2]


def test_a_character_outside_the_alphabet_is_named_by_its_place_alone():
    with pytest.raises(PduError, match="character 2 is not in the GSM 7-bit alphabet") as error:
        gsm7.encode("abж")
    assert "ж" not in str(error.value)


@pytest.mark.parametrize(
    ("codes", "text"),
    [
        pytest.param([0x41, 0x1B], "A ", id="escape-at-the-end-is-a-space"),
        pytest.param([0x1B, 0x1B, 0x41], " A", id="two-escapes-are-one-space"),
        pytest.param([0x1B, 0x41], "A", id="what-the-extension-lacks-reads-as-in-the-main-table"),
        pytest.param([0xC1], "A", id="the-eighth-bit-is-ignored"),
    ],
)
def test_codes_outside_the_tables_read_as_the_standard_says(codes, text):
    assert gsm7.decode(bytes(codes)) == text


@given(TEXTS, st.integers(0, 6))
def test_packing_agrees_with_one_big_number(text, fill_bits):
    codes = pdus.septet_codes(text)
    number = sum(code << (7 * place + fill_bits) for place, code in enumerate(codes))
    octets = gsm7.pack(bytes(codes), fill_bits)
    assert int.from_bytes(octets, "little") == number
    assert len(octets) == -(-(7 * len(codes) + fill_bits) // 8)
    assert gsm7.unpack(octets, len(codes), fill_bits) == bytes(codes)


@pytest.mark.parametrize("text", ["1234567@", "1234567", "12345678", "@@@@@@@@", "1234567\r"])
def test_the_count_tells_a_last_at_sign_from_spare_bits(text):
    assert gsm7.decode(gsm7.unpack(gsm7.pack(gsm7.encode(text)), len(text))) == text


def test_too_few_octets_for_the_count_are_refused():
    with pytest.raises(PduError, match="9 septets do not fit in 7 octets"):
        gsm7.unpack(bytes(7), 9)
    assert gsm7.unpack(b"", 0) == b""


@pytest.mark.parametrize(
    ("language", "words"),
    [
        pytest.param(shifts.TURKISH, "€ ı Ğ ğ Ş ş İ ç", id="turkish"),
        pytest.param(
            shifts.PORTUGUESE,
            "ê ú í ó ç Ô ô Á á ª Ç À ∞ ^ \\ € Ó | Â â Ê º Í Ã Õ Ú ~ ã õ `",
            id="portuguese",
        ),
    ],
)
def test_a_locking_table_holds_the_letters_of_its_language(language, words):
    table = shifts.LOCKING[language]
    assert len(table) == 128
    assert set(words) <= set(table)
    assert [table.index(letter) for letter in "AZaz09 \n\r\x1b"] == [
        65,
        90,
        97,
        122,
        48,
        57,
        32,
        10,
        13,
        27,
    ]


def test_spanish_leaves_the_main_table_in_place():
    assert shifts.LOCKING[shifts.SPANISH] == gsm7.DEFAULT


@pytest.mark.parametrize("language", sorted(shifts.SINGLE))
def test_a_single_table_keeps_the_signs_of_the_extension(language):
    assert set(gsm7.EXTENSION.items()) <= set(shifts.SINGLE[language].items())


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        pytest.param("0436", "ж", id="letter"),
        pytest.param("D83DDE00", "😀", id="pair-is-one-character"),
        pytest.param("D83D", "\ufffd", id="first-half-alone"),
        pytest.param("DE000041", "\ufffdA", id="second-half-alone"),
        pytest.param("D83D0041", "\ufffdA", id="first-half-before-a-letter"),
        pytest.param("043604", "ж\ufffd", id="odd-octet-is-not-lost-silently"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_wide_text_reads_as_phones_write_it(octets, text):
    assert ucs2.decode(bytes.fromhex(octets)) == text


def test_half_a_pair_is_never_written():
    with pytest.raises(PduError, match="character 1 is half of a surrogate pair") as error:
        ucs2.encode("ж\ud83d")
    assert error.value.__suppress_context__


def test_an_emoji_takes_two_units():
    assert ucs2.units("ж😀") == 3
