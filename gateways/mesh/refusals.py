"""What it means that a radio, or a node far away, refused a packet.

A routing packet names its reason by `Routing.Error` of mesh.proto.  A queue
status answers each packet we hand over; its `res` is such a reason too, or a
number of the firmware's own (src/mesh/MeshTypes.h), and these take the same
numbers from 32 on: there the firmware's own are meant, since the others come
from far away only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gateways.base import Outcome

NONE = 0
_TOO_LARGE = "the packet is too large"
_NO_CHANNEL = "the radio has no such channel, or no key for it"
_NO_KEY = "the radio does not know the key of that node yet; it comes with its next node info"
_DUTY_CYCLE = "the radio has used up the time on air that its region allows"
_NO_INTERFACE = "the firmware of the radio does not find its LoRa chip"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What became of a packet, and why.

    `rest`: the radio is at fault, not the packet; it should rest.
    """

    outcome: Outcome
    reason: str
    rest: bool = False


def _later(reason: str, *, rest: bool = False) -> Refusal:
    return Refusal(Outcome.LATER, reason, rest)


def _failed(reason: str) -> Refusal:
    return Refusal(Outcome.FAILED, reason)


_BY_OUR_RADIO: Mapping[int, Refusal] = MappingProxyType(
    {
        1: _failed("the radio knows no way to that node"),
        3: _failed("nobody answered in time"),
        4: _later(_NO_INTERFACE, rest=True),
        5: _failed("it was on air three times and nobody acknowledged it"),
        6: _later(_NO_CHANNEL),
        7: _failed(_TOO_LARGE),
        9: _later(_DUTY_CYCLE, rest=True),
        32: _failed("the radio could not make sense of the packet"),
        34: _failed("the radio could not seal the packet for that node"),
        38: _later("the radio wants more time between two texts"),
        39: _later(_NO_KEY),
    }
)
_BY_RECIPIENT: Mapping[int, Refusal] = MappingProxyType(
    {
        2: _failed("the recipient refused it"),
        6: _failed("the recipient could not read it"),
        8: _failed("nothing at the recipient answers"),
        32: _failed("the recipient could not make sense of it"),
        33: _failed("the recipient does not let us"),
        34: _failed("the recipient could not open it"),
        35: _failed("the recipient does not know our key yet"),
    }
)
_BY_STATUS: Mapping[int, Refusal] = MappingProxyType(
    {
        4: _later(_NO_INTERFACE, rest=True),
        6: _later(_NO_CHANNEL),
        7: _failed(_TOO_LARGE),
        9: _later(_DUTY_CYCLE, rest=True),
        32: _later("the queue of the radio is full"),
        33: _later(_NO_INTERFACE, rest=True),
        34: _later("the radio is set not to send, or its region is not set", rest=True),
        38: _later("the radio wants more time between two texts"),
        39: _later(_NO_KEY),
    }
)


def of_report(error: int, *, by_our_radio: bool) -> Refusal:
    """What a routing packet with this error says of a packet that the radio had taken.

    What our own radio refuses was not on air, unless it names something that happened there.
    """
    table = _BY_OUR_RADIO if by_our_radio else _BY_RECIPIENT
    return table.get(error, _failed(f"routing error {error}"))


def of_status(result: int) -> Refusal:
    """What a queue status with this `res` says: the radio did not take the packet."""
    return _BY_STATUS.get(result, _later(f"the radio refused it with {result}"))
