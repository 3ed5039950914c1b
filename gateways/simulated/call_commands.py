"""What the modem answers about calls and USSD: TS 27.007 6 and 7."""

from collections.abc import Mapping

from gateways.simulated.at import AtError, Command, Form
from gateways.simulated.commands import need_sim, number
from gateways.simulated.modem import Context, Handler, Ussd


def caller_line(context: Context, command: Command) -> list[str]:
    """`+CLIP`."""
    if command.form is Form.READ:
        return [f"+CLIP: {context.modem.registers.get('+CLIP', '0')},1"]
    if command.form is Form.SET:
        context.modem.registers["+CLIP"] = str(number(command, 0, 0))
    return ["+CLIP: (0,1)"] if command.form is Form.TEST else []


def calls(context: Context, _command: Command) -> list[str]:
    """`+CLCC`: the call that rings."""
    caller = context.modem.caller
    return [f'+CLCC: 1,1,4,0,0,"{caller}",145'] if caller else []


def hang_up(context: Context, _command: Command) -> list[str]:
    """`H`, `+CHUP`."""
    context.modem.caller = None
    return []


def answer(_context: Context, _command: Command) -> list[str]:
    """`A`, `D`: this modem speaks to nobody."""
    raise AtError


def ussd(context: Context, command: Command) -> list[str]:
    """`+CUSD`."""
    if command.form is Form.READ:
        return [f"+CUSD: {context.modem.registers.get('+CUSD', '0')}"]
    if command.form is Form.TEST:
        return ["+CUSD: (0-2)"]
    need_sim(context)
    mode, *rest = command.arguments()
    context.modem.registers["+CUSD"] = "1" if mode == "1" else "0"
    if rest and rest[0]:
        context.actions.append(Ussd(rest[0]))
    return []


TABLE: Mapping[str, Handler] = {
    "A": answer,
    "D": answer,
    "H": hang_up,
    "+CHUP": hang_up,
    "+CLIP": caller_line,
    "+CLCC": calls,
    "+CUSD": ussd,
}
