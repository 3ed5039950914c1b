"""Ten kills of a running node, and the moments in which a kill once broke a promise.

`python -m tests.kill.run --kills 200` does the same for longer.
"""

import sqlite3
import time
from collections import Counter

import pytest

from gateways.simulated import fields, tpdu
from tests.kill import ether, run, victim
from tests.kill.onair import ours
from tests.kill.promises import Evidence
from tests.kill.site import Site
from tests.kill.world import World

ANNA, DANA, EVA = "+77015550101", "+77015550102", "+77015550103"
HOUR_MS = 3_600_000
STAMP_S = 1.1  # what went within a second of each other no stamp of a centre can tell apart
HASTY_S = 0.5  # between two texts; a real radio wants 2 s
PHONE, OTHER = ether.phone_names()[:2]
PUBLISH = ("bulletin", "add", "--publish", "--topic", "news", "--lang", "kk", "--text", "Көпір")


@pytest.mark.parametrize("reports", [True, False], ids=["with-reports", "without-reports"])
def test_ten_kills_under_load_break_no_promise(tmp_path, reports):
    load = run.Load(8, 3, mesh_talkers=2, mesh_joiners=1, apart_s=HASTY_S)
    outcome = run.run(10, 417, tmp_path, reports=reports, load=load)
    assert outcome.broken == []
    assert outcome.counts["SMS"]["segments out"] > 50
    assert outcome.counts["mesh"]["packets out"] > 5


@pytest.fixture
def site(tmp_path):
    with Site(tmp_path / "site", reports=True) as site:
        yield site


@pytest.fixture
def meshed(tmp_path):
    with Site(tmp_path / "site", reports=True, radio=True, apart_s=HASTY_S) as site:
        yield site


def on_air(site, **wanted):
    """How often each packet of ours was on air, by its id."""
    copies = ours(site.mesh.events(), site.mesh.node_id(ether.RADIO))
    return Counter(each["id"] for each in copies if wanted.items() <= each.items())


def settled(site):
    """Let the node work until all is quiet, then stop it."""
    site.start()
    assert site.settle(20)
    site.kill()


def back_in_time(site, ms):
    """Let all that was handed over have been so long ago."""
    with sqlite3.connect(site.home / "jarshy.db", timeout=10) as store:
        store.execute("UPDATE segment SET sending_ms = sending_ms - ?", [ms])
    store.close()


def stored(site, sender, text, *, seconds_ago):
    """Let the modem keep a text that the centre took so long ago."""
    stamp = fields.time_stamp(time.time() - seconds_ago, 20)
    octets = tpdu.deliver(sender, tpdu.user_data(text, narrow=True), pid=0, stamp=stamp)
    site.air.pdu("alpha", (b"\x00" + octets).hex())


def test_a_report_that_the_modem_kept_while_the_node_was_away_for_long_prevents_a_repeat(site):
    site.jarshy("outbox", "add", ANNA, "--text", "once")
    site.start("verdict-not-settled")
    assert site.died(10)
    site.air.wait_event("report", to=ANNA)
    back_in_time(site, HOUR_MS)
    settled(site)
    assert len(site.air.messages()) == 1
    assert site.query("SELECT state FROM segment") == [("delivered",)]


def test_the_report_of_a_message_dropped_meanwhile_settles_no_other(site):
    site.jarshy("outbox", "add", ANNA, "--text", "taken, then dropped")
    site.air.fault("alpha", "report_late", times=1, delay_s=1.0)
    site.air.unplug("beta")
    for point in ("verdict-not-settled", "modem-half-open"):
        site.start(point)
        assert site.died(10)
    site.jarshy("outbox", "drop", "1")
    time.sleep(STAMP_S)
    site.jarshy("outbox", "add", ANNA, "--text", "never handed over")
    site.start("committed-not-handed-over")
    assert site.died(10)
    site.air.wait_event("report", to=ANNA)
    settled(site)
    assert [each["text"] for each in site.air.messages()][1:] == ["never handed over"]


