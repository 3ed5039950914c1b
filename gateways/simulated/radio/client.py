"""Speaks to a running mesh through its control socket.

Waiting is done by the mesh: a call returns at the event itself.
"""

from pathlib import Path

from gateways.simulated.client import Caller, Json

THUMB = "👍"


class Mesh(Caller):
    """One running mesh, known by its folder.

    Radios and phones go by name; where a recipient is meant, its id
    (`!0123abcd`) does as well.  Of a packet, `how` may give `id`,
    `hop_limit`, `want_ack` (0 or 1), `reply_id` and `emoji` (1: the text is
    a reaction).
    """

    def address(self, radio: str) -> str:
        """Return where a radio listens: `tcp://127.0.0.1:PORT`."""
        return str(self.state(radio)["address"])

    def port(self, radio: str) -> int:
        """Return the TCP port of a radio."""
        return int(self.address(radio).rpartition(":")[2])

    def tty(self, radio: str) -> Path:
        """Return the path to give to a host as the serial port of a radio."""
        return self.directory / f"{radio}.tty"

    def nodes(self) -> list[Json]:
        """Return name, number and id of every node."""
        return list(self._ask("nodes"))

    def node_id(self, node: str) -> str:
        """Return the id of a node, by its name: `!0123abcd`."""
        return str({each["name"]: each["id"] for each in self.nodes()}[node])

    def number(self, node: str) -> int:
        """Return the number of a node, by its name."""
        return int(self.node_id(node)[1:], 16)

    def say(self, phone: str, text: str, channel: str | int = 0, **how: int) -> int:
        """Let a person write on a channel (name or index); return the packet's id."""
        return int(self._ask("say", phone=phone, text=text, channel=channel, how=how))

    def direct(self, phone: str, to: str, text: str, **how: int) -> int:
        """Let a person write to one node; return the packet's id."""
        return int(self._ask("direct", phone=phone, to=to, text=text, how=how))

    def react(
        self, phone: str, reply_id: int, to: str | None = None, channel: str | int = 0
    ) -> int:
        """Let a person react to a packet, on a channel or to one node; return the packet's id."""
        how = {"reply_id": reply_id, "emoji": 1}
        if to is None:
            return self.say(phone, THUMB, channel, **how)
        return self.direct(phone, to, THUMB, **how)

    def announce(self, phone: str, **changes: str | bool) -> int:
        """Let a phone tell its name and key; return the packet's id.

        Args:
            phone: whose.
            changes: `long_name`, `short_name`, `is_unmessagable`.
        """
        return int(self._ask("announce", phone=phone, changes=changes))

    def shown(self, phone: str) -> list[Json]:
        """Return the texts that a phone shows, oldest first."""
        return list(self._ask("shown", phone=phone))

    def wait_for(
        self, phone: str, count: int = 1, timeout_s: float = 10.0, **match: object
    ) -> list[Json]:
        """Wait until a phone shows `count` texts that match; return them.

        Raises:
            TimeoutError: it shows fewer.
        """
        given = {"phone": phone, "count": count, "match": match}
        return list(self._wait("wait_for", timeout_s, **given))

    def fault(self, radio: str, name: str, times: int | None = None, **args: object) -> None:
        """Let something go wrong, `times` times or until cleared; see `faults.KINDS`."""
        self._ask("fault", radio=radio, name=name, times=times, given=args)

    def clear_faults(self, radio: str) -> None:
        """Let everything go right again."""
        self._ask("clear_faults", radio=radio)

    def hold(self, radio: str, point: str = "taken") -> None:
        """Stop a radio the next time it comes to this point.

        `before_take`: the packet is read, not yet taken.  `taken`: it is on
        its way, its queueStatus is not yet written.
        """
        self.fault(radio, "hold", times=1, point=point)

    def wait_held(self, radio: str, timeout_s: float = 10.0) -> str:
        """Wait until a radio is held; return the point.

        Raises:
            TimeoutError: it is not.
        """
        return str(self._wait("wait_held", timeout_s, radio=radio))

    def release(self, radio: str) -> None:
        """Let a held radio go on."""
        self._ask("release", radio=radio)

    def unplug(self, radio: str) -> None:
        """Take a radio away: its port is closed, its tty is gone."""
        self._ask("unplug", radio=radio)

    def plug(self, radio: str) -> None:
        """Put a radio back, as after power on."""
        self._ask("plug", radio=radio)

    def reboot(self, radio: str, down_s: float = 1.0) -> None:
        """Restart a radio: TCP is down for `down_s`; on the tty it says that it restarted."""
        self._ask("reboot", radio=radio, down_s=down_s)

    def set_deaf(self, node: str, *, deaf: bool) -> None:
        """Let a node hear nothing, or hear again."""
        self._ask("set_deaf", node=node, deaf=deaf)

    def set_utilization(self, radio: str, percent: float | None) -> None:
        """Let a radio tell this channel utilization, at once and later; None: the true one."""
        self._ask("set_utilization", radio=radio, percent=percent)

    def set_loss(self, loss: float) -> None:
        """Lose this share of all receptions."""
        self._ask("set_loss", loss=loss)

    def set_config(self, radio: str, **settings: object) -> None:
        """Change a radio's settings; see `tuning.SETTINGS`."""
        self._ask("set_config", radio=radio, settings=settings)

    def forget_key(self, radio: str, node: str) -> None:
        """Let a radio forget the public key of a node."""
        self._ask("forget_key", radio=radio, node=node)

    def state(self, radio: str) -> Json:
        """Return what there is to know of a radio."""
        return dict(self._ask("state", radio=radio))
