"""The command line: what scripts rely on, and what a mistake says."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from relay.cli.main import main

PERSON = "+77015550301"


@pytest.fixture
def home(tmp_path):
    """A new node's directory."""
    assert CliRunner().invoke(main, ["init", str(tmp_path / "node")]).exit_code == 0
    return tmp_path / "node"


@pytest.fixture
def jarshy(home):
    """Run a command on that node; fails on another exit status than the one that is named."""

    def run(*words, status=0, stdin=None):
        result = CliRunner().invoke(
            main, ["--config", str(home / "jarshy.toml"), *words], input=stdin
        )
        assert result.exit_code == status, (result.output, result.exception)
        return result.stdout if status == 0 else result.output

    return run


def test_init_makes_a_home_that_its_owner_alone_may_read(home):
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "key").stat().st_mode & 0o777 == 0o600
    assert (home / "jarshy.toml").stat().st_mode & 0o777 == 0o600


def test_init_never_overwrites(home):
    key = (home / "key").read_bytes()
    result = CliRunner().invoke(main, ["init", str(home)])
    assert result.exit_code == 1
    assert "nothing was changed" in result.output
    assert (home / "key").read_bytes() == key


def test_a_settings_file_elsewhere_may_name_the_directory(tmp_path, home):
    elsewhere = tmp_path / "other.toml"
    elsewhere.write_text(f'[node]\nstate_dir = "{home}"\n')
    result = CliRunner().invoke(main, ["mode"], env={"JARSHY_CONFIG": str(elsewhere)})
    assert result.exit_code == 0
    assert result.output.startswith("auto")


def test_without_a_settings_file_one_is_told_how_to_name_it():
    result = CliRunner().invoke(main, ["status"], env={"JARSHY_CONFIG": ""})
    assert result.exit_code == 2
    assert "JARSHY_CONFIG" in result.output


def test_status_has_the_keys_that_scripts_rely_on(jarshy):
    shown = json.loads(jarshy("status", "--json", status=3))
    assert set(shown) >= {
        "node",
        "mode",
        "locked",
        "network",
        "inbox",
        "modems",
        "radios",
        "outbox",
        "subscribers",
        "bulletins",
        "clock",
    }
    assert set(shown["network"]) == {"state", "since"}
    assert set(shown["inbox"]) >= {"received", "handled", "quarantined"}
    assert set(shown["outbox"]) == {
        "queued",
        "sending",
        "sent",
        "delivered",
        "failed",
        "unknown",
        "parked",
        "dropped",
    }
    assert set(shown["subscribers"]) == {"active", "invited", "stopped"}
    assert set(shown["bulletins"]) == {"live", "pending"}
    assert "trusted" in shown["clock"]


def test_a_bulletin_goes_from_pending_to_live_to_corrected_to_withdrawn(jarshy):
    number = jarshy(
        "bulletin", "add", "--topic", "danger", "--lang", "ru", "--text", "Мост закрыт"
    ).strip()
    assert 200 <= int(number) <= 999

    def shown():
        return json.loads(jarshy("bulletin", "show", number, "--json"))

    assert shown()["state"] == "pending"
    jarshy("bulletin", "approve", number)
    assert (shown()["state"], shown()["edition"]) == ("live", 1)
    jarshy("bulletin", "correct", number, "--lang", "ru", "--text", "Мост открыт")
    assert (shown()["edition"], shown()["texts"]) == (2, {"ru": "Мост открыт"})
    jarshy("bulletin", "supersede", number, "--lang", "ru", "--text", "Мост открыт до 20:00")
    assert shown()["edition"] == 3
    jarshy("bulletin", "withdraw", number)
    assert shown()["state"] == "withdrawn"
    assert set(shown()) >= {
        "number",
        "id",
        "topic",
        "urgency",
        "origin",
        "level",
        "state",
        "texts",
        "place",
        "valid_from",
        "expires_at",
        "edition",
        "sources",
    }


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["bulletin", "approve", "999"], "there is no bulletin #999", id="unknown"),
        pytest.param(["outbox", "add", "+4912345678901", "--text", "x"], "allowed", id="prefix"),
        pytest.param(["outbox", "add", "12", "--text", "x"], "no phone number", id="no-number"),
        pytest.param(["source", "pull", "nobody"], "no source 'nobody'", id="source"),
        pytest.param(["proxy", "add", "http://x"], "", id="link"),
        pytest.param(["outbox", "retry", "7"], "nothing parked", id="retry"),
    ],
)
def test_a_mistake_is_one_line_and_status_1(jarshy, words, says):
    said = jarshy(*words, status=1)
    assert says in said
    assert len(said.strip().splitlines()) == 1


