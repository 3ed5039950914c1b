"""A gateway under test: waits of a test, and a memory of PINs without a store."""

from dataclasses import replace

import pytest

from gateways.base import Transmission
from gateways.simulated.server import ModemConfig, SimulationConfig
from gateways.sms.gateway import ModemSettings, SmsGateway
from gateways.sms.hearing import Neighbourhood, interpret
from gateways.sms.segments import Encoding, segment

NUMBER, PHONE = "+77010000001", "+77015550123"
SETTINGS = ModemSettings(
    name="one",
    port="",
    baud=115200,
    pin="",
    command_wait_s=0.6,
    prompt_wait_s=0.2,
    verdict_wait_s=0.25,
)


class Pins:
    """Remembers for as long as the test."""

    def __init__(self):
        self.refused = set()

    def is_refused(self, attempt):
        return attempt in self.refused

    def remember(self, attempt):
        self.refused.add(attempt)

    def take_back(self, attempt):
        self.refused.discard(attempt)


def gateway_on(port, *, pins=None, hint=lambda: None, **settings):
    """A gateway that is not open."""
    return SmsGateway(replace(SETTINGS, port=str(port), **settings), pins or Pins(), hint)


def simulation(directory, **modem):
    """One fast modem, alone on the air."""
    config = ModemConfig("one", NUMBER, **{"latency_s": 0.0, **modem})
    return SimulationConfig(directory, (config,), report_delay_s=0.0)


def hasty(monkeypatch):
    """A simulator says what it has to say at once."""
    monkeypatch.setattr("gateways.sms.opening._STALE_S", 0.015)
    monkeypatch.setattr("gateways.sms.opening._QUIET_S", 0.01)


def transmission(text="hello", **fields):
    """One segment to the phone."""
    defaults = {
        "recipient": PHONE,
        "wide": False,
        "reference": 0,
        "part": 1,
        "parts": 1,
        "validity_s": 3600,
        "report": False,
    }
    return Transmission(**{**defaults, "text": text, **fields})


def cut(text, reference=77):
    """The transmissions of a text of any length."""
    made = segment(text)
    return [
        transmission(
            part,
            wide=made.encoding is Encoding.UCS2,
            reference=reference,
            part=place,
            parts=len(made.parts),
        )
        for place, part in enumerate(made.parts, 1)
    ]


def with_modem(**settings):
    """Let the test have a simulated modem of this kind."""
    return pytest.mark.parametrize("modem", [settings], indirect=True, ids=[""])


def heard(gateway):
    """What the gateway receives, read."""
    return [read(raw) for raw in gateway.receive()]


def read(raw):
    """One thing received, read."""
    return interpret(raw.octets, Neighbourhood("7", "8", frozenset(), ("+77",)))
