"""The command that shows a whole node at work, and texts it by hand."""

import signal

import click

from gateways.simulated.client import Air, AirError
from relay.demo.stage import MODEMS, Stage, StageError, beacon
from relay.demo.story import Story

ANSWER_S = 15.0


@click.group(invoke_without_command=True)
@click.option("--stay", is_flag=True, help="Keep running, to be texted from another terminal.")
@click.pass_context
def demo(ctx: click.Context, *, stay: bool) -> None:
    """Watch people text a node and get bulletins; needs no hardware."""
    if ctx.invoked_subcommand is not None:
        return
    stage = Stage()
    click.echo(
        "A whole node on a temporary folder, with two simulated modems. Everything goes through"
    )
    click.echo("the modem library and a serial line, as to hardware; only the limit on the pace")
    click.echo(f"(6 SMS a minute) is lifted. Its folder: {stage.directory}")
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
    click.echo("\nStill running. From another terminal:")
    click.echo('  jarshy demo text +77015550055 "НОВОСТИ"')
    click.echo("Ctrl-C ends it.")
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
    try:
        air = Air(beacon().resolve(strict=True) / "air")
        known = len(air.phone(number))
        air.text(number, next(iter(MODEMS.values())), words)
    except AirError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"no demonstration stays ({error}); `jarshy demo --stay` starts one"
        ) from None
    try:
        answers = air.wait_for(number, known + 1, ANSWER_S)
    except TimeoutError:
        click.echo("(no answer)")
        return
    for answer in answers[known:]:
        click.echo(f"{answer['text']}   [{answer['segments']} SMS]")
