"""Airs that outlive all kills, and a node's home beside them."""

import contextlib
import io
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from gateways.simulated.client import SOCKET, Air
from gateways.simulated.radio.client import Mesh
from relay.cli.main import main
from tests.kill import ether, victim

MODEMS = {"alpha": "+77010000001", "beta": "+77020000002"}
REPORT_WAIT_S = 2
RESTART_S = 0.8
_MODEM = """
[[modem]]
name = "{name}"
port = "{port}"
own_number = "{number}"
segments_per_minute = 0
segments_per_day = 0
urgent_reserve = 0
delivery_reports = {reports}
report_wait_s = {wait}
poll_s = 0.5
command_wait_s = 3
prompt_wait_s = 3
verdict_wait_s = 5
retry_min_s = 0.1
retry_max_s = 0.5
"""
_REST = """
[node]
name = "victim"

[replies]
per_person_per_hour = 100000
per_person_per_day = 100000
unknown_per_person_per_day = 100000
per_node_per_hour = 1000000

[network]
probe = false
"""


class CommandFailed(Exception):
    """A command of the operator's did not end well; the text is what it said."""


_OPEN = """
SELECT (SELECT count(*) FROM segment WHERE state IN ('queued', 'sending', 'unknown'))
 + (SELECT count(*) FROM inbound WHERE state IN ('received', 'postponed', 'waiting', 'deferred'))
 + (SELECT count(*) FROM bulletin WHERE state = 'live' AND pushed_ms IS NULL)
 + (SELECT count(*) FROM bulletin WHERE notice = 'withdrawal' AND pushed_ms IS NULL)
"""
_NOT_AIRED = """
SELECT count(*) FROM bulletin WHERE state = 'live' AND NOT EXISTS (
  SELECT 1 FROM parcel_bulletin JOIN parcel ON parcel.id = parcel
  WHERE bulletin = bulletin.id AND kind = 'broadcast')
"""
START_S = 20.0


