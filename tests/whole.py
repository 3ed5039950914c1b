"""A whole node for tests: the real command in a process of its own, on simulated devices."""

import json
import subprocess
import sys
import threading
from pathlib import Path

from gateways.simulated.client import Air

MODEM = """
[[modem]]
name = "{name}"
port = "{port}"
segments_per_minute = 0
segments_per_day = 0
urgent_reserve = 0
poll_s = 0.5
command_wait_s = 2
prompt_wait_s = 2
verdict_wait_s = 5
retry_min_s = 0.1
retry_max_s = 0.5
report_wait_s = 2
{more}
"""
RADIO = """
[[radio]]
name = "{name}"
address = "{address}"
languages = ["ru"]
airtime_share = 1.0
relay_copies = 0
open_wait_s = 2
answer_wait_s = 1
heartbeat_s = 1
linger_s = 0.2
spread_s = 0.2
ack_wait_s = 1
retry_min_s = 0.1
retry_max_s = 0.5
{more}
"""
WAIT_S = 20.0


class Whole:
    """A node's directory, its command line, and the node itself while it runs.

    `modems` have a port each, `radios` an address; `more` keys are for all of them.
    """

    JARSHY = ("-m", "relay")  # what Python runs

    def __init__(
        self,
        directory: Path,
        modems: dict[str, str],
        more: str = "",
        top: str = "",
        radios: dict[str, str] | None = None,
    ):
        self.directory = directory
        self.settings = directory / "jarshy.toml"
        self.process = None
        self.log = []
        self._mark = 0
        self._over = False  # it has said its last
        self._said = threading.Condition()
        self.command("init", str(directory), bare=True)
        text = self.settings.read_text(encoding="utf-8") + top
        for name, port in modems.items():
            text += MODEM.format(name=name, port=port, more=more)
        for name, address in (radios or {}).items():
            text += RADIO.format(name=name, address=address, more=more)
        self.settings.write_text(text, encoding="utf-8")

    def command(self, *words, bare=False, status=0):
        """Run a command; its standard output.  Fails on another exit status."""
        where = [] if bare else ["--config", str(self.settings)]
        done = subprocess.run(
            [sys.executable, *self.JARSHY, *where, *words],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, (words[0], done.returncode, done.stderr)
        return done.stdout if status == 0 else done.stdout + done.stderr

    def status(self):
        done = subprocess.run(
            [sys.executable, *self.JARSHY, "--config", str(self.settings), "status", "--json"],
            capture_output=True,
            text=True,
            check=False,
        )
        return json.loads(done.stdout)

    def start(self):
        """Run the node."""
        self._mark, self._over = len(self.log), False
        self.process = subprocess.Popen(
            [sys.executable, *self.JARSHY, "--config", str(self.settings), "run"],
            stderr=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        return self

    def _read(self, process):
        for line in process.stderr:
            with self._said:
                self.log.append(line)
                self._said.notify_all()
        with self._said:
            self._over = process is self.process
            self._said.notify_all()

    def wait_log(self, text):
        """Wait until the node, since it was started last, has logged `text`; that line."""

        def found():
            return next((line for line in self.log[self._mark :] if text in line), None)

        with self._said:
            self._said.wait_for(lambda: found() or self._over, WAIT_S)
            line = found()
        assert line is not None, (text, self.log)
        return line

    def stop(self):
        """End the node as systemd would; its exit status."""
        self.process.terminate()
        status = self.process.wait(15)
        self.process = None
        return status

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def port(air: Air, name: str) -> str:
    """Where a simulated modem is."""
    return str(air.tty(name))
