import math
import re

import pytest

from config.texts import TextsError, dative, load_texts
from config.topics import LANGUAGES, SCRIPTS, TOPICS

TEXTS = load_texts()
EACH = [(key, language) for language in TEXTS.languages for key in TEXTS.keys]
BY_SMS = [(key, language) for key, language in EACH if TEXTS.entry(key, language).segments]
ON_MESH = [(key, language) for key, language in EACH if TEXTS.entry(key, language).pages]
PAGE_OCTETS, WORD_OCTETS = 200, 30  # a packet may end one word before it is full
# The longest name that a channel may have, and what stands for the key of an open one.
CHANNEL, OPEN_KEY, OWN_KEY = "Qazaqstan-1", "AQ==", "A" * 43 + "="

# 3GPP TS 23.038 6.2.1, without the escape and the Greek capitals nobody here writes.
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà_"
)
CYRILLIC = set("абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі")
USUAL = {
    "ru": {
        "place": "Алматы",
        "text": "комендантский час ежедневно 23:00-07:00, до 19.01 00:00.",
        "source": "Источник: акимат",
        "level": "подтвердили ещё 2",
        "name": "акимат",
        "origin": "официальный",
        "language": "без казахских букв",
    },
    "kk": {
        "place": "Алматы",
        "text": "коменданттық сағат күн сайын 23:00-07:00, 19.01 00:00-ге дейін.",
        "source": "Дереккөз: әкімдік",
        "level": "екі тәуелсіз дереккөз",
        "name": "әкімдік",
        "origin": "ресми",
        "language": "қазақ әріптерінсіз",
    },
    "en": {
        "place": "Almaty",
        "text": "curfew daily 23:00-07:00, until 19.01 00:00.",
        "source": "Source: city hall",
        "level": "two independent sources",
        "name": "city hall",
        "origin": "official",
        "language": "without the Kazakh letters",
    },
}
DATES = {"when": "05.01 14:20", "fresh": "05.01 14:20", "until": "19.01 00:00"}


def usual(key, language):
    """The text with what the relay usually fills in."""
    values = {**USUAL[language], **DATES, "number": 417, "count": 2}
    if key in {"detail", "bulletin_short", "bulletin_short_anywhere"}:
        values["source"] = values["name"]
    if key.startswith("bulletin_short"):
        values["level"] = TEXTS.say("short_level.two_independent", language)
    return TEXTS.say(
        key,
        language,
        **values,
        channel=CHANNEL,
        key=OPEN_KEY,
        mode=TEXTS.say("mode.blackout", language),
        topics=", ".join(TEXTS.say(f"topic.{topic}", language) for topic in TOPICS[:4])
        if key == "topics_set"
        else "61 63 68",
    )


def segments_wide(text):
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= 70 else math.ceil(units / 67)


def segments_narrow(text):
    return 1 if len(text) <= 160 else math.ceil(len(text) / 153)


@pytest.mark.parametrize(("key", "language"), BY_SMS, ids=lambda value: value)
def test_a_text_takes_no_more_segments_than_it_says(key, language):
    text = usual(key, language)
    count = segments_narrow(text) if language == "en" else segments_wide(text)
    assert count <= TEXTS.entry(key, language).segments


@pytest.mark.parametrize(("key", "language"), BY_SMS, ids=lambda value: value)
def test_a_text_may_take_one_segment_in_latin_and_two_in_cyrillic(key, language):
    assert TEXTS.entry(key, language).segments <= (1 if language == "en" else 2)


@pytest.mark.parametrize(("key", "language"), ON_MESH, ids=lambda value: value)
def test_a_text_of_the_mesh_is_one_packet(key, language):
    assert TEXTS.entry(key, language).pages == 1
    assert len(usual(key, language).encode()) <= PAGE_OCTETS


@pytest.mark.parametrize(("key", "language"), BY_SMS, ids=lambda value: value)
def test_a_text_of_both_media_takes_two_packets_at_most(key, language):
    assert len(usual(key, language).encode()) <= 2 * (PAGE_OCTETS - len(" (1/2)")) - WORD_OCTETS


