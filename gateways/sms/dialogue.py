"""The talk with a modem, without the modem: lines in, decisions out.

A command ends with a final result code (3GPP TS 27.007 4.1, 27.005 3.2.5).
Sending a TPDU is a command with a prompt in between (27.005 4.3), and with
one moment that decides everything: once Ctrl-Z is written the network may
have the text, and silence no longer means that it was not sent.
"""

import re
from dataclasses import dataclass, field
from enum import Enum

ESC, CTRL_Z = "\x1b", "\x1a"

_FINAL = re.compile(r"OK$|ERROR$|\+CM[ES] ERROR:|COMMAND NOT SUPPORT")
# Lines that come when the modem likes, also in the middle of a response.  The end of a call
# is one of them: this node never dials, so it answers no command of ours.
_UNSOLICITED = re.compile(
    r"\+CMTI:|\+CDSI:|\+CDS:|\+CMT:|\+CBM:|RING$|\+CRING:|\+CLIP:|\+CUSD:|\+CTZV:|\+CTZE:|\+CIEV:"
    r"|\+CCWA:|\^|\+Z[A-Z]+:|\+WIND:|\+SIND:|NORMAL POWER DOWN|RDY$|Call Ready$|SMS Ready$|\+CPIN:"
    r"|\+CREG:|\+CGREG:|\+CEREG:|NO CARRIER$|BUSY$|NO ANSWER$|NO DIALTONE$"
)
_RESTARTED = re.compile(r"\^SYSSTART|RDY$|NORMAL POWER DOWN")
# No TPDU in hexadecimal begins so: what does was said unasked.
_NO_TPDU = ("+", "^", "*", "%")
_CARRIES_TPDU = ("+CDS:", "+CMT:", "+CBM:")
_REFERENCE = re.compile(r"\+CMGS:\s*(\d+)")


def is_final(line: str) -> bool:
    """Whether `line` ends a response."""
    return _FINAL.match(line) is not None


def is_unsolicited(line: str, command: str) -> bool:
    """Whether the modem said `line` by itself and not in answer to `command`."""
    if _UNSOLICITED.match(line) is None:
        return False
    prefix = line.split(":", 1)[0]
    return not command.upper().startswith("AT" + prefix.upper())


def carries_tpdu(line: str) -> bool:
    """Whether the line after this unsolicited one is a TPDU."""
    return line.startswith(_CARRIES_TPDU)


def says_restart(line: str) -> bool:
    """Whether this unsolicited line tells that the modem starts, or ends, by itself."""
    return _RESTARTED.match(line) is not None


@dataclass(frozen=True, slots=True)
class Unsolicited:
    """What the modem said unasked; `tpdu` is the line that belongs to it, "" where none does."""

    line: str
    tpdu: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """A message in the modem's storage: its index there and its octets in hexadecimal."""

    index: int
    hex: str


def parse_list(lines: list[str]) -> list[Stored]:
    """The messages in the answer to `AT+CMGL` in PDU mode (27.005 3.4.2).

    What stands between two headers is one message, even where it is no
    hexadecimal: so that an index never belongs to another message's octets.
    """
    found: list[Stored] = []
    for line in lines:
        header = re.match(r"\+CMGL:\s*(\d+)\s*,", line)
        if header:
            found.append(Stored(int(header[1]), ""))
        elif found and not is_final(line) and not line.startswith(_NO_TPDU):
            last = found.pop()
            found.append(Stored(last.index, last.hex + line.strip()))
    return found


class Step(Enum):
    """Where the sending of one TPDU is."""

    PROMPT = "waiting for the prompt"
    VERDICT = "waiting for the verdict"


class End(Enum):
    """How the sending of one TPDU ended."""

    TAKEN = "taken"
    REFUSED = "refused"
    ABANDONED = "it was no longer to be sent when the modem asked for it"
    NOT_ASKED = "the modem never asked for the text"
    UNKNOWN = "the modem fell silent after it had the text"


@dataclass(slots=True)
class Sending:
    """One `AT+CMGS`: feed it what the modem says, write what it answers.

    Attributes:
        command: to be written first, followed by CR.
        end: how it ended, None while it goes on.
        verdict: the error line of a refusal.
        had_text: the modem was given the text.
    """

    hex: str
    tpdu_octets: int
    step: Step = field(default=Step.PROMPT, init=False)
    end: End | None = field(default=None, init=False)
    verdict: str = field(default="", init=False)
    reference: int | None = field(default=None, init=False)

    @property
    def command(self) -> str:
        """The command that opens the dialogue."""
        return f"AT+CMGS={self.tpdu_octets}"

    @property
    def had_text(self) -> bool:
        """Whether silence means that the text may be out."""
        return self.step is not Step.PROMPT

    def prompted(self) -> str:
        """The modem asks for the text; returns what to write, nothing if it was not expected."""
        if self.step is not Step.PROMPT:
            return ""
        self.step = Step.VERDICT
        return self.hex + CTRL_Z

    def abandoned(self) -> str:
        """The modem asks for a text that is not to go any more; returns what to write."""
        self.end = End.ABANDONED
        return ESC

    def heard(self, line: str) -> None:
        """The modem said `line`.

        A reference before the text was given is that of an earlier one, said late.
        """
        reference = _REFERENCE.match(line) if self.had_text else None
        if reference:
            self.reference = int(reference[1])
        elif line == "OK" and self.step is Step.VERDICT:
            # Some firmware says OK and loses the reference: it is out, which one is not known.
            self.end = End.TAKEN if self.reference is not None else End.UNKNOWN
        elif is_final(line) and line != "OK":
            self.end, self.verdict = End.REFUSED, line

    def silent(self) -> str:
        """The modem was silent for as long as we wait; returns what to write."""
        if self.reference is not None:
            self.end = End.TAKEN
        elif self.step is Step.VERDICT:
            self.end = End.UNKNOWN
        else:
            self.end = End.NOT_ASKED
            return ESC
        return ""
