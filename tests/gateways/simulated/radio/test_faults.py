"""What can be made to go wrong with a radio, and how it looks to its client."""

import pytest
from meshtastic.protobuf.mesh_pb2 import ToRadio
from meshtastic.protobuf.portnums_pb2 import PortNum

from gateways.simulated.radio.frames import frame
from tests.gateways.simulated.radio.bench import (
    BEK,
    ONE,
    Bench,
    packets,
    statuses,
    verdicts,
)

TEXT = PortNum.TEXT_MESSAGE_APP
CONFIG = frame(ToRadio(want_config_id=7).SerializeToString())


@pytest.mark.parametrize(
    ("point", "on_air"),
    [
        pytest.param("before_take", 0, id="read-not-taken"),
        pytest.param("taken", 1, id="on-its-way-not-answered"),
    ],
)
def test_a_radio_is_held_where_a_kill_hurts(point, on_air):
    bench = Bench()
    bench.fault("hold", times=1, point=point)
    assert bench.send("hi", id=1) == []
    bench.wait(5)
    assert bench.control("wait_held", radio="one", timeout_s=0.0) == point
    assert len(bench.of("sent", copy="first")) == on_air
    # What the client writes meanwhile waits.
    assert bench.beat() == []
    bench.control("release", radio="one")
    assert statuses(bench.said()) == [(1, 0), (0, 0)]
    bench.wait(5)
    assert len(bench.of("sent", copy="first")) == 1


def test_a_held_radio_still_passes_on_what_it_hears():
    bench = Bench()
    bench.fault("hold", times=1, point="taken")
    bench.send("hi", id=1)
    bench.wait(10)
    bench.say("aigul", "hello")
    assert packets(bench.wait(10), TEXT)


def test_a_client_that_died_meanwhile_changes_nothing_on_air():
    bench = Bench()
    bench.fault("hold", times=1, point="before_take")
    bench.send("hi", id=1)
    bench.simulation.disconnected("one", bench.now)
    bench.control("release", radio="one")
    bench.wait(10)
    assert bench.shown("bek") == ["hi"]


def test_a_silent_radio_reads_and_says_nothing():
    bench = Bench()
    bench.fault("silent")
    bench.send("hi", id=1)
    bench.say("aigul", "hello")
    assert bench.wait(30) == []
    assert not bench.of("sent", node="one", copy="first")
    bench.control("clear_faults", radio="one")
    # What it heard meanwhile comes with the next configuration.
    assert packets(bench.connect(), TEXT)


def test_a_half_open_radio_goes_on_where_it_stopped():
    bench = Bench()
    bench.fault("half_open")
    assert bench.outside.frozen == {"one"}
    assert bench.beat() == []
    bench.control("clear_faults", radio="one")
    assert bench.outside.frozen == set()
    assert statuses(bench.said()) == [(0, 0)]


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        pytest.param("status_lost", [], id="lost"),
        pytest.param("stale_status", [(9, 0)], id="of-another-packet"),
    ],
)
def test_a_status_that_does_not_fit_says_nothing_of_the_air(fault, answer):
    bench = Bench()
    bench.fault(fault, times=1)
    assert statuses(bench.send("hi", id=8)) == answer
    bench.wait(10)
    assert bench.shown("bek") == ["hi"]
    bench.wait(1)
    assert statuses(bench.send("hi", id=10)) == [(10, 0)]


def test_a_queue_that_is_said_to_be_full_takes_nothing():
    bench = Bench()
    bench.fault("queue_full", times=1)
    (word,) = bench.send("hi", id=1)
    assert word.queueStatus.res != 0
    assert word.queueStatus.free == 0
    bench.wait(10)
    assert not bench.of("sent")
    assert bench.beat()[0].queueStatus.free == 16


def test_direct_messages_may_be_refused_for_any_reason():
    bench = Bench()
    bench.fault("refuse", times=1, error=9)
    bench.send("to all", id=1)
    said = bench.wait(3) + bench.send("hi", to=BEK.node_number, id=2, want_ack=True)
    assert verdicts(said) == [(2, "DUTY_CYCLE_LIMIT", ONE.node_number)]
    bench.wait(3)
    bench.send("hi", to=BEK.node_number, id=3, want_ack=True)
    assert verdicts(bench.wait(10)) == [(3, "NONE", BEK.node_number)]


@pytest.mark.parametrize("to", [pytest.param(BEK.node_number, id="direct"), 0xFFFFFFFF])
def test_an_acknowledgement_may_be_lost_before_the_client(to):
    bench = Bench()
    bench.fault("ack_lost")
    bench.send("hi", to=to, id=1, want_ack=True)
    assert verdicts(bench.wait(40)) == []
    assert bench.shown("bek") == ["hi"]
    assert bench.of("verdict", radio="one", id=1)


