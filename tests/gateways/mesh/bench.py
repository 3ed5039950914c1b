"""A mesh gateway under test: waits of a test, and a simulated air with one radio and one phone."""

import contextlib
import json
import time
from dataclasses import replace
from itertools import count
from threading import Event
from types import SimpleNamespace

from gateways.base import Transmission
from gateways.mesh.gateway import MeshGateway, RadioSettings
from gateways.mesh.hearing import interpret
from gateways.simulated.radio.server import background
from gateways.simulated.radio.settings import MeshConfig, NodeConfig, RadioConfig

RADIO, PHONE = "one", "aigul"
SETTINGS = RadioSettings(
    name="mesh",
    address="",
    channel="Jarshy",
    open_wait_s=2.0,
    answer_wait_s=0.4,
    linger_s=0.0,
    text_gap_s=0.0,
)
PHONES = (NodeConfig(PHONE),)
_identities = count(0x1000)


def hasty(monkeypatch):
    """Nobody has to wait: a radio is awake at once, takes texts at any pace, and is let go."""
    # The firmware's two seconds between texts have a test of their own.
    monkeypatch.setattr("gateways.simulated.radio.api._TEXT_GAP_S", 0.0)
    monkeypatch.setattr("gateways.mesh.tamed._LOOK_S", 0.01)
    monkeypatch.setattr("meshtastic.stream_interface.time", SimpleNamespace(sleep=lambda _: None))


def simulation(directory, *, phones=PHONES, **radio):
    """One radio and its neighbours on a fast air."""
    given = {"telemetry_s": 0.0, **radio}
    return MeshConfig(directory, (RadioConfig(RADIO, **given),), phones=phones, speed=100.0)


def gateway_at(address, *, hint=lambda: None, **settings):
    """A gateway that is not open."""
    return MeshGateway(replace(SETTINGS, address=str(address), **settings), hint)


def transmission(text="hello", recipient="^channel", **fields):
    """One packet, to everybody on our channel."""
    defaults = {
        "wide": False,
        "reference": 0,
        "part": 1,
        "parts": 1,
        "validity_s": 3600,
        "report": False,
        "identity": next(_identities),
    }
    return Transmission(**{**defaults, "text": text, "recipient": recipient, **fields})


def heard(gateway):
    """What the gateway receives, read."""
    return [interpret(raw.octets) for raw in gateway.receive()]


class Bench:
    """A simulated air, and a gateway at its radio."""

    def __init__(self, directory, stack, *, tty=False, phones=PHONES, **radio):
        self.mesh = stack.enter_context(background(simulation(directory, phones=phones, **radio)))
        self._tty = tty
        self._stack = stack
        self.hinted = Event()

    def gateway(self, **settings):
        """One more gateway to the radio, closed at the end."""
        address = f"serial://{self.mesh.tty(RADIO)}" if self._tty else self.mesh.address(RADIO)
        gateway = gateway_at(address, hint=self.hinted.set, **settings)
        self._stack.callback(gateway.close)
        return gateway

    def let_hear(self, text, sender=PHONE, **how):
        """Let a person write to the node, and wait until the gateway has it."""
        self.hinted.clear()
        self.mesh.direct(sender, RADIO, text, **how)
        assert self.hinted.wait(5)

    def unplug(self, gateway):
        """Take the radio away, and wait until the gateway knows."""
        self.mesh.unplug(RADIO)
        if gateway._session is not None:
            gateway._session.linger(5)

    def sent(self):
        """What the radio put on the air by itself, once it has nothing left to send."""
        until = time.monotonic() + 5
        while self.mesh.state(RADIO)["free"] < 16 and time.monotonic() < until:
            pass
        lines = (self.mesh.directory / "air.jsonl").read_text(encoding="utf-8").splitlines()
        events = [json.loads(line) for line in lines]
        return [
            each
            for each in events
            if each["event"] == "sent" and each["node"] == RADIO and each["copy"] == "first"
        ]

    def on_air(self):
        """The texts of that."""
        return [each["text"] for each in self.sent() if "text" in each]


@contextlib.contextmanager
def bench(directory, **given):
    """A bench for as long as the block."""
    with contextlib.ExitStack() as stack:
        yield Bench(directory, stack, **given)