def test_an_approved_bulletin_lives_as_long_as_it_was_given(jarshy):
    number = jarshy(*bulletin("Мост закрыт"), "--expires", "2h").strip()

    shown = json.loads(jarshy("bulletin", "approve", number, "--json"))

    left = datetime.fromisoformat(shown["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=119) < left <= timedelta(hours=2)


def test_nothing_is_approved_in_a_drill(jarshy):
    number = jarshy(*bulletin("Мост закрыт")).strip()
    jarshy("mode", "drill")

    assert "a drill is on" in jarshy("bulletin", "approve", number, status=1)

    assert json.loads(jarshy("bulletin", "show", number, "--json"))["state"] == "pending"


def bulletin(words, topic="danger"):
    return "bulletin", "add", "--topic", topic, "--lang", "ru", "--text", words


@pytest.mark.parametrize(
    ("words", "octets"),
    [
        pytest.param(
            ["bulletin", "add", "--topic", "news", "--lang", "ru", "--text-file"],
            "Рынок открыт".encode("cp1251"),
            id="bulletin-in-another-encoding",
        ),
        pytest.param(
            ["outbox", "add", "--from"],
            b'{"to": "+77015550301", "text": "a\xff"}\n',
            id="batch-with-a-bad-octet",
        ),
    ],
)
def test_a_file_that_is_not_utf_8_is_said_in_one_line(jarshy, tmp_path, words, octets):
    file = tmp_path / "words"
    file.write_bytes(octets)

    said = jarshy(*words, str(file), status=1)

    assert "not UTF-8" in said
    assert len(said.strip().splitlines()) == 1
    assert json.loads(jarshy("outbox", "list", "--json")) == []
    assert json.loads(jarshy("bulletin", "list", "--json")) == []


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        pytest.param("ы" * 67 * 255, 255, id="most"),
        pytest.param("ы" * 67 * 255 + "ы", 256, id="more"),
    ],
)
def test_a_preview_counts_up_to_what_one_message_can_have(jarshy, text, segments):
    if segments == 255:
        assert json.loads(jarshy("text", "preview", text, "--json"))["segments"] == segments
        return
    said = jarshy("text", "preview", text, status=1)
    assert str(segments) in said
    assert len(said.strip().splitlines()) == 1


def test_a_bulletin_in_two_languages_takes_a_text_for_each(jarshy):
    jarshy(
        "bulletin",
        "add",
        "--topic",
        "news",
        "--lang",
        "ru",
        "--text",
        "Рынок открыт",
        "--lang",
        "kk",
        "--text",
        "Базар ашық",
    )
    (shown,) = json.loads(jarshy("bulletin", "list", "--json"))
    assert shown["texts"] == {"kk": "Базар ашық", "ru": "Рынок открыт"}
    said = jarshy(
        "bulletin",
        "add",
        "--topic",
        "news",
        "--lang",
        "ru",
        "--lang",
        "kk",
        "--text",
        "one",
        status=2,
    )
    assert "each --lang its words" in said


def test_outbox_lists_the_keys_that_scripts_rely_on_and_masks_the_number(jarshy):
    jarshy("outbox", "add", PERSON, "--text", "Здравствуйте", "--expires", "1h")
    (row,) = json.loads(jarshy("outbox", "list", "--json"))
    assert set(row) >= {
        "id",
        "medium",
        "recipient",
        "kind",
        "bulletin",
        "state",
        "segments",
        "segments_sent",
        "attempts",
        "created_at",
        "expires_at",
        "error",
    }
    assert (row["recipient"], row["state"], row["kind"]) == ("…01", "queued", "plain")


def test_a_batch_is_queued_whole_or_not_at_all(jarshy, tmp_path):
    file = tmp_path / "batch"
    good = json.dumps({"to": PERSON, "text": "a", "urgency": "urgent", "expires": "2h"})
    file.write_text(good + "\n" + json.dumps({"to": "nonsense", "text": "b"}) + "\n")
    said = jarshy("outbox", "add", "--from", str(file), status=1)
    assert "message 2" in said
    assert json.loads(jarshy("outbox", "list", "--json")) == []
    file.write_text(good + "\n" + good + "\n")
    assert "2 messages queued" in jarshy("outbox", "add", "--from", str(file))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        pytest.param("{", "line 1", id="no-json"),
        pytest.param('{"to": "+77015550301"}', "'text'", id="no-text"),
        pytest.param(
            '{"to": "+77015550301", "text": "a", "urgency": "soon"}',
            "'soon' is no urgency",
            id="urgency",
        ),
        pytest.param('{"to": "+77015550301", "text": "a", "expires": "x"}', "line 1", id="expires"),
        pytest.param('{"to": 7, "text": "a"}', "are texts", id="type"),
        pytest.param('["+77015550301", "a"]', "line 1", id="list"),
    ],
)
def test_a_bad_line_of_a_batch_is_named(jarshy, tmp_path, line, says):
    file = tmp_path / "batch"
    file.write_text(line + "\n")
    assert says in jarshy("outbox", "add", "--from", str(file), status=1)


