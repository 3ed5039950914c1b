"""Whom the node knows, and how often it has answered them."""

from collections.abc import Iterable

from config.topics import TOPICS
from relay.store.database import Connection
from relay.values import Audience, Person, PersonState

_COLUMNS = (
    "id, tag, medium, mask, state, language, script, topics, greeted, gateway, number_sealed,"
    " volunteer, chose_language"
)


def topic_bits(topics: Iterable[str]) -> int:
    """A set of topics as one number, a bit each in the order of `TOPICS`."""
    return sum(1 << TOPICS.index(topic) for topic in set(topics))


def _topics(bits: int) -> frozenset[str]:
    return frozenset(topic for place, topic in enumerate(TOPICS) if bits >> place & 1)


def _person(row: tuple[object, ...]) -> Person:
    values = list(row)
    values[4] = PersonState(values[4])
    values[7] = _topics(int(str(values[7])))
    values[8] = bool(values[8])
    values[11], values[12] = bool(values[11]), bool(values[12])
    return Person(*values)  # type: ignore[arg-type]  # the row is in the order of the fields


class People:
    """The people on all media."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    def find(self, tag: bytes) -> Person | None:
        """Whoever has this tag."""
        row = self._c.one(f"SELECT {_COLUMNS} FROM person WHERE tag = ?", [tag])  # noqa: S608  # our own columns
        return None if row is None else _person(row)

    def all(self, states: Iterable[PersonState]) -> list[Person]:
        """Everybody in one of `states`, oldest first."""
        names = [state.value for state in states]
        marks = ",".join("?" * len(names))
        rows = self._c.query(
            f"SELECT {_COLUMNS} FROM person WHERE state IN ({marks}) ORDER BY id",  # noqa: S608  # marks only
            names,
        )
        return [_person(row) for row in rows]

    def add(self, person: Person, now_ms: int) -> int:
        """Get to know `person` (their `id` is not used); returns the new id."""
        cursor = self._c.execute(
            "INSERT INTO person (tag, medium, mask, number_sealed, state, language, script, topics,"
            " greeted, gateway, volunteer, chose_language, seen_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [person.tag, person.medium, person.mask, *self._changing(person), now_ms],
        )
        return int(cursor.lastrowid or 0)

    def save(self, person: Person, now_ms: int) -> None:
        """Write down what has changed about `person`."""
        self._c.execute(
            "UPDATE person SET number_sealed = ?, state = ?, language = ?, script = ?, topics = ?,"
            " greeted = ?, gateway = ?, volunteer = ?, chose_language = ?, seen_ms = ?"
            " WHERE id = ?",
            [*self._changing(person), now_ms, person.id],
        )

    @staticmethod
    def _changing(person: Person) -> list[object]:
        return [
            person.number_sealed,
            person.state.value,
            person.language,
            person.script,
            topic_bits(person.topics),
            int(person.greeted),
            person.gateway,
            int(person.volunteer),
            int(person.chose_language),
        ]

    def erase(self, tag: bytes) -> None:
        """Forget all about a person: themselves and every message from and to them."""
        self._c.execute("DELETE FROM parcel WHERE tag = ?", [tag])
        self._c.execute("DELETE FROM person WHERE tag = ?", [tag])

    def forget_contacts(self, before_ms: int) -> None:
        """Erase those who only asked once and were not heard of since."""
        self._c.execute(
            "DELETE FROM person WHERE state = 'contact' AND seen_ms < ?"
            " AND NOT EXISTS (SELECT 1 FROM parcel WHERE parcel.tag = person.tag)",
            [before_ms],
        )

    def counts(self) -> dict[str, int]:
        """How many there are in each state."""
        rows = self._c.query("SELECT state, count(*) FROM person GROUP BY state")
        found = {state: int(n) for state, n in rows}
        return {state.value: found.get(state.value, 0) for state in PersonState}

    def audiences(self, topic: str) -> list[Audience]:
        """Who wants `topic` pushed."""
        rows = self._c.query(
            "SELECT DISTINCT medium, language, script FROM person"
            " WHERE state = 'active' AND topics & ?",
            [topic_bits([topic])],
        )
        return [Audience(*row) for row in rows]

    # How often somebody was answered, by the meter that no clock jump can wind back.

    def answered(self, tag: bytes, kind: str, meter_ms: int) -> None:
        """An answer was given; `tag` is a keyed hash that nothing else uses."""
        self._c.execute("INSERT INTO answer VALUES (?, ?, ?)", [tag, kind, meter_ms])

    def answers(self, tag: bytes, since_ms: int, kind: str | None = None) -> int:
        """How many answers this person was given since then, of one kind or of all."""
        return int(
            self._c.scalar(
                "SELECT count(*) FROM answer WHERE tag = ?1 AND meter_ms > ?2"
                " AND kind = coalesce(?3, kind)",
                [tag, since_ms, kind],
            )
        )

    def all_answers(self, since_ms: int) -> int:
        """How many answers everybody together was given since then."""
        return int(self._c.scalar("SELECT count(*) FROM answer WHERE meter_ms > ?", [since_ms]))

    def drop_answers(self, before_ms: int) -> None:
        """Forget what no limit looks at any more."""
        self._c.execute("DELETE FROM answer WHERE meter_ms <= ?", [before_ms])
