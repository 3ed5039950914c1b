"""All SQL of the node, and nothing but SQL: a part per file, one connection a thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from relay.store.airings import Airings
from relay.store.bulletins import Bulletins
from relay.store.database import Connection, StoreBusyError, StoreError, StoreFullError
from relay.store.fanout import Fanout
from relay.store.inbox import Inbox
from relay.store.ledger import Ledger
from relay.store.meta import Devices, Meta
from relay.store.outbox import Outbox
from relay.store.people import People
from relay.store.renderings import Renderings
from relay.store.sending import Sending
from relay.store.sources import Proxies, Sources
from relay.store.unsettled import Unsettled

FILE_NAME = "jarshy.db"


class Store:
    """One thread's view of the store.

    Raises:
        StoreError: from any call: the disk is full, the file locked or no store.
    """

    def __init__(self, state_dir: Path) -> None:
        self.connection = Connection(state_dir / FILE_NAME)
        self.meta = Meta(self.connection)
        self.devices = Devices(self.connection)
        self.people = People(self.connection)
        self.inbox = Inbox(self.connection)
        self.outbox = Outbox(self.connection)
        self.fanout = Fanout(self.connection)
        self.sending = Sending(self.connection)
        self.ledger = Ledger(self.connection)
        self.airings = Airings(self.connection)
        self.unsettled = Unsettled(self.connection)
        self.bulletins = Bulletins(self.connection)
        self.renderings = Renderings(self.connection)
        self.sources = Sources(self.connection)
        self.proxies = Proxies(self.connection)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block is written, or nothing of it."""
        with self.connection.transaction():
            yield

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


__all__ = ["FILE_NAME", "Store", "StoreBusyError", "StoreError", "StoreFullError"]
