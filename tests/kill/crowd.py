"""People with phones on the mesh: what they send to the node, and what is due to them for it.

A radio forgets what it has handed over, so a message may be lost with a node
that is killed before it commits it.  What is due follows from what the store
has; what that is, `onair` finds out.
"""

import time
from dataclasses import dataclass, field

from tests.kill import ether
from tests.kill.world import CHANGING, FORGET, JOIN, READING, STOP

MENU = ("9", "МӘЗІР", "МЕНЮ", "MENU")
APART_S = 1.0
TALKS = 0.35  # a kill, by chance


@dataclass(frozen=True)
class Said:
    """A direct message: the packet's id, its words, and what it is to the node."""

    identity: int
    words: str
    kind: str  # greet, read, talk, stop, forget, nothing


@dataclass
class Neighbour:
    """Somebody on the mesh."""

    name: str
    node: str  # as people write it: !0a0b0c0d
    said: list = field(default_factory=list)
    texted_at: float = 0.0

    @property
    def number(self):
        return int(self.node[1:], 16)

    def due(self, kept):
        """How many answers are due to them for these packets, in the order of their handling."""
        kinds = {said.identity: said.kind for said in self.said}
        greeted = stopped = False
        answers = 0
        for kind in map(kinds.__getitem__, kept):
            if stopped or kind == "nothing":
                continue
            # Who is new is told first what this is; that answers some words at the same time.
            answers += 2 if kind == "read" and not greeted else 1
            greeted = greeted or kind != "stop"
            stopped = kind == "stop"
        return answers


class Crowd:
    """Acts by chance, the same for the same seed, and remembers."""

    def __init__(self, site, world):
        self._mesh, self._world, self._rng = site.mesh, world, world.rng
        nodes = {each["name"]: each["id"] for each in site.mesh.nodes()}
        self._strangers = [Neighbour(name, nodes[name]) for name in ether.phone_names()]
        self.talkers, self.joiners, self.newcomers = [], [], []
        self.leavers, self.forgetters = [], []
        self._later = []

    def all(self):
        """Whoever has ever sent anything."""
        stayed = (*self.talkers, *self.joiners, *self.newcomers)
        return (*stayed, *self.leavers, *self.forgetters)

    def gather(self, talkers, joiners):
        """Greet the node from the phones that will text it often, and from subscribers."""
        for group, count, words in ((self.talkers, talkers, MENU), (self.joiners, joiners, JOIN)):
            for _ in range(count):
                group.append(self._strangers.pop())
                self._direct(group[-1], self._rng.choice(words), "greet")

    def people(self):
        """Let somebody do something, by chance."""
        if self._rng.random() < TALKS:
            acts = (self._talk, self._talk, self._arrive, self._come_and_go, self._chatter)
            self._rng.choice(acts)()
        self.on_time()

    def ask(self):
        """Let somebody ask what takes one answer."""
        words = f"кездесеміз {self._world.token()} қашан"
        self._direct(self._rng.choice(self.talkers), words, "talk")

    def on_time(self, *, all_of_it=False):
        """Let those leave whose time has come."""
        now = time.monotonic()
        for entry in list(self._later):
            at, who, words, kind = entry
            if all_of_it or at <= now:
                self._later.remove(entry)
                self._direct(who, words, kind)

    def _direct(self, who, words, kind):
        # Two packets of a phone at once might come in another order than they were written.
        time.sleep(max(0.0, who.texted_at + APART_S - time.monotonic()))
        identity = self._mesh.direct(who.name, ether.RADIO, words)
        who.said.append(Said(identity, words, kind))
        who.texted_at = time.monotonic()

    def _talk(self):
        who, chance = self._rng.choice(self.talkers), self._rng.random()
        if chance < 0.4:
            self._direct(who, self._rng.choice(READING), "talk")
        elif chance < 0.6:
            self._direct(who, self._rng.choice(CHANGING), "talk")
        else:
            self.ask()

    def _arrive(self):
        if self._strangers:
            self.newcomers.append(self._strangers.pop())
            self._direct(self.newcomers[-1], self._rng.choice(("8", "STATUS", "БАЙЛАНЫС")), "read")

    def _come_and_go(self):
        if not self._strangers:
            return
        who, at = self._strangers.pop(), time.monotonic() + self._rng.uniform(2.0, 8.0)
        self._direct(who, self._rng.choice(JOIN), "greet")
        if self._rng.random() < 0.7:
            self.leavers.append(who)
            self._later.append((at, who, self._rng.choice(STOP), "stop"))
        else:
            self.forgetters.append(who)
            self._later.append((at, who, self._rng.choice(FORGET), "forget"))

    def _chatter(self):
        """What must not be answered: words to everybody, and a thumb for what we said."""
        who = self._rng.choice(self.talkers)
        if self._rng.random() < 0.5:
            self._mesh.say(who.name, "2", ether.CHANNEL.name)
            return
        identity = self._mesh.react(who.name, 1, to=ether.RADIO)
        who.said.append(Said(identity, "", "nothing"))
