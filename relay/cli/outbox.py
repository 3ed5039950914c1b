"""Commands about the messages that go out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from config.durations import parse
from relay.cli.app import ROW, App, Duration, as_json, command, pass_app, show, table
from relay.clock import aware
from relay.posting import Letter, PostingError
from relay.values import Urgency

KEYS = (
    "id",
    "medium",
    "recipient",
    "kind",
    "state",
    "segments",
    "segments_sent",
    "attempts",
    "created_at",
    "expires_at",
    "error",
    "bulletin",
    "urgency",
    "modem",
)
URGENCIES = [one.label for one in Urgency]


def as_dict(row: tuple[Any, ...]) -> dict[str, Any]:
    """The frozen keys of a message in JSON."""
    shown = dict(zip(KEYS, row, strict=True))
    for key in ("created_at", "expires_at"):
        shown[key] = aware(shown[key]).isoformat()
    shown["urgency"] = Urgency(shown["urgency"]).label
    return shown


@click.group()
def outbox() -> None:
    """Messages on their way out."""


@outbox.command()
@click.argument("number", required=False)
@click.option("--text", help="Sent as it stands.")
@click.option("--urgency", type=click.Choice(URGENCIES), default="routine", show_default=True)
@click.option("--expires", type=Duration(), help="Drop it if it could not go for so long.")
@click.option(
    "--from",
    "from_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
    help='Many at once: JSON lines with "to", "text", perhaps "urgency", "expires"; all or none.',
)
@as_json
@pass_app
@command
def add(
    app: App,
    number: str | None,
    text: str | None,
    urgency: str,
    expires: int | None,
    from_file: Path | None,
    *,
    json_: bool,
) -> None:
    """Queue a plain message to one person, or many from a file; prints their ids."""
    default_s = expires or app.settings.outbox.expire_s
    if from_file is not None:
        if number is not None or text is not None:
            raise click.UsageError("give NUMBER and --text, or --from FILE, not both")
        with click.open_file(str(from_file), encoding="utf-8") as lines:
            letters = list(_letters(lines, urgency, default_s))
    elif number is None or text is None:
        raise click.UsageError("give NUMBER and --text, or --from FILE")
    else:
        letters = [Letter(number, text, Urgency.of(urgency), default_s)]
    ids = app.post.send(letters, app.now_ms())
    if json_:
        show({"ids": ids})
    elif from_file is not None:
        click.echo(f"{len(ids)} messages queued")
    else:
        click.echo(ids[0])


def _letters(lines: Any, urgency: str, expires_s: int) -> Iterator[Letter]:
    """The messages in a file of JSON lines."""
    for at, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _letter(json.loads(line), urgency, expires_s)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            wrong = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            raise PostingError(
                f'line {at}: {wrong}; a line is {{"to": "+7…", "text": "…"}}, perhaps with'
                f' "urgency" ({", ".join(URGENCIES)}) and "expires" ("6h")'
            ) from None


def _letter(given: dict[str, Any], urgency: str, expires_s: int) -> Letter:
    """One message; raises what is wrong with it."""
    if unknown := sorted(given.keys() - {"to", "text", "urgency", "expires"}):
        raise TypeError(f"unknown key {unknown[0]!r}")
    if not isinstance(given["to"], str) or not isinstance(given["text"], str):
        raise TypeError('"to" and "text" are texts')
    urgency = given.get("urgency", urgency)
    if urgency not in URGENCIES:
        raise TypeError(f"{urgency!r} is no urgency")
    expires = given.get("expires")
    return Letter(
        given["to"],
        given["text"],
        Urgency.of(urgency),
        parse(str(expires)) if expires is not None else expires_s,
    )


@outbox.command(name="list")
@click.option("--limit", type=ROW, default=1000, show_default=True, help="The newest so many.")
@as_json
@pass_app
@command
def list_(app: App, limit: int, *, json_: bool) -> None:
    """The newest messages; recipients by their last two digits."""
    found = [as_dict(row) for row in app.store.outbox.rows(limit)]
    if json_:
        show(found)
        return
    keys = ("id", "recipient", "kind", "bulletin", "state", "segments_sent", "segments", "error")
    table(keys, [tuple(row[key] for key in keys) for row in found])


@outbox.command()
@click.argument("id", type=ROW)
@click.option("--expires", type=Duration(), help="Drop it if it could not go for so long.")
@pass_app
@command
def retry(app: App, id: int, expires: int | None) -> None:  # noqa: A002  # the name shown in the usage
    """Send again what was parked, failed or dropped of message ID."""
    now_ms = app.now_ms()
    expires_ms = now_ms + (expires or app.settings.outbox.expire_s) * 1000
    with app.store.transaction():
        if app.store.outbox.is_broadcast(id):
            raise click.ClickException(f"message {id} is a broadcast: it goes again by schedule")
        if reason := app.store.outbox.why_not_again(id):
            raise click.ClickException(f"message {id} is not sent again: {reason}")
        if not app.store.outbox.retry(id, now_ms, expires_ms):
            raise click.ClickException(f"message {id} has nothing parked, failed or dropped")
    click.echo("queued")


@outbox.command()
@click.argument("id", type=ROW)
@pass_app
@command
def drop(app: App, id: int) -> None:  # noqa: A002  # the name shown in the usage
    """Give up what is queued, unknown or parked of message ID."""
    with app.store.transaction():
        if not app.store.outbox.drop(id, app.now_ms()):
            raise click.ClickException(f"message {id} has nothing queued, unknown or parked")
    click.echo("dropped")
