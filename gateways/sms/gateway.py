"""A GSM modem as a gateway: open it, read its storage, send segment by segment.

One thread owns it.  It never trusts a notification to be the truth (several
in a burst are lost): the storage is listed, committed by the caller, and only
then deleted index by index.
"""

import errno
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from gateways.base import (
    GatewayDown,
    Health,
    NeverAgain,
    Raw,
    Taken,
    Transmission,
    TryAgainLater,
    Unknown,
)
from gateways.sms.dialogue import ESC, End, Sending, Step, parse_list, says_restart
from gateways.sms.hearing import oldest_first
from gateways.sms.line import PROMPT, Line, LineLost, LineSilent, PortRefused
from gateways.sms.segments import Encoding
from gateways.sms.submit import PduError, Submit, Tpdu, encode_submit
from gateways.sms.udh import Concat
from gateways.sms.verdicts import VerdictKind, classify

_REGISTERED = {1, 5, 6, 7}  # 3GPP TS 27.007 7.2: home, roaming, and either for SMS only
_DIRECT = ""  # the slot of what the modem never stored
# Nothing came for so long, so nothing will: after ESC to a stranger, and after answers.
_STALE_S, _QUIET_S = 0.2, 0.05


class PinMemory(Protocol):
    """What is remembered, over restarts, of PINs that were tried."""

    def is_refused(self, attempt: str) -> bool:
        """Whether this attempt was made and not taken back."""
        ...

    def remember(self, attempt: str) -> None:
        """Write down that this attempt is made, before it is made."""
        ...

    def take_back(self, attempt: str) -> None:
        """It was the right one."""
        ...


@dataclass(frozen=True, slots=True)
class ModemSettings:
    """What the gateway needs to know of one modem; waits in seconds."""

    name: str
    port: str
    baud: int
    pin: str
    command_wait_s: float
    prompt_wait_s: float
    verdict_wait_s: float


