"""What the modem answers about itself and the network: V.250 and TS 27.007.

Most commands only keep a value and give it back: `_REGISTERS`.  The
others are functions in `TABLE`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

from gateways.simulated.at import Command, Form, cme
from gateways.simulated.modem import Context, Handler, RadioChanged, Restart

MAKER, MODEL, REVISION = "Jarshy", "Simulated modem", "1.0"
OPERATOR, OPERATOR_CODE = "Simulated", "40101"

# name: value at power on, answer to =?
_REGISTERS: Mapping[str, tuple[str, str]] = {
    "+CMEE": ("0", "(0-2)"),
    "+CSCS": ('"GSM"', '("GSM","IRA","UCS2")'),
    "+CRC": ("0", "(0,1)"),
    "+CVHU": ("0", "(0-2)"),
    "+CSMP": ("17,167,0,0", ""),
    "+CMMS": ("0", "(0-2)"),
    "+CGATT": ("1", "(0,1)"),
    "+CTZR": ("0", "(0,1)"),
    "+IPR": ("115200", "(),(115200)"),
    "+IFC": ("2,2", "(0-2),(0-2)"),
    "+GSMBUSY": ("0", "(0,1)"),
}
_BASIC = ("V", "Q", "X", "S0", "S3", "S4", "S5", "S7", "&C", "&D", "&K", "&W", "\\Q")


def register(context: Context, command: Command) -> list[str]:
    """Keep a value, or give it back."""
    default, known = _REGISTERS[command.name]
    if command.form is Form.TEST:
        return [f"{command.name}: {known}"]
    if command.form is Form.READ:
        return [f"{command.name}: {context.modem.registers.get(command.name, default)}"]
    _choose(command, known)
    context.modem.registers[command.name] = command.argument or default
    return []


def _choose(command: Command, known: str) -> None:
    """Refuse a single digit that is outside of the range offered."""
    value = command.argument
    if value.isdecimal() and known.startswith("(0") and ")," not in known:
        highest = int(known.rstrip(")")[-1])
        if int(value) > highest:
            raise cme(50)


def accept(_context: Context, _command: Command) -> list[str]:
    """Take a setting that changes nothing here."""
    return []


def reset(context: Context, _command: Command) -> list[str]:
    """`Z`, `&F`: default settings; the radio and the SIM stay as they are."""
    modem = context.modem
    modem.echo = True
    modem.registers.clear()
    modem.cnmi = [0, 0, 0, 0, 0]
    return []


def echo(context: Context, command: Command) -> list[str]:
    """`E0`, `E1`."""
    context.modem.echo = command.argument == "1"
    return []


def identity(_context: Context, _command: Command) -> list[str]:
    """`I`: who the modem is."""
    return [MAKER, MODEL, f"Revision: {REVISION}"]


def maker(_context: Context, _command: Command) -> list[str]:
    """`+CGMI`."""
    return [MAKER]


def model(_context: Context, _command: Command) -> list[str]:
    """`+CGMM`."""
    return [MODEL]


def revision(_context: Context, _command: Command) -> list[str]:
    """`+CGMR`."""
    return [REVISION]


def imei(context: Context, command: Command) -> list[str]:
    """`+CGSN`: fifteen digits of the modem's own number."""
    if command.form is Form.TEST:
        return []
    return [("86" + context.modem.config.number.removeprefix("+").zfill(13))[:15]]


def imsi(context: Context, command: Command) -> list[str]:
    """`+CIMI`: fifteen digits of the SIM's own number."""
    if command.form is Form.TEST:
        return []
    need_sim(context)
    return [OPERATOR_CODE + context.modem.config.number[-10:].zfill(10)]


def own_number(context: Context, _command: Command) -> list[str]:
    """`+CNUM`."""
    need_sim(context)
    return [f'+CNUM: "","{context.modem.config.number}",145']


def pin(context: Context, command: Command) -> list[str]:
    """`+CPIN`."""
    sim = context.modem.sim
    if command.form is Form.READ:
        return [f"+CPIN: {sim.state}"]
    if command.form is Form.SET:
        code, *new = command.arguments()
        sim.enter(code, new[0] if new else None)
        context.actions.append(RadioChanged())
    return []


