"""What happens in the demonstration: people text, news comes in, an error is corrected."""

from collections.abc import Callable

from relay.demo.phones import Owner, Phones
from relay.demo.stage import MODEMS, Stage

AIGERIM = Owner("Aigerim", "+77011230011", "Kazakh")
SERGEY = Owner("Sergey", "+77051230022", "Russian in Latin letters")
EMMA = Owner("Emma", "+77071230033", "English")
DANA = Owner("Dana", "+77771230044", "new here")
PEOPLE = (AIGERIM, SERGEY, EMMA, DANA)
READERS = (AIGERIM, SERGEY, EMMA)

FIRST, SECOND = MODEMS.values()

WRONG = {
    "ru": "Комендантский час ежедневно с 20:00 до 06:00",
    "kk": "Коменданттық сағат күн сайын 20:00-ден 06:00-ге дейін",
    "en": "Curfew every day from 20:00 to 06:00",
}
RIGHT = {
    "ru": "Комендантский час ежедневно с 23:00 до 07:00",
    "kk": "Коменданттық сағат күн сайын 23:00-ден 07:00-ге дейін",
    "en": "Curfew every day from 23:00 to 07:00",
}


class Story:
    """Tells it on a stage; `say` prints a line."""

    def __init__(self, stage: Stage, say: Callable[[str], None]) -> None:
        self._stage = stage
        self._say = say
        self._phones = Phones(stage.air, PEOPLE, say)

    def tell(self) -> None:
        """All of it, and the table at the end."""
        self._people_come()
        self._news_comes_in()
        self._an_error_is_corrected()
        self._one_stops()
        self._sum_up()

    def _title(self, text: str) -> None:
        self._say(f"\n== {text}")

    def _operator(self, *words: str) -> str:
        shown = " ".join(f'"{word}"' if " " in word else word for word in words)
        self._say(f"         $ jarshy {shown}")
        answer = self._stage.operator(*words)
        for line in answer.splitlines():
            self._say(f"         {line}")
        return answer

    def _people_come(self) -> None:
        self._title("Four people text the node, each in their own way")
        for owner, modem, words in (
            (AIGERIM, FIRST, "жазылу"),
            (SERGEY, FIRST, "podpiska"),
            (EMMA, SECOND, "Join!"),
            (DANA, SECOND, "привет а пицца будет когда"),
        ):
            self._phones.text(owner, modem, words)
            self._phones.expect(owner)

    def _news_comes_in(self) -> None:
        self._title("A news site is pulled; the operator approves one of its items")
        pulled = self._operator("source", "pull", "listok")
        number = pulled.split("#")[1].split()[0]
        self._operator("bulletin", "approve", number)
        for owner in READERS:
            self._phones.expect(owner)
        self._phones.text(EMMA, SECOND, number)
        self._phones.expect(EMMA)

    def _an_error_is_corrected(self) -> None:
        self._title(
            "An urgent bulletin goes out, and it was wrong: whoever got it gets the correction"
        )
        number = self._operator(
            "bulletin",
            "add",
            "--topic",
            "danger",
            "--urgency",
            "urgent",
            "--place",
            "Алматы",
            "--origin",
            "official",
            "--publish",
            *_words(WRONG),
        )
        for owner in READERS:
            self._phones.expect(owner)
        self._operator("bulletin", "correct", number, *_words(RIGHT))
        for owner in READERS:
            self._phones.expect(owner)

    def _one_stops(self) -> None:
        self._title("One stops; what comes after reaches the others only")
        self._phones.text(SERGEY, FIRST, "stop")
        self._phones.expect(SERGEY)
        before = self._phones.count(SERGEY)
        self._operator(
            "bulletin",
            "add",
            "--topic",
            "news",
            "--publish",
            "--lang",
            "kk",
            "--text",
            "Орталық нарық бүгін 10:00-ден 15:00-ге дейін ашық",
        )
        self._phones.expect(AIGERIM)
        self._phones.expect(EMMA)
        more = self._phones.count(SERGEY) - before
        self._say(f"         Sergey's phone shows {more} more messages")
        self._phones.text(AIGERIM, FIRST, "2")
        self._phones.expect(AIGERIM)

    def _sum_up(self) -> None:
        self._title("What it took")
        sent = self._stage.air.messages()
        texts = self._stage.air.events("deliver")
        self._say(f"{'':9}{'person':10}{'texted':>8}{'got':>6}{'segments':>10}")
        for owner in PEOPLE:
            got = self._phones.count(owner)
            segments = sum(1 for one in sent if one["to"] == owner.number)
            texted = sum(1 for one in texts if one.get("from") == owner.number)
            self._say(f"{'':9}{owner.name:10}{texted:8}{got:6}{segments:10}")
        self._say(f"{'':9}{'together':10}{'':8}{'':6}{len(sent):10}")
        outbox = self._stage.quiet()["outbox"]
        counts = ", ".join(f"{n} {state}" for state, n in outbox.items() if n)
        self._say(f"{'':9}the node's outbox: {counts}")


def _words(texts: dict[str, str]) -> list[str]:
    return [
        word for language, text in texts.items() for word in ("--lang", language, "--text", text)
    ]
