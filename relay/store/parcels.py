"""A parcel's own state, which follows from its segments and from nothing else."""

from relay import delivery
from relay.store.database import Connection
from relay.values import State


def recount(connection: Connection, parcel: int, now_ms: int) -> None:
    """A parcel's state follows from its segments."""
    states = [
        State(name)
        for (name,) in connection.query("SELECT state FROM segment WHERE parcel = ?", [parcel])
    ]
    if not states:
        return
    state = delivery.parcel_state(states)
    ended = state in delivery.ENDED
    connection.execute(
        "UPDATE parcel SET state = ?, ready = ?, ended_ms = ? WHERE id = ?",
        [state.value, int(State.QUEUED in states), now_ms if ended else None, parcel],
    )
    if ended or state is State.SENT:
        connection.execute("DELETE FROM parcel WHERE id = ? AND ephemeral = 1", [parcel])
