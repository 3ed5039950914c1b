"""Who gets a bulletin: from what is live to rows in the outbox."""

import logging
from dataclasses import dataclass

from gateways.sms.segments import Encoding
from relay.mode import may_push
from relay.render import Reader, Renderer
from relay.store import Store
from relay.store.people import topic_bits
from relay.values import Bulletin, Kind, Mode, Notice, Urgency

log = logging.getLogger("jarshy.routing")


@dataclass(frozen=True, slots=True)
class Router:
    """Queues what may be pushed, each edition once."""

    store: Store
    render: Renderer

    def work(self, mode: Mode, now_ms: int) -> None:
        """Queue every edition that may go now and has not gone."""
        bulletins = self.store.bulletins
        due = bulletins.withdrawals_to_tell()
        due += [one for one in bulletins.to_push(now_ms) if may_push(one, mode)]
        for bulletin in due:
            with self.store.transaction():
                people = self._push(bulletin, now_ms)
                bulletins.mark_pushed(bulletin.id, now_ms)
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
            return sum(
                self.store.fanout.tell_again(
                    self._rendering(bulletin, reader), Kind.CORRECTION, chain, now_ms=now_ms
                )
                for reader in self._readers(self.store.fanout.told_audiences(chain))
            )
        reserve = bulletin.urgency is Urgency.URGENT
        return sum(
            self.store.fanout.push(
                self._rendering(bulletin, reader),
                Kind.BULLETIN,
                topic_bits([bulletin.topic]),
                reserve=reserve,
                volunteers=bulletin.exercise,
                now_ms=now_ms,
            )
            for reader in self._readers(self.store.people.audiences(bulletin.topic))
        )

    @staticmethod
    def _readers(audiences: list[tuple[str, str]]) -> list[Reader]:
        return [Reader(language, script) for language, script in audiences]

    def _rendering(self, bulletin: Bulletin, reader: Reader) -> int:
        """How the bulletin reads for these people, cut into segments."""
        cut = self.render.segments(bulletin, reader)
        return self.store.bulletins.render(
            bulletin.id,
            reader.language,
            reader.script,
            cut.parts,
            wide=cut.encoding is Encoding.UCS2,
        )
