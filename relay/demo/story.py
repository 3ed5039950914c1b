"""What happens in the demonstration: people ask, news comes in, an error is corrected."""

from collections.abc import Callable

from relay.demo import tally
from relay.demo.listeners import Listener, Listeners
from relay.demo.mesh import FAR, NEAR
from relay.demo.phones import Owner, Phones
from relay.demo.screen import Screen
from relay.demo.settings import MODEMS
from relay.demo.stage import Stage

AIGERIM = Owner("Aigerim", "+77011230011", "Kazakh")
SERGEY = Owner("Sergey", "+77051230022", "Russian in Latin letters")
EMMA = Owner("Emma", "+77071230033", "English")
DANA = Owner("Dana", "+77771230044", "new here")
PEOPLE = (AIGERIM, SERGEY, EMMA, DANA)

ARU = Listener("Aru", NEAR)
NORA = Listener("Nora", FAR)

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

# What in the outbox ends so, in this story.
_MEANS = {"sent": " (to everybody: nobody acknowledges)", "dropped": " (the error, not yet public)"}


class Story:
    """Tells it on a stage; `say` prints a line."""

    def __init__(self, stage: Stage, say: Callable[[str], None]) -> None:
        self._stage = stage
        self._screen = Screen(say)
        self._phones = Phones(stage.air, PEOPLE, self._screen)
        self._listeners = Listeners(stage.mesh, (ARU, NORA), self._screen)

    def tell(self) -> None:
        """All of it, and the table at the end."""
        self._people_come()
        self._news_comes_in()
        self._one_stops()
        self._an_error_is_corrected()
        self._sum_up()

    def _operator(self, *words: str) -> str:
        shown = " ".join(f'"{word}"' if " " in word else word for word in words)
        self._screen.note(f"$ jarshy {shown}")
        answer = self._stage.operator(*words)
        self._screen.note(answer)
        return answer

    def _all_see_it(self, *owners: Owner) -> str:
        """Wait for what these get by SMS, and everybody on the mesh; how it reads there."""
        for owner in owners:
            self._phones.expect(owner)
        return self._listeners.expect()

    def _people_come(self) -> None:
        self._screen.title("Four people text the node, each in their own way")
        for owner, modem, words in (
            (AIGERIM, FIRST, "жазылу"),
            (SERGEY, FIRST, "podpiska"),
            (EMMA, SECOND, "Join!"),
            (DANA, SECOND, "привет а пицца будет когда"),
        ):
            self._phones.text(owner, modem, words)
            self._phones.expect(owner)

    def _news_comes_in(self) -> None:
        self._screen.title("A news site is pulled; the operator approves one of its items")
        pulled = self._operator("source", "pull", "listok")
        number = pulled.split("#")[1].split()[0]
        self._operator("bulletin", "approve", number)
        self._all_see_it(AIGERIM, SERGEY, EMMA)
        self._listeners.ask(NORA, "menu")
        self._phones.text(EMMA, SECOND, number)
        self._phones.expect(EMMA)
        self._listeners.expect_answer(NORA)

    def _one_stops(self) -> None:
        self._screen.title("One stops; what comes after reaches the others only")
        self._phones.text(SERGEY, FIRST, "stop")
        self._phones.expect(SERGEY)

    def _an_error_is_corrected(self) -> None:
        self._screen.title(
            "An urgent bulletin goes out, and it was wrong: whoever got it gets the correction"
        )
        before = self._phones.count(SERGEY)
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
        self._all_see_it(AIGERIM, EMMA)
        self._operator("bulletin", "correct", number, *_words(RIGHT))
        correction = self._all_see_it(AIGERIM, EMMA)
        self._listeners.ask(NORA, number)
        self._phones.text(DANA, SECOND, "2")
        self._phones.expect(DANA)
        self._listeners.expect_in_public(correction)
        self._listeners.expect_answer(NORA)
        more = self._phones.count(SERGEY) - before
        self._screen.note(f"Sergey's phone shows {more} more messages")

    def _sum_up(self) -> None:
        self._screen.title("What it took")
        status = self._stage.quiet()
        share = status["radios"][0]["airtime_share"]
        self._screen.note("\n".join(tally.by_person(self._stage.air, PEOPLE)))
        self._screen.note("\n".join(tally.by_place(self._stage.mesh, share)))
        counts = [
            f"{n} {state}{_MEANS.get(state, '')}" for state, n in status["outbox"].items() if n
        ]
        self._screen.note(f"the node's outbox: {', '.join(counts)}")


def _words(texts: dict[str, str]) -> list[str]:
    return [
        word for language, text in texts.items() for word in ("--lang", language, "--text", text)
    ]
