"""Which nodes of the mesh are programs, by their own word.

Two programs that answer each other never end.  Only programs are remembered,
so that names of other nodes, however many, push none of them out; and of them
so many that whoever makes names up cannot fill our memory.
"""

from gateways.mesh.hearing import is_bot_name

MOST = 4096


class Neighbours:
    """Filled and asked by the reader's thread alone."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._bots: dict[int, None] = {}  # the last one heard stands last

    def note(self, node: int, long_name: str, *, unmessagable: bool) -> None:
        """A node told its name, and whether a person reads there."""
        self._bots.pop(node, None)
        if unmessagable or is_bot_name(long_name):
            self._bots[node] = None
            if len(self._bots) > self._most:
                del self._bots[next(iter(self._bots))]

    def is_bot(self, node: int) -> bool:
        """Whether no person reads at this node."""
        return node in self._bots

    def __len__(self) -> int:
        return len(self._bots)