def functionality(context: Context, command: Command) -> list[str]:
    """`+CFUN`: radio off (0, 4) and on (1); `1,1` restarts."""
    modem = context.modem
    if command.form is Form.READ:
        return [f"+CFUN: {modem.radio}"]
    if command.form is Form.TEST:
        return ["+CFUN: (0,1,4),(0,1)"]
    radio = number(command, 0, 1)
    if radio not in {0, 1, 4}:
        raise cme(50)
    modem.radio = radio
    context.actions.append(Restart() if number(command, 1, 0) else RadioChanged())
    return []


def signal(context: Context, command: Command) -> list[str]:
    """`+CSQ`."""
    if command.form is Form.TEST:
        return ["+CSQ: (0-31,99),(99)"]
    return ["+CSQ: 20,99" if context.modem.registered else "+CSQ: 99,99"]


def registration(context: Context, command: Command) -> list[str]:
    """`+CREG`."""
    modem = context.modem
    if command.form is Form.READ:
        asked, here = modem.registers.get(command.name, "0"), 1 if modem.registered else 2
        cell = ',"0001","0000001A"' if asked == "2" and modem.registered else ""
        return [f"{command.name}: {asked},{here}{cell}"]
    if command.form is Form.TEST:
        return [f"{command.name}: (0-2)"]
    modem.registers[command.name] = str(number(command, 0, 0))
    return []


def operator(context: Context, command: Command) -> list[str]:
    """`+COPS`: name or code of the network, as its format was set."""
    modem = context.modem
    if command.form is Form.TEST:
        return [f'+COPS: (2,"{OPERATOR}","Sim","{OPERATOR_CODE}"),,(0-4),(0-2)']
    if command.form is Form.SET:
        modem.registers["+COPS"] = str(number(command, 1, 0))
        return []
    if not modem.registered:
        return ["+COPS: 0"]
    form = modem.registers.get("+COPS", "0")
    return [f'+COPS: 0,{form},"{OPERATOR_CODE if form == "2" else OPERATOR}"']


def clock(context: Context, command: Command) -> list[str]:
    """`+CCLK`: the network's time with its zone in quarters of an hour."""
    if command.form is not Form.READ:
        return []
    quarters = context.modem.zone_quarters
    zone = timezone(timedelta(minutes=15 * quarters))
    local = datetime.fromtimestamp(context.now, UTC).astimezone(zone)
    return [f'+CCLK: "{local:%y/%m/%d,%H:%M:%S}{quarters:+03d}"']


def known(context: Context, _command: Command) -> list[str]:
    """`+CLAC`: the commands, one a line."""
    return sorted(name for name in context.modem.table if name.startswith("+"))


def need_sim(context: Context) -> None:
    """Refuse unless the SIM is open.

    Raises:
        AtError: it asks for its PIN or PUK.
    """
    sim = context.modem.sim
    if not sim.ready:
        raise cme(12 if sim.state == "SIM PUK" else 11)


def number(command: Command, place: int, default: int) -> int:
    """Return an argument as a number; `default` where it is left out.

    Raises:
        AtError: it is no number.
    """
    try:
        return command.number(place, default)
    except ValueError:
        raise cme(50) from None


TABLE: Mapping[str, Handler] = {
    **dict.fromkeys(_REGISTERS, register),
    **dict.fromkeys(_BASIC, accept),
    "Z": reset,
    "&F": reset,
    "E": echo,
    "I": identity,
    "+CGMI": maker,
    "+GMI": maker,
    "+CGMM": model,
    "+GMM": model,
    "+CGMR": revision,
    "+GMR": revision,
    "+CGSN": imei,
    "+GSN": imei,
    "+CIMI": imsi,
    "+CNUM": own_number,
    "+CPIN": pin,
    "+CFUN": functionality,
    "+CSQ": signal,
    "+CREG": registration,
    "+CGREG": registration,
    "+COPS": operator,
    "+CCLK": clock,
    "+CLAC": known,
}
