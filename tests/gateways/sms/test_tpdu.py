from datetime import UTC, datetime, timedelta, timezone

import pytest

from gateways.sms import shifts
from gateways.sms.tpdu import (
    Address,
    AddressKind,
    Alphabet,
    Concat,
    Deliver,
    Kind,
    PduError,
    decode,
)
from tests.gateways.sms import pdus

SENT = datetime(2026, 1, 5, 14, 20, 31, tzinfo=timezone(timedelta(hours=5)))
DONE = SENT + timedelta(seconds=8)
PERSON = Address(AddressKind.INTERNATIONAL, "+77015550123")
HALF = pdus.header(pdus.element(0, [9, 2, 1]))


def wide(words, head=b"", dcs=pdus.UCS2, **fields):
    return decode(pdus.deliver(pdus.wide(head, words), udh=bool(head), dcs=dcs, **fields))


def narrow(words, head=b"", **fields):
    body = pdus.packed(head, pdus.septet_codes(words))
    return decode(pdus.deliver(body, udh=bool(head), **fields))


def test_a_text_is_read_with_all_that_the_network_tells():
    assert narrow("SALEM {1}") == Deliver(
        sender=PERSON,
        sent_at=SENT,
        text="SALEM {1}",
        data=None,
        alphabet=Alphabet.GSM7,
        concat=None,
        ports=None,
        pid=0,
        dcs=0,
        message_class=None,
        kind=Kind.TEXT,
        more_to_send=False,
        smsc="+77019900000",
    )


@pytest.mark.parametrize("words", ["ЖАҢАЛЫҚ", "Где вода? 😀", "", "\u202eabc", "ж" * 70], ids=ascii)
def test_wide_text_is_read(words):
    assert wide(words).text == words


@pytest.mark.parametrize(
    "words",
    ["", "@", "a@", "abcdefg@", "abcdefgh", "@@@@@@@@", "1234567\r", "€" * 80, "§à" * 80],
    ids=ascii,
)
def test_narrow_text_is_read_to_its_last_character(words):
    assert narrow(words).text == words


@pytest.mark.parametrize("reference_octets", [1, 2])
@pytest.mark.parametrize("fill", range(7))
def test_text_behind_a_header_of_any_length_keeps_its_first_character(fill, reference_octets):
    kind, reference = (0, [200]) if reference_octets == 1 else (8, [0x12, 0x34])
    head = pdus.header(pdus.element(kind, [*reference, 3, 2]), pdus.element(0x70, bytes(fill)))
    heard = narrow("HELP me", head)
    assert heard.text == "HELP me"
    assert heard.concat == Concat(
        int.from_bytes(bytes(reference), "big"), 3, 2, reference_octets == 2
    )


def test_wide_text_behind_a_header_is_read():
    heard = wide("КӨМЕК", HALF)
    assert (heard.text, heard.concat) == ("КӨМЕК", Concat(9, 2, 1))


@pytest.mark.parametrize(
    ("elements", "concat"),
    [
        pytest.param([(0, [9, 0, 0])], None, id="no-parts"),
        pytest.param([(0, [9, 2, 0])], None, id="before-the-first"),
        pytest.param([(0, [9, 2, 3])], None, id="behind-the-last"),
        pytest.param([(0, [9, 2])], None, id="too-short-to-say-it"),
        pytest.param(
            [(0, [9, 2, 1]), (8, [0, 7, 3, 2])],
            Concat(7, 3, 2, wide=True),
            id="the-last-one-counts",
        ),
        pytest.param(
            [(8, [0, 7, 3, 2]), (0, [9, 2, 1])],
            Concat(9, 2, 1),
            id="the-last-one-counts-the-other-way",
        ),
        pytest.param(
            [(0, [8, 2, 2]), (5, [0, 1, 0, 2]), (0, [9, 2, 1])], Concat(9, 2, 1), id="said-twice"
        ),
        pytest.param(
            [(0x0A, [0, 4, 16]), (0, [9, 2, 1])], Concat(9, 2, 1), id="behind-what-we-do-not-heed"
        ),
        pytest.param([(0, [9, 255, 255])], Concat(9, 255, 255), id="most-parts"),
    ],
)
def test_which_part_it_is(elements, concat):
    assert narrow("x", pdus.header(*(pdus.element(*each) for each in elements))).concat == concat


