"""What a radio tells of itself, unasked: how busy the channel is."""

from functools import partial

from gateways.simulated.radio.protobufs import Data, DeviceMetrics, PortNum, Telemetry
from gateways.simulated.radio.unit import Radio

_EXTERNAL_POWER = 101  # as a battery level


def begin(radio: Radio, now: float) -> None:
    """Tell it again and again."""
    if radio.config.telemetry_s > 0:
        radio.medium.at(now + radio.config.telemetry_s, partial(_tell_and_go_on, radio))


def tell(radio: Radio, now: float) -> None:
    """Tell it now, if there is anybody to tell."""
    if not radio.up or not radio.session.configured:
        return
    metrics = DeviceMetrics(
        battery_level=_EXTERNAL_POWER,
        voltage=5.0,
        channel_utilization=utilization(radio, now),
        air_util_tx=radio.medium.utilization(radio.node.antenna, now, own=True),
    )
    said = Telemetry(time=int(now), device_metrics=metrics)
    data = Data(portnum=PortNum.TELEMETRY_APP, payload=said.SerializeToString())
    radio.say_of_self(data.SerializeToString(), now)


def utilization(radio: Radio, now: float) -> float:
    """Return the percentage of the last minute that the channel was in use."""
    if radio.utilization is not None:
        return radio.utilization
    return radio.medium.utilization(radio.node.antenna, now)


def _tell_and_go_on(radio: Radio, now: float) -> None:
    tell(radio, now)
    begin(radio, now)
