import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.keywords import load_keywords
from config.texts import load_texts
from content.latin import latin
from content.plain import plain
from relay.keywords import Action, Command, Grammar
from relay.spellings import spellings
from tests.relay.typed import FORMS, SENTENCES

TABLE = load_keywords()
GRAMMAR = Grammar(TABLE)
TEXTS = load_texts()
ACTING = {Action.JOIN, Action.STOP, Action.FORGET, Action.LANG}


@pytest.mark.parametrize(
    ("typed", "action"), FORMS, ids=[f"{form}-{action.name}" for form, action in FORMS]
)
def test_a_typed_form_is_understood(typed, action):
    command = GRAMMAR.parse(typed)
    assert command is not None
    assert command.action is action


@pytest.mark.parametrize("sentence", SENTENCES)
def test_an_ordinary_sentence_changes_nothing(sentence):
    command = GRAMMAR.parse(sentence)
    assert command is None or command.action not in ACTING


def test_every_number_that_a_bulletin_may_have_is_understood():
    wrong = [
        typed
        for number in range(200, 1000)
        for typed in (f"{number}", f"#{number}", f" {number}. ", f"{number})", f"номер {number}")
        if (asked := GRAMMAR.parse(typed)) is None
        or (asked.action, asked.argument) != (Action.NUMBER, str(number))
    ]
    assert not wrong


@pytest.mark.parametrize("smile", [":)", ";-)", ":D", "=P", "8)", "8-)", ":0", ":8"])
def test_a_smile_behind_a_word_changes_nothing(smile):
    assert GRAMMAR.parse(f"новости {smile}").action is Action.NEWS


SPELLINGS = [entry for entry in spellings(TABLE) if entry.action is not Action.NUMBER]


def test_each_listed_spelling_is_understood_as_listed():
    wrong = [
        entry.listed
        for entry in SPELLINGS
        if (command := GRAMMAR.parse(entry.listed)) is None
        or (command.action, command.argument) != (entry.action, entry.argument)
    ]
    assert not wrong


SHOWN = [
    (words[0], language, keyword.action)
    for keyword in TABLE.actions
    for language, words in keyword.words.items()
    if keyword.action not in {"NUMBER", "TELL"}
]


@pytest.mark.parametrize(("word", "language", "action"), SHOWN, ids=lambda value: value)
def test_a_word_that_we_show_is_understood_in_each_script_that_we_show_it_in(
    word, language, action
):
    for form in (word, plain(word), latin(word, language), latin(word, language).lower()):
        command = GRAMMAR.parse(form)
        assert command is not None, form
        assert command.action is Action[action], form


@pytest.mark.parametrize(
    ("typed", "language", "script"),
    [
        pytest.param("НОВОСТИ", "ru", "cyrillic", id="russian"),
        pytest.param("novosti", "ru", "latin", id="russian-in-latin"),
        pytest.param("навости", "ru", "cyrillic", id="russian-typo"),
        pytest.param("новоcти", "ru", "cyrillic", id="one-latin-letter"),
        pytest.param("жаңалық", "kk", "cyrillic", id="kazakh"),
        pytest.param("жаңалык", "kk", "cyrillic", id="some-kazakh-letters"),
        pytest.param("жаналык", "kk", "plain", id="no-kazakh-letters"),
        pytest.param("zhanalyq", "kk", "latin", id="kazakh-in-latin"),
        pytest.param("хабар", "kk", "cyrillic", id="a-word-without-kazakh-letters-anyway"),
        pytest.param("NEWS", "en", "latin", id="english"),
        pytest.param("nwes", "en", "latin", id="english-typo"),
        pytest.param("STOP", "en", "latin", id="english-though-russian-sounds-alike"),
        pytest.param("СТОП", None, "cyrillic", id="kazakh-and-russian-alike"),
        pytest.param("прокси", None, "cyrillic", id="the-same-in-both"),
        pytest.param("proksi", None, "latin", id="the-same-in-both-in-latin"),
        pytest.param("proxy", "en", "latin", id="english-by-its-letters"),
        pytest.param("menu", "en", "latin", id="english-menu"),
        pytest.param("токтату", "kk", "plain", id="acting-plain"),
        pytest.param("toqtatu", "kk", "latin", id="acting-latin"),
        pytest.param("2 жаналык", "kk", "plain", id="digit-with-its-word"),
        pytest.param("2", None, None, id="digit"),
        pytest.param("417", None, None, id="number"),
        pytest.param("61", None, None, id="topic"),
    ],
)
def test_a_form_shows_its_language_and_script(typed, language, script):
    command = GRAMMAR.parse(typed)
    assert (command.language, command.script) == (language, script)


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        pytest.param("417", Command(Action.NUMBER, argument="417"), id="number"),
        pytest.param("news 417", Command(Action.NUMBER, argument="417"), id="news-by-number"),
        pytest.param(
            "новости алматы",
            Command(Action.NEWS, "ru", "cyrillic", "алматы"),
            id="words-behind-news",
        ),
        pytest.param("61", Command(Action.TOPICS, argument="danger"), id="topic"),
        pytest.param("69", Command(Action.TOPICS, argument="proxy"), id="last-topic"),
        pytest.param("68, 61, 68", Command(Action.TOPICS, argument="news danger"), id="topics"),
        pytest.param(
            "темы опасно 63",
            Command(Action.TOPICS, "ru", "cyrillic", "danger lines"),
            id="topics-by-name",
        ),
        pytest.param("6", Command(Action.TOPICS), id="topics-list"),
        pytest.param("7", Command(Action.LANG), id="languages-list"),
        pytest.param("71", Command(Action.LANG, "kk", argument="kk"), id="kazakh"),
        pytest.param("74", Command(Action.LANG, argument="latin"), id="latin"),
        pytest.param("75", Command(Action.LANG, argument="plain"), id="plain"),
        pytest.param("76", Command(Action.LANG, argument="cyrillic"), id="cyrillic"),
        pytest.param("7 72", Command(Action.LANG, "ru", argument="ru"), id="digits-of-both"),
        pytest.param("LANG KK", Command(Action.LANG, "kk", "latin", "kk"), id="code-behind-lang"),
        pytest.param("English", Command(Action.LANG, "en", "latin", "en"), id="language-alone"),
        pytest.param(
            "TELL  мост закрыт,\nобъезд №2!",
            Command(Action.TELL, "en", "latin", "мост закрыт, объезд #2!"),
            id="tell-keeps-the-rest",
        ),
        pytest.param(
            "Сообщить: свет есть",
            Command(Action.TELL, "ru", "cyrillic", "свет есть"),
            id="tell-after-a-colon",
        ),
        pytest.param(
            "жеткізу жол ашық", Command(Action.TELL, "kk", "cyrillic", "жол ашық"), id="tell-kazakh"
        ),
        pytest.param("TELL", Command(Action.TELL, "en", "latin"), id="tell-nothing"),
    ],
)
def test_a_command_carries_what_stands_beside_its_word(typed, command):
    assert GRAMMAR.parse(typed) == command


