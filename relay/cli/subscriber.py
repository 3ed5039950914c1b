"""Commands about the people who get bulletins."""

import click

from config.topics import DEFAULT_TOPICS, LANGUAGES, PUSHABLE, SCRIPTS, TOPICS
from relay.cli.app import App, as_json, command, pass_app, show, table
from relay.keys import LockedError
from relay.posting import Newcomer
from relay.render import Reader
from relay.values import Person, PersonState


def as_dict(person: Person) -> dict[str, object]:
    """A person as the operator may see them: the last two digits only."""
    return {
        "id": person.id,
        "number": person.mask,
        "medium": person.medium,
        "state": person.state.value,
        "language": person.language,
        "script": person.script,
        "topics": [topic for topic in TOPICS if topic in person.topics],
        "volunteer": person.volunteer,
    }


@click.group()
def subscriber() -> None:
    """People who get bulletins."""


def _topics(ctx: click.Context, param: click.Parameter, value: str) -> frozenset[str]:  # noqa: ARG001  # click's signature
    chosen = frozenset(name.strip() for name in value.split(",") if name.strip())
    wrong = sorted(chosen - set(PUSHABLE))
    if wrong or not chosen:
        raise click.BadParameter(f"{', '.join(wrong) or 'none'}; choose of {', '.join(PUSHABLE)}")
    return chosen


@subscriber.command()
@click.argument("number")
@click.option("--lang", type=click.Choice(LANGUAGES), required=True)
@click.option("--script", type=click.Choice(SCRIPTS), default="cyrillic", show_default=True)
@click.option("--topics", callback=_topics, default=",".join(DEFAULT_TOPICS), show_default=True)
@click.option("--consented", is_flag=True, help="They have said yes elsewhere: no invitation.")
@click.option("--volunteer", is_flag=True, help="They also get the messages of drills.")
@as_json
@pass_app
@command
def add(
    app: App,
    number: str,
    lang: str,
    script: str,
    topics: frozenset[str],
    *,
    consented: bool,
    volunteer: bool,
    json_: bool,
) -> None:
    """Invite NUMBER by one message; whoever answers 1 is subscribed."""
    newcomer = Newcomer(number, Reader(lang, script), topics, consented, volunteer)
    person = app.post.enrol(newcomer, app.renderer, app.now_ms())
    if json_:
        show(as_dict(person))
    else:
        click.echo(f"{person.mask} {person.state.value}")


@subscriber.command(name="list")
@as_json
@pass_app
@command
def list_(app: App, *, json_: bool) -> None:
    """Everybody invited, active or stopped; the last two digits of their numbers."""
    if app.keys.locked:
        raise LockedError
    people = app.store.people.all([PersonState.INVITED, PersonState.ACTIVE, PersonState.STOPPED])
    if json_:
        show([as_dict(person) for person in people])
        return
    table(
        ("id", "number", "state", "language", "script", "topics"),
        [
            (p.id, p.mask, p.state.value, p.language, p.script, ",".join(sorted(p.topics)))
            for p in people
        ],
    )
