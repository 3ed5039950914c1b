"""What a radio answers its client, transcript by transcript."""

from dataclasses import replace

import pytest
from meshtastic.protobuf.mesh_pb2 import MeshPacket, ToRadio
from meshtastic.protobuf.portnums_pb2 import PortNum
from meshtastic.protobuf.telemetry_pb2 import Telemetry

from gateways.simulated.radio.api import NO_ROOM
from gateways.simulated.radio.settings import NodeConfig
from tests.gateways.simulated.radio.bench import (
    AIGUL,
    ALL,
    BEK,
    ONE,
    Bench,
    chain,
    packets,
    statuses,
    verdicts,
)

PRIVATE, TEXT = PortNum.PRIVATE_APP, PortNum.TEXT_MESSAGE_APP
ADMIN, TELEMETRY = PortNum.ADMIN_APP, PortNum.TELEMETRY_APP
BEFORE_KEYS = NodeConfig("old", key_known=False)


def kinds(words):
    return [word.WhichOneof("payload_variant") for word in words]


def test_the_configuration_comes_in_order_and_ends_with_the_nonce():
    words = Bench().connect(nonce=42)
    inner = kinds(words)
    assert inner[:3] == ["my_info", "node_info", "metadata"]
    assert inner[3:11] == ["channel"] * 8
    assert inner.count("config") == 8
    assert inner.count("moduleConfig") >= 13
    assert inner[-3:] == ["node_info", "node_info", "config_complete_id"]
    assert words[-1].config_complete_id == 42


def test_the_configuration_says_what_a_library_cannot_do_without():
    words = Bench().config
    own, lora = words[1].node_info, next(w.config.lora for w in words if w.config.HasField("lora"))
    assert own.user.id == ONE.node_id == f"!{words[0].my_info.my_node_num:08x}"
    assert (lora.hop_limit, lora.region, lora.use_preset) == (3, 23, True)
    channels = [word.channel for word in words if word.HasField("channel")]
    assert [(each.role, each.settings.name) for each in channels[:3]] == [
        (1, ""),
        (2, "Jarshy"),
        (0, ""),
    ]
    keys = {w.node_info.user.long_name: w.node_info.user.public_key for w in words[-3:-1]}
    assert keys == {"aigul": AIGUL.public_key, "bek": BEK.public_key}


@pytest.mark.parametrize(
    ("nonce", "first", "nodes"),
    [
        pytest.param(69420, "my_info", 1, id="only-the-settings"),
        pytest.param(69421, "node_info", 3, id="only-the-nodes"),
    ],
)
def test_two_nonces_ask_for_a_part_only(nonce, first, nodes):
    inner = kinds(Bench().connect(nonce))
    assert inner[0] == first
    assert inner.count("node_info") == nodes


def test_a_heartbeat_is_answered_with_the_queue():
    (status,) = Bench().beat()
    queue = status.queueStatus
    assert (queue.res, queue.free, queue.maxlen, queue.mesh_packet_id) == (0, 16, 16, 0)


def test_the_queue_falls_and_rises_and_says_so_when_it_was_full():
    bench = Bench()
    free = [bench.send(b"x", portnum=PRIVATE, id=at)[0].queueStatus.free for at in range(1, 17)]
    assert free == list(range(15, -1, -1))
    first = bench.wait(5)[0].queueStatus
    assert (first.mesh_packet_id, first.free) == (0, 1)
    bench.wait(120)
    assert bench.beat()[0].queueStatus.free == 16


def test_a_full_queue_refuses_what_is_no_more_urgent():
    bench = Bench()
    for at in range(1, 17):
        bench.send(b"x", portnum=PRIVATE, id=at, priority=64)
    assert statuses(bench.send(b"x", portnum=PRIVATE, id=17, priority=64)) == [(17, NO_ROOM)]
    assert [each["id"] for each in bench.of("dropped", reason="queue_full")] == [17]


