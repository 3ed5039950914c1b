"""Where texts are parted between packets: over texts of our own, made from words."""

import random
import re

import pytest

from gateways.mesh.atoms import graphemes
from gateways.mesh.packets import (
    MOST_BROADCAST,
    MOST_DIRECT,
    PAGE_OCTETS,
    beginning,
    octets,
    pages,
)

MARK = re.compile(r" \((\d+)/(\d+)\)$")
NUMBERS = (
    "1 500",
    "23:00-07:00",
    "23:00 - 07:00",
    "05.01 14:20",
    "19.01.2026 00:00",
    "+7 701 555 01 23",
    "+7 (727) 250-00-00",
    "№ 417",
    "2 000 000",
    "43,25",
)
LINKS = (
    "https://example.org/news/2026/01/05/zhol-zhabyq",
    "tg://proxy?server=192.0.2.7&port=443&secret=ddee0011223344556677889900aabbccdd",
    "t.me/example_kanal/1234",
    "www.example.org",
)
SENTENCES = {
    "ru": (
        "Движение по улице {street} закрыто до особого распоряжения, объезд справа.",
        "Комендантский час действует ежедневно {number} во всех районах города!",
        "Пункт выдачи воды работает у школы, привезли {number} литров",
        "Горячая линия скорой помощи {number}; звоните, если нужна помощь.",
        "По словам очевидцев, магазин на {street} открыт — подробности: {link}",
        "Банкоматы выдают не больше {number} тенге в день ❤️ берегите себя 👨‍👩‍👧‍👦.",
    ),
    "kk": (
        "{street} көшесімен жүру уақытша тоқтатылды, оң жақтан айналып өтіңіз.",
        "Коменданттық сағат күн сайын {number} аралығында бүкіл қалада әрекет етеді!",
        "Мектептің жанында су таратылады, барлығы {number} литр әкелінді",
        "Жедел жәрдемнің сенім телефоны {number}; көмек керек болса, қоңырау шалыңыз.",
        "Куәгерлердің айтуынша, {street} бойындағы дүкен ашық — толығырақ: {link}",
        "Банкоматтар күніне {number} теңгеден артық бермейді 🇰🇿 сақ болыңыздар 👍🏽.",
    ),
}
STREETS = {
    "ru": ("Абая", "Сейфуллина", "Райымбека", "Жибек Жолы"),
    "kk": ("Абай", "Сейфуллин", "Райымбек", "Жібек Жолы"),
}


def written(language, seed):
    """A text of 3 to 9 sentences, on one line or several."""
    chance = random.Random(f"{language}{seed}")  # noqa: S311 - no secret hangs on it
    parts = [
        sentence.format(
            street=chance.choice(STREETS[language]),
            number=chance.choice(NUMBERS),
            link=chance.choice(LINKS),
        )
        for sentence in chance.choices(SENTENCES[language], k=chance.randint(3, 9))
    ]
    return "".join(part + chance.choice((" ", " ", "\n")) for part in parts).strip()


WRITTEN = {language: [written(language, seed) for seed in range(100)] for language in SENTENCES}


def bare(packets):
    """The pages without their marks."""
    return [MARK.sub("", page) for page in packets]


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize("most", [100, PAGE_OCTETS, MOST_BROADCAST])
def test_no_word_number_link_or_character_is_cut(language, most):
    for text in WRITTEN[language]:
        packets = pages(text, most)

        assert all(octets(page) <= most for page in packets)
        for whole in (*NUMBERS, *LINKS):
            assert sum(page.count(whole) for page in bare(packets)) == text.count(whole)
        assert [word for page in bare(packets) for word in page.split()] == text.split()