class SmsGateway:
    """One modem; see `gateways.base.Gateway` for what it promises."""

    medium = "sms"

    def __init__(self, settings: ModemSettings, pins: PinMemory, hint: Callable[[], None]) -> None:
        """Nothing is opened.  `hint` is called when the modem said something unasked."""
        self.name = settings.name
        self._hint = hint
        self._settings = settings
        self._pins = pins
        self._line: Line | None = None
        self._memories: list[str] = []
        self._reading = ""  # the memory that +CMGL and +CMGD mean now
        self._listed: dict[str, bytes] = {}  # by slot, as listed last
        self._direct: list[Raw] = []  # only here: the modem has it no more
        self._indications: list[str] = []
        self._refusals: list[str] = []  # since the last success
        self._reachable = True

    # Opening.

    def open(self) -> None:
        """Open the port and bring the modem into the state that all else relies on.

        Raises:
            GatewayDown: with what would mend it.
        """
        self.close()
        settings = self._settings
        line = Line(settings.port, settings.baud, settings.command_wait_s, self._hint)
        try:
            line.open()
        except PortRefused as error:
            raise _port_error(settings.port, error) from None
        self._line = line
        try:
            with self._talking() as line:
                self._wake(line)
                # A start that it told of until now is one that is being looked after.
                self._take_unsolicited(line)
                self._unlock_sim(line)
                self._set_up(line)
        except GatewayDown:
            self.close()
            raise

    def _wake(self, line: Line) -> None:
        """Get an answer from whatever state the last owner of the port left the modem in."""
        line.put(ESC + "\r")  # a prompt may still be open, with half a TPDU typed
        line.drain(_STALE_S)
        for last in (False, False, True):
            try:
                line.ask("AT", self._settings.command_wait_s / 3)
                break
            except LineSilent:
                if last:
                    raise
        for command in ("ATZ", "ATE0", "AT+CMEE=1"):
            line.ask(command)
        line.drain(_QUIET_S)

    def _unlock_sim(self, line: Line) -> None:
        answer = line.ask("AT+CPIN?")
        state = next((text[6:].strip() for text in answer if text.startswith("+CPIN:")), "")
        if state == "READY":
            return
        if state == "SIM PIN":
            self._enter_pin(line)
        elif state:
            raise GatewayDown(
                f"the SIM asks for {state}",
                "put the SIM into a phone and unlock it there; Jarshy never tries a PUK",
                by_hand=True,
            )
        elif _is_busy(answer[-1]):
            raise GatewayDown("the SIM is busy", "wait a moment, it is tried again by itself")
        else:
            raise GatewayDown(f"no SIM can be read ({answer[-1]})", "check that a SIM is inserted")

    def _enter_pin(self, line: Line) -> None:
        """Try the PIN of the settings once; it is written down before, so that a crash counts."""
        pin = self._settings.pin
        if not pin:
            raise GatewayDown(
                "the SIM asks for a PIN",
                f'set `pin` of [[modem]] "{self.name}" in the settings, or take the PIN off the '
                "SIM in a phone",
                by_hand=True,
            )
        attempt = f"{self.name}|{pin}"
        wrong = GatewayDown(
            "the PIN in the settings was refused by the SIM; it will not be tried again",
            f'correct `pin` of [[modem]] "{self.name}" and restart; after three wrong tries a SIM '
            "asks for its PUK",
            by_hand=True,
        )
        if self._pins.is_refused(attempt):
            raise wrong
        self._pins.remember(attempt)
        verdict = line.ask(f'AT+CPIN="{pin}"')[-1]
        if verdict != "OK" and not _is_busy(verdict):
            raise wrong
        self._pins.take_back(attempt)
        if verdict != "OK":
            raise GatewayDown("the SIM is busy", "wait a moment, it is tried again by itself")

    def _set_up(self, line: Line) -> None:
        if line.ask("AT+CFUN?")[0].replace(" ", "") not in {"+CFUN:1", "+CFUN:1,0"}:
            line.ask("AT+CFUN=1")
        if line.ask("AT+CMGF=0")[-1] != "OK":
            raise GatewayDown("the modem has no PDU mode", "use another modem")
        known = " ".join(line.ask("AT+CPMS=?"))
        chosen = self._reading = self._choose_memory(line, known)
        # What arrived elsewhere while nobody listened is not told of again.  MT is SM and ME.
        others = {"SM": ("ME", "SR"), "ME": ("SR",), "MT": ("SR",)}[chosen]
        self._memories = [chosen]
        self._memories += [memory for memory in others if self._holds(line, memory, known)]
        # Stored messages and stored reports survive a crash of ours; where the modem cannot
        # store reports, have them directly rather than not at all.
        for mode in ("2,1,0,2", "2,1,0,1", "2,1,0,0", "1,1,0,0"):
            if line.ask(f"AT+CNMI={mode}")[-1] == "OK":
                break
        self._indications = line.ask("AT+CNMI?")

    @staticmethod
    def _choose_memory(line: Line, known: str) -> str:
        """The SIM where the modem can use it, else what it has (27.005 3.2.2)."""
        for memory in ("SM", "ME", "MT"):
            if f'"{memory}"' in known:
                answer = line.ask(f'AT+CPMS="{memory}","{memory}","{memory}"')
                if answer[-1] == "OK":
                    return memory
        raise GatewayDown(
            "the modem offers no storage for messages",
            "it is tried again by itself; if it stays so, use another modem",
        )

    def _holds(self, line: Line, memory: str, known: str) -> bool:
        """Whether anything is in that memory; false where it cannot be read."""
        if f'"{memory}"' not in known or line.ask(f'AT+CPMS="{memory}"')[-1] != "OK":
            return False
        self._reading = memory
        return bool(parse_list(line.ask("AT+CMGL=4")))

    def close(self) -> None:
        """Let go of the port."""
        line, self._line = self._line, None
        self._listed.clear()
        if line is not None:
            line.close()
            # What it gave directly is nowhere else.
            self._take_unsolicited(line)

    @contextmanager
    def _talking(self) -> Iterator[Line]:
        """The open line; whatever goes wrong with it is the device's fault."""
        if self._line is None:
            raise GatewayDown("the port is not open", "it is opened again by itself")
        try:
            yield self._line
        except LineLost:
            raise GatewayDown(
                f"the port {self._settings.port} is gone",
                "check the cable and the power of the modem; it is opened again by itself",
            ) from None
        except LineSilent:
            raise GatewayDown(
                "the modem does not answer",
                "it is tried again by itself; if it stays so, take its power away for a moment",
            ) from None

    # Hearing.

    def receive(self) -> list[Raw]:
        """All stored messages and reports, and what the modem gave directly."""
        with self._talking() as line:
            if self._take_unsolicited(line):
                raise _restarted()
            self._listed = {}
            for memory in tuple(self._memories):
                self._list(line, memory)
            self._take_unsolicited(line)
        listed = (Raw(slot, octets) for slot, octets in self._listed.items())
        return oldest_first([*self._direct, *listed])

    def _list(self, line: Line, memory: str) -> None:
        self._read_from(line, memory)
        answer = line.ask("AT+CMGL=4")
        stored = parse_list(answer)
        if answer[-1] != "OK" and not stored:
            raise GatewayDown(
                f"the modem does not list its messages ({answer[-1]})",
                "it is opened again by itself; check that the SIM is in its place",
            )
        self._listed |= {f"{memory}:{each.index}": each.hex.encode() for each in stored}

    def _read_from(self, line: Line, memory: str) -> None:
        """Let an index mean a slot of `memory`: in another one it is another message."""
        if memory == self._reading:
            return
        self._reading = ""
        answer = line.ask(f'AT+CPMS="{memory}"')
        if answer[-1] != "OK":
            self._memories.remove(memory)
            raise GatewayDown(
                f"the modem does not open its memory {memory} ({answer[-1]})",
                "it is opened again by itself",
            )
        self._reading = memory

    def _take_unsolicited(self, line: Line) -> bool:
        """Keep what came unasked; whether the modem told that it has restarted."""
        restarted = False
        while not line.unsolicited.empty():
            said = line.unsolicited.get_nowait()
            if said.tpdu:
                self._direct.append(Raw(_DIRECT, said.tpdu.encode()))
            restarted = restarted or says_restart(said.line)
            stored_in = re.match(r'\+C(?:DS|MT)I:\s*"(\w+)"', said.line)
            if stored_in and stored_in[1] not in self._memories:
                self._memories.append(stored_in[1])
        return restarted

    def forget(self, raw: Raw) -> None:
        """Delete one message from the storage, if it is still the one that was listed there.

        Another may have come into its slot since, which nobody has committed.
        """
        with self._talking() as line:
            if raw.slot == _DIRECT:
                self._direct = [each for each in self._direct if each != raw]
                return
            if self._listed.pop(raw.slot, None) != raw.octets:
                return
            memory, index = raw.slot.split(":")
            self._read_from(line, memory)
            answer = line.ask(f"AT+CMGD={index}")
        if answer[-1] != "OK":
            raise GatewayDown(
                f"the modem does not delete message {index} ({answer[-1]})",
                "it is tried again by itself",
            )

    # Sending.

    def send(self, transmission: Transmission) -> Taken:
        """Hand one segment to the network."""
        tpdu = _encoded(transmission)
        sending = Sending(tpdu.hex, tpdu.tpdu_octets)
        try:
            with self._talking() as line:
                self._carry_out(line, sending)
        except GatewayDown as error:
            if not sending.had_text:
                raise
            self.close()
            if sending.reference is not None:
                return Taken(sending.reference)
            raise Unknown(f"{error} after it was given the text") from None
        return self._outcome(sending)

    def _carry_out(self, line: Line, sending: Sending) -> None:
        line.listen_for(sending.command)
        line.put(sending.command + "\r")
        until = time.monotonic() + self._settings.prompt_wait_s
        while sending.end is None:
            try:
                heard = line.next(until - time.monotonic())
            except LineSilent:
                line.put(sending.silent())
                return
            if heard != PROMPT:
                sending.heard(heard)
            elif sending.step is Step.PROMPT:
                # From here on the network may have it, also where this write fails halfway.
                line.put(sending.prompted())
                until = time.monotonic() + self._settings.verdict_wait_s

    def _outcome(self, sending: Sending) -> Taken:
        if sending.end is End.TAKEN and sending.reference is not None:
            self._refusals.clear()
            return Taken(sending.reference)
        if sending.end is End.REFUSED:
            if sending.verdict not in self._refusals:
                self._refusals.clear()
            self._refusals.append(sending.verdict)
            _refused(sending, len(self._refusals), registered=self._reachable)
        # Its late answer must not be taken for that of the next command: begin anew.
        self.close()
        if sending.end is End.NOT_ASKED:
            raise TryAgainLater(End.NOT_ASKED.value, rest=True)
        raise Unknown(End.UNKNOWN.value)

    # How it is.

    def health(self) -> Health:
        """Signal as +CSQ counts it (0-31), the network's name, and whether we are in it."""
        with self._talking() as line:
            self._reachable = _registration(line.ask("AT+CREG?"))
            signal = re.match(r"\+CSQ:\s*(\d+)", line.ask("AT+CSQ")[0])
            name = re.search(r'"(.*)"', line.ask("AT+COPS?")[0])
            # Not every modem says that it has restarted, but each forgets this.
            if line.ask("AT+CNMI?") != self._indications:
                raise _restarted()
        strength = int(signal[1]) if signal else 99
        return Health(
            signal=None if strength == 99 else strength,  # noqa: PLR2004  # 27.007 8.5: not known
            network=name[1] if name else None,
            reachable=self._reachable,
        )


