"""One node to a directory, and whoever only looks is in nobody's way."""

import fcntl
import threading

import pytest

from relay import instance
from relay.instance import AlreadyRunningError, hold, is_running


def test_a_directory_is_held_until_it_is_let_go(tmp_path):
    held = hold(tmp_path)
    assert is_running(tmp_path)

    held.close()

    assert not is_running(tmp_path)


def test_a_second_holder_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(instance, "PATIENCE_S", 0.02)

    with hold(tmp_path), pytest.raises(AlreadyRunningError, match=str(tmp_path)):
        hold(tmp_path)

    hold(tmp_path).close()


def test_whoever_looks_never_keeps_a_node_from_starting(tmp_path):
    enough = threading.Event()

    def look():
        while not enough.is_set():
            is_running(tmp_path)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for _ in range(40):
            with hold(tmp_path):
                assert is_running(tmp_path)
    finally:
        enough.set()
        looking.join()

    assert not is_running(tmp_path)


def test_whoever_looks_is_not_taken_for_a_node(tmp_path):
    hold(tmp_path).close()
    with (tmp_path / instance.FILE).open(encoding="ascii") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)

        assert not is_running(tmp_path)


def test_whoever_looks_makes_nothing(tmp_path):
    assert not is_running(tmp_path)
    assert not is_running(tmp_path / "nowhere")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("runs", [True, False], ids=["it-runs", "it-does-not"])
def test_whoever_may_only_read_can_look(tmp_path, runs):
    held = hold(tmp_path)
    if not runs:
        held.close()
    (tmp_path / instance.FILE).chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        assert is_running(tmp_path) is runs
    finally:
        tmp_path.chmod(0o755)
        held.close()
