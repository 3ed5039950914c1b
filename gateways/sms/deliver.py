"""Read an SMS-DELIVER: what a person or a machine sent us (3GPP TS 23.040 9.2.2.1)."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateways.sms.address import Address, read_address
from gateways.sms.dcs import Alphabet, Coding, read_coding
from gateways.sms.octets import Reader
from gateways.sms.timestamp import OCTETS, read_timestamp
from gateways.sms.udh import Concat, Header
from gateways.sms.userdata import read_user_data

_NO_MORE_TO_SEND = 0x04
_HAS_HEADER = 0x40
_TYPE_0 = 0x40
_REPLACE = range(0x41, 0x48)
_FOR_THE_SIM = range(0x7C, 0x80)  # data download, depersonalization (9.2.3.9)
_WAP_PUSH_PORTS = frozenset({2948, 2949})  # plain and secure (registered with IANA)


class Kind(Enum):
    """What a message is for; a person's words come as TEXT or REPLACE only.

    REPLACE is a text that takes the place of an earlier one of its type.
    SILENT (type 0) is acknowledged and shown to nobody.  WAITING tells of
    voice mail.  DATA is for an application or for the SIM.
    """

    TEXT = "text"
    REPLACE = "replace"
    SILENT = "silent"
    WAITING = "waiting"
    WAP_PUSH = "wap-push"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message that came in, or a part of one.

    Attributes:
        sender: as the network tells it.
        sent_at: by the service centre's clock, None where it told no time.
        text: None for 8-bit data.
        data: None for text.
        alphabet: it was written in.
        concat: None for a message that came whole.
        ports: destination and source, where it is for an application.
        pid: protocol identifier (9.2.3.9).
        dcs: data coding scheme (3GPP TS 23.038 4).
        message_class: 0 to 3, None where not told; 0 is to be shown at once.
        kind: what it is for.
        more_to_send: the centre has further messages for us.
        smsc: number of the service centre, None where not told.
    """

    sender: Address
    sent_at: datetime | None
    text: str | None
    data: bytes | None
    alphabet: Alphabet
    concat: Concat | None
    ports: tuple[int, int] | None
    pid: int
    dcs: int
    message_class: int | None
    kind: Kind
    more_to_send: bool
    smsc: str | None


def read_deliver(reader: Reader, first: int, smsc: str | None) -> Deliver:
    """The message behind its `first` octet.

    Raises:
        PduError: it cannot be read whole.
    """
    sender = read_address(reader, "sender")
    pid = reader.octet("the protocol identifier")
    dcs = reader.octet("the data coding scheme")
    coding = read_coding(dcs, reader.at - 1)
    sent_at = read_timestamp(reader.take(OCTETS, "the time stamp"))
    body = read_user_data(reader, coding.alphabet, has_header=bool(first & _HAS_HEADER))
    return Deliver(
        sender=sender,
        sent_at=sent_at,
        text=body.text,
        data=body.data,
        alphabet=coding.alphabet,
        concat=body.header.concat,
        ports=body.header.ports,
        pid=pid,
        dcs=dcs,
        message_class=coding.message_class,
        kind=_kind(pid, coding, body.header),
        more_to_send=not first & _NO_MORE_TO_SEND,
        smsc=smsc,
    )


def _kind(pid: int, coding: Coding, header: Header) -> Kind:
    if pid == _TYPE_0:
        return Kind.SILENT
    if header.ports:
        return Kind.WAP_PUSH if header.ports[0] in _WAP_PUSH_PORTS else Kind.DATA
    if pid in _FOR_THE_SIM or coding.alphabet is Alphabet.EIGHT_BIT:
        return Kind.DATA
    if coding.waiting or header.indication:
        return Kind.WAITING
    return Kind.REPLACE if pid in _REPLACE else Kind.TEXT
