"""What was pulled: sources as they stand, and items, each kept once."""

from dataclasses import dataclass

from relay.store.database import Connection


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source did last; `etag` and `last_modified` make the next pull cheap."""

    last_ok_ms: int | None = None
    last_error: str | None = None
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class NewItem:
    """An entry as pulled."""

    key: str
    digest: str
    title: str
    body: str
    link: str
    published_ms: int | None


class Sources:
    """Where words came from."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    def state(self, name: str) -> SourceState:
        """How `name` did last."""
        row = self._c.one(
            "SELECT last_ok_ms, last_error, etag, last_modified FROM source WHERE name = ?", [name]
        )
        return SourceState() if row is None else SourceState(*row)

    def note(self, name: str, state: SourceState) -> None:
        """Write down how `name` did."""
        self._c.execute(
            "INSERT OR REPLACE INTO source VALUES (?, ?, ?, ?, ?)",
            [name, state.last_ok_ms, state.last_error, state.etag, state.last_modified],
        )

    def newest_ok_ms(self) -> int | None:
        """When any source was last read."""
        value = self._c.scalar("SELECT max(last_ok_ms) FROM source")
        return None if value is None else int(value)

    def items(self, name: str) -> int:
        """How many items of `name` are kept."""
        return int(self._c.scalar("SELECT count(*) FROM item WHERE source = ?", [name]))

    def keep(self, source: str, item: NewItem, now_ms: int) -> int | None:
        """Keep an item; None where this source gave it before."""
        cursor = self._c.execute(
            "INSERT OR IGNORE INTO item (source, key, digest, title, body, link, published_ms,"
            " fetched_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                source,
                item.key,
                item.digest,
                item.title,
                item.body,
                item.link,
                item.published_ms,
                now_ms,
            ],
        )
        return cursor.lastrowid if cursor.rowcount == 1 else None

    def became(self, item: int, bulletin: int) -> None:
        """An item became a bulletin."""
        self._c.execute("UPDATE item SET bulletin = ? WHERE id = ?", [bulletin, item])


@dataclass(frozen=True, slots=True)
class Proxy:
    """A link that may be handed out."""

    id: int
    link: str
    kind: str


class Proxies:
    """The links that are handed out on request."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    def add(self, link: str, kind: str, now_ms: int) -> bool:
        """Keep a link; False where it is here already."""
        cursor = self._c.execute(
            "INSERT OR IGNORE INTO proxy (link, kind, added_ms) VALUES (?, ?, ?)",
            [link, kind, now_ms],
        )
        return cursor.rowcount == 1

    def all(self) -> list[Proxy]:
        """Every link, oldest first."""
        return [Proxy(*row) for row in self._c.query("SELECT id, link, kind FROM proxy")]

    def remove(self, number: int) -> bool:
        """Hand a link out no more."""
        return self._c.execute("DELETE FROM proxy WHERE id = ?", [number]).rowcount == 1
