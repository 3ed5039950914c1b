"""Phone numbers: one form for each, none in full for logs, and whom not to answer.

The form is E.164 (ITU-T): `+`, country code, national number, 15 digits at
most.  Machines write to the node too: answering them can loop and burn the
credit, so what is surely no person's number is refused with a reason.
"""

import re
from collections.abc import Collection
from enum import Enum

from gateways.sms.address import Address, AddressKind

LEAST_DIGITS, MOST_DIGITS = 8, 15
MOST_SHORT_CODE_DIGITS = 7
SHOWN_DIGITS = 2
_INTERNATIONAL_PREFIX = "00"
_SEPARATORS = re.compile(r"[\s()\[\]./\u2010-\u2015\u2212\u200e\u200f\u202a-\u202e\u2066-\u2069-]+")
_DIGITS = re.compile(r"[0-9]+")
_COUNTRY_LED = re.compile(r"[1-9][0-9]{7,14}")


class NumberError(ValueError):
    """What was given is no phone number that can be written to.

    The text shows two digits of it at most.
    """

    def __init__(self, number: str, wanted: str) -> None:
        super().__init__(f"{mask(number)} is no phone number: {wanted}")


class Refusal(Enum):
    """Why a sender is never answered."""

    ALPHANUMERIC = "alphanumeric"
    SHORT_CODE = "short-code"
    OWN_NUMBER = "own-number"
    OUTSIDE_PREFIXES = "outside-prefixes"
    UNKNOWN = "unknown"


def mask(number: str) -> str:
    """`number` as it may be shown: its last two digits, none where it has few."""
    digits = re.sub(r"[^0-9]", "", number)
    return "…" + digits[-SHOWN_DIGITS:] if len(digits) > SHOWN_DIGITS else "…"


def normalise(raw: str, country: str = "7", trunk: str = "8", national_digits: int = 10) -> str:
    """The E.164 form of `raw`, as people write numbers.

    Spaces, dashes, dots and brackets are dropped.  `00` stands for `+`;
    `national_digits`, alone or behind the `trunk` or the `country`, are a national number.

    Raises:
        NumberError: it can be no number, or its country's numbers are of other length.
    """
    compact = _SEPARATORS.sub("", raw)
    if compact.startswith("+"):
        led = compact[1:]
    elif _DIGITS.fullmatch(compact) is None:
        raise NumberError(raw, "write digits, with + and the country code before them")
    elif compact.startswith(_INTERNATIONAL_PREFIX):
        led = compact[len(_INTERNATIONAL_PREFIX) :]
    else:
        led = _with_country(compact, country, trunk, national_digits)
    if _COUNTRY_LED.fullmatch(led) is None:
        raise NumberError(raw, f"+ is followed by {LEAST_DIGITS} to {MOST_DIGITS} digits")
    if led.startswith(country) and len(led) != len(country) + national_digits:
        raise NumberError(raw, f"+{country} is followed by {national_digits} digits")
    return f"+{led}"


def refusal(
    sender: Address,
    own: Collection[str],
    allowed_prefixes: Collection[str],
    country: str = "7",
    trunk: str = "8",
) -> Refusal | None:
    """Why `sender` is never answered, None where it may be a person.

    Args:
        sender: as the network told it.
        own: numbers of our modems, E.164.
        allowed_prefixes: of numbers that may be written to, such as `+77`; none allows nobody.
        country: as for `normalise`, where the network told no country.
        trunk: likewise.
    """
    if sender.kind is AddressKind.ALPHANUMERIC:
        return Refusal.ALPHANUMERIC
    if _is_short_code(sender):
        return Refusal.SHORT_CODE
    try:
        number = normalise(sender.value, country, trunk)
    except NumberError:
        return Refusal.UNKNOWN
    if number in own:
        return Refusal.OWN_NUMBER
    if not number.startswith(tuple(allowed_prefixes)):
        return Refusal.OUTSIDE_PREFIXES
    return None


def _is_short_code(sender: Address) -> bool:
    """Some networks mark short codes as international, so the length tells."""
    digits = len(sender.value.removeprefix("+"))
    short_kind = sender.kind in {AddressKind.SHORT, AddressKind.NETWORK}
    return digits > 0 and (short_kind or digits <= MOST_SHORT_CODE_DIGITS)


def _with_country(digits: str, country: str, trunk: str, national_digits: int) -> str:
    """`digits` behind their country code."""
    for prefix in ("", trunk, country):
        if digits.startswith(prefix) and len(digits) == len(prefix) + national_digits:
            return country + digits[len(prefix) :]
    raise NumberError(digits, f"write {national_digits} digits, or + and the country code")