@pytest.mark.parametrize(
    ("fields", "elements", "kind"),
    [
        pytest.param({}, [], Kind.TEXT, id="text"),
        pytest.param({"pid": 0x20}, [], Kind.TEXT, id="telematic"),
        pytest.param({"pid": 0x39}, [], Kind.TEXT, id="to-another-network"),
        pytest.param({"pid": 0x40}, [], Kind.SILENT, id="type-0"),
        pytest.param({"pid": 0x41}, [], Kind.REPLACE, id="replace-type-1"),
        pytest.param({"pid": 0x47}, [], Kind.REPLACE, id="replace-type-7"),
        pytest.param({"pid": 0x5F}, [], Kind.TEXT, id="return-call"),
        pytest.param({"pid": 0x7F}, [], Kind.DATA, id="sim-data-download"),
        pytest.param({"dcs": 0xC8}, [], Kind.WAITING, id="voice-mail-discard"),
        pytest.param({"dcs": 0xD8}, [], Kind.WAITING, id="voice-mail-store"),
        pytest.param({}, [(1, [0x80, 1])], Kind.WAITING, id="voice-mail-by-header"),
        pytest.param({}, [(5, [0x0B, 0x84, 0x23, 0xF0])], Kind.WAP_PUSH, id="wap-push"),
        pytest.param({}, [(5, [0x0B, 0x85, 0x23, 0xF0])], Kind.WAP_PUSH, id="wap-push-secure"),
        pytest.param({}, [(5, [0x15, 0x8A, 0, 0])], Kind.DATA, id="another-application"),
        pytest.param({}, [(4, [0xF0, 0xF1])], Kind.DATA, id="application-by-8-bit-ports"),
        pytest.param(
            {"pid": 0x40}, [(5, [0x0B, 0x84, 0x23, 0xF0])], Kind.SILENT, id="type-0-before-all"
        ),
    ],
)
def test_what_a_message_is_for(fields, elements, kind):
    head = pdus.header(*(pdus.element(*each) for each in elements)) if elements else b""
    assert narrow("x", head, **fields).kind is kind


@pytest.mark.parametrize(
    ("element", "ports"),
    [
        ((5, [0x0B, 0x84, 0x23, 0xF0]), (2948, 9200)),
        ((4, [240, 241]), (240, 241)),
        ((5, [1, 2, 3]), None),
    ],
)
def test_ports_are_destination_and_source(element, ports):
    assert narrow("x", pdus.header(pdus.element(*element))).ports == ports


CODINGS = [
    *[
        (dcs, Alphabet.GSM7, None)
        for dcs in (0x00, 0x01, 0x0C, 0x40, 0x4C, 0x80, 0x9F, 0xBF, 0xC0, 0xCF, 0xD0, 0xDF)
    ],
    *[(0x10 + level, Alphabet.GSM7, level) for level in range(4)],
    *[(0x50 + level, Alphabet.GSM7, level) for level in range(4)],
    *[(0xF0 + level, Alphabet.GSM7, level) for level in range(4)],
    *[(0xF8 + level, Alphabet.GSM7, level) for level in range(4)],
    *[(0xF4 + level, Alphabet.EIGHT_BIT, level) for level in range(4)],
    (0x04, Alphabet.EIGHT_BIT, None),
    (0x44, Alphabet.EIGHT_BIT, None),
    (0x16, Alphabet.EIGHT_BIT, 2),
    (0x08, Alphabet.UCS2, None),
    (0x48, Alphabet.UCS2, None),
    (0x18, Alphabet.UCS2, 0),
    (0x19, Alphabet.UCS2, 1),
    (0xE0, Alphabet.UCS2, None),
    (0xEF, Alphabet.UCS2, None),
]


