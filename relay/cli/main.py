"""The command `jarshy`: its groups, each loaded only when it is used."""

import importlib
from pathlib import Path

import click

from relay.cli.app import App

# Name of the command: the module that has it and the name there.
COMMANDS = {
    "init": ("relay.cli.node", "init"),
    "demo": ("relay.cli.demo", "demo"),
    "run": ("relay.cli.node", "run"),
    "status": ("relay.cli.node", "status"),
    "mode": ("relay.cli.node", "mode"),
    "doctor": ("relay.cli.node", "doctor"),
    "unlock": ("relay.cli.node", "unlock"),
    "bulletin": ("relay.cli.bulletin", "bulletin"),
    "source": ("relay.cli.source", "source"),
    "subscriber": ("relay.cli.subscriber", "subscriber"),
    "outbox": ("relay.cli.outbox", "outbox"),
    "proxy": ("relay.cli.proxy", "proxy"),
    "text": ("relay.cli.text", "text"),
    "simulate": ("relay.cli.simulate", "simulate"),
}


class _Lazy(click.Group):
    """Imports a command when it is named: on a Pi each import counts."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=_Lazy)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="JARSHY_CONFIG",
    help="The node's settings file; or the environment variable JARSHY_CONFIG.",
)
@click.version_option(package_name="jarshy")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Jarshy: news by SMS and mesh when the internet is cut."""
    ctx.obj = App(config)
