"""Speaks to a running simulation through its control socket.

Waiting is done by the simulation: a call returns at the event itself.
"""

import json
import socket
from pathlib import Path
from typing import Any

from gateways.simulated.log import FILE

SOCKET = "control.sock"
_GRACE_S = 10.0  # for an answer, beyond the time the caller waits for
_CHUNK = 1 << 16

Json = dict[str, Any]
Result = Any  # whatever JSON holds


class AirError(RuntimeError):
    """The simulation refused a request; says why."""


class Caller:
    """One running simulation, known by its folder.

    Each call is a connection of its own, so one caller serves any number
    of threads.
    """

    def __init__(self, directory: Path | str) -> None:
        self.directory = Path(directory)

    def wait_event(
        self, event: str, timeout_s: float = 10.0, since: float = 0.0, **match: object
    ) -> Json:
        """Wait until the log has such an event, now or before; return it.

        Args:
            event: as in the log.
            timeout_s: how long to wait.
            since: events before it (unix seconds) do not count.
            match: facts it must have.

        Raises:
            TimeoutError: there is none.
        """
        wanted = {"event": event, **match}
        return dict(self._wait("wait_event", timeout_s, match=wanted, since=since))

    def stop(self) -> None:
        """End the simulation."""
        self._ask("stop")

    def events(self, kind: str | None = None, since: float = 0.0) -> list[Json]:
        """Read the log: all events, or those of one kind, from `since` (unix seconds) on."""
        with (self.directory / FILE).open(encoding="utf-8") as lines:
            # A last line without its end is still being written.
            events = [json.loads(line) for line in lines if line.endswith("\n")]
        return [each for each in events if each["at"] >= since and kind in {None, each["event"]}]

    def _wait(self, operation: str, timeout_s: float, **given: object) -> Result:
        return self._ask(operation, timeout_s=timeout_s, **given)

    def _ask(self, operation: str, **given: object) -> Result:
        wait_s = given.get("timeout_s", 0.0)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(_GRACE_S + (wait_s if isinstance(wait_s, int | float) else 0.0))
            line.connect(str(self.directory / SOCKET))
            line.sendall(json.dumps({"op": operation, **given}).encode() + b"\n")
            said = _answer(line)
        if said.get("timeout"):
            raise TimeoutError(said["error"])
        if not said["ok"]:
            raise AirError(said["error"])
        return said["result"]


class Air(Caller):
    """One running simulation of modems, known by its folder.

    Modems go by name or by number.
    """

    def tty(self, modem: str) -> Path:
        """Return the path to give to a host as the port of modem `modem`."""
        return self.directory / f"{modem}.tty"

    def text(self, sender: str, to: str, text: str, **options: object) -> int:
        """Let a phone text a modem; return the number of segments.

        Args:
            sender: a number, a short code, or up to 11 characters of a name.
            to: the modem.
            text: what it says.
            options: `wide_reference`, `message_class`, `wap_push`,
                `out_of_order`, `duplicate`, `pid` (0x40: silent).
        """
        return int(self._ask("text", sender=sender, to=to, text=text, how=options))

    def pdu(self, to: str, hex_digits: str) -> None:
        """Hand a modem this PDU (centre's address and TPDU), whatever it is."""
        self._ask("pdu", to=to, hex=hex_digits)

    def phone(self, number: str) -> list[Json]:
        """Return what that phone shows, oldest first, whole or not."""
        return list(self._ask("phone", number=number))

    def phones(self) -> list[str]:
        """Return the numbers of all phones that anything was sent to."""
        return list(self._ask("phones"))

    def phone_off(self, number: str) -> None:
        """Switch a phone off: the centre keeps its messages while they are valid."""
        self._ask("phone_off", number=number)

    def phone_on(self, number: str) -> None:
        """Switch a phone on again."""
        self._ask("phone_on", number=number)

    def wait_for(self, number: str, count: int = 1, timeout_s: float = 10.0) -> list[Json]:
        """Wait until a phone has `count` whole messages; return them.

        Raises:
            TimeoutError: it has fewer.
        """
        return list(self._wait("wait_for", timeout_s, number=number, count=count))

    def fault(self, modem: str, name: str, times: int | None = None, **args: object) -> None:
        """Let something go wrong, `times` times or until cleared; see `faults.KINDS`."""
        self._ask("fault", modem=modem, name=name, times=times, given=args)

    def clear_faults(self, modem: str) -> None:
        """Let everything go right again."""
        self._ask("clear_faults", modem=modem)

    def hold(self, modem: str, point: str = "taken") -> None:
        """Stop a modem the next time it comes to this point.

        `list`, `delete`: before it runs that command.  `command`: before the
        prompt.  `prompt`: after it.  `text`: after Ctrl-Z, before the network
        takes the text.  `taken`: after that, before the verdict.
        """
        self.fault(modem, "hold", times=1, point=point)

    def wait_held(self, modem: str, timeout_s: float = 10.0) -> str:
        """Wait until a modem is held; return the point.

        Raises:
            TimeoutError: it is not.
        """
        return str(self._wait("wait_held", timeout_s, modem=modem))

    def release(self, modem: str) -> None:
        """Let a held modem go on."""
        self._ask("release", modem=modem)

    def state(self, modem: str) -> Json:
        """Return what there is to know of a modem."""
        return dict(self._ask("state", modem=modem))

    def modems(self) -> list[Json]:
        """Return the name and number of each modem."""
        return list(self._ask("modems"))

    def call(self, sender: str, to: str, rings: int = 1) -> None:
        """Let a phone ring a modem and hang up."""
        self._ask("call", sender=sender, to=to, rings=rings)

    def unplug(self, modem: str) -> None:
        """Take a modem out: its tty is gone."""
        self._ask("unplug", modem=modem)

    def plug(self, modem: str) -> None:
        """Put a modem back in, as after power on."""
        self._ask("plug", modem=modem)

    def reboot(self, modem: str, *, drop: bool = False, down_s: float = 1.0) -> None:
        """Restart a modem: it forgets its settings; with `drop` its tty goes for `down_s`."""
        self._ask("reboot", modem=modem, drop=drop, down_s=down_s)

    def messages(self, since: float = 0.0) -> list[Json]:
        """Return every segment that the network took, in order."""
        return self.events("submit", since)


def _answer(line: socket.socket) -> Json:
    octets = bytearray()
    while not octets.endswith(b"\n"):
        more = line.recv(_CHUNK)
        if not more:
            raise AirError("the simulation hung up")
        octets += more
    return dict(json.loads(octets))
