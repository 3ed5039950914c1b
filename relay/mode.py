"""Which mode is in force, and what may be pushed in it.

`auto` is the default.  While nothing watches the network (it is not built
yet, or switched off with `probe = false`) nobody but the operator knows
whether the internet is cut, and what they approve goes out: `auto` is then
what `blackout` is.
"""

from relay.store import Store
from relay.values import Bulletin, BulletinState, Mode, Notice, Urgency

DRILL_LASTS_MS = 2 * 3_600_000


def chosen_mode(store: Store) -> Mode:
    """What the operator has chosen."""
    return Mode(store.meta.get("mode", Mode.AUTO.value))


def choose(store: Store, mode: Mode, now_ms: int) -> None:
    """Set the mode, from now on; a drill that ends takes its messages with it."""
    with store.transaction():
        if chosen_mode(store) is Mode.DRILL and mode is not Mode.DRILL:
            for exercise in store.bulletins.exercises():
                store.bulletins.set_state(exercise.id, BulletinState.EXPIRED)
                store.outbox.cancel_bulletin(exercise.id, "the drill is over", now_ms)
        store.meta.put("mode", mode.value)
        store.meta.put("mode_since_ms", str(now_ms))


def in_force(chosen: Mode) -> Mode:
    """The mode that `chosen` comes to."""
    return Mode.BLACKOUT if chosen is Mode.AUTO else chosen


def drill_is_over(chosen: Mode, since_ms: int, now_ms: int) -> bool:
    """A drill ends by itself."""
    return chosen is Mode.DRILL and not 0 <= now_ms - since_ms < DRILL_LASTS_MS


def may_push(bulletin: Bulletin, mode: Mode) -> bool:
    """Whether a live bulletin goes out by itself in this mode."""
    if bulletin.topic == "proxy":
        return False
    if bulletin.exercise:
        return mode is Mode.DRILL
    if mode is Mode.STANDBY:
        return bulletin.urgency is Urgency.URGENT or bulletin.notice is Notice.CORRECTION
    return True
