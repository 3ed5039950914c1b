"""What a modem's error means for the segment, the recipient and the modem.

Codes up to 127 are the network's (3GPP TS 24.011 E-2), 128 to 255 the service
centre's (3GPP TS 23.040 9.2.3.22), from 300 on the modem's (3GPP TS 27.005
3.2.5); from 512 on they are the vendor's, in the meaning that the common
chips give them.  +CME codes: 3GPP TS 27.007 9.2.  How they are grouped is a
judgement.  A code that is not listed came after the text was handed over, so
nobody knows whether it is out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

REJECTED_IN_A_ROW = 3
_REJECTED = ("CMS", 21)
_NO_SERVICE = ("CMS", 331)
_LINE = re.compile(r"\+(CM[SE]) ERROR: ?(.*)", re.IGNORECASE)
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")


class VerdictKind(Enum):
    """Who is at fault, and so what is to be done."""

    PERMANENT_RECIPIENT = "permanent-recipient"
    TRANSIENT_RECIPIENT = "transient-recipient"
    OUR_MISTAKE = "our-mistake"
    SIM = "sim"
    HARDWARE = "hardware"
    BUSY = "busy"
    TRANSIENT_NETWORK = "transient-network"
    OUTAGE = "outage"
    STORAGE = "storage"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A modem's error, read.

    Attributes:
        kind: what is to be done.
        code: None where the modem told none.
        reason: in words, for logs and the operator.
    """

    kind: VerdictKind
    code: int | None
    reason: str


_K = VerdictKind
_TABLE: Mapping[tuple[str, int], tuple[VerdictKind, str]] = {
    ("CMS", 1): (_K.PERMANENT_RECIPIENT, "unassigned number"),
    ("CMS", 8): (_K.SIM, "operator determined barring"),
    ("CMS", 10): (_K.SIM, "call barred"),
    ("CMS", 17): (_K.TRANSIENT_NETWORK, "network failure"),
    ("CMS", 21): (_K.TRANSIENT_NETWORK, "short message transfer rejected"),
    ("CMS", 22): (_K.TRANSIENT_NETWORK, "network's memory capacity exceeded"),
    ("CMS", 27): (_K.TRANSIENT_RECIPIENT, "destination out of service"),
    ("CMS", 28): (_K.PERMANENT_RECIPIENT, "unidentified subscriber"),
    ("CMS", 29): (_K.SIM, "facility rejected"),
    ("CMS", 30): (_K.PERMANENT_RECIPIENT, "unknown subscriber"),
    ("CMS", 38): (_K.OUTAGE, "network out of order"),
    ("CMS", 41): (_K.TRANSIENT_NETWORK, "temporary failure"),
    ("CMS", 42): (_K.TRANSIENT_NETWORK, "congestion"),
    ("CMS", 47): (_K.TRANSIENT_NETWORK, "resources unavailable, unspecified"),
    ("CMS", 50): (_K.SIM, "requested facility not subscribed"),
    ("CMS", 69): (_K.SIM, "requested facility not implemented"),
    ("CMS", 81): (_K.OUR_MISTAKE, "invalid short message transfer reference value"),
    ("CMS", 95): (_K.OUR_MISTAKE, "invalid message, unspecified"),
    ("CMS", 96): (_K.OUR_MISTAKE, "invalid mandatory information"),
    ("CMS", 97): (_K.OUR_MISTAKE, "message type non-existent or not implemented"),
    ("CMS", 98): (_K.OUR_MISTAKE, "message not compatible with short message protocol state"),
    ("CMS", 99): (_K.OUR_MISTAKE, "information element non-existent or not implemented"),
    ("CMS", 111): (_K.OUR_MISTAKE, "protocol error, unspecified"),
    ("CMS", 192): (_K.TRANSIENT_NETWORK, "SC busy"),
    ("CMS", 193): (_K.SIM, "no SC subscription"),
    ("CMS", 194): (_K.TRANSIENT_NETWORK, "SC system failure"),
    ("CMS", 195): (_K.PERMANENT_RECIPIENT, "invalid SME address"),
    ("CMS", 196): (_K.PERMANENT_RECIPIENT, "destination SME barred"),
    # The centre has it already: it would be wrong to call that a failure.
    ("CMS", 197): (_K.UNKNOWN, "SM rejected, duplicate SM"),
    ("CMS", 198): (_K.OUR_MISTAKE, "TP-VPF not supported"),
    ("CMS", 199): (_K.OUR_MISTAKE, "TP-VP not supported"),
    ("CMS", 208): (_K.STORAGE, "SIM SMS storage full"),
    ("CMS", 211): (_K.STORAGE, "memory capacity exceeded"),
    ("CMS", 255): (_K.UNKNOWN, "unspecified error cause"),
    ("CMS", 300): (_K.HARDWARE, "ME failure"),
    ("CMS", 301): (_K.BUSY, "SMS service of ME reserved"),
    ("CMS", 302): (_K.OUR_MISTAKE, "operation not allowed"),
    ("CMS", 303): (_K.OUR_MISTAKE, "operation not supported"),
    ("CMS", 304): (_K.OUR_MISTAKE, "invalid PDU mode parameter"),
    ("CMS", 305): (_K.OUR_MISTAKE, "invalid text mode parameter"),
    ("CMS", 310): (_K.HARDWARE, "SIM not inserted"),
    ("CMS", 311): (_K.HARDWARE, "SIM PIN required"),
    ("CMS", 312): (_K.HARDWARE, "PH-SIM PIN required"),
    ("CMS", 313): (_K.HARDWARE, "SIM failure"),
    ("CMS", 314): (_K.BUSY, "SIM busy"),
    ("CMS", 315): (_K.HARDWARE, "SIM wrong"),
    ("CMS", 316): (_K.HARDWARE, "SIM PUK required"),
    ("CMS", 317): (_K.HARDWARE, "SIM PIN2 required"),
    ("CMS", 318): (_K.HARDWARE, "SIM PUK2 required"),
    ("CMS", 320): (_K.STORAGE, "memory failure"),
    ("CMS", 321): (_K.OUR_MISTAKE, "invalid memory index"),
    ("CMS", 322): (_K.STORAGE, "memory full"),
    # Nothing goes out by this modem until somebody writes the centre's number to its SIM.
    ("CMS", 330): (_K.SIM, "SMSC address unknown"),
    ("CMS", 331): (_K.TRANSIENT_NETWORK, "no network service"),
    ("CMS", 332): (_K.UNKNOWN, "network timeout"),
    ("CMS", 340): (_K.OUR_MISTAKE, "no +CNMA acknowledgement expected"),
    ("CMS", 500): (_K.UNKNOWN, "unknown error"),
    ("CMS", 512): (_K.BUSY, "vendor's code: busy"),
    ("CMS", 513): (_K.UNKNOWN, "vendor's code: link lost or no answer"),
    ("CMS", 514): (_K.TRANSIENT_NETWORK, "vendor's code: radio not usable"),
    ("CMS", 515): (_K.BUSY, "vendor's code: starting or busy"),
    ("CME", 3): (_K.OUR_MISTAKE, "operation not allowed"),
    ("CME", 4): (_K.OUR_MISTAKE, "operation not supported"),
    ("CME", 5): (_K.HARDWARE, "PH-SIM PIN required"),
    ("CME", 10): (_K.HARDWARE, "SIM not inserted"),
    ("CME", 11): (_K.HARDWARE, "SIM PIN required"),
    ("CME", 12): (_K.HARDWARE, "SIM PUK required"),
    ("CME", 13): (_K.HARDWARE, "SIM failure"),
    ("CME", 14): (_K.BUSY, "SIM busy"),
    ("CME", 15): (_K.HARDWARE, "SIM wrong"),
    ("CME", 16): (_K.HARDWARE, "incorrect password"),
    ("CME", 17): (_K.HARDWARE, "SIM PIN2 required"),
    ("CME", 18): (_K.HARDWARE, "SIM PUK2 required"),
    ("CME", 20): (_K.STORAGE, "memory full"),
    ("CME", 23): (_K.STORAGE, "memory failure"),
    ("CME", 24): (_K.OUR_MISTAKE, "text string too long"),
    ("CME", 25): (_K.OUR_MISTAKE, "invalid characters in text string"),
    ("CME", 26): (_K.OUR_MISTAKE, "dial string too long"),
    ("CME", 27): (_K.OUR_MISTAKE, "invalid characters in dial string"),
    ("CME", 30): (_K.TRANSIENT_NETWORK, "no network service"),
    ("CME", 31): (_K.TRANSIENT_NETWORK, "network timeout"),
    ("CME", 32): (_K.SIM, "network not allowed, emergency calls only"),
    ("CME", 100): (_K.UNKNOWN, "unknown"),
}


