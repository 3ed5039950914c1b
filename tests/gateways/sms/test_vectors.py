"""PDUs as real modems, phones and other projects have them, where they are at hand.

What we read or write differently is listed with the reason, and nothing else may differ.
"""

import json
from datetime import datetime
from pathlib import Path

import pytest

from gateways.sms import gsm7, shifts
from gateways.sms.segments import Encoding
from gateways.sms.submit import Concat, Submit, encode_submit
from gateways.sms.tpdu import Deliver, PduError, StatusReport, decode
from tests.gateways.sms import pdus

VECTORS = Path(__file__).parents[4] / "shared/samples/pdu/vectors.jsonl"

# Read otherwise than the vector, or the project it is from, has it.
DISAGREEMENTS = {
    209: "type 01 towards a phone is no message to read, and behind it comes no whole header",
}

# User data of messages to be sent that we refuse to read.
UNREADABLE = {
    51: "announces more octets than fit; what is missing is not made up",
    177: "is in the Urdu table, which we do not have",
    179: "is in the Urdu tables, which we do not have",
    181: "is in the Kannada table, which we do not have",
}

# Messages to be sent that our Submit has no words for; their user data is compared all the same.
NEVER_SENT_SO = {
    13: "the recipient is not international",
    37: "announces eleven digits of the recipient and has twelve",
    47: "has a reference of its own",
    53: "the validity is an absolute time",
    57: "rejects duplicates",
    59: "has a reference of its own, and the recipient is not international",
    61: "rejects duplicates",
    103: "has a message class",
    105: "has a message class",
    111: "the recipient is not international",
    113: "the recipient is not international",
    155: "has a reference and a protocol of its own",
    165: "has a reference of its own",
    167: "has a reference of its own",
}

# And those whose user data no Submit of ours has either.
NEVER_WRITTEN_SO = UNREADABLE | {
    35: "has elements for bold and italic type",
    39: "is in the Turkish table, without a header that says so",
    41: "is in the Portuguese table, without a header that says so",
    43: "is in the Spanish table, without a header that says so",
    127: "fills seven spare bits with a carriage return, as only USSD does",
    183: "is in the Spanish table",
}

RELATIVE_S = {0x00: 5 * 60, 0xAA: 4 * 86400}


def vectors(*types):
    if not VECTORS.exists():
        return [pytest.param({}, marks=pytest.mark.skip("no samples beside the project"))]
    rows = map(json.loads, VECTORS.read_text(encoding="utf-8").splitlines())
    return [pytest.param(row, id=str(row["id"])) for row in rows if row["type"] in types]


def when(text):
    return datetime.fromisoformat(text) if text else None


@pytest.mark.parametrize("row", vectors("deliver"))
def test_a_message_reads_as_its_source_says(row):
    heard = decode(row["pdu"], smsc_included=row["smsc_included"])
    assert isinstance(heard, Deliver)
    said = [element["concat"] for element in row["udh"] or [] if "concat" in element]
    ports = [element["ports"] for element in row["udh"] or [] if "ports" in element]
    concat = heard.concat
    assert heard.sender.value == row["number"]
    assert heard.text == row["text"]
    assert heard.data == (bytes.fromhex(row["data"]) if "data" in row else None)
    assert heard.sent_at == when(row["timestamp"])
    assert heard.sent_at.utcoffset() == when(row["timestamp"]).utcoffset()
    assert (heard.pid, heard.dcs, heard.alphabet.value) == (row["pid"], row["dcs"], row["alphabet"])
    assert heard.message_class == row.get("class")
    assert heard.smsc == row.get("smsc")
    assert heard.ports == (tuple(ports[0][end] for end in ("dst", "src")) if ports else None)
    if said:
        told = [said[0][field] for field in ("ref", "total", "seq", "bits")]
        assert [concat.reference, concat.total, concat.sequence, 16 if concat.wide else 8] == told
    else:
        assert concat is None


@pytest.mark.parametrize("row", vectors("status-report"))
def test_a_report_reads_as_its_source_says(row):
    heard = decode(row["pdu"], smsc_included=row["smsc_included"])
    assert isinstance(heard, StatusReport)
    assert (heard.reference, heard.status) == (row["mr"], row["status"])
    assert heard.recipient.value == row["number"]
    assert (heard.sent_at, heard.discharged_at) == (when(row["timestamp"]), when(row["discharge"]))


@pytest.mark.parametrize("row", vectors("reject", "submit", None))
def test_what_is_no_received_message_is_refused_with_a_reason(row):
    with pytest.raises(PduError, match=r"[a-z]{3}"):
        decode(row["pdu"], smsc_included=row["smsc_included"])


def tpdu_of(row):
    octets = bytes.fromhex(row["pdu"])
    return octets[1 + octets[0] :] if row["smsc_included"] else octets


def coding_at(tpdu):
    """Where the coding scheme stands, behind the recipient's address and the protocol."""
    return 4 + (tpdu[2] + 1) // 2 + 1


def user_data(tpdu):
    """Length and user data of a message to be sent."""
    validity_octets = {0b00: 0, 0b01: 7, 0b10: 1, 0b11: 7}[tpdu[0] >> 3 & 3]
    return tpdu[coding_at(tpdu) + 1 + validity_octets :]


@pytest.mark.parametrize("row", vectors("submit"))
def test_the_text_of_a_message_to_be_sent_reads_when_it_is_received(row):
    tpdu = tpdu_of(row)
    received = pdus.deliver(user_data(tpdu), dcs=tpdu[coding_at(tpdu)], udh=bool(tpdu[0] & 0x40))
    if row["id"] in UNREADABLE:
        with pytest.raises(PduError, match=r"octets, 140 are allowed|national table"):
            decode(received)
    elif "forced_locking_shift" in row:
        length, *octets = user_data(tpdu)
        single = shifts.SINGLE.get(row.get("forced_single_shift"), gsm7.EXTENSION)
        septets = gsm7.unpack(bytes(octets), length)
        assert (
            gsm7.decode(septets, shifts.LOCKING[row["forced_locking_shift"]], single) == row["text"]
        )
    else:
        assert decode(received).text == row["text"]


@pytest.mark.parametrize("row", vectors("submit"))
def test_a_message_is_written_as_its_source_has_it(row):
    if row["id"] in NEVER_WRITTEN_SO:
        pytest.skip(NEVER_WRITTEN_SO[row["id"]])
    tpdu = tpdu_of(row)
    validity = tpdu[coding_at(tpdu) + 1] if tpdu[0] >> 3 & 3 else None
    parts = [element["concat"] for element in row["udh"] or []]
    submit = Submit(
        recipient="+999" if row["id"] in NEVER_SENT_SO else row["number"],
        text=row["text"],
        encoding=Encoding(row["alphabet"]),
        concat=Concat(parts[0]["ref"], parts[0]["total"], parts[0]["seq"]) if parts else None,
        validity_s=RELATIVE_S.get(validity),
        report=bool(tpdu[0] & 0x20),
    )
    written = bytes.fromhex(encode_submit(submit).hex)[1:]
    assert user_data(written) == user_data(tpdu)
    assert row["id"] in NEVER_SENT_SO or written == tpdu
