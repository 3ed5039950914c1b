"""The settings file: what it may say, and what is said about its mistakes."""

import random
import tomllib
from pathlib import Path
from textwrap import dedent

import msgspec
import pytest

from config import fields
from config.defaults import defaults
from config.sections import MUST_BE_SET
from config.settings import SettingsError, SettingsErrors, load, parse
from config.topics import DEFAULT_TOPICS, LANGUAGES, PUSHABLE, TOPICS

FILE = Path("jarshy.toml")
MODEM = '[[modem]]\nname = "a"\nport = "/dev/a"\n'
SOURCE = (
    '[[source]]\nname = "a"\nurl = "https://example.org/rss"\n'
    'origin = "media"\nowner = "A"\nlanguage = "ru"\n'
)
RADIO = '[[radio]]\nname = "r"\naddress = "tcp://127.0.0.1:4403"\n'

# Every key of the operator's example in the design.
FULL = """\
[node]
name = "almaty-1"
state_dir = "/var/lib/jarshy"
key_file = ""
allowed_prefixes = ["+77"]
timezone = "Asia/Almaty"
languages = ["kk", "ru", "en"]
[network]
probe = true
[[modem]]
name = "beeline"
port = "/dev/serial/by-id/usb-1"
segments_per_minute = 6
segments_per_day = 200
urgent_reserve = 40
delivery_reports = true
report_wait_s = 600
[[radio]]
name = "mesh"
address = "tcp://127.0.0.1:4403"
channel = "Jarshy"
airtime_share = 0.10
relay_copies = 5
[[source]]
name = "example"
kind = "feed"
url = "https://example.org/rss"
origin = "independent"
owner = "Example Media"
language = "ru"
topics = ["news"]
publish = "ask"
allow_private = false
ca_file = ""
"""


def said(text):
    """Return the lines said about a text with mistakes."""
    with pytest.raises(SettingsErrors) as caught:
        parse(text, FILE)
    return str(caught.value).splitlines()


def test_an_empty_file_means_the_defaults():
    settings = parse("", FILE)
    assert settings.node.name == "jarshy"
    assert settings.node.languages == ("kk", "ru", "en")
    assert settings.network.probe
    assert settings.replies.per_person_per_hour == 10
    assert settings.outbox.transient_retry_max_s == 600
    assert settings.retention.ballast_octets == 1 << 20
    assert not settings.proxies.enabled
    assert (settings.modems, settings.sources, settings.radios) == ((), (), ())
    assert [line.split(":")[0] for line in settings.not_built] == ["network"]


def test_every_key_of_the_design_is_accepted():
    settings = parse(FULL, FILE)
    assert settings.modems[0].port == "/dev/serial/by-id/usb-1"
    assert settings.radios[0].airtime_share == 0.1
    assert settings.sources[0].owner == "Example Media"


def test_an_entry_gets_the_defaults_for_what_it_leaves_out():
    first, second = parse(MODEM + "segments_per_day = 0\n" + MODEM.replace('a"', 'b"'), FILE).modems
    assert (first.segments_per_day, first.urgent_reserve) == (0, 40)
    assert (second.segments_per_day, second.verdict_wait_s) == (200, 60)


