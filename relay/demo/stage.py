"""The stage: a temporary node, the air that it sends into, and the operator's command line."""

import json
import os
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

from gateways.simulated.client import Air
from gateways.simulated.radio.client import Mesh
from relay.demo.mesh import RADIO, READY
from relay.demo.settings import MODEMS, settings_text

AIR, MESH = "air", "mesh"  # folders of the simulations
STOP_S = 12.0
DEGRADED = 3  # the exit status of `status` while something needs attention

_Process = subprocess.Popen[str]


class StageError(Exception):
    """The demonstration could not go on; the message says where to look."""


class Stage:
    """Everything runs as it would on a Pi, each part in a process of its own."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="jarshy-"))
        self.air = Air(self.directory / AIR)
        self.mesh = Mesh(self.directory / MESH)
        self._settings = self.directory / "demo.toml"
        self._running: list[_Process] = []
        self._log = self.directory / "node.log"

    def open(self) -> None:
        """Start the air, the mesh and the node, and wait until all are ready.

        Raises:
            StageError: one of them did not start.
        """
        air, mesh = self._start_air(), self._start_mesh()
        self.operator("init", str(self.directory), bare=True)
        feed = (files("relay.demo") / "feed.xml").read_bytes()
        (self.directory / "feed.xml").write_bytes(feed)
        read_until_ready(air)
        radio = read_until_ready(mesh)[0]
        self._settings.write_text(settings_text(self.directory, radio), encoding="utf-8")
        self._start_node()

    def _start_air(self) -> _Process:
        words = ["gateways.simulated", "--directory", str(self.air.directory), "--latency", "0.3"]
        for name, number in MODEMS.items():
            words += ["--modem", f"{name}={number}"]
        return self._start(*words)

    def _start_mesh(self) -> _Process:
        return self._start("relay.demo.mesh", str(self.mesh.directory))

    def _start(self, module: str, *words: str) -> _Process:
        command = [sys.executable, "-m", module, *words]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  # ours
        self._running.append(process)
        return process

    def _start_node(self) -> None:
        """The node says in its log when a device is ready."""
        with self._log.open("w", encoding="utf-8") as log:
            node = subprocess.Popen(  # noqa: S603  # ours
                [*self._command(), "run"], stderr=subprocess.PIPE, text=True
            )
            self._running.append(node)
            waiting = {*MODEMS, RADIO}
            for line in node.stderr or ():
                log.write(line)
                log.flush()
                waiting -= {name for name in waiting if f" {name}: ready" in line}
                if not waiting:
                    break
            else:
                raise StageError(f"the node did not start; see {self._log}")
        # From here on the kernel copies its log, so that its pipe never fills.
        copy = ["tee", "-a", str(self._log)]
        self._running.append(
            subprocess.Popen(copy, stdin=node.stderr, stdout=subprocess.DEVNULL, text=True)  # noqa: S603
        )

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "relay", "--config", str(self._settings)]

    def operator(self, *words: str, bare: bool = False) -> str:
        """Run a command as the operator would; returns what it prints.

        Raises:
            StageError: it failed.
        """
        command = [sys.executable, "-m", "relay"] if bare else self._command()
        done = subprocess.run(  # noqa: S603  # ours
            [*command, *words], capture_output=True, text=True, check=False
        )
        if done.returncode not in {0, DEGRADED}:
            raise StageError(f"jarshy {words[0]}: {done.stderr.strip()}")
        return done.stdout.strip()

    def quiet(self) -> dict[str, Any]:
        """The node's status once nothing is on its way out any more."""
        while True:
            status: dict[str, Any] = json.loads(self.operator("status", "--json"))
            if not any(status["outbox"][state] for state in ("queued", "sending")):
                return status

    def close(self) -> None:
        """End all processes, the node first, as SIGTERM ends it."""
        for process in reversed(self._running):
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
        for name in ("key", "jarshy.db", "ballast"):
            (self.directory / name).unlink(missing_ok=True)


def beacon() -> Path:
    """Where a demonstration that stays says where it runs."""
    folder = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(folder) / f"jarshy-demo-{os.getuid()}"


def read_until_ready(simulation: _Process) -> list[str]:
    """What a simulation says before it is ready.

    Raises:
        StageError: it ended before that.
    """
    said: list[str] = []
    for line in simulation.stdout or ():
        if line.strip() == READY:
            return said
        said.append(line.strip())
    raise StageError("a simulation did not start; what it said stands above")