@pytest.mark.parametrize(
    ("dcs", "alphabet", "level"),
    CODINGS,
    ids=lambda value: f"{value:#x}" if isinstance(value, int) else "",
)
def test_each_coding_scheme_names_its_alphabet_and_class(dcs, alphabet, level):
    body = pdus.packed(b"", [65, 66]) if alphabet is Alphabet.GSM7 else b"\x02\x04\x36"
    heard = decode(pdus.deliver(body, dcs=dcs))
    assert (heard.alphabet, heard.message_class) == (alphabet, level)
    assert (
        heard.text == {Alphabet.GSM7: "AB", Alphabet.UCS2: "ж", Alphabet.EIGHT_BIT: None}[alphabet]
    )
    assert heard.data == (b"\x04\x36" if alphabet is Alphabet.EIGHT_BIT else None)


@pytest.mark.parametrize("dcs", [0x20, 0x28, 0x3F, 0x60, 0x7F])
def test_compressed_text_is_refused(dcs):
    with pytest.raises(PduError, match="compressed, which is not read here, at octet 18"):
        narrow("x", dcs=dcs)


@pytest.mark.parametrize(
    ("elements", "codes", "text"),
    [
        pytest.param(
            [(0x25, [1])], [0x0B, 0x0C, 0x40, 0x60, 0x1B, 0x65], "Ğğİç€", id="turkish-locking"
        ),
        pytest.param([(0x24, [1])], [0x1B, 0x47, 0x0B, 0x1B, 0x40], "ĞØ|", id="turkish-single"),
        pytest.param([(0x24, [2])], [0x1B, 0x61, 0x61, 0x1B, 0x65], "áa€", id="spanish-single"),
        pytest.param([(0x25, [2])], [0x0B], "Ø", id="spanish-locking-is-the-default"),
        pytest.param(
            [(0x25, [3]), (0x24, [3])], [0x7B, 0x1B, 0x7B, 0x1B, 0x42], "ããB", id="portuguese-both"
        ),
        pytest.param(
            [(0x25, [0]), (0x24, [0])], [0x0B, 0x1B, 0x65], "Ø€", id="number-0-is-the-default"
        ),
        pytest.param([(0x25, [])], [0x0B], "Ø", id="no-number-says-nothing"),
    ],
)
def test_national_tables_are_heeded(elements, codes, text):
    head = pdus.header(*(pdus.element(*each) for each in elements))
    assert decode(pdus.deliver(pdus.packed(head, codes), udh=True)).text == text


@pytest.mark.parametrize(
    "element",
    [(kind, [language]) for kind in (0x24, 0x25) for language in (4, 13, 14, 255)],
    ids=str,
)
def test_a_text_in_an_unknown_national_table_is_refused_rather_than_misread(element):
    assert element[1][0] not in shifts.SINGLE
    with pytest.raises(PduError, match="needs a national table"):
        narrow("x", pdus.header(pdus.element(*element)))


def test_a_national_table_is_no_matter_for_wide_text():
    assert wide("ж", pdus.header(pdus.element(0x25, [13]))).text == "ж"


