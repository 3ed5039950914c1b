"""A GSM modem as a gateway: open it, read its storage, send segment by segment.

One thread owns it.  It never trusts a notification to be the truth (several
in a burst are lost): the storage is listed, committed by the caller, and only
then deleted index by index.
"""

import math
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
from gateways.sms import trouble
from gateways.sms.dialogue import End, Sending, Step
from gateways.sms.line import PROMPT, Line, LineLost, LineSilent, PortRefused
from gateways.sms.opening import ModemSettings, PinMemory, set_up, unlock_sim, wake
from gateways.sms.segments import Encoding
from gateways.sms.storage import Storage
from gateways.sms.submit import PduError, Submit, Tpdu, encode_submit
from gateways.sms.udh import Concat

__all__ = ["ModemSettings", "PinMemory", "SmsGateway"]

_ABANDONED_S = 0.1  # what a modem answers to ESC, it answers at once
_REGISTERED = {1, 5, 6, 7}  # 3GPP TS 27.007 7.2: home, roaming, and either for SMS only


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
        self._storage = Storage()
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
            raise trouble.port_error(settings.port, error) from None
        self._line = line
        try:
            with self._talking() as line:
                wake(line, settings)
                # A start that it told of until now is one that is being looked after.
                self._storage.take_unsolicited(line)
                unlock_sim(line, settings, self._pins)
                self._indications = set_up(line, self._storage)
        except GatewayDown:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the port."""
        line, self._line = self._line, None
        self._storage.close()
        if line is not None:
            line.close()
            # What it gave directly is nowhere else.
            self._storage.take_unsolicited(line)

    @contextmanager
    def _talking(self) -> Iterator[Line]:
        """The open line; whatever goes wrong with it is the device's fault."""
        if self._line is None:
            raise GatewayDown("the port is not open", "it is opened again by itself")
        try:
            yield self._line
        except LineLost:
            raise trouble.gone(self._settings.port) from None
        except LineSilent:
            raise trouble.silent() from None

    # Hearing.

    def receive(self) -> list[Raw]:
        """All stored messages and reports, and what the modem gave directly."""
        with self._talking() as line:
            if self._storage.take_unsolicited(line):
                raise trouble.restarted()
            return self._storage.list(line)

    def forget(self, raw: Raw) -> None:
        """Delete one message from the storage, if it is still the one that was listed there.

        Another may have come into its slot since, which nobody has committed.
        """
        with self._talking() as line:
            self._storage.forget(line, raw)

    # Sending.

    def send(self, transmission: Transmission) -> Taken:
        """Hand one segment to the network."""
        tpdu = _encoded(transmission, self._settings.prompt_wait_s)
        sending = Sending(tpdu.hex, tpdu.tpdu_octets)
        try:
            with self._talking() as line:
                self._carry_out(line, sending, transmission.still_good)
        except GatewayDown as error:
            if not sending.had_text:
                raise
            self.close()
            if sending.reference is not None:
                return Taken(sending.reference)
            raise Unknown(f"{error} after it was given the text") from None
        return self._outcome(sending)

    def _carry_out(self, line: Line, sending: Sending, still_good: Callable[[], bool]) -> None:
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
            elif sending.step is Step.PROMPT and not still_good():
                line.put(sending.abandoned())
                line.drain(_ABANDONED_S)
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
            trouble.refused(sending, len(self._refusals), registered=self._reachable)
        if sending.end is End.ABANDONED:
            raise TryAgainLater(End.ABANDONED.value)
        # Its late answer must not be taken for that of the next command: begin anew.
        self.close()
        if sending.end is End.NOT_ASKED:
            raise TryAgainLater(End.NOT_ASKED.value, rest=True)
        raise Unknown(End.UNKNOWN.value)

    # How it is.

    @staticmethod
    def held() -> list[Raw]:
        """Nothing: a modem keeps its messages until they are deleted."""
        return []

    @staticmethod
    def pause_s() -> float:
        """None: a modem takes one message after the other."""
        return 0.0

    @staticmethod
    def air_ms(_octets: int, *, direct: bool) -> int:
        """None: the network counts segments."""
        del direct
        return 0

    def health(self) -> Health:
        """Signal as +CSQ counts it (0-31), the network's name, and whether we are in it."""
        with self._talking() as line:
            self._reachable = _registration(line.ask("AT+CREG?"))
            signal = re.match(r"\+CSQ:\s*(\d+)", line.ask("AT+CSQ")[0])
            name = re.search(r'"(.*)"', line.ask("AT+COPS?")[0])
            # Not every modem says that it has restarted, but each forgets this.
            if line.ask("AT+CNMI?") != self._indications:
                raise trouble.restarted()
        strength = int(signal[1]) if signal else 99
        return Health(
            signal=None if strength == 99 else strength,  # noqa: PLR2004  # 27.007 8.5: not known
            network=name[1] if name else None,
            reachable=self._reachable,
        )


def _registration(answer: list[str]) -> bool:
    if answer[-1] == "ERROR":
        return True  # it does not know the question; the verdicts will tell
    found = re.match(r"\+CREG:\s*\d+,\s*(\d+)", answer[0])
    return found is not None and int(found[1]) in _REGISTERED


def _encoded(transmission: Transmission, prompt_wait_s: float) -> Tpdu:
    """What goes to the modem.  What cannot be written as a TPDU never can be."""
    try:
        return encode_submit(_submit(transmission, prompt_wait_s))
    except PduError as error:
        raise NeverAgain(f"cannot be sent as SMS: {error}") from None


def _submit(transmission: Transmission, prompt_wait_s: float) -> Submit:
    concat = None
    if transmission.parts > 1:
        concat = Concat(transmission.reference, transmission.parts, transmission.part)
    return Submit(
        recipient=transmission.recipient,
        text=transmission.text,
        encoding=Encoding.UCS2 if transmission.wide else Encoding.GSM7,
        concat=concat,
        # It is counted from when the network has it, which may be that much later.
        validity_s=min(
            transmission.validity_s, max(1, transmission.validity_s - math.ceil(prompt_wait_s))
        ),
        report=transmission.report,
    )
