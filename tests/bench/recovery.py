"""How long a node needs after each fault of its radio: `python -m tests.bench.recovery`.

All settings as they ship, on SHORT_FAST so that the air does not dominate.  Work is in hand when
a fault begins and waits until it ends; measured is from the end, or from the beginning of what
heals by itself, to the next packet of ours on air; and to when nothing is on its way any more.
Exit status 1 if a bar is missed.
"""

import argparse
import base64
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from gateways.simulated.radio.client import Mesh
from gateways.simulated.radio.server import background
from gateways.simulated.radio.settings import (
    OWN,
    PRIMARY,
    ChannelConfig,
    MeshConfig,
    NodeConfig,
    RadioConfig,
)
from relay.cli.app import App
from relay.store import Store
from relay.values import Urgency
from tests.bench.figures import Figure, table
from tests.bench.home import JARSHY, publish, unfinished

RADIO, ASKS, LISTENS = "radio", "asel", "berik"
BAR_S, READY_S, LOOK_S = 60.0, 30.0, 0.1
REBOOT_S = 15.0  # of an ESP32, until it is in its network again
AT_ONCE = 20  # nodes that are tried side by side: they mostly wait
NO_KEY = 39  # Routing.Error.PKI_SEND_FAIL_PUBLIC_KEY
WANT_CONFIG = b"\x94\xc3\x00\x02\x18\x05"  # as every client begins

_SECTION = '\n[[radio]]\nname = "mesh"\naddress = "{address}"\n'


@dataclass(slots=True)
class Place:
    """One node, its radio and the people around."""

    home: Path
    mesh: Mesh
    process: subprocess.Popen[bytes] | None = None
    log: list[str] = field(default_factory=list)

    @property
    def settings(self) -> Path:
        return self.home / "jarshy.toml"

    def start(self) -> None:
        """Run the node."""
        with (self.home / "run.log").open("ab") as log:
            command = [JARSHY, "--config", self.settings, "run"]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def end(self, how: signal.Signals) -> None:
        """End the node."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(20)

    def state(self, store: Store) -> str:
        """What the node says of its radio."""
        device = store.devices.all().get("mesh")
        return device.state if device else ""


Act = Callable[[Place], object]


@dataclass(frozen=True, slots=True)
class Case:
    """One fault.

    Attributes:
        begins: where there is no `ends`, it heals by itself from then on.
        ends: called at once where the fault does not last.
        lasts: for as long as the command line says.
        told: what `status` should say of the radio meanwhile; how soon is measured as well.
        absent: the radio is not there when the node starts.
        bulletin, question: what is in hand.
        late: nothing is, until the fault is told of.
    """

    begins: Act
    ends: Act | None = None
    lasts: bool = False
    told: str = ""
    absent: bool = False
    bulletin: bool = True
    question: bool = True
    late: bool = False


# How faults begin and end.


def _nothing(_place: Place) -> None:
    """It is there already."""


def _used_up(place: Place) -> None:
    """Wait until it has bitten for the last time."""
    _until(lambda: not place.mesh.state(RADIO)["faults"], READY_S * 2)


def _fault(name: str, times: int | None = None, **args: object) -> Act:
    return lambda place: place.mesh.fault(RADIO, name, times, **args)


def _refuse(times: int) -> Act:
    return _fault("refuse", times, error=NO_KEY)


def _clear(place: Place) -> None:
    place.mesh.clear_faults(RADIO)


def _unplug(place: Place) -> None:
    place.mesh.unplug(RADIO)


def _plug(place: Place) -> None:
    place.mesh.plug(RADIO)


def _restart(down_s: float = REBOOT_S) -> Act:
    return lambda place: place.mesh.reboot(RADIO, down_s)


def _tune(**settings: object) -> Act:
    return lambda place: place.mesh.set_config(RADIO, **settings)


def _channels(*made: ChannelConfig) -> Act:
    listed = [{"name": one.name, "key": base64.b64encode(one.key).decode()} for one in made]
    return _tune(channels=listed)


def _both(*acts: Act) -> Act:
    return lambda place: [act(place) for act in acts]


def _kill(place: Place) -> None:
    place.end(signal.SIGKILL)
    place.start()


class _Rival:
    """Another program that comes back each time it is thrown out, as a phone's app does."""

    AGAIN_S = 2.0

    def __init__(self) -> None:
        self._leaves = threading.Event()

    def comes(self, place: Place) -> None:
        """Take the connection, until told to leave."""
        threading.Thread(target=self._fight, args=(place.mesh.port(RADIO),), daemon=True).start()

    def leaves(self, _place: Place) -> None:
        """Go away for good."""
        self._leaves.set()

    def _fight(self, port: int) -> None:
        while not self._leaves.is_set():
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", port)) as line,
            ):
                line.sendall(WANT_CONFIG)
                line.settimeout(LOOK_S)
                self._read(line)
            self._leaves.wait(self.AGAIN_S)

    def _read(self, line: socket.socket) -> None:
        while not self._leaves.is_set():
            with contextlib.suppress(TimeoutError):
                if not line.recv(4096):
                    return


