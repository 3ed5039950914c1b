"""One modem: what it hears, what it answers, what it keeps.  No I/O.

Octets go in, actions come out; the clock is an argument.  The commands
themselves are tables in `commands` and `sms_commands`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from gateways.simulated import at
from gateways.simulated.at import AtError, Command
from gateways.simulated.faults import Faults
from gateways.simulated.lexer import Heard, Kind, Lexer
from gateways.simulated.settings import ModemConfig
from gateways.simulated.sim import SimLock
from gateways.simulated.storage import Memory, Stored

# Commands at which a modem can be held or fall silent.
_POINTS = {"+CMGL": "list", "+CMGR": "list", "+CMGD": "delete"}


@dataclass(frozen=True, slots=True)
class Say:
    """Write octets to the host."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class AskText:
    """Show the prompt."""


@dataclass(frozen=True, slots=True)
class Text:
    """The host gave a message text of the right length: the TPDU, or what is wrong."""

    tpdu: bytes
    wrong: AtError | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """Slots became free."""

    memory: str
    slots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The host answered a direct message with +CNMA."""


@dataclass(frozen=True, slots=True)
class Ussd:
    """The host dialled a USSD code."""

    code: str


@dataclass(frozen=True, slots=True)
class RadioChanged:
    """The radio went on or off, or the SIM was opened."""


@dataclass(frozen=True, slots=True)
class Restart:
    """The host asked for a restart."""


Action = Say | AskText | Text | Removed | Acknowledged | Ussd | RadioChanged | Restart


class Route(Enum):
    """Where a message from the network goes (+CNMI, TS 27.005 3.4.1)."""

    STORE = auto()
    DIRECT = auto()
    NOWHERE = auto()


@dataclass(slots=True)
class Context:
    """What a command may use: the modem, the time, and room for its actions."""

    modem: "Modem"
    now: float
    actions: list[Action] = field(default_factory=list)


Handler = Callable[[Context, Command], list[str]]


def point_of(heard: Heard) -> str | None:
    """Name the point at which a command line stands, if it has a name."""
    line = heard.body.decode("latin-1").upper() if heard.kind is Kind.LINE else ""
    return next((point for name, point in _POINTS.items() if name in line), None)


class Modem:
    """The state of one modem and its SIM."""

    def __init__(
        self, config: ModemConfig, smsc: str, zone_quarters: int, table: Mapping[str, Handler]
    ) -> None:
        self.config = config
        self.zone_quarters = zone_quarters
        self.table = table
        self.faults = Faults()
        self.lexer = Lexer()
        self.sim = SimLock(config.pin, config.puk)
        self.smsc = smsc
        self.memories = {
            "SM": Memory("SM", config.slots),
            "ME": Memory("ME", config.slots),
            "SR": Memory("SR", config.slots),
        }
        self.caller: str | None = None
        self.forget()

    def forget(self) -> None:
        """Return to the settings of power on; what the SIM keeps stays."""
        self.registers: dict[str, str] = {}
        self.echo = True
        self.radio = 1  # <fun> of +CFUN
        self.chosen = ["SM", "SM", "SM"]  # <mem1>, <mem2>, <mem3>
        self.cnmi = [0, 0, 0, 0, 0]
        self.held_lines: list[bytes] = []
        self.text_length = 0
        self.lexer.reset()
        if self.config.volatile_me:
            self.memories["ME"].slots.clear()

    @property
    def registered(self) -> bool:
        """Whether the network is there for this modem."""
        return self.sim.ready and self.radio == 1 and not self.faults.has("not_registered")

    def hear(self, heard: Heard, now: float) -> list[Action]:
        """Answer one thing heard."""
        context = Context(self, now)
        if heard.kind is Kind.LINE and self.faults.happens("silent", point="at"):
            return []
        echo: list[Action] = []
        if self.echo or self.faults.has("echo"):
            echo.append(Say(heard.octets))
        if heard.kind is Kind.LINE:
            self._line(context, heard.body)
        elif heard.kind is Kind.TEXT:
            context.actions.append(self._text(heard.body))
        elif heard.kind is Kind.GIVEN_UP:
            context.actions += [Say(at.lines("OK")), *self.flush()]
        return echo + context.actions

    def unsolicited(self, *said: str) -> list[Action]:
        """Say lines that nobody asked for, when it is polite."""
        octets = at.lines(*said)
        if self.lexer.in_text or self.faults.has("urc_inside"):
            self.held_lines.append(octets)
            return []
        return [Say(octets)]

    def flush(self) -> list[Action]:
        """Say what was held back."""
        if self.faults.has("urc_inside"):
            return []
        held, self.held_lines = self.held_lines, []
        return [Say(octets) for octets in held]

    def route(self, *, report: bool, message_class: int | None) -> Route:
        """Decide where a message from the network goes."""
        _, plain, _, reports, _ = self.cnmi
        if report:
            return (Route.NOWHERE, Route.DIRECT, Route.STORE)[reports]
        direct = {2: message_class != 2, 3: message_class == 3}  # noqa: PLR2004  TS 27.005 3.4.1
        return Route.DIRECT if direct.get(plain, False) else Route.STORE

    def store(self, pdu: bytes, *, report: bool) -> tuple[str, int] | None:
        """Keep a message: the memory and slot, or None if there is no room."""
        name = self.config.report_memory if report else ""
        memory = self.memories[name or self.chosen[2]]
        slot = None if self.faults.has("storage_full") else memory.put(Stored(pdu))
        return None if slot is None else (memory.name, slot)

    def _line(self, context: Context, body: bytes) -> None:
        try:
            commands = at.parse(body.decode("latin-1"))
            said = [] if commands is None else self._run(context, commands)
        except AtError as error:
            answer = at.lines(self._refused(error))
        else:
            answer = b"" if commands is None or said is None else self._framed(said)
        if answer:
            # What follows from the command is said after its answer.
            context.actions.insert(0, Say(self._garbled(answer)))
        context.actions += self.flush()

    def _run(self, context: Context, commands: list[Command]) -> list[str] | None:
        """Run the commands of a line; None where OK does not follow."""
        said: list[str] = []
        for command in commands:
            said += self._one(context, command)
            if any(isinstance(action, AskText) for action in context.actions):
                return None
        silent = any(self._silent(command) for command in commands)
        return None if silent else said

    def _one(self, context: Context, command: Command) -> list[str]:
        fault = self.faults.take("cme_error", command=command.name)
        if fault:
            raise at.cme(int(fault["code"]))
        handler = self.table.get(command.name)
        if handler is None:
            raise AtError
        return handler(context, command)

    def _silent(self, command: Command) -> bool:
        point = _POINTS.get(command.name)
        return bool(point and self.faults.happens("silent", point=point))

    def _framed(self, said: list[str]) -> bytes:
        """Frame an answer; a fault may put a held line inside of it."""
        if said and self.held_lines and self.faults.happens("urc_inside"):
            first, rest = at.lines(said[0]), said[1:]
            inside, self.held_lines = b"".join(self.held_lines), []
            return first + inside + (at.lines(*rest) if rest else b"") + at.lines("OK")
        return (at.lines(*said) if said else b"") + at.lines("OK")

    def _garbled(self, octets: bytes) -> bytes:
        if not self.faults.happens("garble"):
            return octets
        middle = len(octets) // 2
        return octets[:middle] + bytes([octets[middle] ^ 0x02]) + octets[middle + 1 :]

    def _refused(self, error: AtError) -> str:
        return at.refusal(error, self.registers.get("+CMEE", "0"))

    def _text(self, body: bytes) -> Text:
        """Check a message text: hex digits, as many as +CMGS announced."""
        try:
            octets = bytes.fromhex(body.decode("ascii"))
        except ValueError:
            return Text(b"", at.cms(304))
        if not octets or len(octets) - 1 - octets[0] != self.text_length:
            return Text(b"", at.cms(304))
        return Text(octets[1 + octets[0] :])
