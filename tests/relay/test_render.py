"""How bulletins read: in each language and script, short, and never misleading."""

from dataclasses import replace
from itertools import product
from random import Random

import pytest

from gateways.mesh.packets import octets, pages
from gateways.sms.segments import Encoding, cost, segment
from relay.digest import digest
from relay.forms import MESH, SMS
from relay.render import Reader, in_script
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
        assert not cut.wide
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

    assert cost(text) <= max(most, SMS.answer_parts)
    assert f"#{bulletin.number}" in text
    assert cost(digest(render, [bulletin, bulletin], reader).text) <= max(most, SMS.answer_parts)


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

    told = digest(world.render, bulletins, reader)

    assert rest == count
    assert cost(told.text) <= world.render.max_segments
    assert "05.01 14:20" in told.text
    assert world.render.say("level.one_source", reader) in told.text
    assert world.render.say("origin.official", reader) in told.text
    shown = [bulletin for bulletin in bulletins if bulletin.id in told.shown]
    assert shown
    assert all(f"#{bulletin.number}" in told.text for bulletin in shown)
    if len(shown) > 1:
        assert all(f"#{bulletin.number}" in told.text for bulletin in bulletins)
    if reader.script == "latin":
        assert segment(told.text).encoding is Encoding.GSM7


def test_what_is_said_once_for_several_holds_for_each(world, made):
    sure = made("Метро открыто.")
    unsure = made("Мост закрыт.", level="one_source", valid_from_ms=NOW - HOUR)

    text = digest(world.render, [sure, unsure], RU).text

    assert text.startswith("Новости на 05.01 13:20:")
    assert "один источник" in text
    assert "проверил" not in text


def test_a_bulletin_that_does_not_fit_is_named_by_its_number(world, made):
    short, long, other = made("Метро открыто."), made(LONG), made("Мост закрыт.")

    told = digest(world.render, [short, long, other], RU)

    assert told.shown == (short.id, other.id)
    assert told.text.endswith(f"+ #{long.number}")


def test_a_bulletin_of_another_language_in_an_answer_says_so(world, made):
    told = digest(world.render, [made({"kk": "Жол жабық."}), made("Мост закрыт.")], RU)

    assert "Есть только по-казахски: Жол жабық." in told.text


# The rest of one.


def test_the_rest_of_a_bulletin_follows_its_head(world, made):
    text = world.render.with_rest("#417: head", made(LONG), RU)

    assert text.startswith("#417: head\nДвижение по улице")
    assert 1 < cost(text) <= SMS.answer_parts


def test_a_head_that_fills_everything_stands_alone(world, made):
    head = "head " * 200

    assert world.render.with_rest(head, made(LONG), RU).startswith(head)


# On the mesh.

PAGE = 200
WORDS = {
    "ru": ["движение", "улица", "закрыто", "объезд", "патруль", "проверка", "магазин", "вода"],
    "kk": ["қозғалыс", "көше", "жабық", "айналма", "күзет", "тексеру", "дүкен", "ауызсу"],
}
WHOLE = ("23:00-07:00", "1 500", "05.01 14:20", "+7 727 250 00 00", "https://example.org/qala/417")
PLACES = ("", "Алматы", "Алматы, Бостандық ауданы, Тимирязев көшесі", "Нововоскресеновкаказахстан")
OWNERS = ("Акимат", "Қазақстан Республикасы Төтенше жағдайлар министрлігі", "Әкімдік")
ORIGINS = ("official", "media", "independent", "eyewitness", "operator")
LEVELS = ("one_source", "two_independent", "confirmed_by_editor", "refuted")


def news(language, seed):
    """Some news of our own making: its words, and the facts around them."""
    chance = Random(f"{language}{seed}")  # noqa: S311 - no secret hangs on it
    words = [
        chance.choice(WHOLE) + "," if chance.random() < 0.25 else chance.choice(WORDS[language])
        for _ in range(chance.randint(3, 60))
    ]
    for end in range(7, len(words), 9):
        words[end] = words[end].rstrip(",") + "."
    sources = tuple(chance.sample(("first", "second", "third"), chance.randint(0, 3)))
    facts = {
        "texts": {language: " ".join(words).capitalize()},
        "place": chance.choice(PLACES),
        "level": chance.choice(LEVELS),
        "sources": sources,
        "valid_from_ms": NOW - chance.choice((0, 400 * DAY)),
    }
    return facts, chance.choice((Notice.NEWS, Notice.UPDATE, Notice.CORRECTION))