def test_what_is_told_may_be_long():
    told = "слово " * 300
    assert GRAMMAR.parse(f"TELL {told}").argument == told.strip()


@pytest.mark.parametrize(
    "typed",
    [
        *["", " ", "?", "...", "👍", "😀😀", "а", "n", "x", "я", "z", "k", "і"],
        *[
            "10",
            "11",
            "00",
            "01",
            "007",
            "199",
            "1000",
            "0417",
            "4170",
            "417 418",
            "60",
            "70",
            "77",
        ],
        *[
            "200000000000000000000000",
            "ru",
            "kk",
            "plain",
            "базар",
            "меня",
            "мені",
            "hello",
            "темно",
        ],
        *[
            "спасибо",
            "рақмет",
            "привет",
            "пожалуйста",
            "дайте",
            "417 тенге",
            "квартира 417",
            "2 часа",
        ],
        *["1 стоп", "0 подписка", "71 русский", "61 новости", "подпизка", "жазалу", "удалитт"],
        "Новости сегодня плохие, мама звонила три раза и плакала",
        "Опасно ли сейчас ехать через город к родителям",
        "слово " * 5000,
    ],
)
def test_what_is_no_command_is_none(typed):
    assert GRAMMAR.parse(typed) is None


LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяәғқңөұүһіabcdefghijklmnopqrstuvwxyz"


def slips(word):
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
        yield from (word[:at] + letter + word[at + 1 :] for letter in LETTERS)


def test_a_slip_in_a_reading_word_changes_nothing():
    """Every slip of every shown reading word; only listed words change something."""
    acting = [entry.listed for entry in SPELLINGS if entry.action in ACTING]
    listed_plain = {plain(word.lower()) for word in acting}
    words = {word.lower() for word, _, action in SHOWN if Action[action] not in ACTING}
    taken = [
        slip
        for word in words
        for slip in slips(word)
        if (command := GRAMMAR.parse(slip)) is not None
        and command.action in ACTING
        and plain(slip) not in listed_plain
    ]
    assert not taken


CAPITALS = re.compile(r"\b[^\W\d_a-zа-яёәғқңөұүһі]{3,}\b")
CHOICES = re.compile(r"(?<!\S)(\d{1,2}) ([^\W\d_]+)")
NO_KEYWORDS = re.compile(r"SMS|4 SMS-ке|3 цифр|3 таңбалы|3 digits|of 3")
SENTENCE_KEYS = [
    key for key in TEXTS.keys if "." not in key and key not in {"correction", "exercise"}
]


@pytest.mark.parametrize("language", TEXTS.languages)
@pytest.mark.parametrize("key", SENTENCE_KEYS)
def test_a_text_names_only_words_and_digits_that_do_something(key, language):
    text = NO_KEYWORDS.sub("", TEXTS.entry(key, language).text)
    for word in CAPITALS.findall(text):
        assert GRAMMAR.parse(word) is not None, word
    for digits, word in CHOICES.findall(text):
        assert GRAMMAR.parse(digits) is not None, digits
        if int(digits) < 10:
            assert GRAMMAR.parse(f"{digits} {word}") is not None, f"{digits} {word}"


@given(st.text(max_size=200))
def test_any_text_at_all_is_understood_or_not_but_never_fails(text):
    command = GRAMMAR.parse(text)
    assert command is None or isinstance(command, Command)


def test_understanding_takes_less_than_a_millisecond():
    messages = [form for form, _ in FORMS] + SENTENCES
    begun = time.process_time()
    for message in messages:
        GRAMMAR.parse(message)
    assert (time.process_time() - begun) / len(messages) < 0.001
