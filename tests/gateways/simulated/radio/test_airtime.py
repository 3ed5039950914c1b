"""The time on air against the table of what presets take."""

import pytest

from gateways.simulated.radio.airtime import PRESETS, time_on_air_ms


@pytest.mark.parametrize(
    ("preset", "times_ms"),
    [
        pytest.param("SHORT_TURBO", (28, 64, 90, 102)),
        pytest.param("SHORT_FAST", (55, 127, 181, 204)),
        pytest.param("SHORT_SLOW", (101, 229, 321, 362)),
        pytest.param("MEDIUM_FAST", (191, 406, 570, 642)),
        pytest.param("MEDIUM_SLOW", (341, 751, 1037, 1181)),
        pytest.param("LONG_TURBO", (443, 1033, 1459, 1656)),
        pytest.param("LONG_FAST", (641, 1378, 1911, 2157)),
        pytest.param("LONG_MODERATE", (2036, 4919, 7016, 7934)),
    ],
)
def test_a_text_takes_as_long_as_the_formula_says(preset, times_ms):
    # 22 octets stand around a text of up to 127 octets, 23 around a longer one.
    on_air = (32 + 22, 128 + 23, 200 + 23, 232 + 23)
    assert [round(time_on_air_ms(octets, PRESETS[preset])) for octets in on_air] == list(times_ms)


def test_long_slow_is_the_slowest():
    times = {name: time_on_air_ms(100, modulation) for name, modulation in PRESETS.items()}
    assert max(times, key=times.get) == "LONG_SLOW"
