"""The simulated mesh of the demonstration; `python -m relay.demo.mesh DIRECTORY` runs it.

One radio for the node, a listener beside it, and one who hears nothing but a
relay on a roof.  The relay is a ROUTER: it repeats before everybody else, and
who hears it and the node keeps silent.  Who hears the relay only repeats as well,
so that each packet of the node is on the air three times.
"""

import sys
from pathlib import Path

from gateways.simulated.radio.server import serve
from gateways.simulated.radio.settings import (
    OWN,
    PRIMARY,
    LinkConfig,
    MeshConfig,
    NodeConfig,
    RadioConfig,
)

RADIO, RELAY = "mesh", "roof"
NEAR, FAR = "aru", "nora"
CHANNEL, PUBLIC = OWN.name, PRIMARY.name
PRESET = "SHORT_FAST"
COPIES = 2  # of each packet, by others
READY = "ready"


def mesh_config(directory: Path) -> MeshConfig:
    """Who is on the air, and who hears whom."""
    hear_each_other = ((RADIO, NEAR), (RADIO, RELAY), (RELAY, NEAR), (RELAY, FAR))
    return MeshConfig(
        directory=directory,
        radios=(RadioConfig(RADIO, long_name="Jarshy demo BOT"),),
        phones=(NodeConfig(NEAR), NodeConfig(FAR)),
        relays=(NodeConfig(RELAY, role="ROUTER"),),
        links=tuple(LinkConfig(one, other) for one, other in hear_each_other),
        preset=PRESET,
    )


def main(directory: str) -> None:
    """Run it until SIGTERM or SIGINT; says where the radio listens, and that it is ready."""
    serve(mesh_config(Path(directory)), ready=_ready)


def _ready(addresses: list[str]) -> None:
    sys.stdout.write("\n".join((*addresses, READY, "")))
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
