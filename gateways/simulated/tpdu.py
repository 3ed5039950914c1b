"""Whole messages: what a modem sends, and what the network hands to it.

SMS-SUBMIT, SMS-DELIVER and SMS-STATUS-REPORT are 3GPP TS 23.040 9.2.2;
the data coding scheme is TS 23.038 4.  A submit is read strictly: what a
real centre would refuse or a phone would show wrongly is refused here.
"""

from dataclasses import dataclass
from enum import StrEnum

from gateways.simulated import fields, gsm7
from gateways.simulated.fields import Concat, PduError, Reader

MOST_OCTETS, MOST_SEPTETS = 140, 160  # of user data, 9.2.3.16
NO_MORE = 0x04  # TP-MMS: nothing else waits at the centre, 9.2.3.2
HAS_HEADER = 0x40  # TP-UDHI, 9.2.3.23
_WANTS_REPORT = 0x20  # TP-SRR, 9.2.3.5
_SUBMIT = 0x01  # TP-MTI, 9.2.3.1


class Alphabet(StrEnum):
    """How the user data is to be read (TS 23.038 4)."""

    GSM7 = "gsm7"
    EIGHT_BIT = "8bit"
    UCS2 = "ucs2"


@dataclass(frozen=True, slots=True)
class UserData:
    """The octets of one segment, and what they say."""

    dcs: int
    length: int  # TP-UDL: septets for GSM7, octets for the others
    octets: bytes  # with the header, if there is one
    has_header: bool = False


@dataclass(frozen=True, slots=True)
class Submit:
    """What a modem asked the network to carry."""

    reference: int  # TP-MR as written by the host
    to: str
    pid: int
    data: UserData
    alphabet: Alphabet
    message_class: int | None
    validity_s: int | None
    report: bool
    concat: Concat | None
    ports: tuple[int, int] | None
    text: str | None  # None: 8-bit data


def coding(dcs: int) -> tuple[Alphabet, int | None]:
    """Read a data coding scheme: the alphabet and the message class.

    Raises:
        PduError: compressed, or reserved.
    """
    group = dcs >> 4
    if group <= 0x7:  # noqa: PLR2004  general groups 00xx and 01xx
        alphabet = (Alphabet.GSM7, Alphabet.EIGHT_BIT, Alphabet.UCS2, None)[dcs >> 2 & 3]
        if dcs & 0x20 or alphabet is None:
            raise PduError(f"data coding scheme {dcs:#04x} is compressed or reserved")
        return alphabet, dcs & 3 if dcs & 0x10 else None
    if group == 0xF:  # noqa: PLR2004  data coding / message class
        return (Alphabet.EIGHT_BIT if dcs & 4 else Alphabet.GSM7), dcs & 3
    if group in {0xC, 0xD, 0xE}:  # message waiting
        return (Alphabet.UCS2 if group == 0xE else Alphabet.GSM7), None  # noqa: PLR2004
    raise PduError(f"data coding scheme {dcs:#04x} is reserved")


def read_submit(tpdu: bytes, now: float) -> Submit:
    """Read an SMS-SUBMIT without the centre's address.

    Raises:
        PduError: it is none, or a field of it is wrong.
    """
    reader = Reader(tpdu)
    first = reader.octet("first octet")
    if first & 0x03 != _SUBMIT:
        raise PduError(f"message type {first & 0x03} is not SMS-SUBMIT")
    reference, to = reader.octet("reference"), fields.read_address(reader, "destination")
    pid, dcs = reader.octet("protocol"), reader.octet("coding")
    validity_s = _validity_s(reader, first >> 3 & 3, now)
    data = UserData(dcs, reader.octet("length"), reader.rest(), bool(first & HAS_HEADER))
    alphabet, message_class = coding(dcs)
    concat, ports, text = read_user_data(data)
    return Submit(
        reference=reference,
        to=to,
        pid=pid,
        data=data,
        alphabet=alphabet,
        message_class=message_class,
        validity_s=validity_s,
        report=bool(first & _WANTS_REPORT),
        concat=concat,
        ports=ports,
        text=text,
    )


def _validity_s(reader: Reader, form: int, now: float) -> int | None:
    match form:
        case 0:
            return None
        case 2:
            return fields.relative_s(reader.octet("validity"))
        case 1:
            return fields.enhanced_s(reader.take(7, "validity"))
        case _:
            until = fields.read_time_stamp(reader.take(7, "validity"), "validity")
            return max(0, round(until - now))


def read_user_data(
    data: UserData,
) -> tuple[Concat | None, tuple[int, int] | None, str | None]:
    """Read the header and the text of one segment.

    Raises:
        PduError: lengths disagree, or are more than one message holds.
    """
    alphabet, _ = coding(data.dcs)
    packed = alphabet is Alphabet.GSM7
    octets = -(-data.length * 7 // 8) if packed else data.length
    if octets != len(data.octets) or octets > MOST_OCTETS:
        raise PduError(f"user data of {len(data.octets)} octets, length says {octets}")
    head, concat, ports = 0, None, None
    if data.has_header:
        reader = Reader(data.octets)
        head = 1 + reader.octet("header")
        concat, ports = fields.read_header(reader.take(head - 1, "header"))
    return concat, ports, _text(data, alphabet, head)


def _text(data: UserData, alphabet: Alphabet, head: int) -> str | None:
    if alphabet is Alphabet.EIGHT_BIT:
        return None
    if alphabet is Alphabet.UCS2:
        # Phones read it as UTF-16; half of a pair shows as a replacement mark.
        return data.octets[head:].decode("utf-16-be", errors="replace")
    before = -(-head * 8 // 7)
    fill = before * 7 - head * 8
    return gsm7.decode(gsm7.unpack(data.octets[head:], data.length - before, fill))


def user_data(
    text: str, *, narrow: bool, concat: Concat | None = None, message_class: int | None = None
) -> UserData:
    """Write one segment of text: GSM 7-bit if `narrow`, else UCS-2."""
    head = fields.header(concat, None)
    dcs = (0 if narrow else 0x08) | (0 if message_class is None else 0x10 | message_class)
    if not narrow:
        octets = head + text.encode("utf-16-be", errors="surrogatepass")
        return UserData(dcs, len(octets), octets, bool(head))
    septets = gsm7.encode(text)
    before = -(-len(head) * 8 // 7)
    packed = gsm7.pack(septets, before * 7 - len(head) * 8)
    return UserData(dcs, before + len(septets), head + packed, bool(head))


def binary(payload: bytes, ports: tuple[int, int]) -> UserData:
    """Write 8-bit data for an application port, such as WAP push."""
    octets = fields.header(None, ports) + payload
    return UserData(0x04, len(octets), octets, has_header=True)


def deliver(sender: str, data: UserData, *, pid: int, stamp: bytes) -> bytes:
    """Write an SMS-DELIVER without the centre's address (9.2.2.1)."""
    first = NO_MORE | (HAS_HEADER if data.has_header else 0)
    coded = bytes([pid, data.dcs]) + stamp + bytes([data.length]) + data.octets
    return bytes([first]) + fields.address(sender) + coded


def status_report(
    reference: int, to: str, status: int, *, stamp: bytes, discharged: bytes
) -> bytes:
    """Write an SMS-STATUS-REPORT without the centre's address (9.2.2.3)."""
    times = stamp + discharged + bytes([status])
    return bytes([0x02 | NO_MORE, reference]) + fields.address(to) + times