@pytest.fixture
def mesh(world):
    """How the mesh half of the node speaks."""
    owners = world.render.owners | dict(zip(("first", "second", "third"), OWNERS, strict=True))
    return replace(world.render, form=MESH, channel="Jarshy", owners=owners)


@pytest.fixture
def told(world):
    """A live bulletin that others are made from, so that each needs no number of its own."""
    return world.desk.add(draft(), NOW, publish=True)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("language", WORDS)
def test_a_broadcast_is_one_packet_that_stands_alone(mesh, told, language, script):
    reader = Reader(language, script)
    for seed in range(100):
        facts, notice = news(language, seed)
        bulletin = replace(told, notice=notice, **facts)

        text = mesh.broadcast(bulletin, reader)

        assert octets(text) <= PAGE
        assert pages(text) == (text,)
        assert f"#{bulletin.number}" in text
        assert mesh.as_of(bulletin) in text
        level = mesh.texts.say(f"short_level.{bulletin.level}", language)
        assert in_script(level, language, script) in text
        if script == "plain":
            assert not KAZAKH & set(text)


@pytest.mark.parametrize("language", WORDS)
def test_a_broadcast_cuts_no_word_number_or_link(mesh, told, language):
    mesh = replace(mesh, owners={"first": "§"})
    for seed in range(100):
        facts, notice = news(language, seed)
        facts["sources"] = ("first",)
        whole = facts["texts"][language]

        text = mesh.broadcast(replace(told, notice=notice, **facts), Reader(language, "cyrillic"))

        kept = text[text.index(whole[:5]) : text.index(" §, ")].rstrip(".,")
        assert whole.startswith(kept)
        assert not whole[len(kept) :][:1].isalnum()
        for number in WHOLE:
            assert whole.count(number) == sum(
                part.count(number) for part in (kept, whole[len(kept) :])
            )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notice", [Notice.NEWS, Notice.CORRECTION])
@pytest.mark.parametrize("level", LEVELS)
def test_the_words_keep_sixty_octets_whatever_stands_around_them(
    mesh, told, language, notice, level
):
    words = "жж" * 15
    for place, origin, name in product(PLACES, ORIGINS, (None, "first", "second", "third")):
        bulletin = replace(
            told,
            notice=notice,
            level=level,
            texts={language: words + " " + "жж " * 90},
            place=place,
            origin=origin,
            sources=(name,) if name else (),
            valid_from_ms=NOW - 400 * DAY,
        )

        text = mesh.broadcast(bulletin, Reader(language, "cyrillic"))

        assert words in text
        assert octets(text) <= PAGE


@pytest.mark.parametrize(
    ("facts", "notice", "reads"),
    [
        pytest.param(
            {},
            Notice.NEWS,
            "Алматы: Дорога закрыта до 18:00. Акимат, проверено, 05.01 14:20 #",
            id="news",
        ),
        pytest.param(
            {"place": "", "level": "two_independent"},
            Notice.UPDATE,
            "Дорога закрыта до 18:00. Акимат, 2 источника, 05.01 14:20 #",
            id="of-no-place",
        ),
        pytest.param(
            {"sources": (), "level": "one_source"},
            Notice.NEWS,
            "Алматы: Дорога закрыта до 18:00. официальный, 1 источник, 05.01 14:20 #",
            id="of-nobody-named",
        ),
        pytest.param(
            {"level": "refuted"},
            Notice.CORRECTION,
            "ПОПРАВКА #{}: Алматы: Дорога закрыта до 18:00. Акимат, опровергнуто, 05.01 14:20",
            id="correction",
        ),
        pytest.param(
            {},
            Notice.WITHDRAWAL,
            "#{} отозвано 05.01 14:20: не полагайтесь на это сообщение",
            id="withdrawal",
        ),
    ],
)
def test_a_broadcast_says_all_in_a_compact_frame(world, told, facts, notice, reads):
    bulletin = replace(told, notice=notice, **facts)

    text = world.render.broadcast(bulletin, RU)

    number = str(bulletin.number)
    assert text == (reads.format(number) if "{}" in reads else reads + number)


