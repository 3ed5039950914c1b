"""The grammar of AT commands and of their answers (ITU-T V.250 5.2 to 5.7).

A line is noise, `AT`, and commands: basic ones (`E0`, `&F`) run into each
other, extended ones (`+CMGF=0`) end at a semicolon.
"""

import re
from dataclasses import dataclass
from enum import Enum

_BASIC = re.compile(r"(?:(S)(\d+)|([&\\%*]?[A-Z]))(=\?|\?|=)?(\d*)", re.IGNORECASE)
_EXTENDED = re.compile(r'([+^$][A-Z0-9]+)(=\?|\?|=|)((?:"[^"]*"?|[^;"])*)', re.IGNORECASE)


class Form(Enum):
    """How a command is put (V.250 5.4.3, 5.4.4)."""

    RUN = ""
    READ = "?"
    SET = "="
    TEST = "=?"


@dataclass(frozen=True, slots=True)
class Command:
    """One command: `+CMGL`, SET, `4`."""

    name: str
    form: Form
    argument: str = ""

    def arguments(self) -> list[str]:
        """Return the arguments without their quotation marks."""
        return [part.strip().strip('"') for part in self.argument.split(",")]

    def number(self, place: int, default: int) -> int:
        """Return an argument as a number; `default` where it is left out.

        Raises:
            ValueError: it is no number.
        """
        given = self.arguments()
        if place >= len(given) or not given[place]:
            return default
        if not given[place].isdecimal():
            raise ValueError(f"argument {place + 1} of {self.name} is no number")
        return int(given[place])


class AtError(Exception):
    """The command is refused: ERROR, +CME ERROR or +CMS ERROR."""

    def __init__(self, family: str = "", code: int = 0) -> None:
        super().__init__(f"{family} {code}".strip() or "ERROR")
        self.family = family
        self.code = code


def cme(code: int) -> AtError:
    """Refuse with a code of TS 27.007 9.2."""
    return AtError("CME", code)


def cms(code: int) -> AtError:
    """Refuse with a code of TS 27.005 3.2.5."""
    return AtError("CMS", code)


# What +CMEE=2 says instead of the number; others stay numbers.
_WORDS = {
    ("CME", 3): "operation not allowed",
    ("CME", 4): "operation not supported",
    ("CME", 10): "SIM not inserted",
    ("CME", 11): "SIM PIN required",
    ("CME", 12): "SIM PUK required",
    ("CME", 13): "SIM failure",
    ("CME", 14): "SIM busy",
    ("CME", 16): "incorrect password",
    ("CME", 30): "no network service",
    ("CME", 100): "unknown",
    ("CMS", 302): "operation not allowed",
    ("CMS", 303): "operation not supported",
    ("CMS", 304): "invalid PDU mode parameter",
    ("CMS", 305): "invalid text mode parameter",
    ("CMS", 310): "SIM not inserted",
    ("CMS", 311): "SIM PIN required",
    ("CMS", 314): "SIM busy",
    ("CMS", 321): "invalid memory index",
    ("CMS", 322): "memory full",
    ("CMS", 331): "no network service",
    ("CMS", 332): "network timeout",
    ("CMS", 500): "unknown error",
}


def refusal(error: AtError, verbosity: str) -> str:
    """Word a refusal as +CMEE=`verbosity` asks (TS 27.007 9.1)."""
    if not error.family or (error.family == "CME" and verbosity == "0"):
        return "ERROR"
    said = _WORDS.get((error.family, error.code)) if verbosity == "2" else None
    return f"+{error.family} ERROR: {said or error.code}"


def parse(line: str) -> list[Command] | None:
    """Read a command line; None if there is no AT in it.

    Raises:
        AtError: what follows AT is no command.
    """
    start = line.upper().find("AT")
    if start < 0:
        return None
    rest, commands = line[start + 2 :].strip(), []
    while rest:
        command, rest = _first(rest)
        commands.append(command)
        rest = rest.lstrip("; ")
    return commands


def _first(rest: str) -> tuple[Command, str]:
    if found := _EXTENDED.match(rest):
        name, form, argument = found.groups()
        return Command(name.upper(), Form(form), argument.strip()), rest[found.end() :]
    if rest[0] in "Dd":  # a number to dial takes the rest of the line
        return Command("D", Form.RUN, rest[1:]), ""
    if found := _BASIC.match(rest):
        register, which, letters, form, value = found.groups()
        name = (register + which if register else letters).upper()
        return Command(name, Form(form or ""), value), rest[found.end() :]
    raise AtError


def lines(*said: str) -> bytes:
    """Frame lines of an answer: each group between CR LF and CR LF."""
    return ("\r\n" + "\r\n".join(said) + "\r\n").encode("latin-1", errors="replace")
