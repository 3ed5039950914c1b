"""Who gets a bulletin: from what is live to rows in the outbox."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from relay.mode import may_push
from relay.render import Reader, Renderer
from relay.store import Store, StoreError
from relay.store.fanout import Edition
from relay.store.people import topic_bits
from relay.values import Audience, Bulletin, BulletinState, Kind, Mode, Notice, Urgency

log = logging.getLogger("jarshy.routing")


@dataclass(frozen=True, slots=True)
class Router:
    """Queues what may be pushed, each edition once."""

    store: Store
    renders: Mapping[str, Renderer]

    def work(self, mode: Mode, now_ms: int) -> None:
        """Queue every edition that may go now and has not gone."""
        bulletins = self.store.bulletins
        due = bulletins.withdrawals_to_tell()
        due += [one for one in bulletins.to_push(now_ms) if may_push(one, mode)]
        for bulletin in due:
            try:
                self._queue(bulletin, now_ms)
            except StoreError:
                raise
            except Exception:
                # Whatever we stumble on must not keep all others from going out.
                log.exception("#%d is pending again: a mistake of ours", bulletin.number)
                bulletins.set_state(bulletin.id, BulletinState.PENDING)

    def _queue(self, bulletin: Bulletin, now_ms: int) -> None:
        with self.store.transaction():
            people = self._push(bulletin, now_ms)
            self.store.bulletins.mark_pushed(bulletin.id, now_ms)
        log.info(
            "#%d edition %d (%s): queued for %d people",
            bulletin.number,
            bulletin.edition,
            bulletin.notice.value,
            people,
        )

    def _push(self, bulletin: Bulletin, now_ms: int) -> int:
        """Corrections go to everyone who was sent the error, all else to who wants the topic."""
        if bulletin.notice in {Notice.CORRECTION, Notice.WITHDRAWAL}:
            chain = self.store.bulletins.chain(bulletin.id)
            missed = bulletin.notice is Notice.CORRECTION
            return sum(
                self.store.fanout.tell_again(edition, chain, missed=missed)
                for edition in self._editions(
                    bulletin, self.store.fanout.told_audiences(chain), Kind.CORRECTION, now_ms
                )
            )
        topics = topic_bits([bulletin.topic])
        audiences = [
            audience
            for audience in self.store.people.audiences(bulletin.topic)
            if audience.medium in self.renders and _is_worth_a_message(bulletin, audience)
        ]
        return sum(
            self.store.fanout.push(edition, topics, volunteers=bulletin.exercise)
            for edition in self._editions(bulletin, audiences, Kind.BULLETIN, now_ms)
        )

    def _editions(
        self, bulletin: Bulletin, audiences: Sequence[Audience], kind: Kind, now_ms: int
    ) -> Iterator[Edition]:
        """The bulletin as each of these audiences reads it.

        On the mesh everybody hears it by broadcast, which comes first; a message to each is more
        than the air may hold, so it waits behind the answers.
        """
        reserve = kind is Kind.CORRECTION or bulletin.urgency is Urgency.URGENT
        for audience in audiences:
            rendering = self._rendering(bulletin, audience)
            if audience.medium == "mesh":
                yield Edition(rendering, audience, kind, Urgency.ROUTINE, now_ms)
            else:
                yield Edition(rendering, audience, kind, bulletin.urgency, now_ms, reserve=reserve)

    def _rendering(self, bulletin: Bulletin, audience: Audience) -> int:
        """How the bulletin reads for these people, cut into segments."""
        render = self.renders[audience.medium]
        cut = render.segments(bulletin, Reader(audience.language, audience.script))
        return self.store.renderings.add(
            bulletin.id, audience.language, audience.form, cut.parts, wide=cut.wide
        )


def _is_worth_a_message(bulletin: Bulletin, audience: Audience) -> bool:
    """On the mesh all is broadcast; only what is urgent goes to each one as well."""
    return audience.medium != "mesh" or bulletin.urgency is Urgency.URGENT