@pytest.mark.parametrize(
    ("facts", "reads"),
    [
        pytest.param({"sources": ("second",)}, " ресми, 1 дереккөз,", id="a-long-name"),
        pytest.param({"sources": ("first", "third")}, " Акимат, Әкімдік, 1", id="what-fits-stays"),
        pytest.param(
            {"sources": ("second", "third")}, " ресми, 1 дереккөз,", id="a-long-one-first"
        ),
        pytest.param(
            {"place": PLACES[2], "valid_from_ms": NOW - 400 * DAY, "level": "refuted"},
            "Алматы, Бостандық ауданы: Абай",
            id="a-long-place",
        ),
        pytest.param({"place": "Ұ" * 40}, "Абай", id="a-giant-place"),
    ],
)
def test_place_and_source_give_way_to_what_happened(mesh, told, facts, reads):
    bulletin = replace(told, **({"texts": LONG, "level": "one_source"} | facts))

    text = mesh.broadcast(bulletin, Reader("kk", "cyrillic"))

    assert reads in text
    assert "Абай көшесі 09:00-18:30 аралығында" in text


def test_an_exercise_is_never_broadcast(mesh, told):
    with pytest.raises(ValueError, match=f"#{told.number} is an exercise"):
        mesh.broadcast(replace(told, exercise=True), RU)


def test_a_broadcast_is_all_in_one_language(mesh, told):
    bulletin = replace(told, texts={"kk": "Жол жабық."})

    assert mesh.broadcast(bulletin, RU).startswith("Алматы: Жол жабық. Акимат, тексерілді, 05")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Комендантский час " + "в городе " * 108 + "отменён.", id="denied-at-the-end"),
        pytest.param("ю" * 999, id="one-word"),
        pytest.param("👨‍👩‍👧‍👦" * 40, id="one-word-of-emoji"),
        pytest.param("23:00 " * 160, id="numbers"),
        pytest.param("Смотрите https://example.org/" + "a" * 250, id="giant-link"),
        pytest.param("https://example.org/" + "a" * 250, id="giant-link-alone"),
    ],
)
@pytest.mark.parametrize("reader", READERS)
def test_words_that_no_cut_leaves_true_are_one_packet_too(mesh, told, reader, words):
    bulletin = replace(told, texts={"ru": words})

    for text in (mesh.broadcast(bulletin, reader), mesh.bulletin(bulletin, reader)):
        assert octets(text) <= PAGE
        assert f"#{told.number}" in text
        assert "example" not in text


def test_words_that_had_to_be_cut_are_seen_to_be(mesh, told):
    words = "Комендантский час " + "в городе " * 108 + "отменён."

    text = mesh.broadcast(replace(told, texts={"ru": words}), RU)

    assert "Комендантский час в городе " in text
    assert " ... Акимат, проверено" in text


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("exercise", [True, False])
def test_a_bulletin_to_one_person_is_one_packet_too(mesh, told, reader, exercise):
    bulletin = replace(told, texts=LONG, exercise=exercise)

    cut = mesh.segments(bulletin, reader)

    assert len(cut.parts) == 1
    assert not cut.wide
    assert cut.parts[0].startswith(mesh.say("exercise", reader)) is exercise


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("words", ["Дорога закрыта.", LONG], ids=["short", "long"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_several_bulletins_are_two_packets_at_most(mesh, made, reader, words, count):
    bulletins = [made(words) for _ in range(count)]

    told = digest(mesh, bulletins, reader)

    cut = mesh.cut(told.text)
    assert len(cut.parts) <= 2
    assert all(octets(part) <= PAGE for part in cut.parts)
    assert all(f"#{bulletin.number}" in told.text for bulletin in bulletins)


@pytest.mark.parametrize("reader", READERS)
def test_the_rest_of_a_bulletin_is_three_packets_at_most(mesh, told, reader):
    text = mesh.with_rest("#417: head", replace(told, texts=LONG), reader)

    assert len(mesh.cut(text).parts) <= 3


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("key", sorted(MESH.variants))
def test_the_mesh_says_in_its_own_words_what_differs_there(world, mesh, reader, key):
    text = mesh.say(key, reader)

    assert "Jarshy" in text
    assert octets(text) <= PAGE
    assert text != world.render.say(key, reader)
    assert mesh.say("unknown", reader) == world.render.say("unknown", reader)


@pytest.mark.parametrize("reader", READERS)
def test_the_pointer_says_channel_and_key_as_they_are(mesh, reader):
    text = mesh.say("pointer", reader, channel="Qala-1", key="1PG7OiApB1nwvP+rz05pAQ==")

    assert "Qala-1" in text
    assert "1PG7OiApB1nwvP+rz05pAQ==" in text
