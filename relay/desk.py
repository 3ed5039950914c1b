"""The life of a bulletin: drafted, live, corrected, superseded, withdrawn.

What goes live is said to everybody who wants its topic; what was wrong is
said to everybody who was sent it.  An edition that is not live any more goes
on air no longer, from the very transaction that ended it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from relay.carousel import correction_lives_ms
from relay.store import Store
from relay.store.bulletins import NumbersUsedUpError
from relay.values import Bulletin, BulletinState, Draft, Notice

WITHDRAWAL_LIVES_MS = 6 * 3_600_000  # at least
NUMBER_RESTS_MS = 30 * 86_400_000
MOST_CHARACTERS = 1000  # of a text; six segments of Latin letters hold 918
MOST_PLACE = 40


class DeskError(Exception):
    """What is asked cannot be done to this bulletin; the message says what can."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Edits bulletins.  Each call is one transaction."""

    store: Store
    node: str

    def add(self, draft: Draft, now_ms: int, *, publish: bool) -> Bulletin:
        """A new bulletin under a number of its own: pending, or live at once.

        Raises:
            DeskError: it says nothing, or more than a message can.
        """
        _check(draft)
        with self.store.transaction():
            global_id = self._global_id(draft, now_ms)
            start = 200 + int(global_id[:8], 16) % 800
            number = self._free_number(start, now_ms)
            row = self.store.bulletins.add(draft, number, global_id, now_ms)
            if publish:
                self.store.bulletins.publish(row, now_ms)
            return self.store.bulletins.get(row)

    def _free_number(self, start: int, now_ms: int) -> int:
        """A free number; where all are taken the oldest undecided item gives way."""
        rested_before_ms = now_ms - NUMBER_RESTS_MS
        try:
            return self.store.bulletins.free_number(start, rested_before_ms)
        except NumbersUsedUpError:
            if not self.store.bulletins.give_up_oldest_pending():
                raise
            return self.store.bulletins.free_number(start, rested_before_ms)

    def approve(self, number: int, now_ms: int) -> Bulletin:
        """Make a pending bulletin live, as confirmed by an editor; its life runs from now.

        Raises:
            DeskError: there is none, or it is not pending.
        """
        with self.store.transaction():
            bulletin = self._find(number)
            if bulletin.state is not BulletinState.PENDING:
                raise DeskError(f"#{number} is {bulletin.state.value}, not pending")
            self.store.bulletins.set_level(bulletin.id, "confirmed_by_editor")
            self.store.bulletins.live_from(bulletin.id, now_ms)
            self.store.bulletins.publish(bulletin.id, now_ms)
            return self.store.bulletins.get(bulletin.id)

    def revise(
        self, number: int, texts: Mapping[str, str], notice: Notice, now_ms: int, lives_ms: int
    ) -> Bulletin:
        """Put a new edition in the place of a live one, under the same number.

        Raises:
            DeskError: there is none, or it is not live.
        """
        with self.store.transaction():
            old = self._live(number)
            if notice is Notice.CORRECTION:
                lives_ms = self._as_long_as_error(old, now_ms, lives_ms)
            draft = self._next(old, texts, now_ms, now_ms + lives_ms)
            _check(draft)
            row = self.store.bulletins.revise(
                old, draft, notice, self._global_id(draft, now_ms), now_ms
            )
            self._end(old, BulletinState.SUPERSEDED, now_ms)
            self.store.bulletins.publish(row, now_ms)
            return self.store.bulletins.get(row)

    def withdraw(self, number: int, now_ms: int) -> Bulletin:
        """Take a bulletin back; whoever was sent it is told so.

        Raises:
            DeskError: there is none, or it is neither live nor pending.
        """
        with self.store.transaction():
            old = self._find(number)
            if old.state is BulletinState.PENDING:
                self.store.bulletins.set_state(old.id, BulletinState.WITHDRAWN)
                return self.store.bulletins.get(old.id)
            old = self._live(number)
            lives_ms = max(old.expires_ms - now_ms, WITHDRAWAL_LIVES_MS)
            lives_ms = self._as_long_as_error(old, now_ms, lives_ms)
            draft = self._next(old, old.texts, now_ms, now_ms + lives_ms)
            row = self.store.bulletins.revise(
                old, draft, Notice.WITHDRAWAL, self._global_id(draft, now_ms), now_ms
            )
            self._end(old, BulletinState.WITHDRAWN, now_ms)
            self.store.bulletins.set_level(row, "withdrawn")
            self.store.bulletins.set_state(row, BulletinState.WITHDRAWN)
            return self.store.bulletins.get(row)

    def _as_long_as_error(self, error: Bulletin, now_ms: int, lives_ms: int) -> int:
        """So that whoever heard the error on the mesh hears this."""
        since_ms = self.store.bulletins.first_live_ms(error.id)
        return correction_lives_ms(since_ms or now_ms, now_ms, lives_ms)

    def _find(self, number: int) -> Bulletin:
        bulletin = self.store.bulletins.newest(number)
        if bulletin is None:
            raise DeskError(f"there is no bulletin #{number}; `bulletin list` shows all")
        return bulletin

    def _live(self, number: int) -> Bulletin:
        bulletin = self._find(number)
        if bulletin.state is not BulletinState.LIVE:
            raise DeskError(f"#{number} is {bulletin.state.value}, not live")
        return bulletin

    def _end(self, bulletin: Bulletin, state: BulletinState, now_ms: int) -> None:
        self.store.bulletins.set_state(bulletin.id, state)
        self.store.outbox.cancel_bulletin(bulletin.id, state.value, now_ms)

    @staticmethod
    def _next(old: Bulletin, texts: Mapping[str, str], now_ms: int, expires_ms: int) -> Draft:
        return Draft(
            topic=old.topic,
            urgency=old.urgency,
            texts=texts,
            place=old.place,
            origin=old.origin,
            level="confirmed_by_editor",
            valid_from_ms=now_ms,
            expires_ms=expires_ms,
            sources=old.sources,
            exercise=old.exercise,
        )

    def _global_id(self, draft: Draft, now_ms: int) -> str:
        """The hash that names an edition between nodes."""
        words = "\x1f".join(f"{key}={draft.texts[key]}" for key in sorted(draft.texts))
        named = f"{self.node}\x1f{now_ms}\x1f{draft.topic}\x1f{draft.place}\x1f{words}"
        return sha256(named.encode()).hexdigest()[:32]


def _check(draft: Draft) -> None:
    """Refuse what no message can say."""
    if len(draft.place) > MOST_PLACE:
        raise DeskError(f"the place has {len(draft.place)} characters, {MOST_PLACE} are the most")
    for language, text in draft.texts.items():
        if not any(letter.isalnum() for letter in text):
            raise DeskError(f"the text ({language}) has no words")
        if len(text) > MOST_CHARACTERS:
            raise DeskError(
                f"the text ({language}) has {len(text)} characters, {MOST_CHARACTERS} are the most"
            )
