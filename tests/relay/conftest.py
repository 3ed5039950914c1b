"""What the tests of the trunk share."""

import pytest

from tests.relay.world import World


@pytest.fixture
def world(tmp_path):
    """A node that has its key."""
    made = World(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def locked(tmp_path):
    """A node without its key."""
    made = World(tmp_path, locked=True)
    yield made
    made.store.close()
