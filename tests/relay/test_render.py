"""How bulletins read: in each language and script, short, and never misleading."""

from dataclasses import replace
from itertools import product

import pytest

from gateways.sms.segments import Encoding, cost, segment
from relay.render import MOST_ANSWER_SEGMENTS, Reader
from relay.values import BulletinState, Notice
from tests.relay.world import DAY, HOUR, NOW, draft

LANGUAGES, SCRIPTS = ("kk", "ru", "en"), ("cyrillic", "plain", "latin")
READERS = [
    pytest.param(Reader(language, script), id=f"{language}-{script}")
    for language, script in product(LANGUAGES, SCRIPTS)
]
RU = Reader("ru", "cyrillic")
LONG = {
    "ru": "Движение по улице Абая закрыто с 09:00 до 18:30, объезд по улице Толе би, 112. " * 9,
    "kk": "Абай көшесі 09:00-18:30 аралығында жабық, Төле би көшесімен жүріңіз, 112. " * 9,
    "en": "Abay street is closed from 09:00 to 18:30, go by Tole bi street, phone 112. " * 9,
}
KAZAKH = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")


@pytest.fixture
def made(world):
    """Makes live bulletins."""

    def make(words="Дорога закрыта до 18:00.", **facts):
        if not isinstance(words, dict):
            words = {"ru": words}
        return world.desk.add(draft(texts=words, **facts), NOW, publish=True)

    return make


def test_it_says_what_where_from_how_sure_when_and_its_number(world, made):
    bulletin = made("Комендантский час ежедневно 23:00-07:00, до 19.01 00:00")

    assert world.render.bulletin(bulletin, RU) == (
        "Алматы: Комендантский час ежедневно 23:00-07:00, до 19.01 00:00."
        " Источник: Акимат (официальный); проверил редактор."
        f" На 05.01 14:20. #{bulletin.number}"
    )


def test_it_says_so_in_kazakh(world, made):
    bulletin = made({"kk": "Коменданттық сағат күн сайын 23:00-07:00."}, level="two_independent")

    assert world.render.bulletin(bulletin, Reader("kk", "cyrillic")) == (
        "Алматы: Коменданттық сағат күн сайын 23:00-07:00."
        " Дереккөз: Акимат (ресми), екі тәуелсіз дереккөз."
        f" 05.01 14:20. #{bulletin.number}"
    )


def test_a_bulletin_of_no_place_begins_with_its_words(world, made):
    assert world.render.bulletin(made(place=""), RU).startswith("Дорога закрыта до 18:00. Источник")


def test_an_editor_who_names_nobody_is_the_source(world, made):
    text = world.render.bulletin(made(origin="operator", sources=()), RU)

    assert "Источник: редактор;" in text


def test_sources_are_told_by_their_owners_each_once(world, made):
    text = world.render.bulletin(made(sources=("akimat", "akimat", "other")), RU)

    assert "Источник: other, Акимат (официальный)" in text


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("notice", list(Notice))
def test_a_bulletin_fits_and_is_whole_in_every_form(world, made, reader, notice):
    bulletin = replace(made(LONG), notice=notice)

    cut = world.render.segments(bulletin, reader)
    text = "".join(cut.parts)

    assert len(cut.parts) <= world.render.max_segments
    assert f"#{bulletin.number}" in text
    assert "05.01 14:20" in text
    if reader.script == "latin":
        assert cut.encoding is Encoding.GSM7
    if reader.script == "plain":
        assert not KAZAKH & set(text)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Комендантский час " + "в городе " * 108 + "отменён.", id="denied-at-the-end"),
        pytest.param("ю" * 999, id="one-word"),
        pytest.param("23:00 " * 160, id="numbers"),
    ],
)
@pytest.mark.parametrize("most", [3, 8])
def test_words_that_no_cut_leaves_true_take_six_segments_at_most(world, made, reader, words, most):
    bulletin = made(words)
    render = replace(world.render, max_segments=most)

    text = render.bulletin(bulletin, reader)

    assert cost(text) <= max(most, MOST_ANSWER_SEGMENTS)
    assert f"#{bulletin.number}" in text
    assert cost(render.digest([bulletin, bulletin], reader).text) <= max(most, MOST_ANSWER_SEGMENTS)


@pytest.mark.parametrize("most", [2, 3, 4])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_cut_is_cut_between_words_and_numbers(world, made, most, language):
    reader = Reader(language, "cyrillic")
    words = LONG[language]
    render = replace(world.render, max_segments=most)
    text = render.bulletin(made(LONG), reader)

    kept = text.removeprefix("Алматы: ").partition(
        {"ru": " Источник", "kk": " Дереккөз", "en": " Source"}[language]
    )[0]
    kept = kept.rstrip(".")
    assert words.startswith(kept)
    following = words[len(kept) :][:1]
    assert not following.isalnum()
    assert not (kept[-1:].isdigit() and following == ":")


