"""From a port to a modem that all else can rely on: awake, its SIM unlocked, in PDU mode."""

from dataclasses import dataclass
from typing import Protocol

from gateways.base import GatewayDown
from gateways.sms.dialogue import ESC
from gateways.sms.line import Line, LineSilent
from gateways.sms.storage import Storage
from gateways.sms.verdicts import VerdictKind, classify

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


def wake(line: Line, settings: ModemSettings) -> None:
    """Get an answer from whatever state the last owner of the port left the modem in."""
    line.put(ESC + "\r")  # a prompt may still be open, with half a TPDU typed
    line.drain(_STALE_S)
    for last in (False, False, True):
        try:
            line.ask("AT", settings.command_wait_s / 3)
            break
        except LineSilent:
            if last:
                raise
    for command in ("ATZ", "ATE0", "AT+CMEE=1"):
        line.ask(command)
    line.drain(_QUIET_S)


def unlock_sim(line: Line, settings: ModemSettings, pins: PinMemory) -> None:
    """Get the SIM to work, with the PIN of the settings where it asks for one.

    Raises:
        GatewayDown: it does not; with what would mend it.
    """
    answer = line.ask("AT+CPIN?")
    state = next((text[6:].strip() for text in answer if text.startswith("+CPIN:")), "")
    if state == "READY":
        if settings.pin:
            # Also where we were killed before we read that it was the right one.
            pins.take_back(_attempt(settings))
        return
    if not state and answer[-1] in {"OK", "ERROR"}:
        return  # it does not know the question; whether the SIM works is seen when it registers
    if state == "SIM PIN":
        _enter_pin(line, settings, pins)
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


def _attempt(settings: ModemSettings) -> str:
    return f"{settings.name}|{settings.pin}"


def _enter_pin(line: Line, settings: ModemSettings, pins: PinMemory) -> None:
    """Try the PIN of the settings once; it is written down before, so that a crash counts."""
    pin = settings.pin
    if not pin:
        raise GatewayDown(
            "the SIM asks for a PIN",
            f'set `pin` of [[modem]] "{settings.name}" in the settings, or take the PIN off the '
            "SIM in a phone",
            by_hand=True,
        )
    attempt = _attempt(settings)
    wrong = GatewayDown(
        "the PIN in the settings was refused by the SIM, or its answer never came; it will not"
        " be tried again",
        f'correct `pin` of [[modem]] "{settings.name}" and restart; after three wrong tries a SIM '
        "asks for its PUK",
        by_hand=True,
    )
    if pins.is_refused(attempt):
        raise wrong
    pins.remember(attempt)
    verdict = line.ask(f'AT+CPIN="{pin}"')[-1]
    if verdict != "OK" and not _is_busy(verdict):
        raise wrong
    pins.take_back(attempt)
    if verdict != "OK":
        raise GatewayDown("the SIM is busy", "wait a moment, it is tried again by itself")


def set_up(line: Line, storage: Storage) -> list[str]:
    """PDU mode, a place for messages, and word of them; returns how it tells of messages.

    Raises:
        GatewayDown: the modem cannot do what all else relies on.
    """
    if line.ask("AT+CFUN?")[0].replace(" ", "") not in {"+CFUN:1", "+CFUN:1,0"}:
        line.ask("AT+CFUN=1")
    if line.ask("AT+CMGF=0")[-1] != "OK":
        raise GatewayDown("the modem has no PDU mode", "use another modem")
    storage.choose(line)
    # Stored messages and stored reports survive a crash of ours; where the modem cannot
    # store reports, have them directly rather than not at all.
    for mode in ("2,1,0,2", "2,1,0,1", "2,1,0,0", "1,1,0,0"):
        if line.ask(f"AT+CNMI={mode}")[-1] == "OK":
            break
    return line.ask("AT+CNMI?")


def _is_busy(verdict: str) -> bool:
    return classify(verdict).kind is VerdictKind.BUSY
