"""The mesh around a node that is killed: one radio, people with phones, a relay, and no loss.

The air forgets nothing and nothing collides on it, so that whatever somebody
was not shown is our doing.  It runs at the speed of real life: what a packet
costs depends on how soon it was acknowledged.
"""

from gateways.simulated.radio import api
from gateways.simulated.radio.server import serve
from gateways.simulated.radio.settings import (
    PRIMARY,
    ChannelConfig,
    MeshConfig,
    NodeConfig,
    RadioConfig,
)
from tests.kill.victim import end_with_parent

RADIO = "radio"
CHANNEL = ChannelConfig("Jarshy", b"\x01")  # a published key, so that there is a pointer to it
CHANNELS = (PRIMARY, CHANNEL)
PHONES = 30
LEAST_APART_S = 2.0  # the firmware drops what comes sooner
_TO_SPARE_S = 0.05
_SECTION = """
[[radio]]
name = "{name}"
address = "{address}"
channel = "{channel}"
languages = ["ru", "kk"]
airtime_share = 1.0
relay_copies = 0
open_wait_s = 5
answer_wait_s = 2
heartbeat_s = 2
linger_s = 0.1
text_gap_s = {gap_s}
spread_s = 0.5
ack_wait_s = 2
retry_min_s = 0.1
retry_max_s = 0.5
"""


def phone_names():
    """The names of all phones."""
    return [f"phone{at:02}" for at in range(PHONES)]


def owner_of(name):
    """What a phone calls itself to everybody: a person's own words."""
    return f"Владелец {name[-2:]}бгджзлфц{name[-2:]}"


def config(directory):
    """What is on this air."""
    return MeshConfig(
        directory=directory,
        radios=(RadioConfig(RADIO, channels=CHANNELS, telemetry_s=0.0),),
        # Phones pass nothing on, so that all that is on air is the radio's, the relay's or new.
        phones=tuple(
            NodeConfig(name, long_name=owner_of(name), channels=CHANNELS, role="CLIENT_MUTE")
            for name in phone_names()
        ),
        relays=(NodeConfig("relay", channels=CHANNELS),),
        preset="SHORT_TURBO",
        collisions=False,
    )


def gap_s(apart_s):
    """How far apart a node keeps its texts so that the radio lets them through."""
    return apart_s + _TO_SPARE_S


def section(address):
    """The radio in a node's settings."""
    values = {"name": RADIO, "channel": CHANNEL.name, "gap_s": gap_s(LEAST_APART_S)}
    return _SECTION.format(address=address, **values)


def run(directory, apart_s, ready):
    """Serve it until it is stopped; sets `ready` when it can be asked."""
    end_with_parent()
    api._TEXT_GAP_S = apart_s
    serve(config(directory), ready=lambda _: ready.set())
