"""A parcel's own state, which follows from its segments and from nothing else."""

from relay import delivery
from relay.store.database import Connection
from relay.values import State


def drop_rest_of_failed(connection: Connection, parcel: int) -> None:
    """Where one segment will never arrive, the others of the message are worth nothing."""
    connection.execute(
        "UPDATE segment SET state = 'dropped' WHERE parcel = ?1 AND state IN ('queued', 'unknown')"
        " AND EXISTS (SELECT 1 FROM segment WHERE parcel = ?1 AND state = 'failed')",
        [parcel],
    )


def recount(connection: Connection, parcel: int, now_ms: int) -> None:
    """A parcel's state follows from its segments."""
    states = [
        State(name)
        for (name,) in connection.query("SELECT state FROM segment WHERE parcel = ?", [parcel])
    ]
    # One without segments is gone already, or can never go: it must hold nobody up.
    state = delivery.parcel_state(states) if states else State.DROPPED
    ended = state in delivery.ENDED
    connection.execute(
        "UPDATE parcel SET state = ?, ready = ?, ended_ms = ? WHERE id = ?",
        [state.value, int(State.QUEUED in states), now_ms if ended else None, parcel],
    )
    # What should leave no trace is not kept for the operator to decide on either.
    if ended or state is State.PARKED:
        connection.execute("DELETE FROM parcel WHERE id = ? AND ephemeral = 1", [parcel])
