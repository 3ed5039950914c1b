"""What the node has to tell whoever asks: a reading view of the store."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from relay.store import Store
from relay.store.sources import Proxy
from relay.values import Bulletin


@dataclass(frozen=True, slots=True)
class Library:
    """Answers questions as of `now_ms`.

    `mode` is the mode in force; `proxies_each` is 0 while the operator has switched them off.
    """

    store: Store
    now_ms: int
    mode: str
    news_in_answer: int
    proxies_each: int

    def live(self, topics: Sequence[str]) -> list[Bulletin]:
        """What is known on these topics, the most important first."""
        return self.store.bulletins.live(topics, self.now_ms, self.news_in_answer)

    def bulletin(self, number: int) -> Bulletin | None:
        """What people may know of the bulletin with this number."""
        return self.store.bulletins.public(number)

    def fresh_ms(self) -> int | None:
        """As of when our news is, None where there never was any."""
        known = (self.store.sources.newest_ok_ms(), self.store.bulletins.newest_live_ms())
        return max((ms for ms in known if ms is not None), default=None)

    def proxies(self, tag: bytes) -> list[Proxy]:
        """The links that belong to this person: always the same ones, while they live.

        Rendezvous hashing: each pair of person and link has a score of its own, so a link
        that goes away is replaced alone.
        """

        def score(proxy: Proxy) -> bytes:
            return hmac.digest(tag, proxy.link.encode(), sha256)

        return sorted(self.store.proxies.all(), key=score)[: self.proxies_each]
