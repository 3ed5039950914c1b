"""A radio as a gateway: what only the mesh has; the rest is in `test_contract`."""

import math
import threading
import time
from contextlib import suppress
from dataclasses import replace

import pytest
from meshtastic.protobuf.mesh_pb2 import MeshPacket
from meshtastic.protobuf.telemetry_pb2 import DeviceMetrics, LocalStats, Telemetry

from gateways.base import (
    GatewayDown,
    HeardReport,
    HeardText,
    NeverAgain,
    Outcome,
    Taken,
    TryAgainLater,
    Unknown,
)
from gateways.mesh.facts import RadioFacts
from gateways.mesh.mailbox import Loss, SessionLost
from gateways.simulated.radio.faults import KINDS
from gateways.simulated.radio.settings import PRIMARY, NodeConfig
from tests.gateways.mesh import rogue as radio
from tests.gateways.mesh.bench import PHONE, RADIO, bench, gateway_at, heard, transmission

OTHER = "!a5bce6fa"
PRIORITY = MeshPacket.Priority


def config_of(*frames):
    return lambda asked: b"".join(frames) + radio.complete(asked)


# Where a packet goes, and how.


def test_a_broadcast_is_shown_on_our_channel_by_whoever_listens(gateway, bench):
    gateway.send(transmission("Жаңалық"))
    [shown] = bench.mesh.wait_for(PHONE, 1)
    assert (shown["text"], shown["channel"]) == ("Жаңалық", "Jarshy")


def test_a_pointer_goes_to_the_public_channel(gateway, bench):
    gateway.send(transmission(recipient="^primary"))
    [shown] = bench.mesh.wait_for(PHONE, 1)
    assert shown["channel"] != "Jarshy"


def test_a_direct_message_is_shown_to_one_and_acknowledged(gateway, bench):
    bench.hinted.clear()
    to = bench.mesh.node_id(PHONE)
    taken = gateway.send(transmission(recipient=to, report=True))
    assert bench.hinted.wait(5)
    [report] = [each for each in heard(gateway) if each.outcome is Outcome.DELIVERED]
    assert (report.reference, report.recipient) == (taken.reference, to)


@pytest.mark.parametrize(
    ("fields", "radio_hops", "as_sent"),
    [
        pytest.param({}, 3, (3, PRIORITY.BACKGROUND, False), id="routine"),
        pytest.param({}, 2, (2, PRIORITY.BACKGROUND, False), id="routine-in-a-small-mesh"),
        pytest.param({}, 7, (3, PRIORITY.BACKGROUND, False), id="routine-in-a-large-mesh"),
        pytest.param({"urgent": True}, 3, (5, PRIORITY.HIGH, False), id="urgent"),
        pytest.param({"report": True}, 3, (3, PRIORITY.BACKGROUND, False), id="no-report-of-all"),
        pytest.param({"recipient": OTHER}, 4, (4, PRIORITY.RELIABLE, False), id="direct"),
        pytest.param(
            {"recipient": OTHER, "report": True}, 7, (5, PRIORITY.RELIABLE, True), id="reported"
        ),
    ],
)
def test_hops_priority_and_acknowledgement_follow_what_it_is(
    at_rogue, rogue, fields, radio_hops, as_sent
):
    rogue.on_config = config_of(*radio.USUAL[:-1], radio.lora(hop_limit=radio_hops))
    at_rogue.open()
    sent = transmission("Ә", **fields)
    assert at_rogue.send(sent) == Taken(sent.identity)
    [packet] = rogue.packets()
    assert packet.id == sent.identity
    assert packet.decoded.payload.decode() == "Ә"
    assert (packet.hop_limit, packet.priority, packet.want_ack) == as_sent
    assert packet.channel == (0 if "recipient" in fields else 1)
    assert packet.to == (int(OTHER[1:], 16) if "recipient" in fields else 0xFFFFFFFF)
    assert not packet.pki_encrypted