def _registration(answer: list[str]) -> bool:
    found = re.match(r"\+CREG:\s*\d+,\s*(\d+)", answer[0])
    return found is not None and int(found[1]) in _REGISTERED


def _is_busy(verdict: str) -> bool:
    return classify(verdict).kind is VerdictKind.BUSY


def _restarted() -> GatewayDown:
    return GatewayDown(
        "the modem has restarted",
        "it is set up again by itself; if it happens often, give it a stronger supply",
    )


def _encoded(transmission: Transmission) -> Tpdu:
    """What goes to the modem.  What cannot be written as a TPDU never can be."""
    try:
        return encode_submit(_submit(transmission))
    except PduError as error:
        raise NeverAgain(f"cannot be sent as SMS: {error}") from None


def _submit(transmission: Transmission) -> Submit:
    concat = None
    if transmission.parts > 1:
        concat = Concat(transmission.reference, transmission.parts, transmission.part)
    return Submit(
        recipient=transmission.recipient,
        text=transmission.text,
        encoding=Encoding.UCS2 if transmission.wide else Encoding.GSM7,
        concat=concat,
        validity_s=transmission.validity_s,
        report=transmission.report,
    )


_REST = {VerdictKind.SIM, VerdictKind.HARDWARE, VerdictKind.OUTAGE, VerdictKind.STORAGE}


