"""Everybody around the node: people who text it, machines, and the operator.

What they did is kept here, so that afterwards it can be held against the
air's own log and the store.  Each personal word carries a token that nothing
else on this machine contains, so that it can be searched for.
"""

import json
import time
from dataclasses import dataclass, field

from tests.kill.site import MODEMS, CommandFailed
from tests.kill.victim import STUMBLED_ON

READING = (
    *("2", "3", "4", "8", "9"),
    *("ЖАҢАЛЫҚ", "ҚАУІП", "АНЫҚТАМА", "БАЙЛАНЫС", "МӘЗІР", "КӨМЕК"),
    *("НОВОСТИ", "ОПАСНО", "ТЕЛЕФОНЫ", "СВЯЗЬ", "МЕНЮ", "ПОМОЩЬ", "новасти"),
    *("NEWS", "DANGER", "PHONES", "STATUS", "MENU", "HELP"),
)
CHANGING = ("6", "61", "71", "72", "73", "7", "ЯЗЫК", "ТЕМЫ", "LANG")
JOIN = ("1", "ЖАЗЫЛУ", "ПОДПИСКА", "JOIN")
STOP = ("0", "ТОҚТАТУ", "СТОП", "STOP", "ОТПИСКА", "UNSUBSCRIBE")
FORGET = ("ЖОЮ", "УДАЛИТЬ", "FORGET")
MACHINES = ("BANK", "1414", "+447911123456", "+998901234567", *MODEMS.values())
APART_S = 1.3  # the centre's stamp counts seconds: the same words within one are one message


@dataclass
class Phone:
    """Somebody who texts: by which modem, and how many answers are due to them."""

    number: str
    modem: str
    due: int = 0
    texted_at: float = 0.0


@dataclass
class Edition:
    """What the operator published, and when it had surely ended."""

    row: int
    number: int
    ended_at: float | None = None