@pytest.mark.parametrize("key", TEXTS.keys)
def test_a_text_has_the_same_size_on_the_mesh_in_each_language(key):
    assert len({TEXTS.entry(key, language).pages for language in LANGUAGES}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("key", "most"),
    [pytest.param(OPEN_KEY, 200, id="open"), pytest.param(OWN_KEY, 232, id="key-of-its-own")],
)
def test_the_pointer_names_channel_and_key_and_is_one_packet(language, key, most):
    text = TEXTS.say("pointer", language, channel="Jarshy", key=key)

    assert len(text.encode()) <= most
    assert " Jarshy" in text
    assert f" {key}" in text
    assert text.endswith(": 2")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["first_contact", "invite", "joined", "already_joined"])
def test_what_speaks_of_sms_has_a_form_for_the_mesh_that_does_not(key, language):
    said = TEXTS.say(f"{key}_mesh", language, channel=CHANNEL)

    assert "SMS" in TEXTS.say(key, language)
    assert "SMS" not in said
    assert CHANNEL in said
    assert re.search(r"\b0 ", said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_else_speaks_of_sms(language):
    spoken = {key for key in TEXTS.keys if "SMS" in TEXTS.entry(key, language).text}

    assert spoken <= {"first_contact", "invite", "joined", "already_joined"}


@pytest.mark.parametrize(("key", "language"), EACH, ids=lambda value: value)
def test_a_text_has_only_letters_that_the_air_and_the_latin_form_can_carry(key, language):
    allowed = GSM if language == "en" else GSM | CYRILLIC
    assert not set(usual(key, language).lower()) - allowed - {letter.lower() for letter in allowed}


@pytest.mark.parametrize(("key", "language"), EACH, ids=lambda value: value)
def test_no_word_mixes_two_alphabets(key, language):
    for word in re.findall(r"[^\W\d_]+", TEXTS.entry(key, language).text):
        assert len({letter.lower() in CYRILLIC for letter in word}) == 1, word


def test_the_catalogues_are_those_of_the_nodes_languages():
    assert set(TEXTS.languages) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_topic_language_and_script_has_a_name(language):
    for topic in TOPICS:
        assert TEXTS.say(f"topic.{topic}", language)
    for other in LANGUAGES:
        assert TEXTS.say(f"language.{other}", language)
    for script in SCRIPTS:
        assert TEXTS.say(f"script.{script}", language)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        pytest.param(
            "ru",
            "Алматы: комендантский час ежедневно 23:00-07:00, до 19.01 00:00. "
            "Источник: акимат; два независимых источника. На 05.01 14:20. #417",
            id="ru",
        ),
        pytest.param(
            "kk",
            "Алматы: коменданттық сағат күн сайын 23:00-07:00, 19.01 00:00-ге дейін. "
            "Дереккөз: әкімдік, екі тәуелсіз дереккөз. 05.01 14:20. #417",
            id="kk",
        ),
    ],
)
def test_a_bulletin_reads_as_a_person_should_see_it(language, said):
    values = USUAL[language]
    composed = TEXTS.say(
        "bulletin",
        language,
        place=values["place"],
        text=values["text"],
        source=TEXTS.say("source_line", language, source=values["name"]),
        level=TEXTS.say("level.two_independent", language),
        when=TEXTS.say("as_of", language, when="05.01 14:20"),
        number=417,
    )
    assert composed == said


def test_the_end_of_validity_has_its_kazakh_ending():
    said = TEXTS.say("detail", "kk", **USUAL["kk"], **DATES, number=417)
    assert said.endswith("19.01 00:00-ге дейін")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_message_says_how_to_stop_who_sees_it_and_112(language):
    text = TEXTS.say("first_contact", language)
    assert re.search(r"\b0 ", text)
    assert "SMS" in text
    assert text.endswith("112")
    assert TEXTS.say("first_contact_mesh", language, channel=CHANNEL).endswith("112")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_to_a_cry_for_help_begins_with_112(language):
    assert TEXTS.say("help_112", language).startswith("112")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["no_news", "no_danger", "no_phones"])
