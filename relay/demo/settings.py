"""The settings of the node of the demonstration, and what in them is not as on a Pi."""

from collections.abc import Mapping
from pathlib import Path

from relay.demo.mesh import CHANNEL, COPIES, RADIO

MODEMS: Mapping[str, str] = {"beeline": "+77010000001", "tele2": "+77070000002"}

_NODE = """
[node]
name = "demo"
state_dir = "{directory}"

[[source]]
name = "listok"
url = "file://{directory}/feed.xml"
origin = "media"
owner = "Городской листок"
language = "ru"
topics = ["news"]
"""

_MODEM = """
[[modem]]
name = "{name}"
port = "{directory}/air/{name}.tty"
own_number = "{number}"
segments_per_minute = 0
poll_s = 2
"""

# The gap is just above the firmware's 2 s.  One language and not the usual two, as what is urgent
# takes a packet for each.  The other waits fit a preset on which a packet takes 0.2 s.
_RADIO = """
[[radio]]
name = "{name}"
address = "{address}"
channel = "{channel}"
languages = ["kk"]
relay_copies = {copies}
text_gap_s = 2.1
spread_s = 1
linger_s = 0.5
"""


def settings_text(directory: Path, radio: str) -> str:
    """The settings file; the radio is at that address."""
    modems = (
        _MODEM.format(name=name, number=number, directory=directory)
        for name, number in MODEMS.items()
    )
    mesh = _RADIO.format(name=RADIO, address=radio, channel=CHANNEL, copies=COPIES)
    return "".join((_NODE.format(directory=directory), *modems, mesh))