def _cases() -> dict[str, Case]:
    rival = _Rival()
    return {
        "kill and restart": Case(_kill),
        "restarts, 15 s": Case(_restart()),
        "unplugged": Case(_unplug, _plug, lasts=True, told="down"),
        "absent at start": Case(_nothing, _plug, lasts=True, absent=True),
        "silent": Case(_fault("silent"), _clear, lasts=True, told="down"),
        "half open": Case(_fault("half_open"), _clear, lasts=True, told="down"),
        "silent, at rest": Case(_fault("silent"), _clear, lasts=True, told="down", late=True),
        "half open, at rest": Case(_fault("half_open"), _clear, lasts=True, told="down", late=True),
        "second client, stubborn": Case(rival.comes, rival.leaves, lasts=True, told="down"),
        "garbage between frames": Case(_fault("garbage", 30)),
        "garbage inside frames": Case(_fault("garbage", 5, where="inside"), _used_up),
        "queue full": Case(_fault("queue_full"), _clear, lasts=True),
        "config never ends": Case(
            _both(_fault("no_config"), _restart(1.0)), _clear, lasts=True, told="down"
        ),
        "config takes 4 s": Case(_both(_fault("slow_config", 1, part_s=0.1), _restart(1.0))),
        "status lost": Case(_fault("status_lost", 1), _used_up),
        "status of another": Case(_fault("stale_status", 1), _used_up),
        "acknowledgement lost": Case(_fault("ack_lost", 1), _used_up),
        "asker's key unknown once": Case(_refuse(1), _used_up, bulletin=False),
        "asker's key unknown twice": Case(_refuse(2), _used_up, bulletin=False),
        "channel missing": Case(
            _both(_channels(PRIMARY), _restart(1.0)),
            _channels(PRIMARY, OWN),
            lasts=True,
            told="trouble",
            question=False,
        ),
        "region unset, set with a restart": Case(
            _both(_tune(region="UNSET"), _restart(1.0)),
            _both(_tune(region="KZ_433"), _restart()),
            lasts=True,
            told="trouble",
        ),
        "region unset, set without": Case(
            _both(_tune(region="UNSET"), _restart(1.0)),
            _tune(region="KZ_433"),
            lasts=True,
            told="trouble",
        ),
    }


# Measuring.


