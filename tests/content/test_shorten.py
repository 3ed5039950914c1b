import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.shorten import shorten


def within(length):
    return lambda text: len(text) <= length


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Мост закрыт до утра. Объезд | есть.", "Мост закрыт до утра.", id="sentence"),
        pytest.param("Мост через реку опять закр|ыт", "Мост через реку опять", id="word"),
        pytest.param("Внимание! Мост через реку зак|рыт", "Внимание! Мост через реку", id="label"),
        pytest.param("Цена выросла до 1 200| 000 тенге", "Цена выросла", id="number"),
        pytest.param("Цена выросла до 12 |тысяч тенге", "Цена выросла", id="multiple"),
        pytest.param("Подано 12 |тысяч заявок", "Подано", id="nothing-but-a-number"),
        pytest.param("Мост закрыт с 23:00 |- 07:00", "Мост закрыт", id="range"),
        pytest.param("Мост закрыт с 23:00 до| 07:00 утра", "Мост закрыт", id="range-in-words"),
        pytest.param("Мост закрыт 5-7 |января", "Мост закрыт", id="days"),
        pytest.param("Мост закрыт 5 января |2022 года", "Мост закрыт", id="date"),
        pytest.param("Мост закрыт с 5 января, объ|езд", "Мост закрыт с 5 января", id="comma"),
        pytest.param("Подробно тут: https://a.kz/ab|c", "Подробно тут", id="link"),
        pytest.param("Тут: 8 (727) |272 00 00", "Тут", id="phone"),
        pytest.param("Открыты 5 аптек на ул. |Абая", "Открыты 5 аптек", id="street"),
        pytest.param("Акимат сообщил: А. |Ахметов жив", "Акимат сообщил", id="initial"),
        pytest.param("Дорога открыта, но не| везде", "Дорога открыта", id="after-not"),
        pytest.param("Воду пить |нельзя", "", id="before-forbidden"),
        pytest.param("Воды в городе |нет", "", id="before-none"),
        pytest.param("Су ішуге жарамды |емес", "", id="kazakh-not"),
        pytest.param("Жол ашық, қалада газ |жоқ", "Жол ашық", id="kazakh-none"),
        pytest.param("Комендантский час в городе |отменён", "", id="taken-back"),
        pytest.param("Дүкен 23:00-ден |07:00-ге дейін жабық", "Дүкен", id="kazakh-from"),
        pytest.param("Дүкен жабық 07:00-ге |дейін", "Дүкен жабық", id="kazakh-until"),
        pytest.param("Doors open, shops do |not", "Doors open", id="english-not"),
        pytest.param("Рейсы в Актау и |Атырау", "Рейсы в Актау", id="no-dangling-and"),
        pytest.param("Рейсы отменили| из-за тумана", "Рейсы отменили", id="cancelled-fits"),
        pytest.param("Продление| режима", "Продление", id="first-word"),
        pytest.param("Продле|ние", "", id="not-even-a-word"),
        pytest.param("  Мост закрыт.  ||||||", "Мост закрыт.  ||||||"[:12], id="all-of-it"),
        pytest.param("|", "", id="empty"),
    ],
)
def test_the_cut_misleads_nobody(text, shown):
    # The stroke stands where the room ends.
    room = text.index("|")
    assert shorten(text.replace("|", ""), within(room)) == shown


WORDS = st.sampled_from(
    (
        *("мост", "не", "закрыт.", "23:00", "07:00,", "до", "-", "в", "на", "5", "января", "12"),
        *("емес", "жоқ", "дейін", "not", "Газ", "https://a.kz/x", "Газ,", "есть", "ул.", "тысяч"),
    )
)


@given(st.lists(WORDS).map(" ".join), st.integers(0, 120))
def test_what_is_left_fits_and_begins_the_text_at_a_word(text, room):
    cut = shorten(text, within(room))
    assert len(cut) <= room
    assert text.startswith(cut)
    if cut and cut != text:
        assert not text[len(cut)].isalnum()
        assert cut.rpartition(" ")[2] not in {"не", "not", "в", "на", "до", "-", "12", "5"}


def test_it_asks_seldom():
    asked = []

    def fits(text):
        asked.append(text)
        return len(text) <= 134

    assert shorten("слово " * 5000, fits)
    assert len(asked) < 20
