"""A node's home with ten thousand people in it, made by the node's own parts."""

import subprocess
import sys
from itertools import product
from pathlib import Path

from relay.cli.app import App
from relay.store import Store
from relay.values import Bulletin, Draft, Person, PersonState, Urgency

JARSHY = Path(sys.executable).with_name("jarshy")
READERS = tuple(product(("kk", "ru"), ("cyrillic", "plain", "latin")))
TOPICS = frozenset({"danger", "lines", "news"})
WORDS = {
    "kk": "Абай даңғылы Достық пен Сейфуллин арасында жабық, айналма жол Сәтбаев көшесімен",
    "ru": "проспект Абая закрыт от Достык до Сейфуллина, объезд по улице Сатпаева",
}
DAY_MS = 86_400_000


def jarshy(home: Path, *words: str) -> str:
    """Run the command; returns what it printed."""
    command = [JARSHY, "--config", home / "jarshy.toml", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def make_home(home: Path, air: Path, modem: str = "") -> App:
    """A fresh node whose modem is the simulated one; `modem`: more keys of its section."""
    subprocess.run([JARSHY, "init", home], check=True, capture_output=True)
    with (home / "jarshy.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[modem]]\nname = "bench"\nport = "{air}/bench.tty"\n{modem}')
    return App(home / "jarshy.toml")


NO_LIMITS = "segments_per_minute = 0\nsegments_per_day = 0\n"


def number(at: int) -> str:
    return f"+7702{at:07d}"


def enrol(app: App, count: int) -> None:
    """Take on so many people who have long since been greeted, all in one transaction."""
    now_ms = app.now_ms()
    with app.store.transaction():
        for at in range(count):
            app.store.people.add(_person(app, at), now_ms)


def _person(app: App, at: int) -> Person:
    language, script = READERS[at % len(READERS)]
    return Person(
        id=0,
        tag=app.keys.tag("person", number(at)),
        medium="sms",
        mask=f"…{number(at)[-2:]}",
        state=PersonState.ACTIVE,
        language=language,
        script=script,
        topics=TOPICS,
        greeted=True,
        gateway="bench",
        number_sealed=app.keys.seal("number", number(at)),
        volunteer=False,
        chose_language=True,
    )


def publish(app: App, topic: str = "danger", urgency: Urgency = Urgency.ROUTINE) -> Bulletin:
    """A live bulletin in two languages."""
    now_ms = app.now_ms()
    draft = Draft(
        topic=topic,
        urgency=urgency,
        texts=WORDS,
        place="Алматы",
        origin="operator",
        level="confirmed_by_editor",
        valid_from_ms=now_ms,
        expires_ms=now_ms + DAY_MS,
    )
    return app.desk.add(draft, now_ms, publish=True)


def unfinished(store: Store) -> int:
    """How many messages are still on their way, in or out."""
    return sum(store.outbox.unfinished().values()) + store.inbox.unfinished()