def test_a_message_can_be_dropped_and_sent_again_by_hand(jarshy):
    number = jarshy("outbox", "add", PERSON, "--text", "x").strip()
    jarshy("outbox", "drop", number)
    (row,) = json.loads(jarshy("outbox", "list", "--json"))
    assert (row["state"], row["error"]) == ("dropped", "by the operator")
    jarshy("outbox", "retry", number)
    (row,) = json.loads(jarshy("outbox", "list", "--json"))
    assert row["state"] == "queued"


def test_an_invited_person_gets_one_message_and_shows_two_digits(jarshy):
    jarshy("subscriber", "add", PERSON, "--lang", "kk", "--script", "plain", "--topics", "danger")
    (person,) = json.loads(jarshy("subscriber", "list", "--json"))
    assert (person["number"], person["state"], person["topics"]) == ("…01", "invited", ["danger"])
    (row,) = json.loads(jarshy("outbox", "list", "--json"))
    assert row["kind"] == "invite"


def test_who_has_consented_elsewhere_is_active_and_gets_no_invitation(jarshy):
    jarshy("subscriber", "add", PERSON, "--lang", "ru", "--consented")
    (person,) = json.loads(jarshy("subscriber", "list", "--json"))
    assert person["state"] == "active"
    assert json.loads(jarshy("outbox", "list", "--json")) == []


def test_the_mode_is_kept_and_a_drill_marks_what_is_written(jarshy):
    assert json.loads(jarshy("mode", "drill", "--json"))["mode"] == "drill"
    jarshy("bulletin", "add", "--topic", "news", "--lang", "ru", "--text", "Проба", "--publish")
    jarshy("bulletin", "add", "--topic", "news", "--lang", "ru", "--text", "Правда", "--real")
    real, drill = json.loads(jarshy("bulletin", "list", "--json"))
    assert (real["exercise"], drill["exercise"]) == (False, True)
    assert jarshy("mode").startswith("auto")


def test_preview_says_alphabet_segments_units_and_parts(jarshy):
    shown = json.loads(
        jarshy("text", "preview", "Новости дня", "--lang", "ru", "--script", "latin", "--json")
    )
    assert shown == {"encoding": "gsm7", "segments": 1, "units": 12, "parts": ["Novosti dnya"]}


def test_a_proxy_is_kept_once_and_the_operator_hears_that_they_are_off(jarshy):
    link = "https://t.me/socks?server=192.0.2.7&port=1080&user=u&pass=p"
    assert "socks5" in jarshy("proxy", "add", link)
    assert "here already" in jarshy("proxy", "add", link, status=1)
    (kept,) = json.loads(jarshy("proxy", "list", "--json"))
    jarshy("proxy", "remove", str(kept["id"]))
    assert json.loads(jarshy("proxy", "list", "--json")) == []


def test_doctor_finds_what_is_wrong_with_a_new_home(jarshy, home):
    findings = json.loads(jarshy("doctor", "--json", status=3))
    marks = {finding["mark"] for finding in findings}
    assert marks == {"ok", "note", "warn"}
    whats = " ".join(finding["what"] for finding in findings)
    assert "no modem and no radio is set up" in whats
    assert "key lies beside the store" in whats
    (home / "key").write_text("nonsense")
    assert "no Jarshy key" in jarshy("doctor", status=1)


def test_a_feed_becomes_pending_bulletins_once(jarshy, home, tmp_path):
    feed = tmp_path / "feed.xml"
    feed.write_text(
        '<rss version="2.0"><channel><title>t</title><item><title>Рынок открыт</title>'
        "<guid>1</guid></item></channel></rss>",
        encoding="utf-8",
    )
    with (home / "jarshy.toml").open("a") as settings:
        settings.write(
            f'[[source]]\nname = "f"\nurl = "file://{feed}"\norigin = "media"\nowner = "F"\n'
            'language = "ru"\n'
        )
    assert "1 new" in jarshy("source", "pull", "f")
    assert "nothing has changed" in jarshy("source", "pull", "f")
    feed.write_text(feed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert "0 new, 1 known" in jarshy("source", "pull", "f")
    (source,) = json.loads(jarshy("source", "list", "--json"))
    assert set(source) == {"name", "state", "last_ok", "last_error", "items"}
    assert (source["state"], source["items"]) == ("ok", 1)
    feed.write_text("no feed")
    assert "f:" in jarshy("source", "pull", "f", status=1)
    (source,) = json.loads(jarshy("source", "list", "--json"))
    assert source["state"] == "failing"
