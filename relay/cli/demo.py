"""The commands that show a whole node at work, and let one text it by hand."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from gateways.simulated.client import Air, AirError, Json
from gateways.simulated.radio.client import Mesh
from relay.demo.listeners import direct_messages
from relay.demo.mesh import FAR, NEAR, RADIO
from relay.demo.settings import MODEMS
from relay.demo.stage import AIR, MESH, Stage, StageError, beacon
from relay.demo.story import Story

ANSWER_S = 15.0
NEXT_S = 3.0  # longer than a radio waits between two texts

WaitFor = Callable[[int, float], list[Json]]  # so many messages, for so long

_INTRODUCTION = """\
A whole node on a temporary folder, with two simulated modems and a simulated mesh: Aru's
radio hears the node's, Nora's hears a relay on a roof. Everything goes through the libraries
that drive hardware, over serial lines and TCP. So that it is soon over, the limit on the pace
of SMS (6 a minute) is lifted, the channel speaks one language, and radios use ShortFast with
shorter waits: there a packet takes a tenth of the time that it is on the air on LongFast,
which most meshes use. Its folder: {directory}"""

_STAYING = f"""
Still running. From another terminal:
  jarshy demo text +77015550055 "НОВОСТИ"
  jarshy demo say {NEAR} "ЖАҢАЛЫҚ"
Ctrl-C ends it."""


@click.group(invoke_without_command=True)
@click.option("--stay", is_flag=True, help="Keep running, to be texted from another terminal.")
@click.pass_context
def demo(ctx: click.Context, *, stay: bool) -> None:
    """Watch people ask a node and get bulletins, by SMS and by radio; needs no hardware."""
    if ctx.invoked_subcommand is not None:
        return
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))  # by way of `finally`
    stage = Stage()
    click.echo(_INTRODUCTION.format(directory=stage.directory))
    try:
        stage.open()
        Story(stage, click.echo).tell()
        if stay:
            _stay(stage)
    except (StageError, TimeoutError) as error:
        raise click.ClickException(f"{error}; the node's log: {stage.directory}/node.log") from None
    finally:
        stage.close()


def _stay(stage: Stage) -> None:
    """Let people text until Ctrl-C."""
    path = beacon()
    path.unlink(missing_ok=True)
    path.symlink_to(stage.directory)
    click.echo(_STAYING)
    try:
        signal.pause()
    except KeyboardInterrupt:
        click.echo("")
    finally:
        path.unlink(missing_ok=True)


@demo.command()
@click.argument("number")
@click.argument("words")
def text(number: str, words: str) -> None:
    """Text the demonstration that stays, from NUMBER; shows what comes back."""
    with _staying() as directory:
        air = Air(directory / AIR)
        known = len(air.phone(number))
        air.text(number, next(iter(MODEMS.values())), words)
        for answer in _arrivals(partial(air.wait_for, number), known):
            click.echo(f"{answer['text']}   [{answer['segments']} SMS]")


@demo.command()
@click.argument("node", metavar=f"{NEAR}|{FAR}")
@click.argument("words")
def say(node: str, words: str) -> None:
    """Send the demonstration that stays a direct message by radio; shows what comes back."""
    with _staying() as directory:
        mesh = Mesh(directory / MESH)
        known = len(direct_messages(mesh, node))
        mesh.direct(node, RADIO, words)
        for packet in _arrivals(partial(mesh.wait_for, node, channel=None), known):
            click.echo(f"{packet['text']}   [{len(packet['text'].encode())} octets]")


def _arrivals(wait_for: WaitFor, known: int) -> Iterator[Json]:
    """What comes after the first `known`, as it comes; ends when no more follows."""
    wait_s = ANSWER_S
    while True:
        try:
            yield wait_for(known + 1, wait_s)[known]
        except TimeoutError:
            if wait_s == ANSWER_S:
                click.echo("(no answer)")
            return
        known, wait_s = known + 1, NEXT_S


@contextmanager
def _staying() -> Iterator[Path]:
    """The folder of the demonstration that stays; says in a sentence what goes wrong with it."""
    try:
        yield beacon().resolve(strict=True)
    except AirError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"no demonstration stays ({error}); `jarshy demo --stay` starts one"
        ) from None