def test_the_answer_that_nothing_is_verified_says_as_of_when(key, language):
    assert "05.01 14:20" in TEXTS.say(key, language, fresh="05.01 14:20")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_proxy_part_is_hidden_in_the_common_menu(language):
    proxy = TEXTS.say("topic.proxy", language)
    assert proxy not in TEXTS.say("menu", language)
    assert f"5 {proxy}" in TEXTS.say("menu_proxy", language)


def test_braces_in_a_value_stay_braces():
    assert TEXTS.say("source_line", "en", source="{number}") == "Source: {number}"


def test_a_value_may_be_called_language_and_spare_ones_are_left_out():
    assert TEXTS.say("only_in", "en", language="Russian", spare=1) == "Only in Russian:"


@pytest.mark.parametrize(
    ("key", "language", "complaint"),
    [
        pytest.param("no_such", "ru", "no text 'no_such' in ru.toml", id="unknown-key"),
        pytest.param("menu", "de", "no texts in 'de'; there are en, kk, ru", id="unknown-language"),
        pytest.param("as_of", "ru", "text 'as_of' (ru) needs when too", id="missing-value"),
    ],
)
def test_what_cannot_be_said_is_a_clear_error(key, language, complaint):
    with pytest.raises(TextsError, match=re.escape(complaint)):
        TEXTS.say(key, language)


@pytest.mark.parametrize(
    ("value", "ended"),
    [
        pytest.param("14:20", "14:20-ға", id="twenty"),
        pytest.param("14:25", "14:25-ке", id="five"),
        pytest.param("14:40", "14:40-қа", id="forty"),
        pytest.param("14:50", "14:50-ге", id="fifty"),
        pytest.param("00:00", "00:00-ге", id="nought"),
        pytest.param("06:06", "06:06-ға", id="six"),
        pytest.param("19.01", "19.01-ге", id="one"),
        pytest.param("5", "5-ке", id="lone-digit"),
        pytest.param("ертең", "ертең", id="no-number"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_the_dative_ending_follows_the_last_number_spoken(value, ended):
    assert dative(value) == ended


ONE = '[hello]\ntext = "Hello {name}"\nsegments = 1\n'


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        pytest.param({}, "no catalogue of texts", id="none"),
        pytest.param({"en.toml": "[hello"}, "en.toml: ", id="no-toml"),
        pytest.param({"en.toml": 'hello = "Hi"'}, "'hello' is no table", id="no-table"),
        pytest.param({"en.toml": '[a]\ntext = "Hi"'}, "'a' needs text and segments", id="no-size"),
        pytest.param(
            {"en.toml": '[a]\ntext = "Hi"\nsegments = 1\npages = 1'},
            "'a' needs text and segments (or pages",
            id="two-sizes",
        ),
        pytest.param(
            {"en.toml": '[a]\ntext = "Hi"\npages = 0'}, "a whole number from 1", id="no-pages"
        ),
        pytest.param(
            {"en.toml": '[a]\ntext = "{a.b}"\nsegments = 1'}, "plain names", id="no-plain-field"
        ),
        pytest.param(
            {"en.toml": '[a]\ntext = "{b:>9}"\nsegments = 1'}, "plain names", id="odd-format"
        ),
        pytest.param({"en.toml": '[a]\ntext = "{"\nsegments = 1'}, "en.toml: ", id="open-brace"),
        pytest.param(
            {"en.toml": ONE, "ru.toml": ONE.replace("[hello]", "[bye]")},
            "en and ru must have the same keys; odd: ['bye', 'hello']",
            id="other-keys",
        ),
        pytest.param(
            {"en.toml": ONE, "ru.toml": ONE.replace("{name}", "{who}")},
            "'hello': en and ru differ in fields ['name', 'who']",
            id="other-fields",
        ),
    ],
)
def test_a_broken_catalogue_is_refused_with_the_reason(tmp_path, files, complaint):
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(TextsError, match=re.escape(complaint)):
        load_texts(tmp_path)


def test_a_folder_of_ones_own_may_hold_the_catalogues(tmp_path):
    (tmp_path / "en.toml").write_text(ONE, encoding="utf-8")
    assert load_texts(tmp_path).say("hello", "en", name="you") == "Hello you"
