"""Time stamps of the service centre: seven swapped pairs of digits.

Year, month, day, hour, minute, second, and the distance from GMT in quarters
of an hour, the top bit of whose first digit is the sign (3GPP TS 23.040
9.2.3.11).  The century is not told; all SMS that we can get are of this one.
"""

from datetime import datetime, timedelta, timezone

from gateways.sms.octets import nibbles

OCTETS = 7
_CENTURY = 2000
_MINUS = 0x08
_QUARTER_MIN = 15
_LAST_DIGIT = 9


def read_timestamp(octets: bytes) -> datetime | None:
    """The aware time in seven `octets`, None where they are no time.

    Networks and modems without a clock send zeros or fillers; the message is
    worth reading all the same (9.2.3.11 has the receiver keep it as it is).
    """
    halves = nibbles(octets)
    sign = -1 if halves[-2] & _MINUS else 1
    halves[-2] &= ~_MINUS
    if max(halves) > _LAST_DIGIT:
        return None
    year, month, day, hour, minute, second, quarters = (
        tens * 10 + ones for tens, ones in zip(halves[::2], halves[1::2], strict=True)
    )
    try:
        zone = timezone(sign * timedelta(minutes=quarters * _QUARTER_MIN))
        return datetime(_CENTURY + year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
