"""Several bulletins in one message: the answer to NEWS."""

from collections.abc import Sequence
from dataclasses import dataclass

from relay.render import Reader, Renderer, in_script
from relay.values import Bulletin

# Weakest first: what a digest says of several must hold for each.
LEVELS = ("withdrawn", "refuted", "one_source", "two_independent", "confirmed_by_editor")


@dataclass(frozen=True, slots=True)
class Digest:
    """Several bulletins in one message, and the rows of those whose words are in it."""

    text: str
    shown: tuple[int, ...]


def digest(render: Renderer, bulletins: Sequence[Bulletin], reader: Reader) -> Digest:
    """Some bulletins in one message, each whole; those that do not fit, by number only.

    Source, level and time are said once and hold for all: the weakest level, the oldest
    time.  A single bulletin stands as it was broadcast.
    """
    most = render.most(render.form.digest_parts)
    shown: list[Bulletin] = []
    more: list[Bulletin] = []
    for bulletin in bulletins:
        fits = render.form.cost(_listed(render, [*shown, bulletin], [], reader)) <= most
        (shown if fits else more).append(bulletin)
    while len(shown) > 1 and render.form.cost(_listed(render, shown, more, reader)) > most:
        more.insert(0, shown.pop())
    if len(shown) <= 1:
        first = (shown or more)[0]
        others = [bulletin for bulletin in bulletins if bulletin is not first]
        return Digest(_alone(render, first, others, reader), (first.id,))
    return Digest(_listed(render, shown, more, reader), tuple(one.id for one in shown))


def _alone(render: Renderer, bulletin: Bulletin, others: Sequence[Bulletin], reader: Reader) -> str:
    """One bulletin as it was broadcast; a packet more has room for the others' numbers."""
    text = render.bulletin(bulletin, reader)
    return f"{text}\n{_numbers(others)}" if render.form.compact and others else text


def _listed(
    render: Renderer, shown: Sequence[Bulletin], more: Sequence[Bulletin], reader: Reader
) -> str:
    oldest = min(bulletin.valid_from_ms for bulletin in shown)
    header = render.say("news_header", reader, fresh=render.when(oldest))
    weakest = min((bulletin.level for bulletin in shown), key=LEVELS.index)
    sources = sorted({render.source(bulletin, reader) for bulletin in shown})
    source = render.say("source_line", reader, source=", ".join(sources))
    level = render.say(f"level.{weakest}", reader)
    lines = [header, *(_entry(render, bulletin, reader) for bulletin in shown)]
    lines.append(f"{source}; {level}.")
    if more:
        lines.append(_numbers(more))
    return "\n".join(lines)


def _entry(render: Renderer, bulletin: Bulletin, reader: Reader) -> str:
    body, language = render.body(bulletin, reader)
    body = in_script(render.only_in(language, reader), reader.language, reader.script) + body
    place = in_script(bulletin.place, reader.language, reader.script)
    return f"#{bulletin.number} {place}: {body}" if place else f"#{bulletin.number} {body}"


def _numbers(bulletins: Sequence[Bulletin]) -> str:
    """Bulletins that are there too, to ask for."""
    return "+ " + " ".join(f"#{bulletin.number}" for bulletin in bulletins)