def test_a_full_queue_gives_up_the_least_urgent_for_a_more_urgent_one():
    bench = Bench()
    bench.send(b"x", portnum=PRIVATE, id=1, priority=10)
    for at in range(2, 17):
        bench.send(b"x", portnum=PRIVATE, id=at, priority=64)
    assert statuses(bench.send("alert", id=17, priority=110)) == [(17, 0)]
    assert [each["id"] for each in bench.of("dropped", reason="queue_full")] == [1]
    bench.wait(5)
    assert bench.of("sent", copy="first")[0]["id"] == 17


def test_an_id_that_was_among_the_last_twenty_is_dropped_in_silence():
    bench = Bench()
    assert statuses(bench.send(b"x", portnum=PRIVATE, id=5)) == [(5, 0)]
    assert bench.send(b"x", portnum=PRIVATE, id=5) == []
    assert bench.of("dropped", reason="duplicate_id")


def test_an_id_may_come_again_after_twenty_others():
    bench = Bench()
    for at in range(1, 22):
        bench.send(b"x", portnum=PRIVATE, id=at)
        bench.wait(10)
    assert statuses(bench.send(b"x", portnum=PRIVATE, id=1)) == [(1, 0)]


def test_an_id_may_come_again_on_a_new_connection():
    bench = Bench()
    bench.send(b"x", portnum=PRIVATE, id=5)
    bench.connect()
    assert statuses(bench.send(b"x", portnum=PRIVATE, id=5)) == [(5, 0)]


@pytest.mark.parametrize("speed", [1.0, 100.0])
def test_a_text_within_two_seconds_is_dropped_though_the_answer_sounds_well(speed):
    bench = Bench(speed=speed)
    bench.send("one", id=1)
    bench.wait(1.9)
    assert statuses(bench.send("two", id=2)) == [(2, 0)]
    bench.wait(0.2)
    bench.send("three", id=3)
    bench.wait(60)
    assert bench.shown("aigul") == ["one", "three"]
    assert [each["id"] for each in bench.of("dropped", reason="rate_limit")] == [2]


def test_the_newest_firmware_tells_of_the_dropped_text():
    bench = Bench(replace(ONE, tells_rate_limit=True))
    bench.send("one", id=1)
    said = bench.send("two", id=2)
    assert verdicts(said) == [(2, "RATE_LIMIT_EXCEEDED", ONE.node_number)]


def test_a_new_connection_may_send_a_text_at_once():
    bench = Bench()
    bench.send("one", id=1)
    bench.connect()
    bench.send("two", id=2)
    bench.wait(30)
    assert bench.shown("aigul") == ["one", "two"]


@pytest.mark.parametrize(
    ("octets", "to", "portnum", "res"),
    [
        pytest.param(232, None, TEXT, 0, id="broadcast-text"),
        pytest.param(233, None, TEXT, 7, id="broadcast-text-too-long"),
        pytest.param(231, None, PRIVATE, 0, id="private"),
        pytest.param(232, None, PRIVATE, 7, id="private-too-long"),
        pytest.param(220, "bek", TEXT, 0, id="direct-text"),
        pytest.param(221, "bek", TEXT, 7, id="direct-text-too-long"),
        pytest.param(219, "bek", PRIVATE, 0, id="direct-private"),
        pytest.param(220, "bek", PRIVATE, 7, id="direct-private-too-long"),
    ],
)
def test_what_does_not_fit_a_frame_is_too_large(octets, to, portnum, res):
    bench = Bench()
    number = bench.number(to) if to else ALL
    said = bench.send(b"x" * octets, to=number, portnum=portnum, id=9)
    assert statuses(said) == [(9, res)]
    assert verdicts(said) == ([(9, "TOO_LARGE", ONE.node_number)] if res else [])
    bench.wait(20)
    assert len(bench.of("sent", copy="first", id=9)) == (0 if res else 1)


