"""Ten minutes of a lossy air: `make bench-air`.

A node with the settings as they ship, a radio on LongFast at its own speed, three relays,
four listeners, 30 % of all receptions lost, twenty live bulletins in two languages, urgent
ones in between, and people who ask by direct message.  What the air's own log says is held
against what was promised.  Exit status 1 if a bar is missed.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from gateways.simulated.client import Air
from gateways.simulated.radio.client import Mesh
from gateways.simulated.radio.server import background
from gateways.simulated.radio.settings import MeshConfig, NodeConfig, RadioConfig
from relay import airtime
from relay.cli.app import App
from relay.values import Urgency
from tests.bench.figures import Figure, table
from tests.bench.home import NO_LIMITS, make_home, publish
from tests.bench.running import Running, air, node

BULLETINS = 20
LOSS = 0.30
LEAST_GAP_S, URGENT_BAR_S, MEMORY_BAR_MIB = 2.5, 5.0, 90.0
LISTENERS = ("near", "far", "behind", "corner")
TOPICS = ("news", "supplies", "transport", "medical")

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Published:
    """An urgent bulletin, and when it was committed (unix s)."""

    number: int
    at: float


def main() -> int:
    given = _given()
    with tempfile.TemporaryDirectory(dir=given.directory, prefix="jarshy-air-") as name:
        folder = Path(name)
        with background(_mesh(folder / "mesh")) as mesh:
            app = _home(folder, mesh)
            with air(folder / "air", 0.05) as network, node(folder / "node") as running:
                urgent = _live(app, mesh, network, given.minutes * 60)
                figures = _figures(_log(folder / "mesh"), urgent, app, mesh)
                figures += _memory(running)
    print(table(figures))
    print(f"load {os.getloadavg()[0]:.1f} at the end; above 1 others were at work too")
    return int(any(figure.missed for figure in figures))


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.air", description=__doc__)
    parser.add_argument("--directory", default="/var/tmp")
    parser.add_argument("--minutes", type=float, default=10.0)
    return parser.parse_args()


def _mesh(folder: Path) -> MeshConfig:
    """A radio in the middle; some hear it directly, one only by a relay."""
    relays = tuple(
        NodeConfig(f"relay{at}", place=place)
        for at, place in enumerate([(2.0, 0.0), (0.0, 2.5), (-3.0, -1.0)])
    )
    places = [(0.5, 0.5), (4.0, 0.5), (6.0, 0.0), (-4.0, -2.0)]
    phones = tuple(
        NodeConfig(name, place=place) for name, place in zip(LISTENERS, places, strict=True)
    )
    return MeshConfig(
        directory=folder,
        radios=(RadioConfig("radio", long_name="Bench BOT", telemetry_s=30),),
        phones=phones,
        relays=relays,
        loss=LOSS,
        seed=7,
    )


def _home(folder: Path, mesh: Mesh) -> App:
    app = make_home(folder / "node", folder / "air", NO_LIMITS)
    with (folder / "node" / "jarshy.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[radio]]\nname = "mesh"\naddress = "{mesh.address("radio")}"\n')
    for at in range(BULLETINS):
        publish(app, TOPICS[at % len(TOPICS)])
    return App(folder / "node" / "jarshy.toml")


def _live(app: App, mesh: Mesh, network: Air, seconds: float) -> list[Published]:
    """Urgent bulletins at two moments, a question each minute, texts meanwhile."""
    chance, urgent = random.Random(7), []  # noqa: S311  # which moment, which word
    ends = time.monotonic() + seconds
    pause = threading.Event()
    moments = sorted(chance.uniform(0.1, 0.7) * seconds for _ in range(2))
    began = time.monotonic()
    asked = 0
    while time.monotonic() < ends:
        passed = time.monotonic() - began
        if moments and passed >= moments[0]:
            moments.pop(0)
            bulletin = publish(app, "danger", Urgency.URGENT)
            urgent.append(Published(bulletin.number, time.time()))
        if passed >= asked * 60 + 20:
            mesh.direct(LISTENERS[asked % 2], "radio", chance.choice(["2", "9", "MENU", "8"]))
            network.text(f"+7701555{asked:04d}", "bench", "2")
            asked += 1
        pause.wait(0.2)
    return urgent


def _log(folder: Path) -> list[Json]:
    return [json.loads(line) for line in (folder / "air.jsonl").read_text().splitlines()]


def _figures(log: list[Json], urgent: list[Published], app: App, mesh: Mesh) -> list[Figure]:
    ours = mesh.node_id("radio")
    sent = [one for one in log if one["event"] == "sent" and one["from"] == ours]
    texts = [one for one in sent if one["portnum"] == "TEXT_MESSAGE_APP"]
    own = [one for one in texts if one["node"] == "radio"]
    counted_s = sum(one["air_ms"] for one in own) / 1000 * 6
    real_s = sum(one["air_ms"] for one in texts) / 1000
    meter_ms = int(app.store.meta.get("meter_ms"))
    ledger_s = app.store.ledger.air("mesh", meter_ms - airtime.HOUR_MS).all_ms / 1000
    drops = [one for one in log if one["event"] == "dropped"]
    return [
        Figure("time on air in the hour, six copies counted", counted_s, "s", 360.0),
        Figure("  of the share of 0.1, as the ledger has it", ledger_s, "s", 360.0),
        Figure("  that our texts and their copies really took", real_s, "s", 360.0),
        Figure("  counted, but not in the ledger", max(0.0, counted_s - ledger_s), "s", 0.5),
        Figure("packets of ours", len(own), ""),
        Figure("  over 200 octets", sum(one["octets"] > 200 for one in own), "", 1),
        Figure("  dropped by the radio", len(drops), "", 1, str({one["reason"] for one in drops})),
        Figure("least time between two texts, under 2.5 s", _too_close(own), "times", 1),
        *_urgent(own, urgent),
        *_heard(log, ours),
    ]


def _too_close(own: list[Json]) -> int:
    """First copies only: what the firmware repeats by itself is not a text of ours."""
    first = [one["at"] for one in own if one["copy"] == "first"]
    return sum(later - sooner < LEAST_GAP_S - 0.05 for sooner, later in pairwise(first))


def _urgent(own: list[Json], urgent: list[Published]) -> list[Figure]:
    waits = [
        min(one["at"] for one in own if f"#{each.number}" in one["text"]) - each.at
        for each in urgent
    ]
    return [Figure("urgent bulletin committed to on air, slowest", max(waits), "s", URGENT_BAR_S)]


def _heard(log: list[Json], ours: str) -> list[Figure]:
    """What listeners had of it; there is no bar, the air is lossy."""
    shown = [one for one in log if one["event"] == "shown" and one["sender"] == ours]
    ids = {one["id"] for one in shown if one["channel"] == "Jarshy"}
    figures = []
    for name in LISTENERS:
        mine = [one for one in shown if one["phone"] == name]
        had = {one["id"] for one in mine if one["channel"] == "Jarshy"}
        twice = len(mine) - len({one["id"] for one in mine})
        figures.append(Figure(f"{name}: packets heard", len(had), f"of {len(ids)}", None))
        figures.append(Figure(f"{name}: one packet shown twice", twice, "times", 1))
    asked = sum(
        one["event"] == "sent"
        and one["to"] == ours
        and one["copy"] == "first"
        and one["portnum"] == "TEXT_MESSAGE_APP"
        for one in log
    )
    answered = sum(one["to"] != "^all" for one in shown)
    figures.append(Figure("direct messages asked, answers shown", answered, f"of {asked}"))
    return figures


def _memory(running: Running) -> list[Figure]:
    found = running.memory_mib()
    return [
        Figure(
            f"memory with both media, {name}", mib, "MiB", MEMORY_BAR_MIB if name == "Rss" else None
        )
        for name, mib in found.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
