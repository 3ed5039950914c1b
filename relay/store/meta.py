"""Small things the node remembers about itself: settings made at run time, counters, devices."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from relay.store.database import Connection


class Meta:
    """Named values and counters."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    def get(self, key: str, default: str = "") -> str:
        """The value of `key`."""
        value = self._c.scalar("SELECT value FROM meta WHERE key = ?", [key])
        return default if value is None else str(value)

    def put(self, key: str, value: str) -> None:
        """Remember `value` as `key`."""
        self._c.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [key, value])

    def count(self, name: str) -> None:
        """One more of `name` since the store was made."""
        self._c.execute(
            "INSERT INTO tally VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET n = n + 1", [name]
        )

    def tally(self, name: str) -> int:
        """How many of `name` there were since the store was made."""
        return int(self._c.scalar("SELECT n FROM tally WHERE name = ?", [name]) or 0)


@dataclass(frozen=True, slots=True)
class Device:
    """What a device was seen to be last; `mend` says what would help, empty while it is well.

    `busy`: its channel, percent; `facts`: what else it says of itself.
    """

    name: str
    state: str
    reason: str
    mend: str
    signal: int | None
    since_ms: int
    busy: float | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


def _device(row: tuple[Any, ...]) -> Device:
    return Device(*(*row[:-1], json.loads(row[-1])))


class Devices:
    """What the workers last saw of their devices, and PINs that must not be tried again."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    def note(self, device: Device) -> None:
        """Write down how a device is; `since_ms` stays while its state stays."""
        self._c.execute(
            "INSERT INTO device (name, state, reason, mend, signal, since_ms, busy, facts)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            " since_ms = CASE WHEN state = excluded.state THEN since_ms ELSE excluded.since_ms END,"
            " state = excluded.state, reason = excluded.reason, mend = excluded.mend,"
            " signal = excluded.signal, busy = excluded.busy, facts = excluded.facts",
            [
                device.name,
                device.state,
                device.reason,
                device.mend,
                device.signal,
                device.since_ms,
                device.busy,
                json.dumps(device.facts, ensure_ascii=False),
            ],
        )

    def all(self) -> dict[str, Device]:
        """By name."""
        rows = self._c.query(
            "SELECT name, state, reason, mend, signal, since_ms, busy, facts FROM device"
        )
        return {row[0]: _device(row) for row in rows}

    def refuse_pin(self, attempt: bytes) -> None:
        """Never try this PIN on this device again; `attempt` is a keyed hash of both."""
        self._c.execute("INSERT OR IGNORE INTO pin_refused VALUES (?)", [attempt])

    def allow_pin(self, attempt: bytes) -> None:
        """It was right: it may be used again."""
        self._c.execute("DELETE FROM pin_refused WHERE sim = ?", [attempt])

    def is_pin_refused(self, attempt: bytes) -> bool:
        """Whether this very PIN was refused by this very device."""
        return self._c.one("SELECT 1 FROM pin_refused WHERE sim = ?", [attempt]) is not None