@dataclass
class World:
    """Acts by chance, the same for the same seed, and remembers."""

    site: object
    rng: object
    crowd: object = None  # on the mesh, where there is one
    talkers: list = field(default_factory=list)
    newcomers: list = field(default_factory=list)
    joiners: list = field(default_factory=list)
    leavers: list = field(default_factory=list)
    forgetters: list = field(default_factory=list)
    stones: list = field(default_factory=list)
    plain: list = field(default_factory=list)
    editions: list = field(default_factory=list)
    live: dict = field(default_factory=dict)
    later: list = field(default_factory=list)
    personal: list = field(default_factory=list)
    inbound: int = 0
    _numbers: int = 0
    _tokens: int = 0

    def phone(self):
        """Somebody new."""
        self._numbers += 1
        number = f"+7{self.rng.choice((701, 702, 705, 747, 777))}{3_100_000 + self._numbers * 7919}"
        return Phone(number, self.rng.choice(sorted(MODEMS)))

    def numbers(self):
        """Everybody's number."""
        stayed = (*self.talkers, *self.newcomers, *self.joiners, *self.stones)
        texting = [phone.number for phone in (*stayed, *self.leavers, *self.forgetters)]
        return [*texting, *(letter["to"] for _, letter in self.plain)]

    def token(self):
        """A word that stands nowhere else: letters and digits of both alphabets."""
        self._tokens += 1
        letters = "бгджзлфцшщ" if self._tokens % 2 else "bcdfghjkqz"
        word = "".join(self.rng.choice(letters) for _ in range(12))
        token = f"{word[:6]}{self._tokens:04d}{word[6:]}"
        self.personal.append(token)
        return token

    # People.

    def text(self, phone, words, answers, **how):
        """Let a phone text the node, and expect so many answers."""
        self.inbound += self.site.air.text(phone.number, phone.modem, words, **how)
        phone.due += answers
        phone.texted_at = time.monotonic()

    def gather(self, talkers, joiners):
        """Greet the node from the phones that will text it often, and from subscribers."""
        self.talkers += [self.phone() for _ in range(talkers)]
        self.joiners += [self.phone() for _ in range(joiners)]
        for phone in self.talkers:
            self.text(phone, self.rng.choice(("9", "МЕНЮ", "MENU")), 1)
        for at, phone in enumerate(self.joiners):
            self.text(phone, JOIN[at % len(JOIN)], 1)

    def people(self, times):
        """Let people text, by chance."""
        acts = (self._talk, self._talk, self._talk, self.arrive, self._come_and_go, self._machine)
        for _ in range(times):
            self.rng.choice(acts)()
        self.on_time()

    def stumble(self):
        """Let somebody send what the node has been made to stumble on."""
        phone = self.phone()
        self.stones.append(phone)
        self.text(phone, f"{STUMBLED_ON} {self.token()}", 0)

    def on_time(self, *, all_of_it=False):
        """Let those leave whose time has come."""
        now = time.monotonic()
        for entry in list(self.later):
            at, phone, words, answers = entry
            if all_of_it or at <= now:
                self.later.remove(entry)
                time.sleep(max(0.0, phone.texted_at + APART_S - time.monotonic()))
                self.text(phone, words, answers)

    def _talk(self):
        phone, kind = self._free(), self.rng.random()
        if phone is None:
            return
        if kind < 0.5:
            self.text(phone, self.rng.choice(READING), 1)
        elif kind < 0.65:
            self.text(phone, self.rng.choice(CHANGING), 1)
        elif kind < 0.85:
            self.text(phone, f"келемін {self.token()} сағат бесте", 1)
        else:
            self._at_length(phone, out_of_order=kind > 0.93)

    def _free(self):
        """Somebody who has not texted just now."""
        free = [one for one in self.talkers if time.monotonic() - one.texted_at > APART_S]
        return self.rng.choice(free) if free else None

    def _at_length(self, phone, **how):
        words = f"Кто-нибудь видел мою сестру {self.token()}? " + "Она ушла утром за хлебом. " * 4
        self.text(phone, words, 1, **how)

    def ask_at_length(self):
        """Let somebody send more than one segment holds."""
        self._at_length(self._free() or self.rng.choice(self.talkers))

    def arrive(self):
        """Let somebody new ask: they are greeted, and answered."""
        phone = self.phone()
        self.newcomers.append(phone)
        self.text(phone, self.rng.choice(("2", "НОВОСТИ", "ҚАУІП", "HELP")), 2)

    def _come_and_go(self):
        phone, at = self.phone(), time.monotonic() + self.rng.uniform(2.0, 6.0)
        self.text(phone, self.rng.choice(JOIN), 1)
        if self.rng.random() < 0.6:
            self.leavers.append(phone)
            self.later.append((at, phone, self.rng.choice(STOP), 1))
        else:
            self.forgetters.append(phone)
            self.later.append((at, phone, self.rng.choice(FORGET), 1))

    def _machine(self):
        sender = self.rng.choice(MACHINES)
        modems = [name for name, number in MODEMS.items() if number != sender]
        words = f"Balance {self.token()}" if self.rng.random() < 0.5 else "1"
        # The same words again within a second would be the same message.
        self.inbound += self.site.air.text(
            sender, self.rng.choice(modems), f"{words} {self._tokens}{self.inbound}"
        )

    # The operator.

    def operator(self):
        """Let the operator do something, by chance."""
        chance = self.rng.random()
        if chance < 0.6:
            self.post(self.rng.randint(2, 5))
        elif chance < 0.8 or not self.live:
            self.publish()
        else:
            self.revise()

    def post(self, count):
        """Queue plain messages from a file, some of them for a short time only."""
        letters = []
        for _ in range(count):
            text = f"Ваш заказ {self.token()} ждёт"
            if self.rng.random() < 0.4:
                text = f"Order {self.token()} waits"
            if self.rng.random() < 0.3:
                text += " " + ("до вечера, спросите внизу " * self.rng.randint(2, 5)).strip()
            letter = {"to": self.phone().number, "text": text}
            if self.rng.random() < 0.2:
                letter["expires"] = f"{self.rng.randint(1, 4)}s"
            if self.rng.random() < 0.2:
                letter["urgency"] = "urgent"
            letters.append(letter)
        file = self.site.folder / "letters.jsonl"
        file.write_text("".join(json.dumps(one) + "\n" for one in letters), encoding="utf-8")
        said = self.site.jarshy("outbox", "add", "--json", "--from", str(file))
        file.unlink()
        self.plain += zip(json.loads(said)["ids"], letters, strict=True)

    def publish(self):
        """Publish a bulletin."""
        more = ["--expires", f"{self.rng.randint(2, 8)}s"] if self.rng.random() < 0.25 else []
        number = int(
            self.site.jarshy(
                *("bulletin", "add", "--publish", "--topic", self.rng.choice(("news", "danger"))),
                *("--urgency", self.rng.choice(("routine", "priority", "urgent"))),
                *("--lang", "ru", "--text", self._fact(), "--place", "Алматы", *more),
            )
        )
        self._edition(number)

    def revise(self):
        """Correct, supersede or withdraw something live."""
        number = self.rng.choice(sorted(self.live))
        old = self.live.pop(number)
        act = self.rng.choice(("correct", "supersede", "withdraw"))
        words = [] if act == "withdraw" else ["--lang", "ru", "--text", self._fact()]
        try:
            self.site.jarshy("bulletin", act, str(number), *words)
        except CommandFailed as error:
            if "not live" not in str(error):
                raise
            return  # it has expired meanwhile
        old.ended_at = time.time()
        self._edition(number, lives=act != "withdraw")

    def _fact(self):
        self._tokens += 1
        return f"Мост {self._tokens} закрыт с 21:00 до 06:00, объезд по улице {self._tokens}"

    def _edition(self, number, *, lives=True):
        row = self.site.query("SELECT max(id) FROM bulletin WHERE number = ?", number)[0][0]
        edition = Edition(row, number)
        self.editions.append(edition)
        if lives:
            self.live[number] = edition