def test_a_channel_that_is_off_takes_nothing():
    bench = Bench()
    said = bench.send("hi", id=9, channel=5)
    assert statuses(said) == [(9, 6)]
    assert verdicts(said) == [(9, "NO_CHANNEL", ONE.node_number)]


def test_a_direct_message_needs_the_key_of_its_recipient():
    bench = Bench(phones=(AIGUL, BEFORE_KEYS))
    for at, to in enumerate((bench.number("old"), 0x12345678), 1):
        bench.wait(3)
        said = bench.send("hi", to=to, id=at)
        assert verdicts(said) == [(at, "PKI_SEND_FAIL_PUBLIC_KEY", ONE.node_number)]
    assert not bench.of("sent")
    assert len(bench.of("dropped", reason="no_key")) == 2


def test_a_key_that_was_forgotten_is_learned_from_the_node_itself():
    bench = Bench()
    bench.control("forget_key", radio="one", node="bek")
    assert verdicts(bench.send("hi", to=bench.number("bek"), id=1))
    bench.control("announce", phone="bek", changes={"long_name": "Bek BOT"})
    assert packets(bench.wait(10), PortNum.NODEINFO_APP)
    bench.send("hi", to=bench.number("bek"), id=2)
    bench.wait(10)
    assert bench.shown("bek") == ["hi"]
    names = {word.node_info.user.long_name for word in bench.connect()}
    assert "Bek BOT" in names


def test_own_broadcasts_are_not_echoed():
    bench = Bench()
    bench.send("hello", id=1)
    assert packets(bench.wait(30), TEXT) == []
    assert bench.of("sent", copy="relay")


def test_what_others_write_comes_with_how_it_was_heard():
    bench = Bench()
    packet_id = bench.say("aigul", "сәлем", channel="Jarshy")
    (packet,) = packets(bench.wait(5))
    assert getattr(packet, "from") == AIGUL.node_number
    assert (packet.to, packet.id, packet.channel) == (ALL, packet_id, 1)
    assert (packet.hop_limit, packet.hop_start) == (3, 3)
    assert packet.decoded.payload.decode() == "сәлем"
    assert int(bench.now) - packet.rx_time <= 5
    assert packet.rx_snr
    assert packet.rx_rssi < 0
    assert not packet.pki_encrypted


def test_a_direct_message_comes_sealed_with_the_key_of_its_sender():
    bench = Bench()
    bench.direct("aigul")
    (packet,) = packets(bench.wait(1))
    assert packet.pki_encrypted
    assert packet.public_key == AIGUL.public_key
    assert packet.to == ONE.node_number


def test_a_direct_message_of_a_node_without_a_key_comes_unsealed():
    bench = Bench(phones=(BEFORE_KEYS,))
    bench.direct("old")
    (packet,) = packets(bench.wait(1))
    assert not packet.pki_encrypted
    assert packet.to == ONE.node_number


def test_a_sealed_message_of_a_node_whose_key_is_not_known_is_refused():
    bench = Bench()
    bench.control("forget_key", radio="one", node="aigul")
    packet_id = bench.direct("aigul")
    assert packets(bench.wait(5)) == []
    told = bench.of("verdict", phone="aigul", id=packet_id)
    assert told[0]["error"] == "PKI_UNKNOWN_PUBKEY"


def test_reactions_bots_and_mqtt_can_be_told_apart():
    bench = Bench(phones=(replace(AIGUL, via_mqtt=True, unmessagable=True, long_name="A BOT"),))
    bench.direct("aigul", "👍", emoji=1, reply_id=77)
    (packet,) = packets(bench.wait(1))
    assert (packet.decoded.emoji, packet.decoded.reply_id, packet.via_mqtt) == (1, 77, True)
    user = bench.config[-2].node_info.user
    assert (user.long_name, user.is_unmessagable) == ("A BOT", True)


