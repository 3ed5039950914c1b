"""What the handling of messages needs to know of each medium."""

from collections.abc import Callable
from dataclasses import dataclass

from gateways.base import Heard, HeardReport
from relay.commands.conversation import Conversation
from relay.reports import Match
from relay.store import Store
from relay.store.inbox import Arrival


@dataclass(frozen=True, slots=True)
class Medium:
    """How a medium is read and spoken.

    Attributes:
        interpret: reads what a device heard.
        conversation: talks as is fit on this medium.
        mask: an address as the operator may see it.
        settle: finds what a report is about; gets the tag of its sender.
    """

    interpret: Callable[[bytes], Heard]
    conversation: Conversation
    mask: Callable[[str], str]
    settle: Callable[[Store, HeardReport, bytes, Arrival, int], Match]
