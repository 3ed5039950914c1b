"""Write an SMS-SUBMIT: what a modem is given to send (3GPP TS 23.040 9.2.2.2).

The message reference is left 0: the modem puts its own there and tells it
in its verdict (9.2.3.6).  The service centre is left out, so the one stored
on the SIM is used; that zero is not counted in the length that the modem is
told (3GPP TS 27.005 4.4).
"""

from dataclasses import dataclass

from gateways.sms import gsm7, ucs2, udh
from gateways.sms.address import encode_recipient
from gateways.sms.octets import PduError
from gateways.sms.segments import Encoding
from gateways.sms.udh import Concat
from gateways.sms.validity import encode_validity

__all__ = ["Concat", "PduError", "Submit", "Tpdu", "encode_submit"]

CENTRE_OF_THE_SIM = b"\x00"
MOST_USER_DATA_OCTETS = 140
MOST_SEPTETS = 160
_SUBMIT = 0x01
_VALIDITY_SHIFT = 3
_REPORT = 0x20
_HAS_HEADER = 0x40
_NO_REFERENCE = 0
_PLAIN_MESSAGE = 0  # TP-PID
_CODING = {Encoding.GSM7: 0x00, Encoding.UCS2: 0x08}  # TP-DCS (3GPP TS 23.038 4)


@dataclass(frozen=True, slots=True)
class Submit:
    """One segment and how it is to go.

    Attributes:
        recipient: E.164, with `+` and no separators.
        text: of this segment alone.
        encoding: of all segments of the message.
        concat: joins it to the other segments, None for a lone one.
        validity_s: the network may try no longer, None leaves it to the network.
        report: ask for a delivery report.
    """

    recipient: str
    text: str
    encoding: Encoding
    concat: Concat | None
    validity_s: int | None
    report: bool


@dataclass(frozen=True, slots=True)
class Tpdu:
    """What `AT+CMGS=<tpdu_octets>` is followed by.

    Attributes:
        hex: upper case, the service centre's octet first.
        tpdu_octets: the length without that octet.
    """

    hex: str
    tpdu_octets: int


def encode_submit(submit: Submit) -> Tpdu:
    """The octets of `submit`.

    Raises:
        PduError: recipient, text, part or validity cannot be written so.
    """
    validity = encode_validity(submit.validity_s)
    header = udh.encode(submit.concat) if submit.concat else b""
    first = (
        _SUBMIT
        | validity.format << _VALIDITY_SHIFT
        | (_REPORT if submit.report else 0)
        | (_HAS_HEADER if header else 0)
    )
    tpdu = (
        bytes([first, _NO_REFERENCE])
        + encode_recipient(submit.recipient)
        + bytes([_PLAIN_MESSAGE, _CODING[submit.encoding]])
        + validity.octets
        + _USER_DATA[submit.encoding](header, submit.text)
    )
    return Tpdu((CENTRE_OF_THE_SIM + tpdu).hex().upper(), len(tpdu))


def _gsm7_user_data(header: bytes, text: str) -> bytes:
    septets = gsm7.encode(text)
    before, fill_bits = gsm7.behind(len(header))
    length = before + len(septets)
    if length > MOST_SEPTETS:
        raise PduError(f"the segment has {length} septets with its header, 160 fit")
    return bytes([length]) + header + gsm7.pack(septets, fill_bits)


def _ucs2_user_data(header: bytes, text: str) -> bytes:
    octets = header + ucs2.encode(text)
    if len(octets) > MOST_USER_DATA_OCTETS:
        raise PduError(f"the segment has {len(octets)} octets with its header, 140 fit")
    return bytes([len(octets)]) + octets


_USER_DATA = {Encoding.GSM7: _gsm7_user_data, Encoding.UCS2: _ucs2_user_data}
