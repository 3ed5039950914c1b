"""Commands about bulletins: write, approve, correct, withdraw, look."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from config.topics import LANGUAGES, TOPICS
from content.clean import clean
from relay.cli.app import ROW, App, Duration, as_json, command, pass_app, show, table
from relay.clock import aware
from relay.desk import DeskError
from relay.mode import choose, chosen_mode, in_force, may_push
from relay.values import Bulletin, BulletinState, Draft, Mode, Notice, Urgency

ORIGINS = ("official", "media", "independent", "eyewitness", "operator")


def as_dict(bulletin: Bulletin) -> dict[str, Any]:
    """The frozen keys of a bulletin in JSON."""
    return {
        "number": bulletin.number,
        "id": bulletin.global_id,
        "topic": bulletin.topic,
        "urgency": bulletin.urgency.label,
        "origin": bulletin.origin,
        "level": bulletin.level,
        "state": bulletin.state.value,
        "notice": bulletin.notice.value,
        "texts": dict(bulletin.texts),
        "place": bulletin.place,
        "valid_from": aware(bulletin.valid_from_ms).isoformat(),
        "expires_at": aware(bulletin.expires_ms).isoformat(),
        "edition": bulletin.edition,
        "sources": list(bulletin.sources),
        "exercise": bulletin.exercise,
    }


@click.group()
def bulletin() -> None:
    """What may be broadcast."""


def _words(langs: Sequence[str], texts: Sequence[str], text_file: Path | None) -> dict[str, str]:
    """The words by language: each --lang has its --text, or there is one --text-file."""
    given = list(texts)
    if text_file is not None:
        given.append(text_file.read_text(encoding="utf-8"))
    if len(langs) != len(given):
        raise click.UsageError(
            "give each --lang its words: --lang ru --text … --lang kk --text …, or one --text-file"
        )
    words = {lang: clean(text) for lang, text in zip(langs, given, strict=True)}
    if len(words) != len(langs):
        raise click.UsageError("one text to a language")
    if not all(words.values()):
        raise click.UsageError("the text is empty")
    return words


def text_options(function: Any) -> Any:
    """The options that give the words of a bulletin, in one language or several."""
    for option in (
        click.option("--text-file", type=click.Path(path_type=Path, exists=True, dir_okay=False)),
        click.option("--text", "texts", multiple=True, help="The words."),
        click.option(
            "--lang",
            "langs",
            type=click.Choice(LANGUAGES),
            required=True,
            multiple=True,
            help="Their language; may be repeated, each with a --text.",
        ),
    ):
        function = option(function)
    return function


@bulletin.command()
@click.option("--topic", type=click.Choice(TOPICS), required=True)
@text_options
@click.option("--place", default="", help="Where, as people call it.")
@click.option("--expires", type=Duration(), help="How long it is true, such as 6h.")
@click.option(
    "--urgency",
    type=click.Choice([one.label for one in Urgency]),
    default="routine",
    show_default=True,
)
@click.option("--origin", type=click.Choice(ORIGINS), default="operator", show_default=True)
@click.option("--publish", is_flag=True, help="Live at once; without it, it is pending.")
@click.option("--real", is_flag=True, help="In a drill: not an exercise; ends the drill.")
@as_json
@pass_app
@command
def add(
    app: App,
    topic: str,
    langs: tuple[str, ...],
    texts: tuple[str, ...],
    text_file: Path | None,
    place: str,
    expires: int | None,
    urgency: str,
    origin: str,
    *,
    publish: bool,
    real: bool,
    json_: bool,
) -> None:
    """Write a bulletin; prints its number."""
    now_ms = app.now_ms()
    lives_s = expires or app.settings.bulletins.lives_s(topic)
    draft = Draft(
        topic=topic,
        urgency=Urgency.of(urgency),
        texts=_words(langs, texts, text_file),
        place=clean(place),
        origin=origin,
        level="confirmed_by_editor",
        valid_from_ms=now_ms,
        expires_ms=now_ms + lives_s * 1000,
        exercise=_is_exercise(app, now_ms, real=real),
    )
    made = app.desk.add(draft, now_ms, publish=publish)
    _tell(app, made, json_=json_)


def _is_exercise(app: App, now_ms: int, *, real: bool) -> bool:
    """In a drill all that is written is an exercise, but for what ends the drill."""
    if chosen_mode(app.store) is not Mode.DRILL:
        return False
    if real:
        choose(app.store, Mode.AUTO, now_ms)
        click.echo("the drill is over: mode auto", err=True)
    return not real


def _tell(app: App, made: Bulletin, *, json_: bool) -> None:
    """Print the number; say on standard error what happens next."""
    if json_:
        show(as_dict(made))
    else:
        click.echo(made.number)
    mode = in_force(chosen_mode(app.store))
    if made.state is BulletinState.PENDING:
        click.echo(f"pending: `jarshy bulletin approve {made.number}` sends it", err=True)
    elif made.state is BulletinState.LIVE and not may_push(made, mode):
        click.echo(f"live, but not pushed in mode {mode.value}: people may ask for it", err=True)


@bulletin.command(name="list")
@click.option("--state", type=click.Choice([state.value for state in BulletinState]))
@as_json
@pass_app
@command
def list_(app: App, state: str | None, *, json_: bool) -> None:
    """All bulletins, newest first."""
    found = app.store.bulletins.all(BulletinState(state) if state else None)
    if json_:
        show([as_dict(one) for one in found])
        return
    table(
        ("number", "ed.", "state", "topic", "urgency", "level", "expires (UTC)", "text"),
        [
            (
                one.number,
                one.edition,
                one.state.value,
                one.topic,
                one.urgency.label,
                one.level,
                f"{aware(one.expires_ms):%Y-%m-%d %H:%M}",
                next(iter(one.texts.values()))[:60],
            )
            for one in found
        ],
    )


@bulletin.command(name="show")
@click.argument("number", type=ROW)
@as_json
@pass_app
@command
def show_(app: App, number: int, *, json_: bool) -> None:
    """The newest edition of one bulletin."""
    found = app.store.bulletins.newest(number)
    if found is None:
        raise click.ClickException(f"there is no bulletin #{number}; `bulletin list` shows all")
    if json_:
        show(as_dict(found))
        return
    for key, value in as_dict(found).items():
        click.echo(f"{key:12}{value}")


@bulletin.command()
@click.argument("number", type=ROW)
@as_json
@pass_app
@command
def approve(app: App, number: int, *, json_: bool) -> None:
    """Make a pending bulletin live; it goes out."""
    if chosen_mode(app.store) is Mode.DRILL:
        raise DeskError("a drill is on; `jarshy mode auto` ends it, then approve")
    _tell(app, app.desk.approve(number, app.now_ms()), json_=json_)


def _topic_of(app: App, number: int) -> str:
    """Its topic, which says how long a bulletin lives; that there is none is said by the desk."""
    found = app.store.bulletins.newest(number)
    return found.topic if found else "news"


def _revision(name: str, notice: Notice, what: str) -> None:
    """Add a command that puts a new edition in the place of a live bulletin."""

    @bulletin.command(name=name, help=what)
    @click.argument("number", type=ROW)
    @text_options
    @click.option("--expires", type=Duration(), help="How long it is true, such as 6h.")
    @as_json
    @pass_app
    @command
    def revise(
        app: App,
        number: int,
        langs: tuple[str, ...],
        texts: tuple[str, ...],
        text_file: Path | None,
        expires: int | None,
        *,
        json_: bool,
    ) -> None:
        lives_s = expires or app.settings.bulletins.lives_s(_topic_of(app, number))
        words = _words(langs, texts, text_file)
        made = app.desk.revise(number, words, notice, app.now_ms(), lives_s * 1000)
        _tell(app, made, json_=json_)


_revision(
    "supersede",
    Notice.UPDATE,
    "Put newer words in the place of a live bulletin; goes to all who want its topic.",
)
_revision(
    "correct", Notice.CORRECTION, "Say what is right; goes to everyone who was sent the error."
)


@bulletin.command()
@click.argument("number", type=ROW)
@as_json
@pass_app
@command
def withdraw(app: App, number: int, *, json_: bool) -> None:
    """Take a bulletin back; whoever was sent it is told so."""
    _tell(app, app.desk.withdraw(number, app.now_ms()), json_=json_)
