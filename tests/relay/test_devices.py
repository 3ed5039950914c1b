"""What the parts of a node have in common, whether it has its key or not."""

import pytest

from relay.devices import _Pins
from tests.relay.world import make_keys


@pytest.mark.parametrize("asks_locked", [True, False], ids=["asked-locked", "asked-unlocked"])
@pytest.mark.parametrize("tries_locked", [True, False], ids=["tried-locked", "tried-unlocked"])
def test_a_refused_pin_is_remembered_with_the_key_and_without_it(world, tries_locked, asks_locked):
    tries = _Pins(world.store, make_keys(locked=tries_locked))
    asks = _Pins(world.store, make_keys(locked=asks_locked))

    tries.remember("beeline|1234")
    assert asks.is_refused("beeline|1234")
    assert not asks.is_refused("beeline|4321")
    assert not asks.is_refused("kcell|1234")

    asks.take_back("beeline|1234")
    assert not tries.is_refused("beeline|1234")


def test_no_pin_lies_in_the_store(world):
    _Pins(world.store, world.keys).remember("beeline|1234")

    assert not any(b"1234" in value for value in world.dump() if isinstance(value, bytes))
    assert not any("1234" in value for value in world.dump() if isinstance(value, str))
