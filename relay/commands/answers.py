"""What each keyword does: a person and a library in, a turn of the conversation out.

One function per keyword, all alike and none of them touching the store; the
table at the end is the whole list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from config.topics import DEFAULT_TOPICS, PUSHABLE, TOPICS
from relay.commands.library import Library
from relay.digest import digest
from relay.keywords import Action, Command
from relay.render import Reader, Renderer
from relay.values import BulletinState, Person, PersonState

NEWS_TOPICS = tuple(topic for topic in PUSHABLE if topic != "lines")
DANGER_TOPICS = ("danger",)
PHONE_TOPICS = ("lines", "medical", "legal")


@dataclass(frozen=True, slots=True)
class Said:
    """One message to the person; `bulletins` are the rows that it tells of."""

    text: str
    bulletins: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What a message changes and what is said to it.

    `stop`: nothing queued may go to this person any more; `erase`: forget all about them.
    """

    person: Person
    says: tuple[Said, ...] = ()
    stop: bool = False
    erase: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """All that a keyword may look at."""

    person: Person
    command: Command
    library: Library
    render: Renderer

    @property
    def reader(self) -> Reader:
        """How the person reads."""
        return Reader(self.person.language, self.person.script)

    def say(self, key: str, **values: object) -> Turn:
        """Say one sentence of the catalogue and change nothing."""
        return Turn(self.person, (Said(self.render.say(key, self.reader, **values)),))

    def fresh(self) -> str:
        """As of when our news is, in the person's words."""
        fresh_ms = self.library.fresh_ms()
        if fresh_ms is None:
            return self.render.say("never", self.reader)
        return self.render.when(fresh_ms)

    def with_person(self, person: Person) -> "Talk":
        """The same talk, after the person has changed."""
        return replace(self, person=person)


def join(talk: Talk) -> Turn:
    """Subscribe, from now on."""
    person = talk.person
    if person.state is PersonState.ACTIVE:
        return talk.say("already_joined")
    joined = replace(
        person,
        state=PersonState.ACTIVE,
        topics=person.topics or frozenset(DEFAULT_TOPICS),
    )
    return talk.with_person(joined).say("joined")


def stop(talk: Talk) -> Turn:
    """Send nothing more but one confirmation, and keep the number no longer."""
    if talk.person.state is PersonState.STOPPED:
        return Turn(talk.person)
    stopped = replace(talk.person, state=PersonState.STOPPED, number_sealed=None)
    return replace(talk.with_person(stopped).say("stopped"), stop=True)


def forget(talk: Talk) -> Turn:
    """Erase everything about the person."""
    if talk.person.state is PersonState.STOPPED:
        return Turn(talk.person, erase=True)
    return replace(talk.say("erased"), erase=True)


def _read(talk: Talk, topics: tuple[str, ...], none: str) -> Turn:
    found = talk.library.live(topics)
    if not found:
        return talk.say(none, fresh=talk.fresh())
    told = digest(talk.render, found, talk.reader)
    return Turn(talk.person, (Said(told.text, told.shown),))


def news(talk: Talk) -> Turn:
    """The latest news."""
    return _read(talk, NEWS_TOPICS, "no_news")


def danger(talk: Talk) -> Turn:
    """Curfew, checkpoints, danger."""
    return _read(talk, DANGER_TOPICS, "no_danger")


def phones(talk: Talk) -> Turn:
    """Hotlines and help."""
    return _read(talk, PHONE_TOPICS, "no_phones")