def _folded(words: str) -> str:
    # Newer modems write (U)SIM where older ones write SIM.
    return _NOT_LETTERS.sub("", words.lower().replace("(u)", ""))


_BY_WORDS: Mapping[tuple[str, str], int] = {
    (family, _folded(reason)): code for (family, code), (_, reason) in _TABLE.items()
}


def classify(line: str, *, in_a_row: int = 1, registered: bool = True) -> Verdict:
    """The verdict in a modem's error `line`: by number, in words, or a bare ERROR.

    Args:
        line: as the modem wrote it; any line whatever may be given.
        in_a_row: how often this modem gave this error without a success between.
        registered: the modem said last that it is in a network.
    """
    match = _LINE.fullmatch(line.strip())
    if match is None:
        return Verdict(VerdictKind.UNKNOWN, None, "error without a code")
    family, code = match[1].upper(), _code(match[1].upper(), match[2])
    if code is None:
        return Verdict(VerdictKind.UNKNOWN, None, f"+{family} error in words that are not listed")
    kind, reason = _TABLE.get((family, code), (VerdictKind.UNKNOWN, "code not listed"))
    if (family, code) == _REJECTED and in_a_row >= REJECTED_IN_A_ROW:
        kind = VerdictKind.SIM
    if (family, code) == _NO_SERVICE and not registered:
        kind = VerdictKind.OUTAGE
    return Verdict(kind, code, reason)


def _code(family: str, told: str) -> int | None:
    # Five digits are more than any code has, and few enough for any line to be harmless.
    digits = re.fullmatch(r"[0-9]{1,5}", told.strip())
    return int(digits[0]) if digits else _BY_WORDS.get((family, _folded(told)))
