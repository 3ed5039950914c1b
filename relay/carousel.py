"""When a bulletin is due on the air, and in which languages.

Whoever switches a radio on late hears what is live within the hour.  Gaps
count from the last airing itself, not from when it was due: one that came late
does not bunch with the next.
"""

from collections.abc import Collection, Sequence

from content.language import nearest
from relay.values import Urgency

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
# After the first airings of what is urgent: at 0, 5, 15 and 60 min.
URGENT_GAPS_MS = (5 * MINUTE_MS, 10 * MINUTE_MS, 45 * MINUTE_MS)
POINTER_GAP_MS = 12 * HOUR_MS  # on the public channel, which is not ours


def due_ms(urgency: Urgency, airings: int, last_ms: int | None, live_ms: int) -> int:
    """When a bulletin is due.

    Args:
        urgency: of the bulletin.
        airings: how often it was on the air.
        last_ms: when that was last; None where it never was.
        live_ms: since when it is live.
    """
    if last_ms is None or not airings:
        return live_ms
    gaps_ms = URGENT_GAPS_MS if urgency is Urgency.URGENT else ()
    return last_ms + (gaps_ms[airings - 1] if airings <= len(gaps_ms) else HOUR_MS)


def languages_of(
    bulletin_languages: Collection[str],
    radio_languages: Sequence[str],
    airing: int,
    urgency: Urgency,
) -> tuple[str, ...]:
    """Which languages an airing speaks: all that listeners read if urgent, else one in turn.

    Args:
        bulletin_languages: those that the bulletin has.
        radio_languages: those of the listeners, at least one, the most common first.
        airing: which one it is, from 0.
        urgency: of the bulletin.
    """
    spoken = tuple(one for one in radio_languages if one in bulletin_languages)
    if not spoken:
        return (nearest(radio_languages[0], bulletin_languages, radio_languages),)
    if urgency is Urgency.URGENT:
        return spoken
    return (spoken[airing % len(spoken)],)


def correction_lives_ms(error_first_live_ms: int, now_ms: int, lives_ms: int) -> int:
    """How long a correction lives: no shorter than the error did, so that it gets as far."""
    return max(lives_ms, now_ms - error_first_live_ms)


def pointer_is_due(last_meter_ms: int | None, meter_ms: int, live: int) -> bool:
    """Whether to tell the public channel where the news is, while `live` bulletins are there."""
    if not live:
        return False
    return last_meter_ms is None or meter_ms - last_meter_ms >= POINTER_GAP_MS
