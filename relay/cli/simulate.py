"""Commands that stand in for hardware, for drills and for trying things."""

from pathlib import Path

import click

from gateways.simulated.server import AlreadyRunningError, serve
from gateways.simulated.settings import ModemConfig, SimulationConfig
from relay.cli.app import command


@click.group()
def simulate() -> None:
    """Simulated devices, each in a process of its own."""


@simulate.command()
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("air"),
    show_default=True,
    help="Where ports, control socket and log stand.",
)
@click.option(
    "--modem",
    "modems",
    multiple=True,
    metavar="NAME=NUMBER",
    default=("modem=+77010000001",),
    show_default=True,
    help="A modem and its number; may be repeated.",
)
@click.option("--latency", default=0.05, show_default=True, help="Seconds to each verdict.")
@click.option("--slots", default=20, show_default=True, help="Messages that a SIM holds.")
@click.option("--pin", help="PIN of each SIM.")
@click.option("--reports/--no-reports", default=True, help="Delivery reports.")
@command
def modem(
    directory: Path,
    modems: tuple[str, ...],
    latency: float,
    slots: int,
    pin: str | None,
    *,
    reports: bool,
) -> None:
    """Run GSM modems on ptys, joined to one air, until stopped."""
    named = [one.partition("=") for one in modems]

    def ready() -> None:
        for name, _, number in named:
            click.echo(f"{number} on {directory / name}.tty")
        click.echo("ready")

    try:
        configs = tuple(ModemConfig(name, number, latency, slots, pin) for name, _, number in named)
        config = SimulationConfig(directory=directory, modems=configs, reports=reports)
        serve(config, ready=ready)
    except (AlreadyRunningError, ValueError) as error:
        raise click.ClickException(str(error)) from None
