import re

import pytest

from config.keywords import KeywordsError, load_keywords
from config.topics import LANGUAGES, SCRIPTS, TOPICS

TABLE = load_keywords()
GOOD = """
[actions.NEWS]
digits = ["2"]
kk = ["ЖАҢАЛЫҚ"]
ru = ["НОВОСТИ"]
en = ["NEWS"]
[topics.news]
digits = "68"
words = ["NEWS"]
[languages.en]
digits = "73"
words = ["ENGLISH"]
[manners]
polite = []
filler = []
ordinary = []
"""


def test_each_action_has_words_in_each_language():
    for keyword in TABLE.actions:
        assert all(keyword.words[language] for language in LANGUAGES), keyword.action


def test_what_changes_something_acts_and_the_rest_reads():
    acting = {keyword.action for keyword in TABLE.actions if keyword.acts}
    assert acting == {"JOIN", "STOP", "FORGET", "LANG", "TELL"}


def test_the_digits_are_those_of_the_design():
    names = ["STOP", "JOIN", "NEWS", "DANGER", "PHONES", "PROXY", "TOPICS", "LANG", "STATUS"]
    digits = {number: keyword.action for keyword in TABLE.actions for number in keyword.digits}
    assert [digits[str(number)] for number in range(10)] == [*names, "MENU"]


def test_topics_count_from_61_in_their_order():
    offered = [(choice.name, choice.digits) for choice in TABLE.topics]
    assert offered == [(topic, str(number)) for number, topic in enumerate(TOPICS, 61)]


def test_languages_and_alphabets_count_from_71():
    names = ["kk", "ru", "en", "latin", "plain", "cyrillic"]
    offered = [(choice.name, choice.digits) for choice in TABLE.languages]
    assert offered == [(name, str(number)) for number, name in enumerate(names, 71)]
    assert set(names) == {*LANGUAGES, *SCRIPTS}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        pytest.param("[manners]", "[manner]", "the file lacks manners", id="no-section"),
        pytest.param("polite = []", "rude = []", "[manners] lacks polite", id="no-manners"),
        pytest.param('kk = ["ЖАҢАЛЫҚ"]', "", "[actions.NEWS] lacks kk", id="no-language"),
        pytest.param('en = ["NEWS"]', 'en = "NEWS"', "actions.NEWS.en: a list", id="no-list"),
        pytest.param('["2"]', "[2]", "actions.NEWS.digits: a list of words", id="bare-number"),
        pytest.param('["2"]', '["2"]\nact = true', "unknown keys: act", id="unknown-key"),
        pytest.param('["2"]', '["2"]\nacts = "yes"', "true or false", id="acts-is-no-truth"),
        pytest.param('digits = "68"', "digits = 68", "one number in quotes", id="bare-choice"),
        pytest.param('"68"', '"73"', "stand for two things: 73", id="twice"),
        pytest.param('"68"', '"6a"', "digits only: 6a", id="no-digits"),
        pytest.param("[manners]", "[manners", "keywords.toml: ", id="no-toml"),
    ],
)
def test_a_wrong_table_is_refused_with_the_reason(tmp_path, old, new, complaint):
    file = tmp_path / "keywords.toml"
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KeywordsError, match=re.escape(complaint)):
        load_keywords(file)


def test_a_table_of_ones_own_may_be_read(tmp_path):
    file = tmp_path / "keywords.toml"
    file.write_text(GOOD, encoding="utf-8")
    assert load_keywords(file).actions[0].words["ru"] == ("НОВОСТИ",)
