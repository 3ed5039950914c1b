"""The user data of a message: its header, and the text or octets behind it.

The length is told in septets for the GSM alphabet, else in octets (3GPP TS
23.040 9.2.3.16).
"""

from dataclasses import dataclass

from gateways.sms import gsm7, shifts, ucs2, udh
from gateways.sms.dcs import Alphabet
from gateways.sms.octets import PduError, Reader

MOST_OCTETS = 140


@dataclass(frozen=True, slots=True)
class UserData:
    """Header and content: `text` for the two alphabets, `data` for 8-bit."""

    header: udh.Header
    text: str | None
    data: bytes | None


def read_user_data(reader: Reader, alphabet: Alphabet, *, has_header: bool) -> UserData:
    """The user data that comes next, with its length before it.

    Raises:
        PduError: it is cut off or too long, or needs a table we do not have.
    """
    length_at = reader.at
    length = reader.octet("the length of the user data")
    is_gsm7 = alphabet is Alphabet.GSM7
    count = -(-length * gsm7.SEPTET_BITS // gsm7.OCTET_BITS) if is_gsm7 else length
    if count > MOST_OCTETS:
        raise PduError(f"the user data has {count} octets, 140 are allowed", length_at)
    octets = reader.take(count, "the user data")
    header = udh.parse(octets, length_at + 1) if has_header else udh.Header()
    content = octets[header.octets :]
    if alphabet is Alphabet.EIGHT_BIT:
        return UserData(header, None, content)
    if alphabet is Alphabet.UCS2:
        return UserData(header, ucs2.decode(content), None)
    return UserData(header, _gsm7_text(content, length, header, length_at), None)


def _gsm7_text(content: bytes, length: int, header: udh.Header, offset: int) -> str:
    taken, fill_bits = gsm7.behind(header.octets)
    if length < taken:
        raise PduError("the header is longer than the user data", offset)
    septets = gsm7.unpack(content, length - taken, fill_bits)
    locking = shifts.LOCKING.get(header.locking) if header.locking else gsm7.DEFAULT
    single = shifts.SINGLE.get(header.single) if header.single else gsm7.EXTENSION
    if locking is None or single is None:
        raise PduError("the text needs a national table that is not known here", offset)
    return gsm7.decode(septets, locking, single)
