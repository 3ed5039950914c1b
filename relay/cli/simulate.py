"""Commands that stand in for hardware, for drills and for trying things."""

from pathlib import Path

import click

from gateways.simulated.radio.airtime import PRESETS
from gateways.simulated.radio.server import serve as serve_mesh
from gateways.simulated.radio.settings import MeshConfig, NodeConfig, RadioConfig
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


@simulate.command()
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("mesh"),
    show_default=True,
    help="Where ttys, control socket and log stand.",
)
@click.option(
    "--radio",
    "radios",
    multiple=True,
    metavar="NAME",
    default=("radio",),
    show_default=True,
    help="A radio for a host; may be repeated.",
)
@click.option("--phone", "phones", multiple=True, metavar="NAME", help="A person; may be repeated.")
@click.option("--port", default=4403, show_default=True, help="TCP port; the next ones follow.")
@click.option("--preset", type=click.Choice(tuple(PRESETS)), default="LONG_FAST", show_default=True)
@click.option("--speed", default=1.0, show_default=True, help="Divides the time on air.")
@click.option("--loss", default=0.0, show_default=True, help="Share of packets not heard.")
@command
def radio(
    directory: Path,
    radios: tuple[str, ...],
    phones: tuple[str, ...],
    port: int,
    preset: str,
    speed: float,
    loss: float,
) -> None:
    """Run Meshtastic radios, and people with phones, on one air, until stopped."""

    def ready(addresses: list[str]) -> None:
        for name, address in zip(radios, addresses, strict=True):
            click.echo(f"{name} on {address} and {directory / name}.tty")
        click.echo("ready")

    try:
        config = MeshConfig(
            directory=directory,
            radios=tuple(
                RadioConfig(name, port=port + at if port else 0) for at, name in enumerate(radios)
            ),
            phones=tuple(NodeConfig(name) for name in phones),
            preset=preset,
            speed=speed,
            loss=loss,
        )
        serve_mesh(config, ready=ready)
    except (AlreadyRunningError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None
