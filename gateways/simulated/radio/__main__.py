"""Run simulated radios: `python -m gateways.simulated.radio --directory D --radio NAME`."""

import argparse
import sys
from pathlib import Path

from gateways.simulated.radio.airtime import PRESETS
from gateways.simulated.radio.faults import KINDS
from gateways.simulated.radio.server import AlreadyRunningError, serve
from gateways.simulated.radio.settings import MeshConfig, NodeConfig, RadioConfig


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and serve; the exit code."""
    given = _parser().parse_args(arguments)
    if given.list_faults:
        for kind in KINDS:
            defaults = " ".join(f"{name}={value}" for name, value in kind.arguments.items())
            _say(f"{kind.name:16}{kind.says}" + (f" [{defaults}]" if defaults else ""))
        return 0
    try:
        serve(_config(given), ready=_ready)
    except (AlreadyRunningError, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateways.simulated.radio", description=__doc__)
    parser.add_argument(
        "--directory", type=Path, default=Path("mesh"), help="where all of it stands"
    )
    parser.add_argument("--radio", action="append", default=[], metavar="NAME")
    parser.add_argument("--phone", action="append", default=[], metavar="NAME")
    parser.add_argument("--port", type=int, default=0, help="of the first radio; the next follow")
    parser.add_argument("--preset", choices=tuple(PRESETS), default="LONG_FAST")
    parser.add_argument("--speed", type=float, default=1.0, help="divides the time on air")
    parser.add_argument("--loss", type=float, default=0.0, help="share of packets not heard")
    parser.add_argument("--list-faults", action="store_true", help="what can be made to go wrong")
    return parser


def _config(given: argparse.Namespace) -> MeshConfig:
    return MeshConfig(
        directory=given.directory,
        radios=tuple(
            RadioConfig(name, port=given.port + at if given.port else 0)
            for at, name in enumerate(given.radio or ["radio"])
        ),
        phones=tuple(NodeConfig(name) for name in given.phone),
        preset=given.preset,
        speed=given.speed,
        loss=given.loss,
    )


def _ready(addresses: list[str]) -> None:
    for address in addresses:
        _say(address)
    _say("ready")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
