from datetime import datetime, timedelta, timezone

import pytest

from gateways.sms.tpdu import Address, AddressKind, Outcome, StatusReport, decode
from tests.gateways.sms import pdus

SENT = datetime(2026, 1, 5, 14, 20, 31, tzinfo=timezone(timedelta(hours=5)))
DONE = SENT + timedelta(seconds=8)
PERSON = Address(AddressKind.INTERNATIONAL, "+77015550123")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        *[(status, Outcome.DELIVERED) for status in (0, 1, 2, 31)],
        *[(status, Outcome.TRYING) for status in (32, 48, 63)],
        *[(status, Outcome.FAILED) for status in (64, 70, 95)],
        *[(status, Outcome.GAVE_UP) for status in (96, 127, 128, 171, 255)],
    ],
)
def test_a_report_says_how_it_stands(status, outcome):
    heard = decode(pdus.report(status, sent=SENT, done=DONE))
    assert heard == StatusReport(7, PERSON, SENT, DONE, status, outcome, "+77019900000")


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(b"\x00", id="nothing-announced"),
        pytest.param(b"\x01\x00", id="protocol"),
        pytest.param(b"\x02\x08", id="coding"),
        pytest.param(b"\x07\x00\x08\x02\x04\x36", id="all"),
        pytest.param(b"\x81\x00\x00", id="further-indicators"),
        pytest.param(b"\xff" * 40, id="filler-of-a-sim"),
    ],
)
def test_what_follows_the_status_does_not_matter_when_it_is_whole(more):
    assert decode(pdus.report(0, sent=SENT, done=DONE, more=more)).outcome is Outcome.DELIVERED


def test_a_report_without_times_is_a_report():
    whole = pdus.report(0, sent=SENT, done=DONE)
    timeless = whole.replace(
        pdus.stamp(SENT).hex().upper() + pdus.stamp(DONE).hex().upper(), "FF" * 14
    )
    heard = decode(timeless)
    assert (heard.sent_at, heard.discharged_at, heard.outcome) == (None, None, Outcome.DELIVERED)
