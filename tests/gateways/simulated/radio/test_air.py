"""The air: acknowledgements, relays, collisions, loss, and one clock for all."""

from dataclasses import replace

import pytest
from meshtastic.protobuf.mesh_pb2 import Data
from meshtastic.protobuf.portnums_pb2 import PortNum

from gateways.simulated.radio.packet import Packet
from gateways.simulated.radio.settings import LinkConfig, MeshConfig, NodeConfig
from tests.gateways.simulated.radio.bench import (
    AIGUL,
    ALL,
    BEK,
    ONE,
    RELAY,
    Bench,
    chain,
    packets,
    verdicts,
)

FAR = chain("one", "relay", "aigul")  # aigul is two hops away


def text(words):
    return Data(portnum=PortNum.TEXT_MESSAGE_APP, payload=words.encode()).SerializeToString()


def sent(bench, **match):
    return [(each["node"], each["copy"]) for each in bench.of("sent", **match)]


def test_a_broadcast_is_acknowledged_by_whoever_repeats_it():
    bench = Bench()
    bench.send("hi", id=1, want_ack=True)
    assert verdicts(bench.wait(30)) == [(1, "NONE", ONE.node_number)]
    assert sent(bench, node="one") == [("one", "first")]


def test_a_broadcast_that_nobody_repeats_is_sent_three_times_and_given_up_after_21_s():
    bench = Bench(phones=())
    bench.send("hi", id=1, want_ack=True)
    assert verdicts(bench.wait(19)) == []
    assert verdicts(bench.wait(5)) == [(1, "MAX_RETRANSMIT", ONE.node_number)]
    assert sent(bench) == [("one", "first"), ("one", "again"), ("one", "again")]


def test_without_want_ack_a_broadcast_is_sent_once():
    bench = Bench(phones=())
    bench.send("hi", id=1)
    assert verdicts(bench.wait(60)) == []
    assert sent(bench) == [("one", "first")]


def test_speed_shortens_the_waits_of_the_firmware():
    bench = Bench(phones=(), speed=10.0)
    bench.send("hi", id=1, want_ack=True)
    assert verdicts(bench.wait(2.4)) == [(1, "MAX_RETRANSMIT", ONE.node_number)]


def test_a_direct_message_is_acknowledged_by_its_recipient():
    bench = Bench(phones=(BEK,))
    bench.send("hi", to=BEK.node_number, id=1, want_ack=True)
    words = bench.wait(10)
    assert verdicts(words) == [(1, "NONE", BEK.node_number)]
    assert packets(words)[0].pki_encrypted


def test_a_distant_recipient_answers_after_the_relay():
    bench = Bench(phones=(AIGUL,), relays=(RELAY,), links=FAR)
    bench.send("hi", to=AIGUL.node_number, id=1, want_ack=True)
    told = verdicts(bench.wait(30))
    assert told == [(1, "NONE", ONE.node_number), (1, "NONE", AIGUL.node_number)]
    assert bench.control("shown", phone="aigul")[0]["hops"] == 1


def test_a_direct_message_that_nobody_hears_is_given_up():
    bench = Bench(phones=(BEK,))
    bench.control("set_deaf", node="bek", deaf=True)
    bench.send("hi", to=BEK.node_number, id=1, want_ack=True)
    assert verdicts(bench.wait(30)) == [(1, "MAX_RETRANSMIT", ONE.node_number)]


def test_a_repeated_direct_message_is_acknowledged_again_and_shown_once():
    bench = Bench(phones=(BEK,))
    number = BEK.node_number
    bench.send("hi", to=number, id=1, want_ack=True)
    bench.wait(10)
    bench.connect()
    bench.send("hi", to=number, id=1, want_ack=True)
    assert verdicts(bench.wait(10)) == [(1, "NONE", number)]
    assert bench.shown("bek") == ["hi"]


def test_the_same_id_again_fills_a_gap_and_shows_nothing_twice():
    bench = Bench()
    bench.control("set_deaf", node="bek", deaf=True)
    bench.send("hi", id=1)
    bench.wait(20)
    bench.control("set_deaf", node="bek", deaf=False)
    bench.connect()
    bench.send("hi", id=1)
    bench.wait(20)
    assert (bench.shown("aigul"), bench.shown("bek")) == (["hi"], ["hi"])


def test_a_relay_carries_a_broadcast_as_far_as_its_hops_go():
    names = ["one", "a", "b", "c", "d"]
    phones = tuple(NodeConfig(name) for name in names[1:])
    bench = Bench(phones=phones, links=chain(*names))
    bench.send("hi", id=1, hop_limit=2)
    bench.wait(60)
    assert [bench.shown(name) for name in names[1:]] == [["hi"], ["hi"], ["hi"], []]
    limits = [(each["node"], each["hop_limit"]) for each in bench.of("sent")]
    assert limits == [("one", 2), ("a", 1), ("b", 0)]


def test_who_hears_a_copy_keeps_silent():
    phones = tuple(NodeConfig(f"p{at}") for at in range(6))
    bench = Bench(phones=phones)
    bench.send("hi", id=1)
    bench.wait(60)
    assert len(bench.of("sent", copy="relay")) == 1


def test_a_router_goes_first_and_is_not_silenced():
    phones = tuple(NodeConfig(f"p{at}") for at in range(6))
    bench = Bench(phones=phones, relays=(replace(RELAY, role="ROUTER"),))
    for at in range(1, 6):
        bench.send("hi", id=at)
        bench.wait(30)
    first = [next(each["node"] for each in bench.of("sent", id=at, copy="relay")) for at in (1, 5)]
    assert first == ["relay", "relay"]


