"""What `jarshy doctor` says of a radio."""

from dataclasses import replace

import pytest

from gateways.mesh.advice import Mark, Wanted, advise
from gateways.mesh.facts import RadioFacts

FINE = RadioFacts(
    node=7,
    long_name="Almaty BOT",
    firmware="2.7.26.54e5f5d",
    region="KZ_433",
    tx_power_dbm=10,
    channel=1,
    channel_name="Jarshy",
    channel_key="own",
    clock_offset_s=1.5,
)
HERE = Wanted("Jarshy", "tcp://127.0.0.1", in_kazakhstan=True)
CLIENT = "meshtastic --host 127.0.0.1:4403"


def test_a_radio_that_is_set_up_well_needs_nothing():
    assert advise(FINE, HERE) == []


@pytest.mark.parametrize(
    ("change", "mark", "mend"),
    [
        pytest.param({"region": "UNSET"}, Mark.BAD, "--set lora.region KZ_433", id="no-region"),
        pytest.param({"region": "EU_868"}, Mark.WARN, "--set lora.region KZ_433", id="foreign"),
        pytest.param(
            {"region": "KZ_863", "tx_power_dbm": 20}, Mark.WARN, "--set lora.tx_power 14", id="loud"
        ),
        pytest.param(
            {"region": "KZ_863", "tx_power_dbm": 0}, Mark.WARN, "--set lora.tx_power 14", id="most"
        ),
        pytest.param({"tx_enabled": False}, Mark.BAD, "--set lora.tx_enabled true", id="mute"),
        pytest.param({"role": "ROUTER"}, Mark.WARN, "--set device.role CLIENT", id="router"),
        pytest.param({"role": "TRACKER"}, Mark.WARN, "--set device.role CLIENT", id="tracker"),
        pytest.param({"role": "99"}, Mark.WARN, "--set device.role CLIENT", id="unheard-of-role"),
        pytest.param({"gps": True}, Mark.WARN, "--set position.gps_mode DISABLED", id="gps"),
        pytest.param({"fixed_position": True}, Mark.WARN, "--remove-position", id="given-place"),
        pytest.param({"hop_limit": 0}, Mark.BAD, "--set lora.hop_limit 3", id="no-hops"),
        pytest.param({"hop_limit": 7}, Mark.WARN, "--set lora.hop_limit 3", id="many-hops"),
        pytest.param({"hop_limit": 2}, Mark.NOTE, "--set lora.hop_limit 3", id="few-hops"),
        pytest.param(
            {"ok_to_mqtt": True}, Mark.WARN, "--set lora.config_ok_to_mqtt false", id="to-internet"
        ),
        pytest.param({"mqtt": True}, Mark.WARN, "--set mqtt.enabled false", id="bridge"),
        pytest.param(
            {"long_name": "Almaty"}, Mark.WARN, "--set-owner 'Almaty BOT'", id="named-like-a-person"
        ),
        pytest.param({"long_name": ""}, Mark.WARN, "--set-owner 'Jarshy BOT'", id="no-name"),
        pytest.param({"clock_offset_s": -61.0}, Mark.WARN, "--set-time", id="clock-behind"),
        pytest.param({"clock_offset_s": 3600.0}, Mark.WARN, "--set-time", id="clock-ahead"),
    ],
)
def test_each_thing_has_its_mark_and_the_exact_command(change, mark, mend):
    [advice] = advise(replace(FINE, **change), HERE)
    assert (advice.mark, advice.mend) == (mark, f"{CLIENT} {mend}")
    assert advice.what


@pytest.mark.parametrize(
    ("change", "bad"),
    [
        pytest.param({"firmware": "2.4.9"}, True, id="no-keys"),
        pytest.param({"firmware": "2.5.0"}, False, id="has-keys"),
        pytest.param({"firmware": "2.7.17", "region": "KZ_863", "tx_power_dbm": 14}, True,
                     id="wrong-band"),
        pytest.param({"firmware": "2.7.18", "region": "KZ_863", "tx_power_dbm": 14}, False,
                     id="right-band"),
        pytest.param({"firmware": "2.10.0"}, False, id="numbers-are-no-letters"),
    ],
)  # fmt: skip
def test_old_firmware_must_be_renewed(change, bad):
    found = advise(replace(FINE, **change), HERE)
    assert [advice.mark for advice in found] == [Mark.BAD] * bad


def test_a_firmware_that_is_not_told_is_noted():
    [advice] = advise(replace(FINE, firmware=""), HERE)
    assert advice.mark is Mark.NOTE


def test_a_missing_channel_comes_with_the_whole_recipe():
    [advice] = advise(replace(FINE, channel=None, channel_key="none"), HERE)
    assert advice.mark is Mark.BAD
    assert f"`{CLIENT} --ch-add Jarshy --ch-set psk default" in advice.mend


def test_our_channel_should_not_be_the_primary():
    [advice] = advise(replace(FINE, channel=0), HERE)
    assert advice.mark is Mark.WARN
    assert "--ch-add" in advice.mend


@pytest.mark.parametrize("key", ["none", "default"])
def test_a_channel_that_everybody_can_read_is_meant_so(key):
    [advice] = advise(replace(FINE, channel_key=key), HERE)
    assert (advice.mark, advice.mend) == (Mark.NOTE, "")


def test_elsewhere_any_region_will_do():
    abroad = replace(HERE, in_kazakhstan=False)
    assert advise(replace(FINE, region="EU_868"), abroad) == []
    [advice] = advise(replace(FINE, region="UNSET"), abroad)
    assert advice.mend.endswith("--set lora.region REGION")


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("serial:///dev/ttyUSB0", "meshtastic --port /dev/ttyUSB0 "),
        ("serial:///dev/my radio", "meshtastic --port '/dev/my radio' "),
        ("tcp://10.0.0.2:4404", "meshtastic --host 10.0.0.2:4404 "),
        ("nonsense", "meshtastic --"),
    ],
)
def test_the_command_names_this_radio(address, client):
    [advice] = advise(replace(FINE, hop_limit=7), replace(HERE, address=address))
    assert advice.mend.startswith(client)


def test_the_worst_stands_first():
    found = advise(replace(FINE, hop_limit=0, gps=True, channel_key="none", region="UNSET"), HERE)
    assert [advice.mark for advice in found] == [Mark.BAD, Mark.BAD, Mark.WARN, Mark.NOTE]


def test_a_long_name_is_cut_between_letters():
    name = "Ә" * 30
    [advice] = advise(replace(FINE, long_name=name), HERE)
    assert advice.mend == f"{CLIENT} --set-owner '{'Ә' * 17} BOT'"