@pytest.mark.parametrize("language", WRITTEN)
def test_each_of_several_packets_says_which_it_is(language):
    counts = []
    for text in WRITTEN[language]:
        packets = pages(text)
        marks = [MARK.search(page).groups() for page in packets]

        assert marks == [(str(at), str(len(packets))) for at in range(1, len(packets) + 1)]
        counts.append(len(packets))

    assert min(counts) >= 2
    assert max(counts) >= 6


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        pytest.param("Бір сөз.", 200, ["Бір сөз."], id="what-fits-is-left-alone"),
        pytest.param("", 200, [""], id="nothing"),
        pytest.param(" \n" * 200, 200, [""], id="nothing-but-space"),
        pytest.param("ж" * 100, 200, ["ж" * 100], id="full-to-the-last-octet"),
        pytest.param(
            "One two three. Four\nfive six. Seven",
            30,
            ["One two three. Four (1/2)", "five six. Seven (2/2)"],
            id="at-a-line-first",
        ),
        pytest.param(
            "Road closed. Go by bus today",
            27,
            ["Road closed. (1/2)", "Go by bus today (2/2)"],
            id="else-at-a-sentence",
        ),
        pytest.param(
            "One two. Three four five six seven eight",
            30,
            ["One two. Three four five (1/2)", "six seven eight (2/2)"],
            id="at-a-word-where-a-sentence-costs-a-packet",
        ),
        pytest.param(
            "Call us on +7 701 555 01 23 soon",
            30,
            ["Call us on (1/2)", "+7 701 555 01 23 soon (2/2)"],
            id="a-number-goes-over-whole",
        ),
        pytest.param(
            "from 112\n103 to 18:00",
            20,
            ["from 112 (1/2)", "103 to 18:00 (2/2)"],
            id="a-line-parts-two-numbers",
        ),
        pytest.param(
            "See https://example.org/a-very-long-name for more",
            40,
            ["See ... for more"],
            id="a-giant-link-is-left-out",
        ),
        pytest.param(
            "a" * 50,
            30,
            ["a" * 24 + " (1/3)", "a" * 24 + " (2/3)", "aa (3/3)"],
            id="a-giant-word-is-cut",
        ),
        pytest.param(
            "a\u00a0b c\u202fd" + " e" * 12,
            30,
            ["a\u00a0b c\u202fd" + " e" * 7 + " (1/2)", "e e e e e (2/2)"],
            id="no-break-spaces-part-nothing",
        ),
    ],
)
def test_a_text_is_cut_where_it_reads_best(text, most, expected):
    assert list(pages(text, most)) == expected


@pytest.mark.parametrize(
    "character",
    [
        pytest.param("и\u0306", id="combining-mark"),
        pytest.param("👨‍👩‍👧‍👦", id="family-joined-with-zwj"),
        pytest.param("❤️", id="variation-selector"),
        pytest.param("👍🏽", id="colour-of-skin"),
        pytest.param("🇰🇿", id="flag-of-two-letters"),
        pytest.param("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", id="tags"),
        pytest.param("1\ufe0f\u20e3", id="keycap"),
        pytest.param("\ud83d\ude00", id="surrogate-pair"),
    ],
)
def test_what_people_see_as_one_character_stays_whole(character):
    packets = bare(pages(character * 60, most=70))

    assert all(page == character * (len(page) // len(character)) for page in packets)
    assert "".join(packets) == character * 60
    assert list(graphemes(character * 3)) == [character] * 3


def test_a_character_with_marks_without_end_is_cut_all_the_same():
    packets = pages("а" + "\u0301" * 500)

    assert all(octets(page) <= PAGE_OCTETS for page in packets)
    assert "".join(bare(packets)) == "а" + "\u0301" * 500


def test_numbers_without_end_are_parted_at_their_spaces():
    packets = bare(pages("23:00 " * 160))

    assert all(set(page.split()) == {"23:00"} for page in packets)


@pytest.mark.parametrize("words", [9, 10, 99, 100])
def test_marks_of_two_and_three_digits_fit_too(words):
    packets = pages("abcdefghi " * words, most=20)

    assert len(packets) == words
    assert all(octets(page) <= 20 for page in packets)


def test_a_packet_that_can_hold_nothing_is_refused():
    with pytest.raises(ValueError, match="a packet of 12 octets holds nothing; 20 are the least"):
        pages("text", most=12)


def test_a_direct_message_and_a_page_fit_where_a_broadcast_does():
    assert PAGE_OCTETS <= MOST_DIRECT <= MOST_BROADCAST


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        pytest.param(40, "Call +7 701 555 01 23 soon", id="all-of-it"),
        pytest.param(24, "Call +7 701 555 01 23", id="whole-words"),
        pytest.param(20, "Call", id="and-numbers"),
    ],
)
def test_the_beginning_of_a_text_is_cut_as_pages_are(most, expected):
    assert beginning("Call +7 701 555 01 23 soon", most) == expected


def test_nothing_has_no_beginning():
    assert beginning(" ", 20) == ""