def test_one_topics_lifetime_leaves_the_others_alone():
    bulletins = parse("[bulletins.expires_s]\ndanger = 60\n", FILE).bulletins
    assert bulletins.expires_s == {**defaults().values["bulletins"]["expires_s"], "danger": 60}
    assert parse("", FILE).bulletins.expires_s["danger"] == 21_600


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[node]\ncountry_code = '996'\ntrunk_prefix = '0'", id="another-country"),
        pytest.param("[node]\ntrunk_prefix = ''", id="no-trunk-prefix"),
        pytest.param("[replies]\nunknown_per_person_per_day = 0", id="unknown-words-unanswered"),
        pytest.param(MODEM + "poll_s = 0.2", id="waits-may-be-parts-of-a-second"),
        pytest.param(MODEM + "pin = '0000'\nown_number = '+77010000001'", id="sim-card"),
        pytest.param(
            MODEM + "segments_per_day = 0\nurgent_reserve = 900", id="reserve-of-no-limit"
        ),
        pytest.param(RADIO + "channel = 1\nairtime_share = 0", id="silent-radio-on-an-index"),
        pytest.param(RADIO.replace("tcp://127.0.0.1:4403", "serial:///dev/r"), id="serial-radio"),
        pytest.param(SOURCE.replace("https://example.org/rss", "file:///srv/news"), id="folder"),
        pytest.param(
            SOURCE.replace("https://example.org", "http://[::1]:8080"), id="address-in-brackets"
        ),
        pytest.param(
            MODEM + MODEM.replace('name = "a"', 'name = "b"\nenabled = false'),
            id="port-of-a-modem-left-alone",
        ),
        pytest.param(MODEM + SOURCE, id="source-named-like-a-modem"),
        pytest.param('modem = [{name = "a", port = "/dev/a"}]', id="inline-tables"),
    ],
)
def test_what_is_unusual_but_right_is_accepted(text):
    assert parse(text, FILE)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            MODEM + 'segments_per_day = "many"',
            'line 4: modem[1].segments_per_day: "many" is no whole number; e.g. 200 (0: no limit)',
            id="text-for-number",
        ),
        pytest.param(
            "[replies]\nexpire_s = '6h'",
            'line 2: replies.expire_s: "6h" is no whole number; write 21600',
            id="duration-for-seconds",
        ),
        pytest.param(
            "[replies]\nexpire_s = 1.5",
            "line 2: replies.expire_s: 1.5 is no whole number; e.g. 21600",
            id="fraction-for-whole",
        ),
        pytest.param(
            "[replies]\nexpire_s = true",
            "line 2: replies.expire_s: true is no whole number; e.g. 21600",
            id="bool-for-number",
        ),
        pytest.param(
            "[replies]\nper_person_per_day = 0",
            "line 2: replies.per_person_per_day: 0 is less than 1; e.g. 30",
            id="too-small",
        ),
        pytest.param(
            "[outbox]\nexpire_s = 99999999999",
            "line 2: outbox.expire_s: 99999999999 is more than 315360000; e.g. 86400",
            id="too-long-to-count",
        ),
        pytest.param(
            MODEM + "poll_s = 0",
            "line 4: modem[1].poll_s: 0 is not more than 0; e.g. 15",
            id="no-wait",
        ),
        pytest.param(
            MODEM + "poll_s = nan",
            "line 4: modem[1].poll_s: nan is no number to count with; e.g. 15",
            id="not-a-number",
        ),
        pytest.param(
            MODEM + "poll_s = inf",
            "line 4: modem[1].poll_s: inf is more than 315360000; e.g. 15",
            id="endless",
        ),
        pytest.param(
            "[network]\nprobe = 'no'",
            'line 2: network.probe: "no" is neither true nor false; e.g. true'
            " (false: the mode is the operator's alone)",
            id="word-for-bool",
        ),
        pytest.param(
            "[node]\nname = 'Almaty 1'",
            'line 2: node.name: "Almaty 1" is no name of a-z, 0-9 and -, 32 at most; e.g. "jarshy"',
            id="name-with-a-space",
        ),
        pytest.param(
            "[node]\nname = 'a\\n'\nstate_dir = 3",
            'line 2: node.name: "a\\\\n" is no name of a-z, 0-9 and -, 32 at most; e.g. "jarshy"',
            id="name-with-a-backslash",
        ),
        pytest.param(
            "[node]\nstate_dir = 3",
            'line 2: node.state_dir: 3 is no path; "": the folder of the settings file',
            id="number-for-path",
        ),
        pytest.param(
            "[node]\nstate_dir = '~/jarshy'",
            'line 2: node.state_dir: "~/jarshy" begins with ~; write the whole path',
            id="home-of-whom",
        ),
        pytest.param(
            "[node]\nlanguages = ['kk', 'kz']",
            'line 2: node.languages[2]: "kz" is none of kk, ru, en',
            id="unknown-language",
        ),
        pytest.param(
            "[node]\nlanguages = 'kk'",
            'line 2: node.languages: "kk" is no list; e.g. ["kk", "ru", "en"]',
            id="text-for-list",
        ),
        pytest.param(
            "[node]\nlanguages = []",
            'line 2: node.languages: is empty; e.g. ["kk", "ru", "en"]',
            id="empty-list",
        ),
        pytest.param(
            "[node]\nlanguages = ['ru', 'ru']",
            'line 2: node.languages[2]: "ru" stands twice; keep one',
            id="item-twice",
        ),
        pytest.param(
            "[node]\nallowed_prefixes = [\n  '77',\n]",
            'line 2: node.allowed_prefixes[1]: "77" is no prefix of + and 1 to 15 digits;'
            ' e.g. ["+77"]',
            id="prefix-without-plus",
        ),
        pytest.param(
            "[node]\ntimezone = 'Asia/Almatty'",
            'line 2: node.timezone: "Asia/Almatty" is no known time zone;'
            " did you mean Asia/Almaty?",
            id="time-zone-misspelt",
        ),
        pytest.param(
            "[node]\ntimezone = '../../etc'",
            'line 2: node.timezone: "../../etc" is no known time zone; e.g. "Asia/Almaty"',
            id="time-zone-outside",
        ),
        pytest.param(
            "[bulletins]\nexpires_s = 60",
            "line 2: bulletins.expires_s: 60 is no table",
            id="number-for-table",
        ),
        pytest.param(
            "[bulletins.expires_s]\ndanger = '1d'",
            'line 2: bulletins.expires_s.danger: "1d" is no whole number; e.g. 21600',
            id="lifetime-of-a-topic",
        ),
        pytest.param(
            SOURCE + "topics = ['weather']",
            'line 7: source[1].topics[1]: "weather" is none of danger, medical, lines, supplies,'
            " transport, missing, legal, news, proxy",
            id="unknown-topic",
        ),
        pytest.param(
            SOURCE.replace('"media"', '"offical"'),
            'line 4: source[1].origin: "offical" is none of official, media, independent,'
            " eyewitness, operator; did you mean official?",
            id="origin-misspelt",
        ),
        pytest.param(
            RADIO + "channel = 8",
            'line 4: radio[1].channel: 8 is no name or small number; e.g. "Jarshy"',
            id="channel-beyond-the-last",
        ),
        pytest.param(
            RADIO + "airtime_share = 10",
            "line 4: radio[1].airtime_share: 10 is more than 1; e.g. 0.1 (0: silent)",
            id="share-in-percent",
        ),
    ],
)
def test_a_wrong_value_is_said_in_one_line(text, line):
    assert said(text)[0] == f"jarshy.toml {line}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            MODEM + "segments_per_dya = 3",
            "line 4: modem[1].segments_per_dya: is no such key; did you mean segments_per_day?",
            id="key-misspelt",
        ),
        pytest.param(
            "[network]\ncolour = 1",
            "line 2: network.colour: is no such key; keys here are probe",
            id="key-unheard-of",
        ),
        pytest.param(
            "[node]\nport = '/dev/a'",
            "line 2: node.port: is no such key; it belongs to [[modem]]",
            id="key-of-another-section",
        ),
        pytest.param(
            "probe = false",
            "line 1: probe: stands outside of a section; it belongs to [network]",
            id="key-above-all-sections",
        ),
        pytest.param(
            "colour = 1",
            "line 1: colour: stands outside of a section; put it below its [section]",
            id="unknown-key-above-all-sections",
        ),
        pytest.param(
            "\n[modm]", "line 2: modm: is no section; did you mean modem?", id="section-misspelt"
        ),
        pytest.param(
            "[xyzzy]",
            "line 1: xyzzy: is no section; sections are node, modem, source, radio, network,"
            " replies, bulletins, outbox, retention, proxies",
            id="section-unheard-of",
        ),
        pytest.param(
            "[modem]",
            "line 1: modem: may stand several times, so in double brackets; write [[modem]]",
            id="single-brackets",
        ),
        pytest.param(
            "[[node]]",
            "line 1: node: stands once, in single brackets; write [node]",
            id="double-brackets",
        ),
        pytest.param(
            "[bulletins.expires_s]\ndangr = 3",
            "line 2: bulletins.expires_s.dangr: is no such key; did you mean danger?",
            id="topic-misspelt",
        ),
        pytest.param(
            '[[modem]]\nname = "a"',
            "line 1: modem[1].port: is missing;"
            ' e.g. port = "/dev/serial/by-id/usb-your-modem-if00-port0"',
            id="key-that-must-be-set",
        ),
    ],
)
def test_a_key_out_of_place_is_said_in_one_line(text, line):
    assert said(text) == [f"jarshy.toml {line}"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            MODEM + "segments_per_day = 30",
            "line 4: modem[1].urgent_reserve: 40 is more than segments_per_day, 30;"
            " write 30 or less",
            id="reserve-by-default-beyond-the-day",
        ),
        pytest.param(
            MODEM + "urgent_reserve = 201",
            "line 4: modem[1].urgent_reserve: 201 is more than segments_per_day, 200;"
            " write 200 or less",
            id="reserve-beyond-the-day-by-default",
        ),
        pytest.param(
            MODEM + "retry_min_s = 61",
            "line 4: modem[1].retry_min_s: 61 is more than retry_max_s, 60; write 60 or less",
            id="first-rest-beyond-the-longest",
        ),
        pytest.param(
            "[outbox]\ntransient_retry_max_s = 5",
            "line 2: outbox.transient_retry_s: 30 is more than transient_retry_max_s, 5;"
            " write 5 or less",
            id="first-retry-beyond-the-longest",
        ),
        pytest.param(
            MODEM + MODEM.replace("/dev/a", "/dev/b"),
            'line 5: modem[2].name: "a" is the name of modem[1] too',
            id="two-modems-of-one-name",
        ),
        pytest.param(
            MODEM + RADIO.replace('"r"', '"a"'),
            'line 5: radio[1].name: "a" is the name of modem[1] too',
            id="radio-named-like-a-modem",
        ),
        pytest.param(
            SOURCE + SOURCE,
            'line 8: source[2].name: "a" is the name of source[1] too',
            id="two-sources-of-one-name",
        ),
        pytest.param(
            MODEM + MODEM.replace('"a"', '"b"'),
            'line 6: modem[2].port: "/dev/a" is the port of modem[1] too',
            id="two-modems-on-one-port",
        ),
        pytest.param(
            MODEM + RADIO.replace("tcp://127.0.0.1:4403", "serial:///dev/a"),
            'line 6: radio[1].address: "/dev/a" is the port of modem[1] too',
            id="radio-on-a-modems-port",
        ),
        pytest.param(
            RADIO.replace("tcp://", "http://"),
            "line 3: radio[1].address: begins with neither tcp:// nor serial://;"
            ' e.g. "tcp://127.0.0.1:4403" or "serial:///dev/ttyUSB0"',
            id="radio-by-http",
        ),
        pytest.param(
            RADIO.replace("tcp://127.0.0.1:4403", "tcp://:4403"),
            'line 3: radio[1].address: names no host; e.g. "tcp://127.0.0.1:4403"'
            ' or "serial:///dev/ttyUSB0"',
            id="radio-nowhere",
        ),
        pytest.param(
            RADIO.replace(":4403", ":port"),
            'line 3: radio[1].address: is no address; e.g. "tcp://127.0.0.1:4403"'
            ' or "serial:///dev/ttyUSB0"',
            id="radio-on-no-port",
        ),
        pytest.param(
            RADIO.replace("tcp://127.0.0.1:4403", "serial://ttyUSB0"),
            "line 3: radio[1].address: names a port by less than its path;"
            ' e.g. "tcp://127.0.0.1:4403" or "serial:///dev/ttyUSB0"',
            id="radio-on-half-a-path",
        ),
        pytest.param(
            RADIO + "languages = []",
            'line 4: radio[1].languages: is empty; e.g. ["kk", "ru"]',
            id="radio-that-speaks-no-language",
        ),
        pytest.param(
            RADIO + RADIO.replace('"r"', '"s"'),
            'line 6: radio[2].address: "tcp://127.0.0.1:4403" is the address of radio[1] too',
            id="two-nodes-of-ours-on-one-radio",
        ),
        pytest.param(
            RADIO + 'channel = "жаршыжар"',
            'line 4: radio[1].channel: "жаршыжар" is too long: radios know 11 octets of UTF-8;'
            ' e.g. "Jarshy"',
            id="channel-too-long-for-a-radio",
        ),
        pytest.param(
            RADIO + "text_gap_s = 1",
            "line 4: radio[1].text_gap_s: 1 is too short: the radio drops a text less than 2 s"
            " after the last one; write 2.5",
            id="radio-that-would-drop-texts",
        ),
        pytest.param(
            RADIO + "retry_min_s = 60",
            "line 4: radio[1].retry_min_s: 60 is more than retry_max_s, 30; write 30 or less",
            id="radio-rest",
        ),
        pytest.param(
            SOURCE.replace("https://", "ftp://user:word@"),
            "line 3: source[1].url: begins with none of https://, http://, file:///;"
            ' e.g. "https://example.org/rss" or "file:///srv/news"',
            id="source-by-ftp",
        ),
        pytest.param(
            SOURCE.replace("https://example.org", "https://"),
            "line 3: source[1].url: names no host;"
            ' e.g. "https://example.org/rss" or "file:///srv/news"',
            id="url-without-host",
        ),
        pytest.param(
            SOURCE.replace("https://example.org", "https://[example.org"),
            "line 3: source[1].url: is no address;"
            ' e.g. "https://example.org/rss" or "file:///srv/news"',
            id="url-with-a-lone-bracket",
        ),
        pytest.param(
            SOURCE.replace("https://example.org", "https://example.org:99999"),
            "line 3: source[1].url: is no address;"
            ' e.g. "https://example.org/rss" or "file:///srv/news"',
            id="url-with-an-impossible-port",
        ),
        pytest.param(
            SOURCE.replace("https://example.org/rss", "file://news"),
            "line 3: source[1].url: names a file by less than its whole path;"
            ' e.g. "https://example.org/rss" or "file:///srv/news"',
            id="file-by-less-than-its-path",
        ),
    ],
)
def test_values_that_contradict_each_other_are_said_in_one_line(text, line):
    assert said(text) == [f"jarshy.toml {line}"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            "a = yes", 'line 1: cannot be read as TOML: texts stand in "quotes"; ', id="bare-word"
        ),
        pytest.param(
            "\npin = 0123", "line 2: cannot be read as TOML: one key to a line; ", id="leading-zero"
        ),
        pytest.param(
            "\nhello world", "line 2: cannot be read as TOML: write key = value; ", id="prose"
        ),
        pytest.param(
            "[node]\nname='a'\nname='b'",
            "line 3: cannot be read as TOML: this key stands twice in its section; ",
            id="key-twice",
        ),
        pytest.param(
            "[node]\n[node]",
            "line 2: cannot be read as TOML: this section stands twice; ",
            id="section-twice",
        ),
        pytest.param(
            "a = 'b\nc = 1",
            "line 2: cannot be read as TOML: a closing quote is missing here or above",
            id="last-quote-left-open",
        ),
        pytest.param(
            "\na = 'b\nc = 'd'",
            "line 2: cannot be read as TOML: a closing quote is missing, or ",
            id="single-quote-left-open",
        ),
        pytest.param(
            '\na = "b\nc = "d"',
            "line 2: cannot be read as TOML: a closing quote is missing, or ",
            id="quote-left-open",
        ),
        pytest.param(
            'a = "C:\\temp\\my"',
            "line 1: cannot be read as TOML: write \\\\ for a backslash, ",
            id="backslash",
        ),
        pytest.param(
            "a = [1,\n2\n\n",
            "line 2: cannot be read as TOML: a closing ] is missing here or above",
            id="list-left-open",
        ),
    ],
)
def test_what_is_no_toml_is_said_in_one_line(text, line):
    (found,) = said(text)
    assert found.startswith(f"jarshy.toml {line}")


