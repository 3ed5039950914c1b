"""Read an SMS-STATUS-REPORT: what became of a message (3GPP TS 23.040 9.2.2.3)."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateways.sms.address import Address, read_address
from gateways.sms.dcs import Alphabet, read_coding
from gateways.sms.octets import Reader
from gateways.sms.timestamp import OCTETS, read_timestamp
from gateways.sms.userdata import read_user_data

_HAS_HEADER = 0x40
_HAS_PID, _HAS_DCS, _HAS_USER_DATA = 0x01, 0x02, 0x04  # TP-PI (9.2.3.27)
_MORE_INDICATORS = 0x80
_FILLER = 0xFF  # a SIM's record is filled up with it (3GPP TS 31.102 4.2.25)
_GROUP_SIZE = 32


class Outcome(Enum):
    """How it stands with the message, by groups of TP-ST (9.2.3.15)."""

    DELIVERED = "delivered"
    TRYING = "trying"
    FAILED = "failed"
    GAVE_UP = "gave-up"


_OUTCOMES = (Outcome.DELIVERED, Outcome.TRYING, Outcome.FAILED, Outcome.GAVE_UP)


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What the service centre tells of one segment.

    Attributes:
        reference: that the modem told when it took the segment.
        recipient: of the segment.
        sent_at: when the centre took it, None where it told no time.
        discharged_at: when it was delivered, or last tried; None likewise.
        status: TP-ST, 0-255.
        outcome: its meaning for us.
        smsc: number of the service centre, None where not told.
    """

    reference: int
    recipient: Address
    sent_at: datetime | None
    discharged_at: datetime | None
    status: int
    outcome: Outcome
    smsc: str | None


def outcome_of(status: int) -> Outcome:
    """The group of `status`; what is reserved reads as rejected (9.2.3.15)."""
    group = status // _GROUP_SIZE
    return _OUTCOMES[group] if group < len(_OUTCOMES) else Outcome.GAVE_UP


def read_report(reader: Reader, first: int, smsc: str | None) -> StatusReport:
    """The report behind its `first` octet.

    Raises:
        PduError: it cannot be read whole.
    """
    reference = reader.octet("the message reference")
    recipient = read_address(reader, "recipient")
    sent_at = read_timestamp(reader.take(OCTETS, "the time stamp"))
    discharged_at = read_timestamp(reader.take(OCTETS, "the discharge time"))
    status = reader.octet("the status")
    _skip_optional(reader, has_header=bool(first & _HAS_HEADER))
    outcome = outcome_of(status)
    return StatusReport(reference, recipient, sent_at, discharged_at, status, outcome, smsc)


def _skip_optional(reader: Reader, *, has_header: bool) -> None:
    """Read what follows the status, for nothing but to see that it is whole."""
    present = reader.octet("the parameter indicator") if reader.left else 0
    if present == _FILLER:
        return
    more = present
    while more & _MORE_INDICATORS:
        more = reader.octet("a further parameter indicator")
    if present & _HAS_PID:
        reader.octet("the protocol identifier")
    alphabet = Alphabet.GSM7
    if present & _HAS_DCS:
        alphabet = read_coding(reader.octet("the data coding scheme"), reader.at - 1).alphabet
    if present & _HAS_USER_DATA:
        read_user_data(reader, alphabet, has_header=has_header)
