"""What can be made to go wrong, as a table: one line a fault.

A fault acts `times` times, or until it is cleared.  To add one, add its
line here and ask `Faults.take` for it where it bites.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Value = str | int | float | bool
# Where a modem can be held; `list` and `delete` are before the command is run.
POINTS = ("list", "delete", "command", "prompt", "text", "taken")


class UnknownFaultError(ValueError):
    """No fault of this name, or it knows no such argument."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One fault: its name, what it does, its arguments and their defaults."""

    name: str
    says: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    at_once: bool = False  # done when asked for, once


_WHERE = {"point": "at"}
KINDS: tuple[Kind, ...] = (
    Kind("silent", "no answer at point: at (any command), list, delete, prompt, verdict", _WHERE),
    Kind("hang", "reads and says nothing for a while, then goes on", {"for_s": 20.0}, at_once=True),
    Kind("hold", "stops at point: list, delete, command, prompt, text, taken", {"point": "taken"}),
    Kind("verdict_lost", "the network takes the text, the verdict never comes"),
    Kind("late_verdict", "the verdict comes delay_s later than it should", {"delay_s": 5.0}),
    Kind("cms_error", "refuses a text before the network takes it", {"code": 500, "to": ""}),
    Kind("cms_error_after_taking", "refuses a text that the network took", {"code": 500}),
    Kind("cme_error", "answers the named command with +CME ERROR", {"command": "", "code": 100}),
    Kind("no_credit", "refuses every text as operators do without money", {"code": 38}),
    Kind("echo", "echoes whatever ATE0 says"),
    Kind("noise", "writes these octets now", {"octets_hex": "ff00fe80"}, at_once=True),
    Kind("garble", "one octet of a response is not the one that was sent"),
    Kind("prompt_without_space", "the prompt is > without the space after it"),
    Kind("verdict_extra", "the verdict carries a time after the reference"),
    Kind("urc_inside", "an unsolicited line stands inside the next response"),
    Kind("storage_full", "the SIM takes nothing, whatever is free"),
    Kind("not_registered", "the network is not there"),
    Kind("pin_required", "the SIM is locked now", {"pin": "1234"}, at_once=True),
    Kind("slow", "every octet takes its time", {"octet_s": 0.01}),
    Kind("bad_index", "+CMGR and +CMGD refuse every index"),
    Kind("lost_in_air", "the network takes a segment, the phone never gets it"),
    Kind("twice_in_air", "the phone gets a segment twice"),
    Kind("report_status", "the delivery report says this TP-ST", {"status": 70}),
    Kind("report_lost", "no delivery report comes"),
    Kind("report_late", "the delivery report comes delay_s later", {"delay_s": 5.0}),
    Kind("report_twice", "the delivery report comes twice"),
)
_BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(slots=True)
class _Active:
    arguments: Mapping[str, Value]
    left: int | None


def arguments_of(
    name: str, given: Mapping[str, Value], kinds: Iterable[Kind] = KINDS
) -> dict[str, Value]:
    """Fill in the defaults of the fault's arguments.

    Raises:
        UnknownFaultError: no such fault, or it has no such argument.
    """
    by_name = {kind.name: kind for kind in kinds}
    kind = by_name.get(name)
    if kind is None:
        raise UnknownFaultError(f"no fault {name!r}; known: {', '.join(by_name)}")
    foreign = set(given) - set(kind.arguments)
    if foreign:
        raise UnknownFaultError(f"{name} knows no {sorted(foreign)}, only {sorted(kind.arguments)}")
    for key, value in given.items():
        if not isinstance(value, _like(kind.arguments[key])):
            raise UnknownFaultError(f"{name}: {key} is like {kind.arguments[key]!r}")
    return {**kind.arguments, **given}


def _like(default: Value) -> type | tuple[type, ...]:
    return (int, float) if isinstance(default, float) else type(default)


def acts_at_once(name: str) -> bool:
    """Say whether the fault is an act of the moment and not a lasting state."""
    return _BY_NAME[name].at_once


class Faults:
    """The faults that one device has at present, of the kinds that it may have."""

    def __init__(self, kinds: Iterable[Kind] = KINDS) -> None:
        self._kinds = tuple(kinds)
        self._active: dict[str, list[_Active]] = {}

    def add(self, name: str, given: Mapping[str, Value], times: int | None = None) -> None:
        """Let a fault act `times` times, or until cleared.

        Raises:
            UnknownFaultError: see `arguments_of`.
        """
        entry = _Active(arguments_of(name, given, self._kinds), times)
        self._active.setdefault(name, []).append(entry)

    def take(self, name: str, **match: Value) -> Mapping[str, Value] | None:
        """Use a fault once: its arguments, or None if it is not there.

        With `match`, only one whose arguments are these; an empty
        argument matches anything.
        """
        entries = self._active.get(name)
        if not entries:
            return None
        for entry in entries:
            if all(entry.arguments[key] in {"", value} for key, value in match.items()):
                self._use(name, entry)
                return entry.arguments
        return None

    def happens(self, name: str, **match: Value) -> bool:
        """Use a fault once; say whether it was there."""
        return self.take(name, **match) is not None

    def has(self, name: str) -> bool:
        """Say whether a fault is there, without using it."""
        return bool(self._active.get(name))

    def clear(self) -> None:
        """Forget all faults."""
        self._active.clear()

    def names(self) -> list[str]:
        """List the faults that are there."""
        return [name for name, entries in self._active.items() if entries]

    def _use(self, name: str, entry: _Active) -> None:
        if entry.left is None:
            return
        entry.left -= 1
        if entry.left <= 0:
            self._active[name].remove(entry)
