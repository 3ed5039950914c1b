"""How a simulated phone cuts a text into segments.

As phones do: the GSM alphabet if the whole text fits it, UCS-2 read as
UTF-16 otherwise; 160 septets or 70 units alone, less beside a header
(3GPP TS 23.040 9.2.3.24.1 and .8).  No escape pair and no surrogate pair
is cut.
"""

from collections.abc import Callable
from dataclasses import dataclass

from gateways.simulated import gsm7, tpdu
from gateways.simulated.fields import Concat
from gateways.simulated.tpdu import UserData

_ALONE = {True: 160, False: 70}  # by "fits the GSM alphabet"
_PART = {(True, False): 153, (True, True): 152, (False, False): 67, (False, True): 66}
WAP_PUSH = (2948, 9200)  # destination and source port (WAP-259)


@dataclass(frozen=True, slots=True)
class Texting:
    """How a phone is told to send."""

    wide_reference: bool = False  # 16-bit references
    message_class: int | None = None  # 0: flash
    wap_push: bool = False
    out_of_order: bool = False
    duplicate: bool = False
    pid: int = 0  # TP-PID; 0x40 is a silent message


def segments(text: str, reference: int, how: Texting) -> list[UserData]:
    """Cut `text` into the user data of its segments, in order of sending."""
    if how.wap_push:
        return [tpdu.binary(text.encode()[:133], WAP_PUSH)]
    made = _in_order(text, reference, how)
    if how.out_of_order:
        made.reverse()
    return [data for data in made for _ in range(2 if how.duplicate else 1)]


def _in_order(text: str, reference: int, how: Texting) -> list[UserData]:
    narrow = gsm7.encodable(text)
    cost = _septets if narrow else _units
    if sum(map(cost, text)) <= _ALONE[narrow]:
        return [tpdu.user_data(text, narrow=narrow, message_class=how.message_class)]
    wide = how.wide_reference
    parts = _cut(text, _PART[narrow, wide], cost)
    return [
        tpdu.user_data(
            part,
            narrow=narrow,
            concat=Concat(reference, len(parts), place, wide),
            message_class=how.message_class,
        )
        for place, part in enumerate(parts, 1)
    ]


def _cut(text: str, room: int, cost: Callable[[str], int]) -> list[str]:
    parts, used = [""], 0
    for char in text:
        if used + cost(char) > room:
            parts.append("")
            used = 0
        parts[-1] += char
        used += cost(char)
    return parts


def _septets(char: str) -> int:
    return len(gsm7.encode(char))


def _units(char: str) -> int:
    return 1 + (ord(char) > 0xFFFF)  # noqa: PLR2004  beyond the basic plane: a pair