class Site:
    """One node and the air around it, in a folder of their own.

    `radio`: there is a mesh, too, and the node has a radio on it, which lets a text through
    each `apart_s`.
    """

    def __init__(self, folder, *, reports, radio=False, apart_s=ether.LEAST_APART_S):
        self.folder = Path(folder)
        self.home = self.folder / "node"
        self.config = self.home / "jarshy.toml"
        self.log = self.folder / "node.log"
        self.reports = reports
        self.node = None
        self._died_at = 0.0
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.kill.victim"])
        self.mesh = Mesh(self.folder / "mesh") if radio else None
        self.apart_s = apart_s
        self._mesh_process = None

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self._process = self._start_air()
        self.air = Air(self.folder / "air")
        try:
            if self.mesh is not None:
                self._mesh_process = self._start_mesh()
            self.jarshy("init", str(self.home), config=False)
            self.config.write_text(self._settings(), encoding="utf-8")
            self.jarshy("mode")  # makes the store, so that it can be looked into at any time
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.kill()
        self.air.stop()
        self._process.wait(10)
        if self._mesh_process is not None:
            self.mesh.stop()
            self._mesh_process.join(10)

    def _settings(self):
        modems = (
            _MODEM.format(
                name=name,
                number=number,
                port=self.air.tty(name),
                reports=str(self.reports).lower(),
                wait=REPORT_WAIT_S,
            )
            for name, number in MODEMS.items()
        )
        radios = []
        if self.mesh is not None:
            radios = [ether.section(self.mesh.address(ether.RADIO))]
        return "".join((_REST, *modems, *radios))

    def _start_air(self):
        command = [sys.executable, "-m", "gateways.simulated", "--directory", self.folder / "air"]
        for name, number in MODEMS.items():
            command += ["--modem", f"{name}={number}"]
        command += ["--latency", "0.01", "--report-delay", "0.05"]
        command += [] if self.reports else ["--no-reports"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        if process.stdout.readline() != b"ready\n":
            raise RuntimeError(f"the air does not start; see {self.folder / 'air' / SOCKET}")
        return process

    def _start_mesh(self):
        ready = self._context.Event()
        arguments = (self.mesh.directory, self.apart_s, ready)
        process = self._context.Process(target=ether.run, args=arguments, daemon=True)
        process.start()
        if not ready.wait(START_S):
            raise RuntimeError(f"the mesh does not start; see {self.mesh.directory}")
        return process

    # The node.

    def start(self, point="", countdown=1):
        """Start the node; with `point` it dies there by itself."""
        hasty = self.mesh is not None and self.apart_s < ether.LEAST_APART_S
        gap_s = ether.gap_s(self.apart_s) if hasty else None
        arguments = (self.config, self.log, point, countdown, gap_s)
        self.node = self._context.Process(target=victim.run, args=arguments, daemon=True)
        self.node.start()

    def start_afresh(self):
        """Start the node as the operator does: the installed command, nothing imported before."""
        with self.log.open("ab") as log:
            command = [Path(sys.executable).with_name("jarshy"), "--config", self.config, "run"]
            self.node = _Command(subprocess.Popen(command, stdout=log, stderr=log))

    def kill(self):
        """Kill the node, if it lives."""
        if self.node is not None:
            self.node.kill()
            self.node.join()
            self.node = None
            self._died_at = time.monotonic()

    def rest(self):
        """Wait as long as a node needs to come back at least.

        The centre stamps whole seconds.  Two segments to one person, both unknown within
        one second, cannot be told apart by it; on a real machine that cannot happen.
        """
        time.sleep(max(0.0, self._died_at + RESTART_S - time.monotonic()))

    def died(self, within_s):
        """Wait until the node has killed itself; whether it did.

        Raises:
            RuntimeError: it has ended in another way.
        """
        self.node.join(within_s)
        if self.node.exitcode not in {None, -signal.SIGKILL}:
            raise RuntimeError(f"the node ended by itself; see {self.log}")
        return self.node.exitcode is not None

    # The operator.

    def jarshy(self, *arguments, config=True):
        """Run a command of the operator's; what it printed."""
        given = ["--config", str(self.config)] if config else []
        printed, said = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
            try:
                main([*given, *arguments], standalone_mode=False)
            except Exception as error:
                raise CommandFailed(f"{arguments[:2]}: {error}") from error
        return printed.getvalue().strip()

    def query(self, sql, *values):
        """Look into the store without touching it."""
        with contextlib.closing(
            sqlite3.connect(f"file:{self.home / 'jarshy.db'}?mode=ro", uri=True, timeout=10)
        ) as connection:
            return connection.execute(sql, values).fetchall()

    def is_quiet(self):
        """Whether nothing is under way, on the air or in the node."""
        if self.query(_OPEN)[0][0]:
            return False
        if self.mesh is not None and not self._is_quiet_by_mesh():
            return False
        states = [self.air.state(name) for name in MODEMS]
        return not any(state["waiting"] or sum(state["used"].values()) for state in states)

    def _is_quiet_by_mesh(self):
        return not (self.query(_NOT_AIRED)[0][0] or self.mesh.state(ether.RADIO)["kept"])

    def settle(self, within_s):
        """Let the node work until all is quiet; whether it got there.  Reports may lag."""
        until = time.monotonic() + within_s
        quiet = 0
        while time.monotonic() < until:
            quiet = quiet + 1 if self.is_quiet() else 0
            if quiet == 4:
                return True
            time.sleep(0.1)
        return False


class _Command:
    """A subprocess with the few things of `multiprocessing.Process` that are used."""

    def __init__(self, process):
        self._process = process

    @property
    def exitcode(self):
        return self._process.poll()

    def kill(self):
        self._process.kill()

    def join(self, timeout=None):
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)


def installed():
    """Whether the command itself is beside this Python."""
    return os.access(Path(sys.executable).with_name("jarshy"), os.X_OK)
