"""How a text gets from the host to the network: prompt, text, verdict.

The order is the promise that others test against: the log line is
written when the network takes the text, and only then does the wait for
the verdict begin.  Each point can be held or made to fail.
"""

from functools import partial

from gateways.simulated import at, tpdu
from gateways.simulated.at import AtError
from gateways.simulated.fields import PduError
from gateways.simulated.network import Submission, Trouble, concat_json, resolve
from gateways.simulated.tpdu import Submit
from gateways.simulated.unit import Stage, Unit, at_point

_BAD_PDU, _NO_NETWORK, _NO_SERVICE_FOR_SIM = 304, 331, 311


def prompt(stage: Stage, unit: Unit, now: float) -> None:
    """Ask for the text."""
    at_point(stage, unit, "command", now, partial(_show_prompt, stage, unit))


def _show_prompt(stage: Stage, unit: Unit, now: float) -> None:
    faults = unit.modem.faults
    if faults.happens("silent", point="prompt"):
        return  # it waits for the text all the same
    bare = faults.happens("prompt_without_space")
    stage.say(unit, b"\r\n>" if bare else b"\r\n> ", now)
    at_point(stage, unit, "prompt", now, lambda _now: None)


def text(stage: Stage, unit: Unit, octets: bytes, wrong: AtError | None, now: float) -> None:
    """Take a text that the host ended with Ctrl-Z."""
    unit.waits.add("verdict")
    if wrong:
        _refuse(stage, unit, wrong, now)
    else:
        at_point(stage, unit, "text", now, partial(_take, stage, unit, octets))


def _take(stage: Stage, unit: Unit, octets: bytes, now: float) -> None:
    """Let the network have the text, or refuse it."""
    try:
        submit = tpdu.read_submit(octets, now)
    except PduError as error:
        stage.record("malformed", now, modem=unit.config.name, why=str(error))
        _refuse(stage, unit, at.cms(_BAD_PDU), now)
        return
    to = resolve(submit.to)
    if unit.modem.faults.happens("silent", point="verdict"):
        _later(stage, unit, b"", now)
        return
    refusal = _refusal(unit, to)
    if refusal:
        _refuse(stage, unit, refusal, now, to)
    else:
        _accept(stage, unit, submit, to, now)


def _refusal(unit: Unit, to: str) -> AtError | None:
    faults = unit.modem.faults
    if not unit.modem.sim.ready:
        return at.cms(_NO_SERVICE_FOR_SIM)
    if not unit.modem.registered:
        return at.cms(_NO_NETWORK)
    fault = faults.take("no_credit") or faults.take("cms_error", to=to)
    return at.cms(int(fault["code"])) if fault else None


def _accept(stage: Stage, unit: Unit, submit: Submit, to: str, now: float) -> None:
    reference, unit.reference = unit.reference, (unit.reference + 1) % 256
    config = unit.config
    submission = Submission(config.name, config.number, to, reference, submit, now, _trouble(unit))
    unit.counters["submitted"] += 1
    stage.record(
        "submit",
        now,
        modem=config.name,
        to=to,
        **{"from": config.number},
        mr=reference,
        text=submit.text if submit.text is not None else submit.data.octets.hex(),
        concat=concat_json(submit.concat),
        alphabet=str(submit.alphabet),
        dcs=submit.data.dcs,
        validity_s=submit.validity_s,
        report_requested=submit.report,
        **{"class": submit.message_class},
    )
    stage.network.carry(submission, now)
    at_point(stage, unit, "taken", now, partial(_verdict, stage, unit, reference))


def _trouble(unit: Unit) -> Trouble:
    faults = unit.modem.faults
    status = faults.take("report_status")
    late = faults.take("report_late")
    twice = faults.happens("report_twice")
    return Trouble(
        lost=faults.happens("lost_in_air"),
        twice=faults.happens("twice_in_air"),
        status=int(status["status"]) if status else None,
        reports=0 if faults.happens("report_lost") else 1 + twice,
        report_late_s=float(late["delay_s"]) if late else 0.0,
    )


def _verdict(stage: Stage, unit: Unit, reference: int, now: float) -> None:
    """Word the verdict on a text that the network has."""
    faults = unit.modem.faults
    refused = faults.take("cms_error_after_taking")
    if faults.happens("verdict_lost"):
        said = b""
    elif refused:
        said = _worded(unit, at.cms(int(refused["code"])))
    else:
        extra = ',"26/01/05,14:20:00+20"' if faults.happens("verdict_extra") else ""
        said = at.lines(f"+CMGS: {reference}{extra}") + at.lines("OK")
    _later(stage, unit, said, now)


def _refuse(stage: Stage, unit: Unit, error: AtError, now: float, to: str = "") -> None:
    unit.counters["refused"] += 1
    stage.record("refused", now, modem=unit.config.name, code=error.code, to=to)
    _later(stage, unit, _worded(unit, error), now)


def _worded(unit: Unit, error: AtError) -> bytes:
    return at.lines(at.refusal(error, unit.modem.registers.get("+CMEE", "0")))


def _later(stage: Stage, unit: Unit, said: bytes, now: float) -> None:
    """Give the verdict after the modem's latency."""
    late = unit.modem.faults.take("late_verdict")
    delay_s = unit.config.latency_s + (float(late["delay_s"]) if late else 0.0)
    if delay_s:
        stage.agenda.at(now + delay_s, partial(_finish_later, stage, unit, unit.boots, said))
    else:
        _finish(stage, unit, said, now)


def _finish_later(stage: Stage, unit: Unit, boots: int, said: bytes, now: float) -> None:
    if unit.boots == boots:
        _finish(stage, unit, said, now)
        stage.pump(unit, now)


def _finish(stage: Stage, unit: Unit, said: bytes, now: float) -> None:
    unit.waits.discard("verdict")
    if said:
        stage.say(unit, said, now)
    stage.do(unit, unit.modem.flush(), now)
