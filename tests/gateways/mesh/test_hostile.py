"""What anybody on the air, or a broken radio, can say: read, counted or dropped, never more."""

import logging
import tracemalloc
from dataclasses import replace
from hashlib import sha256

import pytest
from meshtastic.protobuf.mesh_pb2 import FromRadio, MeshPacket

from gateways.base import HeardNothing, HeardText, Taken
from tests.gateways.mesh import rogue as radio
from tests.gateways.mesh.bench import heard, transmission

NOISE = b"".join(sha256(str(n).encode()).digest() for n in range(600))
TEXT = radio.packet(id=99)


@pytest.fixture
def open_one(at_rogue):
    at_rogue.open()
    return at_rogue


def all_read(gateway):
    """Wait until the radio's last word was read: an answer stands behind it.

    Two statuses that stand before it, to be swallowed by noise, may be taken for answers.
    """
    for _ in range(3):
        assert gateway.health()


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"\xff" * 3_000, id="noise"),
        pytest.param(b"INFO | 12:00:01 a log line in \xd0\x94\r\n" * 100, id="the-radio-s-log"),
        pytest.param(b"\x00" * 100_000, id="a-log-line-without-end"),
        pytest.param(radio.frame(b"\xff" * 300), id="no-protobuf"),
        pytest.param(radio.frame(b""), id="nothing"),
        pytest.param(b"\x94\xc3\xff\xff" + b"x" * 600, id="a-huge-frame"),
        pytest.param(b"\x94\xc3\x02\x00" + b"\xff" * 512, id="the-largest-frame"),
        pytest.param(b"\x94\x94" * 50, id="half-a-header"),
        pytest.param(radio.frame(b"\x12\x7f\x01"), id="a-packet-cut-short"),
        pytest.param(radio.frame(b"\x22\x04\x12\x02\xff\xff"), id="a-name-that-is-not-utf-8"),
        pytest.param(radio.framed(packet=MeshPacket()), id="a-packet-of-nothing"),
        pytest.param(radio.framed(packet=MeshPacket(encrypted=b"x" * 200)), id="a-sealed-packet"),
        pytest.param(radio.packet(**{"from": 0}), id="a-packet-from-nobody"),
        pytest.param(radio.channel(4_000, "Jarshy"), id="a-channel-that-cannot-be"),
        pytest.param(radio.channel(-1, "Jarshy"), id="a-channel-below-all"),
        pytest.param(radio.framed(config_complete_id=7), id="an-end-of-nothing"),
        pytest.param(radio.framed(rebooted=False) * 0, id="silence"),
    ],
)
def test_what_makes_no_sense_is_skipped_and_what_stands_behind_it_is_read(
    open_one, rogue, octets, capfd, caplog
):
    caplog.set_level(logging.DEBUG)
    rogue.say(octets + radio.status() + radio.status() + TEXT)
    all_read(open_one)
    assert [each.text for each in heard(open_one)] == ["hello"]
    assert isinstance(open_one.send(transmission()), Taken)
    assert capfd.readouterr() == ("", "")
    assert "hello" not in caplog.text


def test_noise_ends_nothing(open_one, rogue):
    # It may hold what looks like a frame, which then swallows up to 512 octets of what follows.
    rogue.say(NOISE + radio.status() * 100)
    all_read(open_one)
    assert open_one.receive() == []


def test_broken_frames_are_counted(open_one, rogue):
    rogue.say(radio.frame(b"\xff" * 300) * 3)
    all_read(open_one)
    assert open_one._session.malformed == 3


@pytest.mark.parametrize(
    "packet",
    [
        pytest.param({"decoded": {"portnum": 5, "payload": b"\xff", "request_id": 1}}, id="broken"),
        pytest.param({"decoded": {"portnum": 5, "payload": b"\x0a\x00", "request_id": 1}},
                     id="about-a-route"),
        pytest.param({"decoded": {"portnum": 5, "payload": b"\x18\x00"}}, id="of-nothing"),
        pytest.param({"to": 7, "decoded": {"portnum": 5, "payload": b"\x18\x00", "request_id": 1}},
                     id="to-somebody-else"),
        pytest.param({"decoded": {"portnum": 4, "payload": b"\xff"}}, id="a-broken-name"),
        pytest.param({"decoded": {"portnum": 1000, "payload": b"x"}}, id="no-such-port"),
        pytest.param({"decoded": {"portnum": 6, "payload": b"\xff" * 200}}, id="an-admin"),
        pytest.param({"to": 0xFFFFFFFF}, id="chatter"),
    ],
)  # fmt: skip
def test_a_packet_that_is_not_for_us_is_not_kept(open_one, rogue, packet):
    rogue.say(radio.packet(**packet))
    all_read(open_one)
    assert open_one.receive() == []


def test_a_forged_acknowledgement_names_its_forger(open_one, rogue):
    ack = {"portnum": 5, "payload": b"\x18\x00", "request_id": 4711}
    rogue.say(radio.packet(**{"from": 0xBAD}, decoded=ack))
    all_read(open_one)
    [report] = heard(open_one)
    assert report.recipient == "!00000bad"


def test_237_octets_of_noise_are_broken_and_told_so(open_one, rogue):
    rogue.say(radio.packet(decoded={"payload": b"\xff" * 237}))
    all_read(open_one)
    assert heard(open_one) == [HeardNothing("a text that is not UTF-8", broken=True)]


def test_letters_that_turn_a_line_around_are_kept_as_they_are(open_one, rogue):
    words = "\u202eТЭЖУЛ\u202c 2 \u2066x\u2069"
    rogue.say(radio.packet(decoded={"payload": words.encode()}))
    all_read(open_one)
    assert heard(open_one) == [HeardText("!a5bce6fa", words, None, None)]


@pytest.mark.parametrize(
    "name", ["", "\0", "BOT" * 100, "\u202eTOB", "x" * 450, "'; DROP TABLE node; --"]
)
def test_a_node_may_be_called_anything(open_one, rogue, name):
    rogue.say(radio.named(radio.OTHER, name) + TEXT)
    all_read(open_one)
    [text] = heard(open_one)
    assert text.refusal == ("bot" if name.endswith("BOT") else None)


def test_ten_thousand_packets_at_once_fill_no_memory_and_lose_none_of_the_first(
    open_one, rogue, caplog
):
    flood = b"".join(radio.packet(id=n, decoded={"payload": b"x" * 200}) for n in range(1, 10_001))
    open_one._settings = replace(open_one._settings, answer_wait_s=30.0)
    tracemalloc.start()
    rogue.say(flood)
    all_read(open_one)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    held = open_one.receive()
    assert len(held) == 256
    assert grown < 1_000_000
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    for raw in held:
        open_one.forget(raw)
    rogue.say(TEXT)
    all_read(open_one)
    assert len(open_one.receive()) == 1


def test_the_configuration_of_another_moment_changes_nothing(open_one, rogue):
    """What comes unasked is read into the library, and asked for by nobody."""
    facts = open_one.health().facts
    rogue.say(radio.lora(hop_limit=7) + radio.channel(1, "Other"))
    all_read(open_one)
    assert open_one.health().facts == facts


def test_a_message_of_every_kind_is_survived(open_one, rogue):
    kinds = FromRadio.DESCRIPTOR.oneofs_by_name["payload_variant"].fields
    for kind in kinds:
        if kind.message_type is not None:
            word = FromRadio()
            getattr(word, kind.name).SetInParent()
            if kind.name not in {"my_info", "queueStatus"}:
                rogue.say(radio.frame(word.SerializeToString()))
    all_read(open_one)
    assert isinstance(open_one.send(transmission()), Taken)
