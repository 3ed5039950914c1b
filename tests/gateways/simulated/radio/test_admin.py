"""What a client asks its own radio, and changes in it."""

import pytest
from meshtastic.protobuf.admin_pb2 import AdminMessage
from meshtastic.protobuf.channel_pb2 import Channel, ChannelSettings
from meshtastic.protobuf.portnums_pb2 import PortNum

from tests.gateways.simulated.radio.bench import ONE, Bench, packets, statuses, verdicts

ADMIN = PortNum.ADMIN_APP


def ask(bench, packet_id=1, **said):
    """Send an AdminMessage to the radio itself; return what it says."""
    octets = said.pop("octets", None) or AdminMessage(**said).SerializeToString()
    return bench.send(octets, to=ONE.node_number, portnum=ADMIN, id=packet_id, want_ack=True)


def answered(words):
    (packet,) = packets(words, ADMIN)
    assert packet.decoded.request_id == 1
    return AdminMessage.FromString(packet.decoded.payload)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param({"get_channel_request": 2}, "get_channel_response", id="channel"),
        pytest.param({"get_owner_request": True}, "get_owner_response", id="owner"),
        pytest.param({"get_config_request": 5}, "get_config_response", id="lora"),
        pytest.param({"get_config_request": 8}, "get_config_response", id="session-key"),
        pytest.param({"get_module_config_request": 0}, "get_module_config_response", id="mqtt"),
        pytest.param(
            {"get_device_metadata_request": True}, "get_device_metadata_response", id="metadata"
        ),
        pytest.param({"get_ringtone_request": True}, "get_ringtone_response", id="ringtone"),
    ],
)
def test_a_question_is_answered(question, answer):
    said = ask(Bench(), **question)
    assert statuses(said) == [(1, 0)]
    assert answered(said).WhichOneof("payload_variant") == answer


def test_the_parts_of_the_configuration_are_numbered_as_the_protocol_does():
    assert answered(ask(Bench(), get_config_request=5)).get_config_response.HasField("lora")
    assert answered(ask(Bench(), get_channel_request=2)).get_channel_response.index == 1


def test_a_channel_that_is_added_is_on_air():
    bench = Bench()
    settings = ChannelSettings(name="Jarshy", psk=b"\x01")
    new = Channel(index=3, role=Channel.Role.SECONDARY, settings=settings)
    assert verdicts(ask(bench, set_channel=new)) == [(1, "NONE", ONE.node_number)]
    bench.send("hi", id=2, channel=3)
    bench.wait(5)
    assert bench.of("sent")[0]["channel"] == "Jarshy"
    # Another key makes it another channel.
    assert bench.shown("aigul") == []


def test_settings_are_kept():
    bench = Bench()
    ask(bench, set_owner={"long_name": "one BOT"})
    ask(bench, packet_id=2, set_config={"lora": {"hop_limit": 5, "region": 24}})
    words = bench.connect()
    assert words[1].node_info.user.long_name == "one BOT"
    lora = next(word.config.lora for word in words if word.config.HasField("lora"))
    assert (lora.hop_limit, lora.region) == (5, 24)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"get_channel_request": 9}, id="no-such-channel"),
        pytest.param({"set_channel": {"index": 8}}, id="no-such-slot"),
        pytest.param({"octets": b"\x12\x7f\x01"}, id="no-protobuf"),
    ],
)
def test_what_cannot_be_done_is_refused(said):
    assert verdicts(ask(Bench(), **said)) == [(1, "BAD_REQUEST", ONE.node_number)]