@pytest.mark.parametrize(
    ("role", "portnum", "repeats"),
    [
        pytest.param("CLIENT", PortNum.PRIVATE_APP, True, id="client-private"),
        pytest.param("CLIENT_MUTE", PortNum.TEXT_MESSAGE_APP, False, id="mute"),
        pytest.param("ROUTER", PortNum.TEXT_MESSAGE_APP, True, id="router-text"),
        pytest.param("ROUTER", PortNum.PRIVATE_APP, False, id="router-private"),
    ],
)
def test_roles_decide_what_is_repeated(role, portnum, repeats):
    bench = Bench(phones=(), relays=(replace(RELAY, role=role),))
    bench.send(b"x", portnum=portnum, id=1)
    bench.wait(30)
    assert bool(bench.of("sent", copy="relay")) == repeats


def test_a_relay_repeats_what_it_cannot_read():
    stranger = replace(RELAY, role="ROUTER", channels=(ONE.channels[0],))
    bench = Bench(phones=(AIGUL,), relays=(stranger,), links=FAR)
    bench.send("hi", id=1, channel=1)
    bench.wait(30)
    assert bench.shown("aigul") == ["hi"]


def test_two_who_do_not_hear_each_other_destroy_each_others_packets():
    links = chain("aigul", "one", "bek")
    bench = Bench(links=links)
    bench.say("aigul", "x" * 200, want_ack=0)
    bench.say("bek", "y" * 200, want_ack=0)
    assert packets(bench.wait(20)) == []
    kind = Bench(links=links, collisions=False)
    kind.say("aigul", "x" * 200)
    kind.say("bek", "y" * 200)
    assert len(packets(kind.wait(20))) == 2


def test_who_hears_the_channel_in_use_waits():
    bench = Bench()
    bench.say("aigul", "x" * 200)
    bench.wait(0.5)
    bench.say("bek", "y" * 200)
    words = packets(bench.wait(30), PortNum.TEXT_MESSAGE_APP)
    assert len(words) == 2


def test_two_who_begin_at_once_do_not_hear_each_other():
    bench = Bench(collisions=False)
    medium, nodes = bench.simulation.medium, bench.simulation.nodes()
    said = Packet(0, ALL, 1, ONE.channels[0], text("hi"), hop_limit=0, hop_start=0)
    for name in ("one", "aigul"):
        node = nodes[name]
        medium.transmit(node, replace(said, source=node.number), "first", bench.now)
    assert packets(bench.wait(10)) == []
    assert bench.shown("aigul") == []
    assert bench.shown("bek") == ["hi", "hi"]


def test_loss_is_a_share_of_receptions_and_comes_again_with_its_seed():
    def shown(seed):
        bench = Bench(phones=(BEK,), loss=0.4, seed=seed)
        for at in range(1, 101):
            bench.send(b"x", id=at, hop_limit=0)
            bench.wait(10)
        return [each["id"] for each in bench.control("shown", phone="bek")]

    assert 45 <= len(shown(1)) <= 75
    assert shown(1) == shown(1) != shown(2)


def test_a_link_may_lose_more_than_the_air():
    bench = Bench(phones=(BEK,), links=(LinkConfig("one", "bek", 1.0),))
    bench.send("hi", id=1)
    bench.wait(20)
    assert bench.shown("bek") == []


def test_distance_decides_who_hears_whom_and_how_well():
    near, away = replace(AIGUL, place=(1.0, 0.0)), replace(BEK, place=(0.0, 5.1))
    bench = Bench(phones=(near, away), range_km=5.0)
    bench.send("hi", id=1, hop_limit=0)
    bench.wait(10)
    assert (bench.shown("aigul"), bench.shown("bek")) == (["hi"], [])
    bench.say("aigul", "hi", hop_limit=0)
    (packet,) = packets(bench.wait(10))
    assert packet.rx_snr == pytest.approx(5.0)


def test_another_preset_is_another_air():
    bench = Bench()
    bench.control("set_config", radio="one", settings={"preset": "SHORT_FAST"})
    bench.send("hi", id=1)
    bench.wait(10)
    assert bench.shown("aigul") == []
    assert bench.of("sent")[0]["air_ms"] < 50


def test_the_log_says_what_was_on_air():
    bench = Bench(phones=())
    bench.send("сәлем", id=1, channel=1, priority=10)
    bench.wait(5)
    (event,) = bench.of("sent")
    assert {key: event[key] for key in ("node", "copy", "from", "to", "id", "channel")} == {
        "node": "one",
        "copy": "first",
        "from": ONE.node_id,
        "to": "^all",
        "id": 1,
        "channel": "Jarshy",
    }
    assert (event["portnum"], event["octets"], event["text"]) == ("TEXT_MESSAGE_APP", 10, "сәлем")
    assert (event["priority"], event["hop_limit"], event["hop_start"]) == (10, 3, 3)
    assert event["air_ms"] == 477


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"preset": "LONG"}, id="preset"),
        pytest.param({"speed": 0}, id="speed"),
        pytest.param({"loss": 1.5}, id="loss"),
        pytest.param({"phones": (NodeConfig("one"),)}, id="name-twice"),
        pytest.param({"links": (LinkConfig("one", "two"),)}, id="unknown-in-a-link"),
    ],
)
def test_a_mesh_that_cannot_be_is_refused(wrong, tmp_path):
    with pytest.raises(ValueError, match=r"known|speed|twice"):
        MeshConfig(tmp_path, (ONE,), **wrong)


@pytest.mark.parametrize("name", ["", "a b", "../x"])
def test_a_node_needs_a_name_that_is_a_file_name(name):
    with pytest.raises(ValueError, match="letters"):
        NodeConfig(name)