def main() -> int:
    given = _given()
    cases = {name: case for name, case in _cases().items() if given.only in name}
    with (
        tempfile.TemporaryDirectory(dir=given.directory, prefix="jarshy-recovery-") as name,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        trials = [
            pool.submit(_try, one, case, Path(name) / str(at), given)
            for at, (one, case) in enumerate(cases.items())
        ]
        figures = [figure for trial in trials for figure in trial.result()]
    print(table(figures))
    print(f"load {os.getloadavg()[0]:.1f} at the end; above 1 others were at work too")
    return int(any(figure.missed for figure in figures))


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.recovery", description=__doc__)
    parser.add_argument("--directory", default="/var/tmp")
    parser.add_argument("--lasts-s", type=float, default=300.0, help="a fault that does not heal")
    parser.add_argument("--most-s", type=float, default=240.0, help="to wait for a recovery")
    parser.add_argument("--only", default="", help="faults with this in their names")
    return parser.parse_args()


def _mesh(folder: Path) -> MeshConfig:
    return MeshConfig(
        directory=folder,
        radios=(RadioConfig(RADIO, long_name="Bench BOT"),),
        phones=tuple(NodeConfig(name, role="CLIENT_MUTE") for name in (ASKS, LISTENS)),
        preset="SHORT_FAST",
    )


@contextlib.contextmanager
def _place(folder: Path) -> Iterator[Place]:
    with background(_mesh(folder / "mesh")) as mesh:
        place = Place(folder / "node", mesh)
        subprocess.run([JARSHY, "init", place.home], check=True, capture_output=True)
        with place.settings.open("a", encoding="utf-8") as file:
            file.write(_SECTION.format(address=mesh.address(RADIO)))
        try:
            yield place
        finally:
            place.end(signal.SIGTERM)


def _try(name: str, case: Case, folder: Path, given: argparse.Namespace) -> list[Figure]:
    with _place(folder) as place:
        app = App(place.settings)
        if case.absent:
            _unplug(place)
        place.start()
        if not case.absent:
            _until(lambda: place.state(app.store) == "ready", READY_S)
            place.mesh.direct(ASKS, RADIO, "9")
            place.mesh.wait_for(ASKS, 1, READY_S)
            _until(lambda: unfinished(app.store) == 0, READY_S)
        return list(_measure(name, case, place, app, given))


def _measure(
    name: str, case: Case, place: Place, app: App, given: argparse.Namespace
) -> Iterator[Figure]:
    since, began = time.time(), time.monotonic()
    case.begins(place)
    if not case.late:
        _work(case, place, app)
    if case.told:
        told_s = _until(lambda: place.state(app.store) == case.told, given.lasts_s)
        yield Figure(f"{name}: told of after", told_s, "s")
    if case.late:
        _work(case, place, app)
    if case.lasts:
        threading.Event().wait(max(0.0, began + given.lasts_s - time.monotonic()))
    if case.ends is not None:
        case.ends(place)
        since = time.time()
    yield Figure(f"{name}: on air after", _on_air(place, since, given.most_s), "s", BAR_S)
    most_s = since + given.most_s - time.time()
    _until(lambda: unfinished(app.store) == 0, most_s)
    with (place.home / "run.log").open(encoding="utf-8") as log:
        lines = sum("gateway: mesh" in line for line in log)
    note = f"{lines} lines of log about the radio"
    yield Figure("  and nothing on its way after", time.time() - since, "s", note=note)


def _work(case: Case, place: Place, app: App) -> None:
    if case.bulletin:
        publish(app, "news", Urgency.URGENT)
    if case.question:
        place.mesh.direct(ASKS, RADIO, "9")


def _on_air(place: Place, since: float, most_s: float) -> float:
    """Until the next packet of ours, s; `most_s` where none came."""
    ours = {"from": place.mesh.node_id(RADIO), "portnum": "TEXT_MESSAGE_APP"}
    with contextlib.suppress(TimeoutError):
        found = place.mesh.wait_event("sent", most_s, since=since, **ours)
        return float(found["at"]) - since
    return most_s


def _until(holds: Callable[[], bool], most_s: float) -> float:
    """Wait until it holds; how long that took, s."""
    began = time.monotonic()
    while not holds() and time.monotonic() - began < most_s:
        time.sleep(LOOK_S)
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