def test_all_mistakes_are_said_in_the_order_of_their_lines():
    text = """\
        [node]
        timezone = "Mars"
        nam = "a"
        [[modem]]
        name = "A"
        urgent_reserve = 900
        [[source]]
        name = "s"
        url = "gopher://example.org"
        origin = "media"
        language = "ru"
    """
    keys = [line.split(": ")[:2] for line in said(dedent(text))]
    assert keys == [
        ["jarshy.toml line 2", "node.timezone"],
        ["jarshy.toml line 3", "node.nam"],
        ["jarshy.toml line 4", "modem[1].port"],
        ["jarshy.toml line 5", "modem[1].name"],
        ["jarshy.toml line 6", "modem[1].urgent_reserve"],
        ["jarshy.toml line 7", "source[1].owner"],
        ["jarshy.toml line 9", "source[1].url"],
    ]


def test_a_wrong_value_is_not_judged_a_second_time_by_its_default():
    text = MODEM + 'segments_per_day = "1000"\nurgent_reserve = 500\n'
    assert len(said(text)) == 1


def test_an_error_carries_its_facts():
    with pytest.raises(SettingsError) as caught:
        parse("[node]\nname = 1\n[network]\nprobe = 2\n", FILE)
    first, second = caught.value.errors
    assert (caught.value.file, caught.value.line, caught.value.key) == (FILE, 2, "node.name")
    assert (first.line, second.line, second.key) == (2, 4, "network.probe")
    assert second.message.startswith("2 is neither true nor false")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(MODEM + "own_number = 77011234567", id="number-unquoted"),
        pytest.param(MODEM + "own_number = '8 (701) 123-45-67'", id="number-with-signs"),
        pytest.param(MODEM + "pin = 1234567", id="pin-unquoted"),
        pytest.param(MODEM + "pin = 'x1234567'", id="pin-misspelt"),
        pytest.param("[node]\nallowed_prefixes = ['77011234567']", id="number-as-prefix"),
        pytest.param("[node]\n77011234567 = 'me'", id="number-as-key"),
        pytest.param("[node]\nname = '77011234567 me'", id="number-as-name"),
        pytest.param("[77011234567]", id="number-as-section"),
        pytest.param("own_number = +77011234567 # me", id="number-in-broken-toml"),
        pytest.param(MODEM + "own_number = +7701 1234567", id="number-that-breaks-toml"),
    ],
)
def test_no_phone_number_and_no_pin_is_repeated(text):
    told = "".join(letter for letter in "\n".join(said(text)) if letter.isalnum())
    assert "12345" not in told
    assert "77011" not in told