@pytest.mark.parametrize(
    ("octets", "address"),
    [
        pytest.param(pdus.number("+77015550123"), PERSON, id="international"),
        pytest.param(
            pdus.number("87015550123", 0xA1),
            Address(AddressKind.NATIONAL, "87015550123"),
            id="national",
        ),
        pytest.param(pdus.number("3311"), Address(AddressKind.UNKNOWN, "3311"), id="unknown"),
        pytest.param(pdus.number("331"), Address(AddressKind.UNKNOWN, "331"), id="odd-digits"),
        pytest.param(
            pdus.number("3311", 0xE1), Address(AddressKind.SHORT, "3311"), id="abbreviated"
        ),
        pytest.param(
            pdus.number("3311", 0xB1), Address(AddressKind.NETWORK, "3311"), id="network-specific"
        ),
        pytest.param(
            pdus.name("Bank KZ"), Address(AddressKind.ALPHANUMERIC, "Bank KZ"), id="name-of-seven"
        ),
        pytest.param(
            pdus.name("{Bank}"), Address(AddressKind.ALPHANUMERIC, "{Bank}"), id="name-with-escapes"
        ),
        pytest.param(
            pdus.name("Elevenchars"),
            Address(AddressKind.ALPHANUMERIC, "Elevenchars"),
            id="longest-name",
        ),
        pytest.param(b"\0\x91", Address(AddressKind.INTERNATIONAL, ""), id="withheld"),
        pytest.param(b"\0\x80", Address(AddressKind.UNKNOWN, ""), id="nothing"),
        pytest.param(b"\x05\x81\xba\xdc\xfe", Address(AddressKind.UNKNOWN, "*#abc"), id="signs"),
        pytest.param(
            b"\x04\x81\x33\xf1", Address(AddressKind.UNKNOWN, "331"), id="filler-counted-as-a-digit"
        ),
    ],
)
def test_senders_are_read(octets, address):
    assert narrow("x", sender=octets).sender == address


@pytest.mark.parametrize(
    ("octets", "when"),
    [
        pytest.param(pdus.stamp(SENT), SENT, id="east"),
        pytest.param(
            pdus.stamp(SENT.astimezone(timezone(-timedelta(hours=3, minutes=30)))), SENT, id="west"
        ),
        pytest.param(pdus.stamp(SENT.astimezone(UTC)), SENT, id="greenwich"),
        pytest.param(bytes(7), None, id="zeros"),
        pytest.param(b"\xff" * 7, None, id="fillers"),
        pytest.param(bytes.fromhex("62200341021302"), None, id="thirtieth-of-february"),
        pytest.param(bytes.fromhex("62105042021302"), None, id="hour-24"),
        pytest.param(bytes.fromhex("621050410213A2"), None, id="zone-digit-above-nine"),
        pytest.param(
            bytes.fromhex("62105041021397"),
            datetime(2026, 1, 5, 14, 20, 31, tzinfo=timezone(timedelta(minutes=79 * 15))),
            id="farthest-zone",
        ),
    ],
)
def test_times_are_aware_or_none(octets, when):
    assert narrow("x", when=octets).sent_at == when


def test_the_zone_is_the_centres():
    west = SENT.astimezone(timezone(-timedelta(hours=3)))
    assert narrow("x", when=pdus.stamp(west)).sent_at.utcoffset() == -timedelta(hours=3)


def test_more_to_send_is_told():
    assert narrow("x", first=0x00).more_to_send


@pytest.mark.parametrize(
    ("centre", "smsc"),
    [
        pytest.param("00", None, id="left-out"),
        pytest.param("0191", "", id="type-alone"),
        pytest.param("03812143", "1234", id="short"),
    ],
)
def test_the_centre_may_be_told_or_not(centre, smsc):
    assert decode(centre + pdus.text("x").removeprefix(pdus.CENTRE)).smsc == smsc


def test_a_message_may_come_without_the_centres_address():
    heard = decode(pdus.text("x").removeprefix(pdus.CENTRE), smsc_included=False)
    assert (heard.text, heard.smsc) == ("x", None)


@pytest.mark.parametrize(
    "change",
    [str.lower, lambda pdu: f" {pdu}\r\n", lambda pdu: pdu + "FF" * 100],
    ids=["lower-case", "space-around", "filler-behind"],
)
def test_what_modems_add_does_no_harm(change):
    assert decode(change(pdus.text("SALEM"))).text == "SALEM"


