"""The stage: a temporary node, the air that it sends into, and the operator's command line."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from gateways.simulated.client import Air

MODEMS: Mapping[str, str] = {"beeline": "+77010000001", "tele2": "+77070000002"}
STOP_S = 12.0
DEGRADED = 3  # the exit status of `status` while something needs attention

_SETTINGS = """
[node]
name = "demo"
state_dir = "{directory}"

{modems}
[[source]]
name = "listok"
url = "file://{directory}/feed.xml"
origin = "media"
owner = "Городской листок"
language = "ru"
topics = ["news"]
"""

_MODEM = """[[modem]]
name = "{name}"
port = "{directory}/air/{name}.tty"
own_number = "{number}"
segments_per_minute = 0
poll_s = 2
"""


class StageError(Exception):
    """The demonstration could not go on; the message says where to look."""


class Stage:
    """Everything runs as it would on a Pi, each part in a process of its own."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="jarshy-"))
        self.air = Air(self.directory / "air")
        self._settings = self.directory / "demo.toml"
        self._running: list[subprocess.Popen[str]] = []
        self._log = self.directory / "node.log"

    def open(self) -> None:
        """Start the air and the node, and wait until both are ready.

        Raises:
            StageError: one of them did not start.
        """
        self._start_air()
        self.operator("init", str(self.directory), bare=True)
        modems = "".join(
            _MODEM.format(name=name, number=number, directory=self.directory)
            for name, number in MODEMS.items()
        )
        text = _SETTINGS.format(directory=self.directory, modems=modems)
        self._settings.write_text(text, encoding="utf-8")
        feed = (files("relay.demo") / "feed.xml").read_bytes()
        (self.directory / "feed.xml").write_bytes(feed)
        self._start_node()

    def _start_air(self) -> None:
        command = [sys.executable, "-m", "gateways.simulated", "--directory"]
        command += [str(self.directory / "air"), "--latency", "0.3"]
        for name, number in MODEMS.items():
            command += ["--modem", f"{name}={number}"]
        air = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  # ours
        self._running.append(air)
        if air.stdout is None or air.stdout.readline().strip() != "ready":
            raise StageError("the simulated air did not start")

    def _start_node(self) -> None:
        """The node says in its log when a modem is ready."""
        with self._log.open("w", encoding="utf-8") as log:
            node = subprocess.Popen(  # noqa: S603  # ours
                [*self._command(), "run"], stderr=subprocess.PIPE, text=True
            )
            self._running.append(node)
            waiting = set(MODEMS)
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
        for name in ("key", "jarshy.db"):
            (self.directory / name).unlink(missing_ok=True)


def beacon() -> Path:
    """Where a demonstration that stays says where it runs."""
    folder = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(folder) / f"jarshy-demo-{os.getuid()}"