def test_settings_in_a_log_show_no_phone_number_and_no_pin():
    settings = parse(MODEM + "pin = '1234'\nown_number = '+77010000001'", FILE)
    assert settings.modems[0].pin == "1234"
    assert "1234" not in repr(settings)
    assert "7701" not in repr(settings)


def test_paths_are_whole_and_start_at_the_folder_of_the_file(tmp_path):
    file = tmp_path / "jarshy.toml"
    file.write_text("[node]\nstate_dir = 'state'\n" + SOURCE + "ca_file = 'roots.pem'\n")
    settings = load(file)
    assert settings.node.state_dir == tmp_path / "state"
    assert settings.node.key_file == tmp_path / "state" / "key"
    assert settings.sources[0].ca_file == tmp_path / "roots.pem"


def test_whole_paths_stay_as_they_are(tmp_path):
    node = parse("[node]\nstate_dir = '/s'\nkey_file = '/stick/key'", tmp_path / "f").node
    assert (node.state_dir, node.key_file) == (Path("/s"), Path("/stick/key"))


def test_the_state_is_kept_beside_the_file_by_default(tmp_path):
    settings = parse(SOURCE, tmp_path / "jarshy.toml")
    assert settings.node.state_dir == tmp_path
    assert settings.node.key_file == tmp_path / "key"
    assert settings.sources[0].ca_file is None


