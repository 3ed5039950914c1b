"""Calls that ring and are never picked up, and USSD dialogues (TS 27.007 6.6, 7.15)."""

from functools import partial

from gateways.simulated.unit import Stage, Unit

USSD_S, RING_S = 0.05, 3.0  # until a USSD answer; between two rings


def ring(stage: Stage, unit: Unit, sender: str, rings: int, now: float) -> None:
    """Ring `rings` times, then give up."""
    modem = unit.modem
    if modem.caller != sender or not unit.plugged:
        return
    if not rings:
        modem.caller = None
        stage.do(unit, modem.unsolicited("NO CARRIER"), now)
        return
    said = "+CRING: VOICE" if modem.registers.get("+CRC") == "1" else "RING"
    stage.do(unit, modem.unsolicited(said), now)
    if modem.registers.get("+CLIP") == "1":
        kind = 145 if sender.startswith("+") else 129
        stage.do(unit, modem.unsolicited(f'+CLIP: "{sender}",{kind},,,,0'), now)
    stage.agenda.at(now + RING_S, partial(ring, stage, unit, sender, rings - 1))


def dial_ussd(stage: Stage, unit: Unit, code: str, now: float) -> None:
    """Answer a USSD code a moment later, as the modem's config says."""
    stage.agenda.at(now + USSD_S, partial(_answer, stage, unit, unit.boots, code))


def _answer(stage: Stage, unit: Unit, boots: int, code: str, now: float) -> None:
    if unit.boots != boots:
        return
    answer = unit.config.ussd.get(code)
    if answer is None:
        stage.do(unit, unit.modem.unsolicited("+CUSD: 4"), now)
        return
    if unit.modem.registers.get("+CSCS") == '"UCS2"':
        answer = answer.encode("utf-16-be").hex().upper()
    stage.do(unit, unit.modem.unsolicited(f'+CUSD: 0,"{answer}",15'), now)
