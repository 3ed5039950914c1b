"""How long it takes to queue one bulletin for everybody, and what other ways would take."""

import statistics
import time
from pathlib import Path

from relay.cli.app import App
from relay.routing import Router
from relay.store import Store
from relay.values import Mode
from tests.bench.figures import Figure
from tests.bench.home import publish

BAR_S = 0.5
ROUNDS = 5
TABLES = ("parcel", "segment", "parcel_bulletin")


def measure(app: App, people: int) -> list[Figure]:
    """Queue some bulletins, take them back; leaves nothing on its way."""
    router = Router(app.store, {"sms": app.renderer})
    took_s, back_s, counted = [], [], {}
    for _ in range(ROUNDS):
        before = _counts(app.store)
        took_s.append(_push(app, router))
        counted = {name: n - before[name] for name, n in _counts(app.store).items()}
        assert counted["parcel"] == people
        if len(took_s) == 1:
            peers = _peers(app)
        back_s.append(_withdraw(app))
    note = f"{counted['parcel']} messages, {counted['segment']} segments; slowest of {ROUNDS}"
    return [
        Figure("a bulletin to all: rows committed", max(took_s), "s", BAR_S, note),
        Figure("  the same, median", statistics.median(took_s), "s"),
        Figure("  the same rows by executemany", peers[0], "s", note="rows ready made"),
        Figure("  the same rows by insert_all", peers[1], "s", note="rows ready made"),
        Figure("withdraw it, all still queued", max(back_s), "s", note=f"slowest of {ROUNDS}"),
    ]


def _push(app: App, router: Router) -> float:
    started = time.perf_counter()
    publish(app)
    router.work(Mode.BLACKOUT, app.now_ms())
    return time.perf_counter() - started


def _withdraw(app: App) -> float:
    newest = app.store.bulletins.all()[0]
    started = time.perf_counter()
    app.desk.withdraw(newest.number, app.now_ms())
    return time.perf_counter() - started


def _counts(store: Store) -> dict[str, int]:
    return {name: store.connection.scalar(f"SELECT count(*) FROM {name}") for name in TABLES}  # noqa: S608  # names above


def _peers(app: App) -> tuple[float, float]:
    """The rows of the store once more, into empty ones, one transaction each."""
    rows = {name: list(app.store.connection.db[name].rows) for name in TABLES}
    many = _timed(app.settings.node.state_dir / "peer-1", rows, _executemany)
    plain = _timed(app.settings.node.state_dir / "peer-2", rows, _insert_all)
    return many, plain


def _timed(folder: Path, rows, insert) -> float:
    folder.mkdir()
    store = Store(folder)
    started = time.perf_counter()
    with store.transaction():
        for name in TABLES:
            insert(store, name, rows[name])
    took_s = time.perf_counter() - started
    store.close()
    return took_s


def _executemany(store: Store, name: str, rows) -> None:
    marks = ",".join("?" * len(rows[0]))
    store.connection.executemany(
        f"INSERT INTO {name} VALUES ({marks})",  # noqa: S608  # names above
        [tuple(row.values()) for row in rows],
    )


def _insert_all(store: Store, name: str, rows) -> None:
    store.connection.db[name].insert_all(rows)