def test_a_file_that_is_not_there_is_said_with_what_to_do(tmp_path):
    file = tmp_path / "jarshy.toml"
    with pytest.raises(SettingsError) as caught:
        load(file)
    assert str(caught.value) == f"{file}: there is no such file; `jarshy init DIR` writes one"


def test_a_file_that_cannot_be_read_says_why(tmp_path):
    with pytest.raises(SettingsError, match=r": cannot be read: Is a directory$"):
        load(tmp_path)


def test_a_file_that_is_not_utf8_names_the_line(tmp_path):
    file = tmp_path / "jarshy.toml"
    file.write_bytes('[node]\n# жаршы\nname = "a"\n'.encode("cp1251"))
    with pytest.raises(SettingsError) as caught:
        load(file)
    assert str(caught.value) == f"{file} line 2: is not UTF-8; save the file with that encoding"


def test_marks_that_editors_leave_do_no_harm(tmp_path):
    file = tmp_path / "jarshy.toml"
    file.write_bytes(b'\xef\xbb\xbf[node]\r\nname = "a"\r\n')
    assert load(file).node.name == "a"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(SOURCE + "kind = 'cap'", 'source a: kind "cap" is not built yet', id="kind"),
        pytest.param(
            SOURCE + "publish = 'single'", 'source a: publish "single" is not built', id="publish"
        ),
    ],
)
def test_what_is_accepted_but_not_built_is_listed(text, line):
    (found,) = parse("[network]\nprobe = false\n" + text, FILE).not_built
    assert found.startswith(line)


