"""Run simulated modems: `python -m gateways.simulated --directory D --modem NAME=NUMBER`."""

import argparse
import sys
from pathlib import Path

from gateways.simulated.faults import KINDS
from gateways.simulated.server import AlreadyRunningError, serve
from gateways.simulated.settings import ModemConfig, SimulationConfig


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and serve; the exit code."""
    given = _parser().parse_args(arguments)
    if given.list_faults:
        for kind in KINDS:
            defaults = " ".join(f"{name}={value}" for name, value in kind.arguments.items())
            _say(f"{kind.name:24}{kind.says}" + (f" [{defaults}]" if defaults else ""))
        return 0
    try:
        serve(_config(given), ready=lambda: _say("ready"))
    except (AlreadyRunningError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateways.simulated", description=__doc__)
    parser.add_argument(
        "--directory", type=Path, default=Path("air"), help="where all of it stands"
    )
    parser.add_argument("--modem", action="append", default=[], metavar="NAME=NUMBER")
    parser.add_argument("--latency", type=float, default=0.05, help="s from Ctrl-Z to the verdict")
    parser.add_argument("--slots", type=int, default=20, help="messages that a SIM holds")
    parser.add_argument("--pin", help="of each SIM")
    parser.add_argument("--report-delay", type=float, default=0.2, help="s until a delivery report")
    parser.add_argument("--no-reports", action="store_true", help="no delivery reports")
    parser.add_argument("--log-commands", action="store_true", help="log what hosts write")
    parser.add_argument("--list-faults", action="store_true", help="what can be made to go wrong")
    return parser


def _config(given: argparse.Namespace) -> SimulationConfig:
    named = [modem.partition("=") for modem in given.modem or ["modem=+77010000001"]]
    modems = tuple(
        ModemConfig(name, number, given.latency, given.slots, given.pin)
        for name, _, number in named
    )
    return SimulationConfig(
        directory=given.directory,
        modems=modems,
        report_delay_s=given.report_delay,
        reports=not given.no_reports,
        log_commands=given.log_commands,
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