def _refused(sending: Sending, in_a_row: int, *, registered: bool) -> None:
    """Raise what a refusal means.  Before the text was given nothing can be out."""
    verdict = classify(sending.verdict, in_a_row=in_a_row, registered=registered)
    reason = f"refused by the network: {sending.verdict}"
    if verdict.kind in {VerdictKind.PERMANENT_RECIPIENT, VerdictKind.OUR_MISTAKE}:
        raise NeverAgain(reason, recipient=verdict.kind is VerdictKind.PERMANENT_RECIPIENT)
    if verdict.kind is VerdictKind.UNKNOWN and sending.had_text:
        raise Unknown(reason)
    raise TryAgainLater(reason, rest=verdict.kind in _REST)


def _port_error(port: str, error: PortRefused) -> GatewayDown:
    """What went wrong with a port, and what helps."""
    text = str(error)
    if error.errno == errno.ENOENT:
        return GatewayDown(
            f"there is no {port}",
            "plug the modem in, or correct `port` in the settings; it is tried again by itself",
        )
    if "exclusively lock" in text or error.errno in {errno.EAGAIN, errno.EBUSY}:
        return GatewayDown(
            f"{port} is in use by another program",
            "stop it (often ModemManager, brltty or a second Jarshy); it is tried again by itself",
        )
    if error.errno == errno.EACCES:
        return GatewayDown(
            f"this user may not open {port}",
            "add the user to the group `dialout` and log in again",
        )
    if f"({errno.ENOTTY}," in text:
        return GatewayDown(f"{port} is no serial port", "correct `port` in the settings")
    return GatewayDown(f"{port} cannot be opened: {text}", "check the cable and `port`")