def test_a_person_who_stopped_last_has_stopped_in_whatever_slot_their_words_are(site):
    for at, (sender, text) in enumerate([(DANA, "2"), (EVA, "2"), (ANNA, "1")]):
        stored(site, sender, text, seconds_ago=60 - at)
    site.start("deleted", 2)
    assert site.died(10)
    stored(site, ANNA, "0", seconds_ago=10)
    settled(site)
    tag = Evidence(site, World(site, None), 1).keys.tag("person", ANNA)
    assert site.query("SELECT state FROM person WHERE tag = ?", tag) == [("stopped",)]


def test_whoever_may_have_been_sent_an_error_is_told_the_correction(site):
    stored(site, ANNA, "1", seconds_ago=5)
    settled(site)
    number = site.jarshy(*PUBLISH)
    site.air.hold("alpha", "taken")
    site.start()
    site.air.wait_held("alpha")
    site.kill()
    site.jarshy("bulletin", "withdraw", number)
    site.air.release("alpha")
    settled(site)
    said = [submit["text"] for submit in site.air.messages() if submit["to"] == ANNA]
    assert any(f"#{number}" in text for text in said[-2:])
    kinds = site.query("SELECT kind FROM parcel ORDER BY id")
    assert kinds[-1] == ("correction",)


def test_a_message_that_we_stumble_on_keeps_no_other_waiting_and_the_log_tells_no_words(site):
    stored(site, ANNA, f"{victim.STUMBLED_ON} 417", seconds_ago=9)
    stored(site, DANA, "2", seconds_ago=8)
    site.start(victim.BLUNDER)
    assert len(site.air.wait_for(DANA, 2)) == 2
    site.kill()
    assert site.query("SELECT state FROM inbound ORDER BY id LIMIT 1") == [("quarantined",)]
    log = site.log.read_text(encoding="utf-8")
    assert "KeyError" in log
    assert ANNA not in log
    assert victim.STUMBLED_ON not in log


def test_an_answer_does_not_outlive_the_bulletin_that_it_tells(site):
    site.jarshy(*PUBLISH, "--expires", "1h")
    stored(site, ANNA, "2", seconds_ago=1)
    settled(site)
    until = site.query("SELECT expires_ms FROM bulletin")
    told = site.query(
        "SELECT expires_ms FROM parcel JOIN parcel_bulletin ON parcel = id WHERE kind = 'reply'"
    )
    assert told == until


def test_a_broadcast_that_may_be_on_air_goes_again_under_its_id_and_is_shown_once(meshed):
    meshed.jarshy(*PUBLISH)
    meshed.start("mesh-written-status-unread")
    assert meshed.died(10)
    settled(meshed)
    times = on_air(meshed, channel=ether.CHANNEL.name)
    assert list(times.values()) == [2]
    assert [shown["id"] for shown in meshed.mesh.shown(PHONE) if shown["id"] in times] == [*times]


@pytest.mark.parametrize("point", ["mesh-committed-not-forgotten", "mesh-before-handling"])
def test_a_direct_message_that_was_committed_is_answered_once(meshed, point):
    meshed.start(point)
    meshed.mesh.wait_event("connected", radio=ether.RADIO)
    meshed.mesh.direct(PHONE, ether.RADIO, "9")
    assert meshed.died(10)
    settled(meshed)
    assert len(meshed.mesh.shown(PHONE)) == 1


def test_word_of_a_packet_that_came_before_the_kill_settles_it(meshed):
    meshed.start("mesh-word-of-it-not-handled")
    meshed.mesh.wait_event("connected", radio=ether.RADIO)
    meshed.mesh.direct(PHONE, ether.RADIO, "9")
    assert meshed.died(10)
    settled(meshed)
    assert list(on_air(meshed).values()) == [1]
    assert meshed.query("SELECT state, attempts FROM segment") == [("delivered", 1)]


def test_what_people_say_to_each_other_on_the_channel_is_not_kept(meshed):
    meshed.start("mesh-before-handling")
    meshed.mesh.wait_event("connected", radio=ether.RADIO)
    meshed.mesh.say(OTHER, "2", ether.CHANNEL.name)
    meshed.mesh.direct(PHONE, ether.RADIO, "9")
    assert meshed.died(10)
    settled(meshed)
    assert meshed.mesh.shown(OTHER) == []
    assert meshed.query("SELECT count(*) FROM inbound WHERE medium = 'mesh'") == [(2,)]
