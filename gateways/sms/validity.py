"""How long the network may keep trying: TP-VP, never longer than was asked.

A bulletin that arrives after its end misleads people, so each value is
rounded down.  The relative format has steps of 5 minutes, 30 minutes, a day
and a week (3GPP TS 23.040 9.2.3.12.1) and cannot say less than 5 minutes;
below that the enhanced format counts 1 to 255 seconds (9.2.3.12.3).
"""

from dataclasses import dataclass

from gateways.sms.octets import PduError

MINUTE_S = 60
HOUR_S = 60 * MINUTE_S
DAY_S = 24 * HOUR_S
WEEK_S = 7 * DAY_S

NO_FIELD, ENHANCED, RELATIVE = 0b00, 0b01, 0b10  # TP-VPF (9.2.3.3)
_STEP_S = 5 * MINUTE_S
_ENHANCED_IN_SECONDS = 0x02
_ENHANCED_FILL = bytes(5)
_MOST_SECONDS = 255
_LEAST_DAYS, _MOST_DAYS = 2, 30
_LEAST_WEEKS, _MOST_WEEKS = 5, 63
_HALF_DAY_VALUE, _DAYS_BEFORE, _WEEKS_BEFORE = 143, 166, 192


@dataclass(frozen=True, slots=True)
class Validity:
    """The field and its format: `format` goes to bits 3 and 4 of the first octet."""

    format: int
    octets: bytes


def encode_validity(validity_s: int | None) -> Validity:
    """The longest validity that does not outlive `validity_s`; None leaves it to the network.

    Raises:
        PduError: less than a second is left, so there is nothing to send.
    """
    if validity_s is None:
        return Validity(NO_FIELD, b"")
    if validity_s < 1:
        raise PduError(f"a validity of {validity_s} s has ended, at least 1 s is needed")
    if validity_s < _STEP_S:
        seconds = min(validity_s, _MOST_SECONDS)
        return Validity(ENHANCED, bytes([_ENHANCED_IN_SECONDS, seconds]) + _ENHANCED_FILL)
    return Validity(RELATIVE, bytes([_relative(validity_s)]))


def _relative(validity_s: int) -> int:
    if validity_s >= _LEAST_WEEKS * WEEK_S:
        return min(validity_s // WEEK_S, _MOST_WEEKS) + _WEEKS_BEFORE
    if validity_s >= _LEAST_DAYS * DAY_S:
        return min(validity_s // DAY_S, _MOST_DAYS) + _DAYS_BEFORE
    if validity_s > DAY_S // 2:
        return _HALF_DAY_VALUE + (min(validity_s, DAY_S) - DAY_S // 2) // (HOUR_S // 2)
    return validity_s // _STEP_S - 1
