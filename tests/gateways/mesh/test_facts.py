"""What a radio says of itself."""

import json
from dataclasses import replace

import pytest
from meshtastic.protobuf.channel_pb2 import Channel
from meshtastic.protobuf.config_pb2 import Config
from meshtastic.protobuf.localonly_pb2 import LocalConfig, LocalModuleConfig
from meshtastic.protobuf.mesh_pb2 import DeviceMetadata

from gateways.mesh.airtime import PRESETS, Modulation
from gateways.mesh.facts import RadioFacts
from gateways.mesh.protobufs import Portrait, facts, is_complete

LORA = Config.LoRaConfig


def channel(index, name="", role=Channel.Role.SECONDARY, psk=b"\x01"):
    made = Channel(index=index, role=role)
    made.settings.name = name
    made.settings.psk = psk
    return made


PRIMARY = channel(0, role=Channel.Role.PRIMARY)
CHANNELS = (PRIMARY, channel(1, "Jarshy", psk=b"k" * 16), channel(2, "old", role=0))


def portrait(channels=CHANNELS, **lora):
    local = LocalConfig()
    given = {"use_preset": True, "region": LORA.RegionCode.KZ_433, "hop_limit": 3, **lora}
    local.lora.CopyFrom(LORA(**given))
    local.position.gps_mode = Config.PositionConfig.GpsMode.ENABLED
    modules = LocalModuleConfig()
    modules.mqtt.enabled = True
    return Portrait(7, "Almaty BOT", DeviceMetadata(firmware_version="2.7.26"), local, modules,
                    channels)  # fmt: skip


def test_a_configuration_is_read_whole():
    assert facts(portrait(tx_power=10, tx_enabled=True, config_ok_to_mqtt=True), "Jarshy") == (
        RadioFacts(
            node=7,
            long_name="Almaty BOT",
            firmware="2.7.26",
            region="KZ_433",
            preset="LONG_FAST",
            spreading_factor=11,
            bandwidth_hz=250_000,
            coding_rate=5,
            tx_power_dbm=10,
            tx_enabled=True,
            role="CLIENT",
            hop_limit=3,
            gps=True,
            fixed_position=False,
            ok_to_mqtt=True,
            mqtt=True,
            channel=1,
            channel_name="Jarshy",
            channel_key="own",
            channel_psk="",  # a key of its own is nobody's business
        )
    )


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        pytest.param("Jarshy", 1, id="by-name"),
        pytest.param(1, 1, id="by-index"),
        pytest.param("LongFast", 0, id="the-primary-by-its-preset"),
        pytest.param(0, 0, id="the-primary-by-index"),
        pytest.param("jarshy", None, id="names-mind-case"),
        pytest.param("old", None, id="switched-off"),
        pytest.param(2, None, id="switched-off-by-index"),
        pytest.param("", None, id="no-name"),
        pytest.param(9, None, id="no-such-index"),
    ],
)
def test_a_channel_is_found_by_name_or_index(wanted, index):
    assert facts(portrait(), wanted).channel == index


@pytest.mark.parametrize(
    ("psk", "kind"),
    [
        (b"", "none"),
        (b"\0", "none"),
        (b"\x01", "default"),
        (b"\x05", "default"),
        (b"k" * 32, "own"),
    ],
    ids=["empty", "off", "default", "simple", "own"],
)
def test_a_key_is_none_or_published_or_own(psk, kind):
    found = facts(portrait((PRIMARY, channel(1, "Jarshy", psk=psk))), "Jarshy")
    assert found.channel_key == kind


@pytest.mark.parametrize(
    ("lora", "modulation"),
    [
        pytest.param({}, PRESETS["LONG_FAST"], id="usual"),
        pytest.param(
            {"modem_preset": LORA.ModemPreset.MEDIUM_FAST}, PRESETS["MEDIUM_FAST"], id="preset"
        ),
        pytest.param(
            {"modem_preset": LORA.ModemPreset.LITE_FAST},
            PRESETS["LONG_MODERATE"],
            id="unknown-preset-rather-slow",
        ),
        pytest.param({"modem_preset": 99}, PRESETS["LONG_MODERATE"], id="unheard-of-preset"),
        pytest.param(
            {"use_preset": False, "spread_factor": 9, "bandwidth": 31, "coding_rate": 8},
            Modulation(9, 31_250, 8),
            id="by-hand",
        ),
        pytest.param({"use_preset": False}, Modulation(11, 250_000, 5), id="by-hand-left-empty"),
        pytest.param(
            {"use_preset": False, "spread_factor": 2000},
            PRESETS["LONG_MODERATE"],
            id="by-hand-nonsense",
        ),
    ],
)
def test_the_modulation_is_known_whatever_the_settings(lora, modulation):
    assert facts(portrait(**lora), "Jarshy").modulation == modulation


def test_names_that_the_library_does_not_know_are_numbers():
    found = facts(portrait(region=200), "Jarshy")
    assert found.region == "200"


def test_a_network_is_named_as_the_apps_do():
    assert facts(portrait(), "Jarshy").network == "LongFast KZ_433"
    assert facts(portrait(use_preset=False), "Jarshy").network == "Custom KZ_433"


@pytest.mark.parametrize(
    ("change", "sends"), [({}, True), ({"tx_enabled": False}, False), ({"region": "UNSET"}, False)]
)
def test_a_radio_sends_if_it_may_and_has_a_region(change, sends):
    assert replace(RadioFacts(region="KZ_433"), **change).sends is sends


def test_facts_go_through_json_and_come_back_alike():
    given = facts(portrait(), "Jarshy")
    assert RadioFacts.from_dict(json.loads(json.dumps(given.as_dict()))) == given


def test_facts_of_another_version_have_usual_values():
    assert RadioFacts.from_dict({"node": 7, "a_new_one": True}) == RadioFacts(node=7)


@pytest.mark.parametrize("written", [{"node": "seven"}, [1], {}, None, "x"])
def test_what_nobody_can_read_of_a_radio_is_nothing(written):
    assert RadioFacts.from_dict(written) is None


def test_without_lora_settings_a_configuration_is_half():
    assert not is_complete(LocalConfig())
    assert is_complete(portrait().local)
