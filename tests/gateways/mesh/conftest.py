"""What the tests of the mesh gateway share."""

import pytest

from tests.gateways.mesh import bench as benches
from tests.gateways.mesh.rogue import Rogue


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    benches.hasty(monkeypatch)


@pytest.fixture
def bench(tmp_path):
    with benches.bench(tmp_path) as made:
        yield made


@pytest.fixture
def gateway(bench):
    made = bench.gateway()
    made.open()
    return made


@pytest.fixture
def rogue():
    made = Rogue()
    yield made
    made.close()


@pytest.fixture
def at_rogue(rogue):
    made = benches.gateway_at(rogue.address)
    yield made
    made.close()
