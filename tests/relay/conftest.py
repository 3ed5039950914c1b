"""What the tests of the trunk share."""

import functools

import pytest

from config.keywords import load_keywords
from config.texts import load_texts
from relay import assembly
from relay.keywords import Grammar
from tests.relay.world import World

_texts = functools.cache(load_texts)


@functools.cache
def _grammar():
    return Grammar(load_keywords())


@pytest.fixture(autouse=True)
def _tables_are_read_once(monkeypatch):
    """Neither the texts nor the grammar change; to make them takes longer than most tests."""
    monkeypatch.setattr(assembly, "load_texts", _texts)
    monkeypatch.setattr(assembly, "load_keywords", lambda: None)
    monkeypatch.setattr(assembly, "Grammar", lambda _: _grammar())


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
