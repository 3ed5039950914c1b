"""A simulation under test: no tty, no socket, and the time is what the test says."""

from pathlib import Path

from gateways.simulated import fields, gsm7, tpdu
from gateways.simulated.control import Desk, Later, answer
from gateways.simulated.settings import ModemConfig, SimulationConfig
from gateways.simulated.simulation import Simulation

NUMBER, PHONE = "+77010000001", "+77019999999"
START = 1_767_600_000.0  # 2026-01-05T08:00:00Z


class Bench:
    """Plays the host of one modem and the clock."""

    def __init__(self, **modem):
        self.now = START
        self.heard = bytearray()
        self.plugged = True
        self.events = []
        config = ModemConfig(
            "one", NUMBER, **{"latency_s": 0.0, "slots": 3, "report_memory": "SR", **modem}
        )
        self.simulation = Simulation(
            SimulationConfig(Path(), (config,), report_delay_s=1.0), self, self._record
        )
        self.desk = Desk(self.simulation, [])

    def _record(self, event, now, **facts):
        self.events.append({"at": now, "event": event, **facts})

    def write(self, _name, octets):
        self.heard += octets

    def plug(self, _name):
        self.plugged = True

    def unplug(self, _name):
        self.plugged = False

    def ask(self, octets):
        """Write to the modem; return what it says at once."""
        self.heard.clear()
        self.simulation.hear("one", octets, self.now)
        return bytes(self.heard)

    def at(self, *commands):
        """Run commands without echo; return the lines of the last answer."""
        for command in commands:
            said = self.ask(command.encode() + b"\r")
        return [line for line in said.decode("latin-1").split("\r\n") if line]

    def send(self, to=PHONE, text="hello", **options):
        """Send one segment as a host does; return what the modem says to the text."""
        octets = submit(to, text, **options)
        self.ask(b"AT+CMGS=%d\r" % len(octets))
        said = self.ask(b"00" + octets.hex().encode() + b"\x1a")
        return [line for line in said.decode("latin-1").split("\r\n") if line]

    def wait(self, seconds):
        """Let time pass; return what the modem says meanwhile."""
        self.heard.clear()
        until = self.now + seconds
        while (due := self.simulation.agenda.next_at()) is not None and due <= until:
            self.now = max(self.now, due)
            self.simulation.agenda.run(self.now)
        self.now = until
        return bytes(self.heard)

    def control(self, op, **given):
        """Ask as a client does; a question that waits is asked once."""
        self.heard.clear()
        result = answer(self.desk, {"op": op, **given}, self.now)
        return result.ask() if isinstance(result, Later) else result

    def fault(self, name, times=None, **given):
        self.control("fault", modem="one", name=name, times=times, given=given)

    def text(self, text="hi", sender=PHONE, **how):
        return self.control("text", sender=sender, to="one", text=text, how=how)

    def of(self, event):
        return [each for each in self.events if each["event"] == event]


def submit(to, text, *, report=False, validity=b"", form=0, concat=None, narrow=None):
    """Write an SMS-SUBMIT; `form` is TP-VPF, `validity` its octets."""
    if narrow is None:
        narrow = gsm7.encodable(text)
    data = tpdu.user_data(text, narrow=narrow, concat=concat)
    first = 0x01 | form << 3 | 0x20 * report | 0x40 * data.has_header
    head = bytes([first, 0]) + fields.address(to) + bytes([0, data.dcs]) + validity
    return head + bytes([data.length]) + data.octets
