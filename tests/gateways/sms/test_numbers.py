import pytest

from gateways.sms.address import Address, AddressKind
from gateways.sms.numbers import NumberError, Refusal, mask, normalise, refusal

OWN = {"+77010000001"}
ALLOWED = ["+77"]


@pytest.mark.parametrize(
    "raw",
    [
        "+77015550123",
        "+7 701 555 01 23",
        "+7 (701) 555-01-23",
        "+7\u00a0701\u00a0555\u201301\u201323",
        "8 701 555 01 23",
        "8(701)5550123",
        "87015550123",
        "77015550123",
        "7015550123",
        "701.555.01.23",
        "007 701 555 01 23",
        "\u202a+77015550123\u202c",
    ],
    ids=ascii,
)
def test_one_number_has_one_form_however_it_is_written(raw):
    assert normalise(raw) == "+77015550123"


@pytest.mark.parametrize(
    ("raw", "options", "number"),
    [
        pytest.param("+49 171 5550123", {}, "+491715550123", id="abroad-with-plus"),
        pytest.param("0049 171 5550123", {}, "+491715550123", id="abroad-with-zeros"),
        pytest.param(
            "0555 123 456",
            {"country": "996", "trunk": "0", "national_digits": 9},
            "+996555123456",
            id="other-country",
        ),
        pytest.param(
            "555 123 456",
            {"country": "996", "trunk": "0", "national_digits": 9},
            "+996555123456",
            id="other-country-without-trunk",
        ),
    ],
)
def test_other_countries_numbers_keep_their_country(raw, options, number):
    assert normalise(raw, **options) == number


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "+",
        "00",
        "112",
        "5550123",
        "+7701555012",
        "+770155501234",
        "++77015550123",
        "+0077015550123",
        "7015550123 ext 4",
        "+7701x5550123",
        "Jarshy",
        "٧٠١٥٥٥٠١٢٣",
        "+1234567890123456",
        "9" * 5000,
    ],
    ids=lambda raw: ascii(raw[:20]),
)
def test_what_is_no_number_is_refused_and_two_digits_of_it_shown(raw):
    with pytest.raises(NumberError, match="is no phone number: ") as error:
        normalise(raw)
    shown = str(error.value).split(" is no phone number")[0]
    assert len(shown) <= 3


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+77015550167", "…67"),
        ("8 701 555-01-67", "…67"),
        ("112", "…12"),
        ("12", "…"),
        ("", "…"),
        ("Jarshy", "…"),
    ],
)
def test_a_mask_shows_the_last_two_digits(number, shown):
    assert mask(number) == shown


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        pytest.param(AddressKind.INTERNATIONAL, "+77015550123", None, id="person"),
        pytest.param(AddressKind.NATIONAL, "7015550123", None, id="person-national"),
        pytest.param(AddressKind.UNKNOWN, "87015550123", None, id="person-with-trunk"),
        pytest.param(AddressKind.ALPHANUMERIC, "Bank", Refusal.ALPHANUMERIC, id="name"),
        pytest.param(
            AddressKind.ALPHANUMERIC, "87015550123", Refusal.ALPHANUMERIC, id="name-of-digits"
        ),
        pytest.param(AddressKind.SHORT, "3311", Refusal.SHORT_CODE, id="short"),
        pytest.param(AddressKind.UNKNOWN, "1414", Refusal.SHORT_CODE, id="short-by-length"),
        pytest.param(AddressKind.UNKNOWN, "*111#", Refusal.SHORT_CODE, id="service-code"),
        pytest.param(AddressKind.NETWORK, "77015550123", Refusal.SHORT_CODE, id="network-specific"),
        pytest.param(
            AddressKind.INTERNATIONAL,
            "+7588",
            Refusal.SHORT_CODE,
            id="short-said-to-be-international",
        ),
        pytest.param(AddressKind.INTERNATIONAL, "+77010000001", Refusal.OWN_NUMBER, id="own"),
        pytest.param(
            AddressKind.UNKNOWN, "87010000001", Refusal.OWN_NUMBER, id="own-in-other-form"
        ),
        pytest.param(
            AddressKind.INTERNATIONAL, "+79015550123", Refusal.OUTSIDE_PREFIXES, id="neighbour"
        ),
        pytest.param(
            AddressKind.INTERNATIONAL, "+491715550123", Refusal.OUTSIDE_PREFIXES, id="abroad"
        ),
        pytest.param(AddressKind.UNKNOWN, "", Refusal.UNKNOWN, id="withheld"),
        pytest.param(
            AddressKind.UNKNOWN, "123456789", Refusal.UNKNOWN, id="no-number-of-the-country"
        ),
    ],
)
def test_only_what_may_be_a_person_is_answered(kind, value, reason):
    assert refusal(Address(kind, value), OWN, ALLOWED) is reason


def test_without_allowed_prefixes_nobody_is_answered():
    assert (
        refusal(Address(AddressKind.INTERNATIONAL, "+77015550123"), [], [])
        is Refusal.OUTSIDE_PREFIXES
    )