def test_every_key_of_the_structs_has_its_default_and_the_other_way_round():
    assert list(fields.sections()) == list(defaults().values)
    for name, section in fields.sections().items():
        assert list(fields.kinds(section)) == list(defaults().values[name]), name
    assert tuple(defaults().values["bulletins"]["expires_s"]) == TOPICS


def test_every_default_has_a_sentence():
    for name, section in defaults().values.items():
        keys = [(name, key) for key, value in section.items() if not isinstance(value, dict)]
        for path in [(name,), *keys, *(("bulletins", "expires_s", topic) for topic in TOPICS)]:
            assert defaults().sentence(path).endswith("."), path


def test_sentences_say_which_keys_must_be_set():
    told = {
        (name, key)
        for name, section in defaults().values.items()
        for key in section
        if "Must be set" in defaults().sentence((name, key))
    }
    assert told == {(name, key) for name, keys in MUST_BE_SET.items() for key in keys}


def test_the_defaults_and_examples_are_right_themselves():
    assert parse(defaults().text, FILE).modems[0].name == "beeline"


def test_no_default_stands_in_the_structs():
    for section in fields.sections().values():
        assert all(field.required for field in msgspec.structs.fields(section)), section


def test_settings_cannot_be_changed():
    with pytest.raises(AttributeError):
        parse("", FILE).node.name = "b"