def number(talk: Talk) -> Turn:
    """Where a bulletin comes from, and all of it that fits."""
    asked = int(talk.command.argument)
    bulletin = talk.library.bulletin(asked)
    if bulletin is None or bulletin.exercise:
        return talk.say("no_bulletin", number=asked)
    render, reader = talk.render, talk.reader
    if bulletin.state is BulletinState.WITHDRAWN:
        when = render.as_of(bulletin)
        return talk.say("withdrawn_notice", number=asked, when=when)
    if bulletin.state is not BulletinState.LIVE or bulletin.expires_ms <= talk.library.now_ms:
        return talk.say("expired_bulletin", number=asked, when=render.when(bulletin.expires_ms))
    detail = render.say(
        "detail",
        reader,
        number=asked,
        source=render.source(bulletin, reader),
        level=render.texts.say(f"level.{bulletin.level}", reader.language),
        when=render.as_of(bulletin),
        until=render.when(bulletin.expires_ms),
    )
    return Turn(talk.person, (Said(render.with_rest(detail, bulletin, reader), (bulletin.id,)),))


def proxy(talk: Talk) -> Turn:
    """The person's own links, each alone in its message, so that it can be tapped."""
    if not talk.library.proxies_each:
        return talk.say("unknown")
    links = talk.library.proxies(talk.person.tag)
    if not links:
        return talk.say("proxy_none")
    return Turn(talk.person, tuple(Said(link.link) for link in links))


def topics(talk: Talk) -> Turn:
    """List the topics, or switch some on or off."""
    chosen = [name for name in talk.command.argument.replace(",", " ").split() if name in PUSHABLE]
    if not chosen:
        return talk.say("topics_list", topics=_topic_codes(talk))
    person = replace(talk.person, topics=talk.person.topics ^ frozenset(chosen))
    after = talk.with_person(person)
    return after.say("topics_set", topics=_topic_names(after))


def _topic_codes(talk: Talk) -> str:
    """What one types to switch those off that are on."""
    codes = [str(at) for at, topic in enumerate(TOPICS, 61) if topic in talk.person.topics]
    return " ".join(codes) or "-"


def _topic_names(talk: Talk) -> str:
    names = [
        talk.render.texts.say(f"topic.{topic}", talk.person.language)
        for topic in TOPICS
        if topic in talk.person.topics
    ]
    return ", ".join(names) or "-"


def language(talk: Talk) -> Turn:
    """List the languages and alphabets, or choose one."""
    chosen = talk.command.argument
    person = talk.person
    if chosen in talk.render.texts.languages:
        person = replace(person, language=chosen, chose_language=True)
        key = f"language.{chosen}"
    elif chosen in {"cyrillic", "plain", "latin"}:
        person = replace(person, script=chosen, chose_language=True)
        key = f"script.{chosen}"
    else:
        return talk.say("language_list")
    after = talk.with_person(person)
    return after.say("language_set", language=talk.render.texts.say(key, person.language))


def status(talk: Talk) -> Turn:
    """What works now, and how fresh our news is."""
    mode = talk.render.texts.say(f"mode.{talk.library.mode}", talk.person.language)
    return talk.say("status", mode=mode, fresh=talk.fresh())


def menu(talk: Talk) -> Turn:
    """What one can send."""
    return talk.say("menu_proxy" if talk.library.proxies_each else "menu")


def call_for_help(talk: Talk) -> Turn:
    """112 first."""
    return talk.say("help_112")


def tell(talk: Talk) -> Turn:
    """Words to the editors, which this node does not take."""
    return talk.say("tell_off")


ANSWERS: Mapping[Action, Callable[[Talk], Turn]] = {
    Action.JOIN: join,
    Action.STOP: stop,
    Action.FORGET: forget,
    Action.NEWS: news,
    Action.DANGER: danger,
    Action.PHONES: phones,
    Action.NUMBER: number,
    Action.PROXY: proxy,
    Action.TOPICS: topics,
    Action.LANG: language,
    Action.STATUS: status,
    Action.MENU: menu,
    Action.HELP: call_for_help,
    Action.TELL: tell,
}

# A locked node answers these: they need nobody's name and change nothing.
READING = frozenset(
    {
        Action.NEWS,
        Action.DANGER,
        Action.PHONES,
        Action.NUMBER,
        Action.STATUS,
        Action.MENU,
        Action.HELP,
    }
)
