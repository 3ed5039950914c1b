"""What the octets in a modem's storage mean to the node."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from gateways.base import Heard, HeardNothing, HeardReport, HeardText, Outcome, Raw
from gateways.sms import numbers, tpdu


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Whose messages may be answered.

    Attributes:
        country: calling code without `+`; `trunk`: the digit dialled instead inside it.
        own: the numbers of our own SIMs, E.164.
        allowed_prefixes: numbers outside are never written to.
    """

    country: str
    trunk: str
    own: frozenset[str]
    allowed_prefixes: tuple[str, ...]


_OUTCOMES = {
    tpdu.Outcome.DELIVERED: Outcome.DELIVERED,
    tpdu.Outcome.TRYING: Outcome.TRYING,
    tpdu.Outcome.FAILED: Outcome.FAILED,
    tpdu.Outcome.GAVE_UP: Outcome.FAILED,
}


def interpret(octets: bytes, place: Neighbourhood) -> Heard:
    """Decode what a modem stored.  Whatever the octets, it answers."""
    try:
        message = tpdu.decode(octets.decode("ascii", "replace"))
    except tpdu.PduError as error:
        return HeardNothing(str(error), broken=True)
    if isinstance(message, tpdu.StatusReport):
        return HeardReport(
            reference=message.reference,
            recipient=_address(message.recipient, place),
            sent_at=message.sent_at,
            outcome=_OUTCOMES[message.outcome],
            reason=f"report {message.status}",
        )
    return _text(message, place)


def _text(message: tpdu.Deliver, place: Neighbourhood) -> Heard:
    if message.kind not in {tpdu.Kind.TEXT, tpdu.Kind.REPLACE} or message.text is None:
        return HeardNothing(f"no text but {message.kind.value}", broken=False)
    refusal = numbers.refusal(
        message.sender,
        own=place.own,
        allowed_prefixes=place.allowed_prefixes,
        country=place.country,
        trunk=place.trunk,
    )
    concat = message.concat
    return HeardText(
        sender=_address(message.sender, place),
        text=message.text,
        refusal=None if refusal is None else refusal.value,
        sent_at=message.sent_at,
        reference=concat.reference if concat else 0,
        part=concat.sequence if concat else 1,
        parts=concat.total if concat else 1,
        wide=concat.wide if concat else False,
    )


def _address(address: tpdu.Address, place: Neighbourhood) -> str:
    """E.164 where it is a number, else as it stands."""
    try:
        return numbers.normalise(address.value, place.country, place.trunk)
    except numbers.NumberError:
        return address.value


def oldest_first(raws: Iterable[Raw]) -> list[Raw]:
    """What a modem stored, in the order in which the centre took it.

    A modem puts a message into whatever slot is free: after a crash in the middle of
    deleting, the STOP that somebody sent last may stand before their JOIN.  What tells no
    time stays behind what stands before it.
    """
    taken_at = datetime.min.replace(tzinfo=UTC)
    dated: list[tuple[datetime, Raw]] = []
    for raw in raws:
        taken_at = _taken_at(raw.octets) or taken_at
        dated.append((taken_at, raw))
    return [raw for _, raw in sorted(dated, key=lambda each: each[0])]


def _taken_at(octets: bytes) -> datetime | None:
    """By the centre's clock; None where it told no time."""
    try:
        return tpdu.decode(octets.decode("ascii", "replace")).sent_at
    except tpdu.PduError:
        return None
