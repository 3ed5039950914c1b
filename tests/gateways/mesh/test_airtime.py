"""Time on air, against figures worked out apart from this code."""

import pytest
from meshtastic.protobuf.config_pb2 import Config
from meshtastic.protobuf.mesh_pb2 import Data

from gateways.mesh.airtime import (
    PRESETS,
    Modulation,
    packet_octets,
    text_air_ms,
    time_on_air_ms,
)
from gateways.mesh.packets import MOST_BROADCAST, MOST_DIRECT

TEXTS = (32, 64, 128, 160, 200, 232)  # octets of a broadcast's text
ON_AIR_MS = {
    "SHORT_TURBO": (28, 41, 64, 75, 90, 102),
    "SHORT_FAST": (55, 81, 127, 150, 181, 204),
    "SHORT_SLOW": (101, 142, 229, 270, 321, 362),
    "MEDIUM_FAST": (191, 263, 406, 478, 570, 642),
    "MEDIUM_SLOW": (341, 484, 751, 873, 1037, 1181),
    "LONG_TURBO": (443, 640, 1033, 1230, 1459, 1656),
    "LONG_FAST": (641, 887, 1378, 1624, 1911, 2157),
    "LONG_MODERATE": (2036, 3084, 4919, 5837, 7016, 7934),
}
CELLS = [
    pytest.param(preset, octets, ms, id=f"{preset}-{octets}")
    for preset, row in ON_AIR_MS.items()
    for octets, ms in zip(TEXTS, row, strict=True)
]
FRAME = 255  # octets, the most that LoRa carries at once


@pytest.mark.parametrize(("preset", "octets", "ms"), CELLS)
def test_a_text_is_on_the_air_as_long_as_the_formula_says(preset, octets, ms):
    on_air = packet_octets(octets, direct=False)

    assert time_on_air_ms(on_air, PRESETS[preset]) == pytest.approx(ms, abs=1)


@pytest.mark.parametrize("octets", [1, 127, 128, 232])
def test_a_packet_is_its_header_and_what_protobuf_makes_of_the_text(octets):
    data = Data(portnum=1, payload=b"a" * octets, bitfield=0)

    assert packet_octets(octets, direct=False) == 16 + len(data.SerializeToString())
    assert packet_octets(octets, direct=True) == 28 + len(data.SerializeToString())


@pytest.mark.parametrize(
    ("most", "direct"),
    [
        pytest.param(MOST_BROADCAST, False, id="broadcast"),
        pytest.param(MOST_DIRECT, True, id="direct"),
    ],
)
def test_the_longest_text_fills_the_frame_and_no_more(most, direct):
    assert packet_octets(most, direct=direct) == FRAME


def test_a_longer_packet_is_never_shorter_on_the_air():
    for modulation in PRESETS.values():
        times = [time_on_air_ms(octets, modulation) for octets in range(FRAME + 1)]
        assert times == sorted(times)


def test_slow_symbols_are_sent_with_the_low_data_rate_in_mind():
    # 0.016384 s a symbol: 20.25 of preamble, 8, and 48 blocks of 36 bits in 8 symbols each.
    assert time_on_air_ms(214, Modulation(11, 125_000, 8)) == pytest.approx(16.384 * 412.25)


def test_part_of_a_ms_of_a_text_is_counted_as_one():
    assert text_air_ms(PRESETS["LONG_FAST"], 200, direct=False) == 1911  # 1910.8
    assert text_air_ms(PRESETS["LONG_FAST"], 200, direct=True) == 1993  # 1992.7


def test_an_empty_packet_takes_the_least_time():
    assert time_on_air_ms(0, Modulation(12, 125_000, 5)) == pytest.approx(32.768 * 28.25)


def test_each_preset_is_one_that_the_radio_knows():
    assert PRESETS.keys() <= set(Config.LoRaConfig.ModemPreset.keys())