def test_a_configuration_may_never_end():
    bench = Bench()
    bench.fault("no_config")
    words = bench.connect()
    assert words[-1].HasField("node_info")
    bench.say("aigul", "hello")
    assert packets(bench.wait(10)) == []


def test_a_configuration_may_take_its_time():
    bench = Bench()
    bench.fault("slow_config", part_s=1.0)
    assert bench.connect() == []
    assert len(bench.wait(10)) == 10
    assert bench.wait(100)[-1].config_complete_id == 7


def test_a_slow_configuration_ends_with_its_client():
    bench = Bench()
    bench.fault("slow_config", times=1, part_s=1.0)
    bench.connect()
    bench.wait(5)
    assert bench.connect()[-1].config_complete_id == 7
    assert bench.wait(100) == []


def test_garbage_between_frames_hides_none():
    bench = Bench()
    bench.fault("garbage", times=3)
    for _ in range(3):
        bench.outside.octets.clear()
        assert statuses(bench.beat()) == [(0, 0)]
        assert len(bench.outside.octets) > 50


def test_garbage_inside_a_frame_spoils_it():
    clean, spoilt = Bench(), Bench()
    spoilt.fault("garbage", times=1, where="inside")
    for bench in (clean, spoilt):
        bench.outside.octets.clear()
        bench.simulation.hear("one", "tcp", CONFIG, bench.now)
    assert len(clean.outside.octets) == len(spoilt.outside.octets)
    assert clean.outside.octets != spoilt.outside.octets


def test_an_unplugged_radio_is_gone_from_everywhere():
    bench = Bench()
    bench.control("plug", radio="one")
    assert (bench.outside.open_ports, bench.outside.ttys) == ({"one"}, {"one"})
    bench.send("hi", id=1)
    bench.control("unplug", radio="one")
    assert (bench.outside.open_ports, bench.outside.ttys) == (set(), set())
    bench.say("aigul", "hello")
    bench.wait(20)
    assert not bench.of("sent", node="one")
    bench.control("plug", radio="one")
    assert packets(bench.connect(), TEXT) == []
    assert statuses(bench.send("hi", id=1)) == [(1, 0)]


def test_a_reboot_takes_tcp_away_for_a_while():
    bench = Bench()
    bench.outside.open("one")
    bench.send("hi", to=BEK.node_number, id=1, want_ack=True)
    bench.control("reboot", radio="one", down_s=2.0)
    assert bench.of("disconnected", way="tcp")
    assert bench.outside.open_ports == set()
    assert bench.control("state", radio="one")["up"] is False
    assert bench.wait(3) == []
    assert bench.outside.open_ports == {"one"}
    assert bench.connect()[0].my_info.reboot_count == 2


def test_a_reboot_is_told_on_the_tty():
    bench = Bench(connect=False)
    bench.hear(CONFIG, way="tty")
    bench.control("reboot", radio="one", down_s=2.0)
    assert bench.hear(CONFIG, way="tty") == []
    (word,) = bench.wait(3)
    assert word.rebooted
    assert bench.hear(CONFIG, way="tty")[-1].config_complete_id == 7


def test_settings_can_be_changed_behind_the_clients_back():
    bench = Bench()
    settings = {
        "region": "KZ_863",
        "tx_power": 20,
        "hop_limit": 0,
        "role": "ROUTER",
        "position_broadcast_secs": 900,
        "gps": True,
        "firmware": "2.4.0",
        "ok_to_mqtt": True,
        "long_name": "one BOT",
        "channels": [{"name": "", "key": "AQ=="}],
        "preset": "MEDIUM_FAST",
    }
    bench.control("set_config", radio="one", settings=settings)
    words = bench.connect()
    lora = next(word.config.lora for word in words if word.config.HasField("lora"))
    assert (lora.region, lora.tx_power, lora.hop_limit, lora.config_ok_to_mqtt) == (24, 20, 0, True)
    assert lora.modem_preset == 4
    assert next(w.metadata.firmware_version for w in words if w.HasField("metadata")) == "2.4.0"
    assert words[1].node_info.user.long_name == "one BOT"
    assert [w.channel.role for w in words if w.HasField("channel")] == [1, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        pytest.param({"colour": 1}, "known: region", id="no-such-setting"),
        pytest.param({"region": "XX"}, "set_config", id="no-such-region"),
        pytest.param({"preset": "XX"}, "known presets", id="no-such-preset"),
        pytest.param({"tx_power": "high"}, "set_config", id="no-number"),
        pytest.param({"channels": []}, "primary", id="no-channel"),
        pytest.param({"channels": [{"name": "x"}]}, "has no 'key'", id="no-key"),
        pytest.param({"channels": [{"name": "x", "key": "%"}]}, "base64", id="bad-key"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(settings, why):
    with pytest.raises(ValueError, match=why):
        Bench().control("set_config", radio="one", settings=settings)
