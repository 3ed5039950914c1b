"""Read what a modem received: a message or a delivery report.

What stands behind the last field is ignored: modems that hand out a SIM's
whole record leave its filler there.  What is missing is never made up.
"""

from gateways.sms.address import Address, AddressKind, read_centre
from gateways.sms.dcs import Alphabet
from gateways.sms.deliver import Deliver, Kind, read_deliver
from gateways.sms.octets import PduError, Reader
from gateways.sms.report import Outcome, StatusReport, read_report
from gateways.sms.udh import Concat

__all__ = [
    "Address",
    "AddressKind",
    "Alphabet",
    "Concat",
    "Deliver",
    "Kind",
    "Outcome",
    "PduError",
    "StatusReport",
    "decode",
]

# A SIM's record has 176 octets (3GPP TS 31.102 4.2.25); what is much longer is no message.
MOST_OCTETS = 255
_TYPE = 0x03
_DELIVER, _SUBMIT, _STATUS_REPORT = 0, 1, 2  # TP-MTI (3GPP TS 23.040 9.2.3.1)


def decode(digits: str, *, smsc_included: bool = True) -> Deliver | StatusReport:
    """The message in the hexadecimal `digits` that a modem listed.

    Args:
        digits: upper or lower case; space around it is ignored.
        smsc_included: the service centre's address stands first (3GPP TS 27.005 3.1).

    Raises:
        PduError: and nothing else, whatever `digits` are.
    """
    reader = Reader(_octets(digits.strip()))
    smsc = read_centre(reader) if smsc_included else None
    first_at, first = reader.at, reader.octet("the first octet")
    message_type = first & _TYPE
    if message_type == _DELIVER:
        return read_deliver(reader, first, smsc)
    if message_type == _STATUS_REPORT:
        return read_report(reader, first, smsc)
    if message_type == _SUBMIT:
        raise PduError("this is a message to be sent, not one that was received", first_at)
    raise PduError("the type of message is reserved", first_at)


def _octets(digits: str) -> bytes:
    if len(digits) > 2 * MOST_OCTETS:
        raise PduError(f"{len(digits)} digits are no message, {2 * MOST_OCTETS} are the most")
    if len(digits) % 2:
        raise PduError(f"{len(digits)} digits are not whole octets")
    if digits and not digits.isalnum():  # fromhex would skip spaces between octets
        raise PduError("not hexadecimal")
    try:
        return bytes.fromhex(digits)
    except ValueError:
        # `from None`: what was there is nobody's business.
        raise PduError("not hexadecimal") from None