def test_a_link_is_whole_or_not_there(world, made):
    link = "https://example.org/" + "very-long-name/" * 6
    for words in range(0, 24, 3):
        text = world.render.bulletin(made("Проверено редакцией. " * words + link), RU)
        assert link in text or "example" not in text


@pytest.mark.parametrize(
    ("language", "opening"),
    [("ru", "ПОПРАВКА"), ("kk", "ТҮЗЕТУ"), ("en", "CORRECTION")],
)
def test_a_correction_opens_with_its_word_and_number(world, made, language, opening):
    bulletin = replace(made(LONG), notice=Notice.CORRECTION)

    text = world.render.bulletin(bulletin, Reader(language, "cyrillic"))

    assert text.startswith(f"{opening} #{bulletin.number}: Алматы: ")
    assert text.count(f"#{bulletin.number}") == 1


def test_a_withdrawal_repeats_nothing_of_the_error(world, made):
    bulletin = replace(made(), notice=Notice.WITHDRAWAL, state=BulletinState.WITHDRAWN)

    text = world.render.bulletin(bulletin, RU)

    assert text == f"#{bulletin.number} отозвано 05.01 14:20: не полагайтесь на это сообщение"


@pytest.mark.parametrize(
    ("reader", "says"),
    [
        pytest.param(Reader("ru", "cyrillic"), "Есть только по-казахски: Жол жабық.", id="ru"),
        pytest.param(Reader("en", "cyrillic"), "Only in Kazakh: Жол жабық.", id="en"),
        pytest.param(Reader("kk", "cyrillic"), "Алматы: Жол жабық.", id="own"),
    ],
)
def test_a_language_that_is_missing_is_served_by_another_and_says_so(world, made, reader, says):
    assert says in world.render.bulletin(made({"kk": "Жол жабық."}), reader)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("notice", [Notice.NEWS, Notice.CORRECTION, Notice.WITHDRAWAL])
def test_an_exercise_says_so_at_both_ends(world, made, reader, notice):
    word = world.render.say("exercise", reader)
    bulletin = replace(made(LONG, exercise=True), notice=notice)

    text = world.render.bulletin(bulletin, reader)

    assert text.startswith(f"{word}. ")
    assert text.endswith(f" {word}")
    assert cost(text) <= world.render.max_segments


def test_times_are_local(world):
    assert world.render.when(NOW) == "05.01 14:20"
    assert world.render.when(NOW + 10 * HOUR) == "06.01 00:20"


def test_news_of_another_year_says_so(world, made):
    text = world.render.bulletin(made(valid_from_ms=NOW - 400 * DAY), RU)

    assert "01.12.2024" in text


# Several at once.


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("words", ["Дорога закрыта.", LONG], ids=["short", "long"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_an_answer_with_several_says_source_level_time_and_each_number(
    world, made, reader, words, count
):
    bulletins = [made(words, level="one_source") for _ in range(count)]
    rest = len({bulletin.number for bulletin in bulletins})

    digest = world.render.digest(bulletins, reader)

    assert rest == count
    assert cost(digest.text) <= world.render.max_segments
    assert "05.01 14:20" in digest.text
    assert world.render.say("level.one_source", reader) in digest.text
    assert world.render.say("origin.official", reader) in digest.text
    shown = [bulletin for bulletin in bulletins if bulletin.id in digest.shown]
    assert shown
    assert all(f"#{bulletin.number}" in digest.text for bulletin in shown)
    if len(shown) > 1:
        assert all(f"#{bulletin.number}" in digest.text for bulletin in bulletins)
    if reader.script == "latin":
        assert segment(digest.text).encoding is Encoding.GSM7


def test_what_is_said_once_for_several_holds_for_each(world, made):
    sure = made("Метро открыто.")
    unsure = made("Мост закрыт.", level="one_source", valid_from_ms=NOW - HOUR)

    text = world.render.digest([sure, unsure], RU).text

    assert text.startswith("Новости на 05.01 13:20:")
    assert "один источник" in text
    assert "проверил" not in text


def test_a_bulletin_that_does_not_fit_is_named_by_its_number(world, made):
    short, long, other = made("Метро открыто."), made(LONG), made("Мост закрыт.")

    digest = world.render.digest([short, long, other], RU)

    assert digest.shown == (short.id, other.id)
    assert digest.text.endswith(f"+ #{long.number}")


def test_a_bulletin_of_another_language_in_an_answer_says_so(world, made):
    digest = world.render.digest([made({"kk": "Жол жабық."}), made("Мост закрыт.")], RU)

    assert "Есть только по-казахски: Жол жабық." in digest.text


# The rest of one.


def test_the_rest_of_a_bulletin_follows_its_head(world, made):
    text = world.render.with_rest("#417: head", made(LONG), RU)

    assert text.startswith("#417: head\nДвижение по улице")
    assert 1 < cost(text) <= MOST_ANSWER_SEGMENTS


def test_a_head_that_fills_everything_stands_alone(world, made):
    head = "head " * 200

    assert world.render.with_rest(head, made(LONG), RU).startswith(head)
