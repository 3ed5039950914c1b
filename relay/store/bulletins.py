"""Bulletins, their editions, and how each reads in a language and a script."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from relay.store.database import Connection
from relay.values import Bulletin, BulletinState, Draft, Notice, Urgency

FIRST_NUMBER, LAST_NUMBER = 200, 999
_COLUMNS = (
    "id, number, global_id, edition, notice, topic, urgency, place, origin, level, state,"
    " valid_from_ms, expires_ms, sources, exercise"
)


class NumbersUsedUpError(Exception):
    """All 800 numbers were used within their rest."""

    def __init__(self) -> None:
        super().__init__(
            f"all numbers from {FIRST_NUMBER} to {LAST_NUMBER} were used in the last 30 days"
        )


class Bulletins:
    """The bulletins of this node."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    def add(self, draft: Draft, number: int, global_id: str, now_ms: int) -> int:
        """Keep the first edition of a new bulletin, pending; returns its row."""
        chain = int(self._c.scalar("SELECT coalesce(max(id), 0) + 1 FROM bulletin"))
        return self._insert(draft, number, chain, 1, Notice.NEWS, global_id, now_ms)

    def revise(
        self, old: Bulletin, draft: Draft, notice: Notice, global_id: str, now_ms: int
    ) -> int:
        """Keep a further edition under the same number, pending; returns its row."""
        chain = self.chain(old.id)
        edition = int(
            self._c.scalar("SELECT max(edition) + 1 FROM bulletin WHERE chain = ?", [chain])
        )
        return self._insert(draft, old.number, chain, edition, notice, global_id, now_ms)

    def _insert(  # noqa: PLR0913, PLR0917  # the identity of an edition has this many parts
        self,
        draft: Draft,
        number: int,
        chain: int,
        edition: int,
        notice: Notice,
        global_id: str,
        now_ms: int,
    ) -> int:
        cursor = self._c.execute(
            "INSERT INTO bulletin (number, chain, edition, global_id, notice, topic, urgency,"
            " place, origin, level, state, sources, exercise, valid_from_ms, expires_ms,"
            " created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?)",
            [
                number,
                chain,
                edition,
                global_id,
                notice.value,
                draft.topic,
                int(draft.urgency),
                draft.place,
                draft.origin,
                draft.level,
                json.dumps(list(draft.sources), ensure_ascii=False),
                int(draft.exercise),
                draft.valid_from_ms,
                draft.expires_ms,
                now_ms,
            ],
        )
        row = int(cursor.lastrowid or 0)
        self._c.executemany(
            "INSERT INTO bulletin_text VALUES (?, ?, ?)",
            [(row, language, text) for language, text in draft.texts.items()],
        )
        return row

    def chain(self, row: int) -> int:
        """What all editions of one bulletin have in common."""
        return int(self._c.scalar("SELECT chain FROM bulletin WHERE id = ?", [row]))

    def free_number(self, start: int, rested_before_ms: int) -> int:
        """A number nobody has seen since then, the first one from `start` on.

        Raises:
            NumbersUsedUpError: there is none.
        """
        used = {
            int(number)
            for (number,) in self._c.query(
                "SELECT DISTINCT number FROM bulletin WHERE state IN ('pending', 'live')"
                " OR (live_ms IS NOT NULL AND max(expires_ms, created_ms) > ?)",
                [rested_before_ms],
            )
        }
        count = LAST_NUMBER - FIRST_NUMBER + 1
        for step in range(count):
            number = FIRST_NUMBER + (start - FIRST_NUMBER + step) % count
            if number not in used:
                return number
        raise NumbersUsedUpError

    def give_up_oldest_pending(self) -> bool:
        """End the oldest that nobody has decided on, for its number; False where there is none."""
        return (
            self._c.execute(
                "UPDATE bulletin SET state = 'expired' WHERE id ="
                " (SELECT min(id) FROM bulletin WHERE state = 'pending')"
            ).rowcount
            == 1
        )

    def publish(self, row: int, now_ms: int) -> None:
        """Make an edition live."""
        self._c.execute(
            "UPDATE bulletin SET state = 'live', live_ms = ? WHERE id = ?", [now_ms, row]
        )

    def set_state(self, row: int, state: BulletinState) -> None:
        """Move an edition along its life."""
        self._c.execute("UPDATE bulletin SET state = ? WHERE id = ?", [state.value, row])

    def set_level(self, row: int, level: str) -> None:
        """Say how far an edition is confirmed."""
        self._c.execute("UPDATE bulletin SET level = ? WHERE id = ?", [level, row])

    def live_from(self, row: int, now_ms: int) -> None:
        """Let an edition live as long as it was meant to, beginning now."""
        self._c.execute(
            "UPDATE bulletin SET expires_ms = ? + expires_ms - created_ms WHERE id = ?",
            [now_ms, row],
        )

    def mark_pushed(self, row: int, now_ms: int) -> None:
        """Its parcels are queued."""
        self._c.execute("UPDATE bulletin SET pushed_ms = ? WHERE id = ?", [now_ms, row])

    def expire(self, now_ms: int) -> int:
        """End the live and pending ones whose time has come."""
        return self._c.execute(
            "UPDATE bulletin SET state = 'expired' WHERE state IN ('live', 'pending')"
            " AND expires_ms <= ?",
            [now_ms],
        ).rowcount

    # Looking.

    def _read(self, where: str, values: Sequence[Any]) -> list[Bulletin]:
        rows = self._c.query(f"SELECT {_COLUMNS} FROM bulletin WHERE {where}", values)  # noqa: S608  # our own conditions
        return [self._bulletin(row) for row in rows]

    def _bulletin(self, row: tuple[Any, ...]) -> Bulletin:
        texts: Mapping[str, str] = dict(
            self._c.query("SELECT language, text FROM bulletin_text WHERE bulletin = ?", [row[0]])
        )
        return Bulletin(
            id=row[0],
            number=row[1],
            global_id=row[2],
            edition=row[3],
            notice=Notice(row[4]),
            topic=row[5],
            urgency=Urgency(row[6]),
            place=row[7],
            origin=row[8],
            level=row[9],
            state=BulletinState(row[10]),
            valid_from_ms=row[11],
            expires_ms=row[12],
            texts=texts,
            sources=tuple(json.loads(row[13])),
            exercise=bool(row[14]),
        )

    def newest(self, number: int) -> Bulletin | None:
        """The newest edition under `number`."""
        found = self._read("number = ? ORDER BY id DESC LIMIT 1", [number])
        return found[0] if found else None

    def public(self, number: int) -> Bulletin | None:
        """The newest edition under `number` that was ever live: what people may hear of."""
        found = self._read(
            "number = ? AND (live_ms IS NOT NULL OR notice = 'withdrawal')"
            " ORDER BY id DESC LIMIT 1",
            [number],
        )
        return found[0] if found else None

    def get(self, row: int) -> Bulletin:
        """One edition."""
        return self._read("id = ?", [row])[0]

    def all(self, state: BulletinState | None = None) -> list[Bulletin]:
        """Every edition, or those in one state; newest first."""
        if state is None:
            return self._read("1 ORDER BY id DESC", [])
        return self._read("state = ? ORDER BY id DESC", [state.value])

    def live(self, topics: Sequence[str], now_ms: int, limit: int) -> list[Bulletin]:
        """What may be read now on one of `topics`: most urgent first, then newest."""
        marks = ",".join("?" * len(topics))
        return self._read(
            f"state = 'live' AND exercise = 0 AND expires_ms > ? AND topic IN ({marks})"
            " ORDER BY urgency DESC, id DESC LIMIT ?",
            [now_ms, *topics, limit],
        )

    def newest_live_ms(self) -> int | None:
        """When the newest of those that are live went live."""
        value = self._c.scalar("SELECT max(live_ms) FROM bulletin WHERE state = 'live'")
        return None if value is None else int(value)

    def exercises(self) -> list[Bulletin]:
        """The live and pending ones of a drill."""
        return self._read("exercise = 1 AND state IN ('live', 'pending')", [])

    def to_push(self, now_ms: int) -> list[Bulletin]:
        """Live and not pushed yet: most urgent first, then oldest."""
        return self._read(
            "state = 'live' AND pushed_ms IS NULL AND expires_ms > ? ORDER BY urgency DESC, id",
            [now_ms],
        )

    def to_air(self, now_ms: int) -> list[Bulletin]:
        """What may be broadcast now: the live ones, and notices of withdrawal while they last."""
        return self._read(
            "(state = 'live' OR notice = 'withdrawal' AND state = 'withdrawn') AND expires_ms > ?"
            " AND id IN (SELECT max(id) FROM bulletin WHERE live_ms IS NOT NULL OR"
            "  notice = 'withdrawal' GROUP BY chain) ORDER BY urgency DESC, id",
            [now_ms],
        )

    def first_live_ms(self, row: int) -> int | None:
        """Since when people have heard of a bulletin, in any edition."""
        value = self._c.scalar(
            "SELECT min(live_ms) FROM bulletin WHERE chain = ?", [self.chain(row)]
        )
        return None if value is None else int(value)

    def withdrawals_to_tell(self) -> list[Bulletin]:
        """Notices of withdrawal that nobody was told yet."""
        return self._read("notice = 'withdrawal' AND pushed_ms IS NULL ORDER BY id", [])

    def counts(self) -> dict[str, int]:
        """How many are live and how many wait for a decision."""
        rows = self._c.query("SELECT state, count(*) FROM bulletin GROUP BY state")
        found = {state: int(n) for state, n in rows}
        return {name: found.get(name, 0) for name in ("live", "pending")}