def test_packets_for_an_absent_client_are_kept_and_the_oldest_text_goes_first():
    bench = Bench(connect=False)
    for at in range(34):
        bench.say("aigul", f"text {at}")
        bench.wait(10)
    texts = [each.decoded.payload.decode() for each in packets(bench.connect(), TEXT)]
    assert texts == [f"text {at}" for at in range(2, 34)]


def test_a_client_that_says_nothing_for_long_is_hung_up_on():
    bench = Bench(replace(ONE, client_silence_s=900.0))
    bench.wait(899)
    bench.beat()
    bench.wait(899)
    assert not bench.of("disconnected")
    bench.wait(2)
    assert bench.of("disconnected")
    assert bench.outside.hung_up


def test_a_client_on_the_tty_takes_the_place_of_one_on_tcp():
    bench = Bench()
    said = bench.ask(ToRadio(want_config_id=9), way="tty")
    assert said[-1].config_complete_id == 9
    assert bench.outside.hung_up == ["one"]
    assert bench.control("state", radio="one")["client"] == "tty"


def test_a_tty_remembers_ids_as_it_never_ends():
    bench = Bench(connect=False)
    bench.ask(ToRadio(want_config_id=1), way="tty")
    word = ToRadio(packet=MeshPacket(to=ALL, id=5, decoded={"portnum": PRIVATE}))
    assert statuses(bench.ask(word, way="tty")) == [(5, 0)]
    bench.connect()
    bench.ask(ToRadio(want_config_id=2), way="tty")
    assert bench.ask(word, way="tty") == []


def test_telemetry_tells_how_busy_the_channel_is():
    bench = Bench(replace(ONE, telemetry_s=30.0))
    for at in range(1, 6):
        bench.send(b"x" * 200, portnum=PRIVATE, id=at, hop_limit=0)
    told = packets(bench.wait(31), TELEMETRY)
    metrics = Telemetry.FromString(told[0].decoded.payload).device_metrics
    assert getattr(told[0], "from") == ONE.node_number
    # Five packets of 1911 ms in a minute.
    assert metrics.air_util_tx == pytest.approx(5 * 1.911 / 60 * 100, abs=0.1)
    assert metrics.channel_utilization == pytest.approx(metrics.air_util_tx)
    later = packets(bench.wait(90), TELEMETRY)[-1]
    assert Telemetry.FromString(later.decoded.payload).device_metrics.air_util_tx == 0


def test_the_utilization_can_be_whatever_a_test_needs():
    bench = Bench()
    bench.control("set_utilization", radio="one", percent=38.5)
    (told,) = packets(bench.said(), TELEMETRY)
    metrics = Telemetry.FromString(told.decoded.payload).device_metrics
    assert metrics.channel_utilization == 38.5


def test_a_hop_limit_beyond_seven_is_seven():
    bench = Bench()
    bench.send("hi", id=1, hop_limit=20)
    bench.wait(1)
    assert bench.of("sent")[0]["hop_start"] == 7


def test_without_a_hop_left_nobody_repeats_it():
    bench = Bench()
    bench.send("hi", id=1, hop_limit=0)
    bench.wait(30)
    assert [each["node"] for each in bench.of("sent")] == ["one"]


def test_a_radio_picks_an_id_where_none_is_given():
    bench = Bench()
    ((packet_id, res),) = statuses(bench.send("hi", id=0))
    assert packet_id
    assert res == 0


def test_noise_and_broken_frames_from_the_client_harm_nothing():
    bench = Bench()
    assert bench.hear(b"\xc3" * 32 + b"\x94\xc3\x00\x03\x12\x7f\x01" + b"\x00noise") == []
    assert kinds(bench.beat()) == ["queueStatus"]


def test_links_decide_who_hears_whom():
    bench = Bench(links=chain("one", "aigul", "bek"))
    bench.send("hi", id=1, hop_limit=0)
    bench.wait(10)
    assert (bench.shown("aigul"), bench.shown("bek")) == (["hi"], [])
