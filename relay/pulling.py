"""Pull a source: fetch, parse, keep each item once, and make a pending bulletin of each new one."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from config.sections import Source
from content.feed import FeedError, parse
from content.fetch import Fetched, FetchError, fetch
from content.headline import summary
from content.item import Item
from relay.clock import aware, millis
from relay.desk import Desk, DeskError
from relay.store import Store
from relay.store.bulletins import NumbersUsedUpError
from relay.store.sources import NewItem, SourceState
from relay.values import Draft, Urgency

MOST_CHARACTERS = 600  # what is kept of an item as the text of a bulletin


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull gave: numbers of new pending bulletins, known items, and what was refused."""

    bulletins: tuple[int, ...]
    known: int
    refused: tuple[str, ...]
    changed: bool = True


_UNCHANGED = Pulled((), 0, (), changed=False)


class PullError(Exception):
    """The source could not be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Puller:
    """Pulls sources.  `lives_s`: how long a bulletin of a topic lives."""

    store: Store
    desk: Desk
    lives_s: Callable[[str], int]

    def pull(self, source: Source, now_ms: int) -> Pulled:
        """Pull one source.

        Raises:
            PullError: nothing of it could be read; written down as its last error.
        """
        state = self.store.sources.state(source.name)
        try:
            answers = self._fetch(source, state)
            pulled = self._take(source, answers, now_ms) if answers else _UNCHANGED
        except (FetchError, FeedError, NumbersUsedUpError) as error:
            self.store.sources.note(source.name, replace(state, last_error=str(error)))
            raise PullError(f"{source.name}: {error}") from None
        etag = answers[0].etag if answers else state.etag
        modified = answers[0].last_modified if answers else state.last_modified
        self.store.sources.note(source.name, SourceState(now_ms, None, etag, modified))
        return pulled

    @staticmethod
    def _fetch(source: Source, state: SourceState) -> tuple[Fetched, ...]:
        answer = fetch(
            source.url,
            etag=state.etag,
            last_modified=state.last_modified,
            allow_private=source.allow_private,
            allow_http=source.url.startswith("http://"),
            ca_file=str(source.ca_file or ""),
        )
        return answer if isinstance(answer, tuple) else ()

    def _take(self, source: Source, answers: tuple[Fetched, ...], now_ms: int) -> Pulled:
        new: list[int] = []
        known = 0
        refused: list[str] = []
        for answer in answers:
            try:
                feed = parse(
                    answer.data,
                    content_type=answer.content_type,
                    base_url=answer.final_url,
                    now=aware(now_ms),
                )
            except FeedError as error:
                # One bad file in a folder holds up no other.
                if len(answers) == 1:
                    raise
                refused.append(f"{answer.final_url}: {error}")
                continue
            refused += feed.refused
            for item in feed.items:
                try:
                    number = self._keep(source, item, now_ms)
                except DeskError as error:
                    refused.append(f"{item.link or item.key}: {error}")
                    continue
                if number is None:
                    known += 1
                else:
                    new.append(number)
        return Pulled(tuple(new), known, tuple(refused))

    def _keep(self, source: Source, item: Item, now_ms: int) -> int | None:
        """Keep an item and draft its bulletin; None where it is known."""
        published_ms = millis(item.published_at) if item.published_at else None
        kept = NewItem(item.key, item.digest, item.title, item.body, item.link, published_ms)
        with self.store.transaction():
            row = self.store.sources.keep(source.name, kept, now_ms)
            if row is None:
                return None
            bulletin = self.desk.add(
                self._draft(source, item, published_ms, now_ms), now_ms, publish=False
            )
            self.store.sources.became(row, bulletin.id)
            return bulletin.number

    def _draft(self, source: Source, item: Item, published_ms: int | None, now_ms: int) -> Draft:
        topic = source.topics[0]
        text = summary(item, lambda words: len(words) <= MOST_CHARACTERS)
        return Draft(
            topic=topic,
            urgency=Urgency.ROUTINE,
            texts={source.language: text or item.title[:MOST_CHARACTERS]},
            place="",
            origin=source.origin,
            level="one_source",
            valid_from_ms=published_ms or now_ms,
            expires_ms=now_ms + self.lives_s(topic) * 1000,
            sources=(source.name,),
        )