def test_topics_are_those_of_the_keypad():
    assert len(TOPICS) == 9
    assert set(DEFAULT_TOPICS) <= set(PUSHABLE) == set(TOPICS) - {"proxy"}
    assert LANGUAGES == ("kk", "ru", "en")


def _lines_at_fault(text):
    try:
        parse(text, FILE)
    except SettingsErrors as errors:
        return [error.line for error in errors.errors]
    return []


def _damaged(text, dice):
    """Return `text` with one to three slips of the keyboard."""
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(text))
        text = (
            text[:at] + dice.choice(["", *"\"'[]{}=#,.\n\\ 0-aя"]) + text[at + dice.randint(0, 3) :]
        )
    return text


def test_no_slip_of_the_keyboard_leads_to_another_error():
    dice = random.Random(417)  # noqa: S311 (slips, not secrets: the same ones each time)
    for _ in range(400):
        text = _damaged(FULL, dice)
        assert all(0 < line <= text.count("\n") + 1 for line in _lines_at_fault(text)), text


@pytest.mark.parametrize(
    "value", ["1", "1.5", "true", '"a"', "[]", "[[]]", "{}", "[{}]", "1979-05-27", "{a = {}}"]
)
def test_no_kind_of_value_leads_to_another_error(value):
    for name, section in tomllib.loads(defaults().text).items():
        keys = section[0] if isinstance(section, list) else section
        header = f"[[{name}]]" if isinstance(section, list) else f"[{name}]"
        for text in [f"{name} = {value}", *(f"{header}\n{key} = {value}" for key in keys)]:
            assert all(line > 0 for line in _lines_at_fault(text)), text