@pytest.mark.parametrize(
    ("pdu", "message"),
    [
        pytest.param("", r"first|centre", id="empty"),
        pytest.param("0", "1 digits are not whole octets", id="half-an-octet"),
        pytest.param("XY", "not hexadecimal", id="other-letters"),
        pytest.param("00 0", "not hexadecimal", id="space-within"),
        pytest.param("٠٠٠٠", "not hexadecimal", id="digits-of-another-script"),
        pytest.param("00" * 300, "600 digits are no message", id="too-long"),
        pytest.param(
            "0C" + "91" * 12, "12 octets, 11 are allowed, at octet 0", id="centre-too-long"
        ),
        pytest.param(
            "0791771099",
            r"centre's address is cut off \(7 wanted, 4 left\), at octet 1",
            id="centre-cut-off",
        ),
        pytest.param("0001", "to be sent, not one that was received, at octet 1", id="submit"),
        pytest.param("0003", "reserved, at octet 1", id="reserved-type"),
        pytest.param("00", r"the first octet is cut off .*, at octet 1", id="centre-alone"),
        pytest.param(
            "000415" + "91" * 30,
            "sender's address has 21 semi-octets, 20 are allowed, at octet 2",
            id="sender-too-long",
        ),
        pytest.param(
            "00040491F133" + "00" * 20,
            "filler between its digits, at octet 2",
            id="filler-in-the-sender",
        ),
        pytest.param(
            pdus.text("abc")[:-2], r"user data is cut off \(3 wanted, 2 left\)", id="text-cut-off"
        ),
        pytest.param(
            pdus.deliver(b"\xa1" + bytes(141)),
            "141 octets, 140 are allowed",
            id="too-many-septets",
        ),
        pytest.param(
            pdus.deliver(b"\x8d" + bytes(141), dcs=8),
            "141 octets, 140 are allowed",
            id="too-many-octets",
        ),
        pytest.param(
            pdus.deliver(b"\0", udh=True), "header announced is longer", id="header-of-nothing"
        ),
        pytest.param(
            pdus.deliver(b"\x02\x05\0", dcs=8, udh=True),
            "header announced is longer",
            id="header-cut-off",
        ),
        pytest.param(
            pdus.deliver(b"\x04\x03\0\x05\x01", dcs=8, udh=True),
            "element is longer than the header, at octet 28",
            id="element-too-long",
        ),
        pytest.param(
            pdus.deliver(b"\x02\x01\0", dcs=8, udh=True),
            "element is longer than the header",
            id="element-without-length",
        ),
        pytest.param(
            pdus.deliver(b"\x06\x05\0\x03\x09\x02\x01", udh=True),
            "header is longer than the user data",
            id="header-longer-than-the-septets",
        ),
        pytest.param(
            pdus.report(0, sent=SENT, done=DONE)[:-2],
            "the status is cut off",
            id="report-without-status",
        ),
        pytest.param(
            pdus.report(0, sent=SENT, done=DONE, more=b"\x01"),
            "protocol identifier is cut off",
            id="announced-and-not-there",
        ),
        pytest.param(
            pdus.report(0, sent=SENT, done=DONE, more=b"\x81"),
            "further parameter indicator is cut off",
            id="indicator-cut-off",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_and_where(pdu, message):
    with pytest.raises(PduError, match=message):
        decode(pdu)


@pytest.mark.parametrize(
    "pdu",
    [
        pdus.text("SALEM ALL"),
        pdus.report(0, sent=SENT, done=DONE),
        pdus.deliver(pdus.wide(HALF, "КӨМЕК"), udh=True, dcs=8),
    ],
    ids=["text", "report", "part"],
)
def test_a_message_cut_anywhere_is_refused_and_nothing_of_it_is_shown(pdu):
    for end in range(len(pdu)):
        with pytest.raises(PduError) as error:
            decode(pdu[:end])
        assert "5550123" not in str(error.value)
        assert "SALEM" not in str(error.value)
        assert error.value.__cause__ is None
