"""Commands about the node itself: set it up, run it, see how it is."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from config.settings import parse
from config.template import render
from relay import control
from relay import doctor as examination
from relay.cli.app import DEGRADED, FAILED, App, as_json, command, pass_app, show, table
from relay.keys import KeyProblemError, make_key_file, parse_key, read_key_file
from relay.logs import set_up_logging
from relay.mode import choose, chosen_mode, in_force
from relay.status import is_degraded
from relay.status import status as status_of
from relay.values import Mode


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", default="jarshy", show_default=True, help="The node's name.")
@command
def init(directory: Path, name: str) -> None:
    """Make DIRECTORY a node's home: a commented settings file and a new key."""
    text = render(directory.absolute(), name)
    parse(text, directory / "jarshy.toml")
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    settings = directory / "jarshy.toml"
    if settings.exists():
        raise click.ClickException(f"{settings} is there already; nothing was changed")
    try:
        make_key_file(directory / "key")
    except FileExistsError:
        click.echo(f"kept the key that is in {directory / 'key'}")
    settings.write_text(text, encoding="utf-8")
    settings.chmod(0o600)
    click.echo(f"wrote {settings} and the key beside it")
    click.echo(f"next: take the # off [[modem]] or [[radio]] and what must be set in {settings},")
    click.echo("then")
    click.echo(f"  jarshy --config {settings} doctor")
    click.echo(f"  jarshy --config {settings} run")


@click.command()
@pass_app
@command
def run(app: App) -> None:
    """Run the node until it is told to stop (Ctrl-C, SIGTERM)."""
    set_up_logging()
    os.umask(0o077)
    state_dir = app.settings.node.state_dir
    if not state_dir.is_dir():
        raise click.ClickException(
            f"there is no {state_dir}; make it, or correct `state_dir` in {app.settings_file}"
        )
    control.serve(control.open_node(app.settings))


@click.command()
@as_json
@pass_app
@command
def status(app: App, *, json_: bool) -> None:
    """Show how the node is; exit status 3 if something needs attention."""
    shown = status_of(app.settings, app.store)
    if json_:
        show(shown)
    else:
        _print_status(shown)
    if is_degraded(shown):
        raise SystemExit(DEGRADED)


def _print_status(shown: Mapping[str, Any]) -> None:
    running = "running" if shown["running"] else "NOT RUNNING"
    locked = ", LOCKED" if shown["locked"] else ""
    click.echo(
        f"{shown['node']}: {running}{locked}, mode {shown['mode']}"
        f" (in force: {shown['mode_in_force']})"
    )
    if shown["disk_full"]:
        click.echo("THE DISK IS FULL: nothing can be read or sent; free some space")
    trusted = "trusted" if shown["clock"]["trusted"] else "not trusted"
    click.echo(f"clock {trusted}: {shown['clock']['why']}")
    for name in ("inbox", "outbox", "subscribers", "bulletins"):
        counts = "  ".join(f"{key} {n}" for key, n in shown[name].items())
        click.echo(f"{name:12}{counts}")
    if shown["modems"]:
        _print_modems(shown["modems"])
    if shown["radios"]:
        _print_radios(shown["radios"])
    for sentence in shown["not_built"]:
        click.echo(f"settings: {sentence}")


def _print_modems(modems: Sequence[Mapping[str, Any]]) -> None:
    table(
        ("modem", "state", "signal", "sent today", "left today", ""),
        [
            (
                modem["name"],
                modem["state"],
                modem["signal"],
                modem["sent_today"],
                "no limit"
                if modem["segments_left_today"] is None
                else modem["segments_left_today"],
                "; ".join(text for text in (modem["reason"], modem["mend"]) if text),
            )
            for modem in modems
        ],
    )


def _print_radios(radios: Sequence[Mapping[str, Any]]) -> None:
    table(
        ("radio", "state", "air used", "of", "channel busy", ""),
        [
            (
                radio["name"],
                radio["state"],
                f"{radio['airtime_used']:.1%}",
                f"{radio['airtime_share']:.0%}",
                "unknown"
                if radio["channel_utilization"] is None
                else f"{radio['channel_utilization']:.0f} %",
                "; ".join(
                    text for text in (radio["reason"], radio["mend"], radio["waits"]) if text
                ),
            )
            for radio in radios
        ],
    )


@click.command()
@click.argument("new", required=False, type=click.Choice([mode.value for mode in Mode]))
@as_json
@pass_app
@command
def mode(app: App, new: str | None, *, json_: bool) -> None:
    """Show the mode, or set it: auto, standby, blackout or drill."""
    if new is not None:
        choose(app.store, Mode(new), app.now_ms())
    chosen = chosen_mode(app.store)
    if json_:
        show({"mode": chosen.value, "in_force": in_force(chosen).value})
    else:
        click.echo(f"{chosen.value} (in force: {in_force(chosen).value})")


@click.command()
@as_json
@pass_app
@command
def doctor(app: App, *, json_: bool) -> None:
    """Check settings, key, store, devices and clock, and say how to mend each."""
    findings = examination.examine(app.settings_file)
    if json_:
        show([finding.as_dict() for finding in findings])
    else:
        for finding in findings:
            mend = f"\n      {finding.mend}" if finding.mend else ""
            click.echo(f"{finding.mark:5} {finding.what}{mend}")
    worst = {finding.mark for finding in findings}
    if "BAD" in worst:
        raise SystemExit(FAILED)
    if "warn" in worst:
        raise SystemExit(DEGRADED)


@click.command()
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the key is, for instance on a stick; without it the key is asked for.",
)
@pass_app
@command
def unlock(app: App, key_file: Path | None) -> None:
    """Give a locked, running node its key; it keeps it in memory only."""
    if key_file is not None:
        secret = read_key_file(key_file)
        if secret is None:
            raise KeyProblemError(f"there is no {key_file}")
    else:
        secret = parse_key(click.prompt("key", hide_input=True).strip(), "what was typed")
    control.send_key(app.settings.node.state_dir, secret)
    click.echo("unlocked")
