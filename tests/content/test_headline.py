import pytest

from content.headline import summary
from content.item import Item

TITLE = "В городе закрыты рынки"


def item(title, body=""):
    return Item("k", title, body, "", None, "ru", "0" * 64)


@pytest.mark.parametrize(
    ("body", "room", "shown"),
    [
        pytest.param("", 70, TITLE, id="title-alone"),
        pytest.param(
            "Так решил акимат. Закрыты до 9 января.",
            70,
            TITLE + ". Закрыты до 9 января.",
            id="number",
        ),
        pytest.param(
            "Закрыт и рынок Барахолка.", 70, TITLE + ". Закрыт и рынок Барахолка.", id="name"
        ),
        pytest.param("Так решил акимат.", 70, TITLE, id="tells-nothing"),
        pytest.param("Закрыты рынки в городе, 5.", 70, TITLE, id="repeats-the-title"),
        pytest.param("Закрыты до 9 января и...", 70, TITLE, id="cut-by-the-source"),
        pytest.param("Закрыты до 9 января", 70, TITLE, id="no-whole-sentence"),
        pytest.param("Закрыты до 9 января.", 40, TITLE, id="no-room"),
        pytest.param("Закрыты до 9 января.", 15, "В городе", id="title-cut"),
    ],
)
def test_the_title_and_what_it_lacks(body, room, shown):
    assert summary(item(TITLE, body), lambda text: len(text) <= room) == shown


def test_a_title_that_asks_needs_no_full_stop():
    shown = summary(item("Где вода?", "Вода есть в 5 школах."), lambda text: True)
    assert shown == "Где вода? Вода есть в 5 школах."