@pytest.mark.parametrize(
    ("octets", "recipient", "fits"),
    [(232, "^channel", True), (233, "^channel", False), (220, OTHER, True), (221, OTHER, False)],
)
def test_what_fits_a_packet_is_known_beforehand(at_rogue, octets, recipient, fits):
    at_rogue.open()
    text = "Ә" * (octets // 2) + "a" * (octets % 2)
    if fits:
        assert isinstance(at_rogue.send(transmission(text, recipient)), Taken)
    else:
        with pytest.raises(NeverAgain, match=f"{octets} octets"):
            at_rogue.send(transmission(text, recipient))


def test_the_longest_texts_go_through_a_radio(gateway, bench):
    gateway.send(transmission("Ә" * 116))
    gateway.send(transmission("Ә" * 110, bench.mesh.node_id(PHONE)))
    # Direct messages come before what can wait.
    assert sorted(bench.on_air(), key=len) == ["Ә" * 110, "Ә" * 116]


def test_nothing_is_sent_to_ourselves(gateway, bench):
    with pytest.raises(NeverAgain) as never:
        gateway.send(transmission(recipient=bench.mesh.node_id(RADIO)))
    assert never.value.recipient


def test_what_is_not_wanted_any_more_at_the_last_moment_is_not_sent(gateway, bench):
    with pytest.raises(TryAgainLater):
        gateway.send(transmission(still_good=lambda: False))
    assert bench.on_air() == []


# Pacing: the firmware drops in silence a text that comes too soon.


def test_texts_keep_their_distance_also_from_the_last_one_before_opening(tmp_path, monkeypatch):
    monkeypatch.setattr("gateways.simulated.radio.api._TEXT_GAP_S", 0.3)
    with bench(tmp_path) as made:
        gateway = made.gateway(text_gap_s=0.35)
        gateway.open()
        began = time.monotonic()
        gateway.send(transmission("one"))
        assert time.monotonic() - began > 0.3
        gateway.send(transmission("two"))
        assert made.on_air() == ["one", "two"]
        # What happens without:
        hasty = made.gateway(text_gap_s=0.0)
        hasty.open()
        hasty.send(transmission("three"))
        assert isinstance(hasty.send(transmission("four")), Taken)
        assert made.on_air() == ["one", "two", "three"]


# What becomes of a packet.


def test_silence_on_a_packet_that_was_never_given_before_is_unknown(at_rogue, rogue):
    at_rogue.open()
    rogue.on_packet = lambda _: b""
    with pytest.raises(Unknown):
        at_rogue.send(transmission())
    assert at_rogue.health().reachable


def test_silence_on_one_that_may_have_been_given_before_means_that_the_radio_has_it(gateway, bench):
    bench.mesh.fault(RADIO, "status_lost", times=1)
    sent = transmission()
    with pytest.raises(Unknown):
        gateway.send(sent)
    assert gateway.send(replace(sent, again=True)) == Taken(sent.identity)
    assert bench.on_air() == ["hello"]


def test_the_same_packet_goes_again_on_a_new_connection_and_is_shown_once(gateway, bench):
    sent = transmission()
    gateway.send(sent)
    gateway.open()
    assert gateway.send(replace(sent, again=True)) == Taken(sent.identity)
    assert bench.on_air() == ["hello", "hello"]
    assert len(bench.mesh.wait_for(PHONE, 1)) == 1


def test_what_was_refused_is_not_taken_for_sent_when_the_radio_remembers_it(gateway, bench):
    bench.mesh.fault(RADIO, "queue_full", times=1)
    sent = transmission(again=True)
    with pytest.raises(TryAgainLater):
        gateway.send(sent)
    with pytest.raises(TryAgainLater, match="remembers"):
        gateway.send(sent)
    assert bench.on_air() == []


def test_a_status_that_comes_late_still_counts(at_rogue, rogue):
    at_rogue.open()
    sent = transmission()
    rogue.on_packet = lambda _: b""
    rogue.on_heartbeat = lambda _: radio.status() + radio.status(sent.identity)
    assert at_rogue.send(sent) == Taken(sent.identity)


def test_silence_after_a_packet_is_unknown_and_the_radio_is_down(gateway, bench):
    bench.mesh.hold(RADIO, "taken")
    with pytest.raises(Unknown):
        gateway.send(transmission())
    with pytest.raises(GatewayDown, match="does not answer"):
        gateway.receive()
    bench.mesh.release(RADIO)
    gateway.open()
    gateway.send(transmission("again"))
    assert bench.on_air() == ["hello", "again"]


def test_a_connection_lost_after_a_packet_is_unknown(at_rogue, rogue):
    at_rogue.open()

    def hangs_up(_asked):
        rogue.hang_up()
        return b""

    rogue.on_packet = hangs_up
    with pytest.raises(Unknown, match="after it was given the packet"):
        at_rogue.send(transmission())
    with pytest.raises(GatewayDown):
        at_rogue.health()


def test_what_breaks_before_the_packet_is_written_is_no_unknown(at_rogue, rogue, monkeypatch):
    rogue.on_heartbeat = lambda _: radio.status(free=0)
    at_rogue.open()
    session = at_rogue._session

    def torn():
        session.give_up(Loss.STUCK)
        raise SessionLost(Loss.STUCK, begun=True)

    monkeypatch.setattr(session, "sendHeartbeat", torn)
    with pytest.raises(GatewayDown):
        at_rogue.send(transmission())


def test_a_radio_that_takes_no_octets_blocks_nothing(rogue):
    made = gateway_at(rogue.address, answer_wait_s=0.2)
    made.open()
    session, reads_again = made._session, threading.Event()
    rogue.on_heartbeat = lambda _: reads_again.wait(5) and b""
    session.sendHeartbeat()
    began = time.monotonic()
    with pytest.raises(SessionLost) as lost:
        session._writeBytes(b"x" * 50_000_000)
    assert time.monotonic() - began < 2
    assert (lost.value.loss, lost.value.begun) == (Loss.STUCK, True)
    made.close()
    reads_again.set()


@pytest.mark.parametrize(
    ("result", "outcome", "rest"),
    [
        pytest.param(7, NeverAgain, None, id="too-large"),
        pytest.param(9, TryAgainLater, True, id="duty-cycle"),
        pytest.param(32, TryAgainLater, False, id="queue-full"),
        pytest.param(39, TryAgainLater, False, id="no-key"),
    ],
)
def test_a_refusal_by_the_radio_has_its_outcome(at_rogue, rogue, result, outcome, rest):
    at_rogue.open()
    rogue.on_packet = lambda asked: radio.status(asked.packet.id, res=result)
    with pytest.raises(outcome) as refused:
        at_rogue.send(transmission())
    assert rest is None or refused.value.rest is rest


def test_a_recipient_whose_key_is_unknown_is_later_and_nothing_is_on_air(gateway, bench):
    bench.mesh.forget_key(RADIO, PHONE)
    with pytest.raises(TryAgainLater, match="key"):
        gateway.send(transmission(recipient=bench.mesh.node_id(PHONE)))
    assert bench.on_air() == []


def test_a_later_refusal_of_our_radio_is_a_report_that_it_was_not_on_air(gateway, bench):
    bench.mesh.fault(RADIO, "refuse", times=1, error=38)
    bench.hinted.clear()
    sent = transmission(recipient=bench.mesh.node_id(PHONE))
    gateway.send(sent)
    assert bench.hinted.wait(5)
    [report] = heard(gateway)
    assert (report.reference, report.recipient) == (sent.identity, "")
    assert report.outcome is Outcome.LATER


# Hearing.


def test_a_direct_text_is_heard_and_the_chatter_is_not(gateway, bench):
    bench.mesh.say(PHONE, "чат")
    bench.mesh.say(PHONE, "канал", channel="Jarshy")
    bench.let_hear("новости")
    [text] = heard(gateway)
    assert text == HeardText(bench.mesh.node_id(PHONE), "новости", None, None)


def test_the_same_words_twice_are_two_texts(gateway, bench):
    bench.let_hear("2")
    bench.let_hear("2")
    first, second = gateway.receive()
    assert first.octets != second.octets


@pytest.mark.parametrize(
    ("phone", "how", "refusal"),
    [
        pytest.param({"long_name": "Weather BOT"}, {}, "bot", id="bot"),
        pytest.param({"unmessagable": True}, {}, "bot", id="nobody-reads-there"),
        pytest.param({"via_mqtt": True}, {}, "over-mqtt", id="over-the-internet"),
        pytest.param({}, {"emoji": 1}, "reaction", id="reaction"),
        pytest.param({}, {}, None, id="person"),
    ],
)
def test_programs_reactions_and_the_internet_get_no_answer(tmp_path, phone, how, refusal):
    with bench(tmp_path, phones=(NodeConfig(PHONE, **phone),)) as made:
        gateway = made.gateway()
        gateway.open()
        made.let_hear("👍", **how)
        [text] = heard(gateway)
        assert text.refusal == refusal


def test_a_node_may_turn_out_to_be_a_bot_later(at_rogue, rogue):
    at_rogue.open()
    rogue.say(radio.packet(id=1))
    rogue.say(
        radio.packet(
            to=0xFFFFFFFF,
            id=2,
            decoded={"portnum": 4, "payload": radio.User(long_name="x bot").SerializeToString()},
        )
    )
    rogue.say(radio.packet(id=3))
    assert at_rogue.health().reachable
    assert [text.refusal for text in heard(at_rogue)] == [None, "bot"]


def test_texts_that_came_while_nobody_was_connected_are_heard_on_opening(bench):
    bench.mesh.direct(PHONE, RADIO, "2")
    while bench.mesh.state(RADIO)["free"] < 16:
        pass
    made = bench.gateway()
    made.open()
    if not made.receive():
        assert bench.hinted.wait(5)
    assert [text.text for text in heard(made)] == ["2"]


def test_what_is_heard_between_closing_and_opening_is_kept_by_the_radio(gateway, bench):
    gateway.close()
    bench.mesh.direct(PHONE, RADIO, "2")
    bench.mesh.wait_event("sent", node=PHONE)
    bench.hinted.clear()
    gateway.open()
    if not gateway.receive():
        assert bench.hinted.wait(5)
    assert [text.text for text in heard(gateway)] == ["2"]


def test_a_report_and_its_copy_are_one(at_rogue, rogue):
    at_rogue.open()
    ack = {"portnum": 5, "payload": b"\x18\x00", "request_id": 4711}
    for signal in (1.0, 9.5):
        rogue.say(radio.packet(id=5, rx_snr=signal, hop_limit=int(signal) % 7, decoded=ack))
    assert at_rogue.health().reachable
    assert heard(at_rogue) == [HeardReport(4711, OTHER, None, Outcome.DELIVERED, "acknowledged")]


# How it is.


def test_health_tells_network_facts_and_no_trouble(gateway, bench):
    health = gateway.health()
    assert health.network == "LongFast KZ_433"
    assert (health.signal, health.reachable, health.trouble, health.mend) == (None, True, "", "")
    facts = RadioFacts.from_dict(health.facts)
    assert f"!{facts.node:08x}" == bench.mesh.node_id(RADIO)
    assert (facts.channel, facts.hop_limit, facts.region) == (1, 3, "KZ_433")


def test_channel_utilization_is_what_the_radio_itself_tells(at_rogue, rogue):
    def tells(**telemetry):
        payload = Telemetry(**telemetry).SerializeToString()
        return {"portnum": 67, "payload": payload}

    at_rogue.open()
    assert at_rogue.health().busy is None
    metrics = DeviceMetrics(channel_utilization=31.5)
    rogue.say(radio.packet(id=1, decoded=tells(device_metrics=DeviceMetrics())))
    rogue.say(radio.packet(**{"from": radio.OWN}, decoded=tells(device_metrics=metrics)))
    assert at_rogue.health().busy == pytest.approx(31.5)
    stats = LocalStats(channel_utilization=7.0)
    rogue.say(radio.packet(**{"from": radio.OWN}, decoded=tells(local_stats=stats)))
    rogue.say(radio.packet(**{"from": radio.OWN}, decoded={"portnum": 67, "payload": b"\xff"}))
    assert at_rogue.health().busy == pytest.approx(7.0)


@pytest.mark.parametrize("said", [math.inf, math.nan, -1.0, 101.0])
def test_utilization_that_cannot_be_is_not_believed(at_rogue, rogue, said):
    at_rogue.open()
    metrics = DeviceMetrics(channel_utilization=said)
    payload = Telemetry(device_metrics=metrics).SerializeToString()
    rogue.say(radio.packet(**{"from": radio.OWN}, decoded={"portnum": 67, "payload": payload}))

    assert at_rogue.health().busy is None


def test_who_speaks_over_the_air_in_our_radio_s_name_is_not_believed(at_rogue, rogue):
    at_rogue.open()
    forged = {"from": radio.OWN, "rx_rssi": -90}
    metrics = DeviceMetrics(channel_utilization=99.0)
    payload = Telemetry(device_metrics=metrics).SerializeToString()
    rogue.say(radio.packet(**forged, decoded={"portnum": 67, "payload": payload}))
    refusal = {"portnum": 5, "payload": b"\x18\x27", "request_id": 7}
    rogue.say(radio.packet(**forged, decoded=refusal))

    assert at_rogue.health().busy is None
    assert at_rogue.receive() == []


def test_utilization_of_long_ago_counts_no_more(at_rogue, rogue, monkeypatch):
    at_rogue.open()
    payload = Telemetry(device_metrics=DeviceMetrics(channel_utilization=31.5)).SerializeToString()
    rogue.say(radio.packet(**{"from": radio.OWN}, decoded={"portnum": 67, "payload": payload}))
    assert at_rogue.health().busy is not None
    monkeypatch.setattr("gateways.mesh.ears.BUSY_LASTS_S", -1.0)
    assert at_rogue.health().busy is None


def test_the_radio_s_clock_is_compared_with_ours(rogue):
    made = gateway_at(rogue.address)
    made._ears._now = lambda: 1_000.0
    made.open()
    payload = Telemetry(time=1_090, device_metrics=DeviceMetrics()).SerializeToString()
    rogue.say(radio.packet(**{"from": radio.OWN}, decoded={"portnum": 67, "payload": payload}))
    made.health()
    assert made.health().facts["clock_offset_s"] == 90.0
    made.close()


def test_without_our_channel_the_rest_works_and_health_says_what_is_missing(tmp_path):
    with bench(tmp_path, channels=(PRIMARY,)) as made:
        gateway = made.gateway()
        gateway.open()
        health = gateway.health()
        assert health.reachable
        assert "no channel 'Jarshy'" in health.trouble
        assert "doctor" in health.mend
        with pytest.raises(TryAgainLater, match="no channel 'Jarshy'"):
            gateway.send(transmission())
        assert isinstance(gateway.send(transmission(recipient="^primary")), Taken)


def test_a_channel_that_was_added_meanwhile_is_found(at_rogue, rogue):
    usual = rogue.on_config
    rogue.on_config = config_of(radio.MY_INFO, radio.channel(0, role=1), radio.lora())
    at_rogue.open()
    assert at_rogue.health().trouble
    rogue.on_config = usual
    assert not at_rogue.health().trouble
    assert isinstance(at_rogue.send(transmission()), Taken)


def test_a_text_that_comes_while_the_configuration_is_read_again_is_kept(at_rogue, rogue):
    usual = rogue.on_config
    rogue.on_config = config_of(radio.MY_INFO, radio.channel(0, role=1), radio.lora())
    at_rogue.open()
    rogue.on_config = lambda asked: radio.packet() + usual(asked)
    assert at_rogue.health().reachable
    assert [text.text for text in heard(at_rogue)] == ["hello"]


def test_what_is_left_of_an_interrupted_configuration_shifts_no_channel(at_rogue, rogue):
    rogue.on_config = config_of(radio.channel(5, "stray"), *radio.USUAL)
    at_rogue.open()
    at_rogue.send(transmission())
    [packet] = rogue.packets()
    assert packet.channel == 1


@pytest.mark.parametrize("lora", [{"region": 0}, {"tx_enabled": False}], ids=["no-region", "mute"])
def test_a_radio_that_may_not_send_is_not_reachable(at_rogue, rogue, lora):
    rogue.on_config = config_of(*radio.USUAL[:-1], radio.lora(**lora))
    at_rogue.open()
    health = at_rogue.health()
    assert not health.reachable
    assert "not to send" in health.trouble


def test_time_on_air_follows_the_preset_also_before_it_is_open(at_rogue, rogue):
    assert at_rogue.air_ms(200, direct=False) == pytest.approx(1911, abs=1)
    assert at_rogue.air_ms(200, direct=True) > at_rogue.air_ms(200, direct=False)
    rogue.on_config = config_of(*radio.USUAL[:-1], radio.lora(modem_preset=4))
    at_rogue.open()
    at_rogue.close()
    assert at_rogue.air_ms(200, direct=False) == pytest.approx(570, abs=1)


# Each fault of a radio ends when it is opened again.


@pytest.mark.parametrize("fault", [kind.name for kind in KINDS])
@pytest.mark.parametrize("tty", [False, True], ids=["tcp", "serial"])
def test_when_a_fault_is_over_the_radio_serves_again(tmp_path, fault, tty):
    with bench(tmp_path, tty=tty) as made:
        gateway = made.gateway()
        gateway.open()
        patient = gateway._settings
        gateway._settings = replace(patient, open_wait_s=0.3, answer_wait_s=0.1)
        made.mesh.fault(RADIO, fault)
        for act in (lambda: gateway.send(transmission("during")), gateway.health, gateway.open):
            with suppress(GatewayDown, TryAgainLater, Unknown):
                act()
        made.mesh.clear_faults(RADIO)
        made.mesh.release(RADIO)
        gateway._settings = patient
        gateway.open()
        gateway.send(transmission("after"))
        assert made.on_air()[-1] == "after"
        made.let_hear("2")
