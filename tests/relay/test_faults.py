"""What the operator meets at night: each fault gives one clear message, loses nothing, heals."""

import fcntl
import os
import subprocess
import time
from pathlib import Path

import pytest

from gateways.simulated.server import background
from gateways.simulated.settings import ModemConfig, SimulationConfig
from tests.whole import WAIT_S, Whole, port

MODEM, PERSON = "+77010000001", "+77015550101"


def air(tmp_path, **options):
    config = SimulationConfig(
        directory=tmp_path / "air", modems=(ModemConfig("m", MODEM, latency_s=0.0, **options),)
    )
    return background(config)


def until(true):
    """Ask until it holds; what is asked runs a command each time."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        if true():
            return
    pytest.fail("it never came to hold")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        pytest.param("poll_s = 'soon'", ["jarshy.toml line", "modem[1].poll_s"], id="no-number"),
        pytest.param("segment_per_day = 3", ["line", "segments_per_day"], id="did-you-mean"),
        pytest.param("name = [", ["line"], id="no-toml"),
    ],
)
def test_a_mistake_in_the_settings_is_one_line_with_file_line_and_key(tmp_path, wrong, says):
    whole = Whole(tmp_path / "node", {})
    with whole.settings.open("a") as file:
        file.write(f'[[modem]]\nname = "m"\nport = "/dev/null"\n{wrong}\n')
    said = whole.command("run", status=1)
    assert len(said.strip().splitlines()) == 1
    assert all(part in said for part in says)
    assert "Traceback" not in said


def test_a_node_without_a_modem_answers_the_command_line_and_heals_when_it_comes(tmp_path):
    with air(tmp_path) as sim:
        sim.unplug("m")
        with Whole(tmp_path / "node", {"m": port(sim, "m")}) as node:
            said = node.wait_log("m: down")
            assert "there is no" in said
            assert "plug the modem in" in said
            number = node.command("outbox", "add", PERSON, "--text", "waits for the modem").strip()
            assert number == "1"
            assert node.status()["modems"][0]["state"] == "down"
            sim.plug("m")
            assert sim.wait_for(PERSON, 1, WAIT_S)[0]["text"] == "waits for the modem"
            assert node.stop() == 0


def test_a_port_in_use_is_named_and_taken_when_it_is_free(tmp_path):
    with air(tmp_path) as sim:
        other = os.open(port(sim, "m"), os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(other, fcntl.LOCK_EX)
        with Whole(tmp_path / "node", {"m": port(sim, "m")}) as node:
            assert "in use by another program" in node.wait_log("m: down")
            os.close(other)
            node.wait_log("m: ready")


def test_a_wrong_pin_is_tried_once_and_remembered_over_restarts(tmp_path):
    with air(tmp_path, pin="1234") as sim:
        node = Whole(tmp_path / "node", {"m": port(sim, "m")}, more='pin = "9999"')
        for _ in range(3):
            with node:
                said = node.wait_log("m: needs you")
                assert "refused by the SIM" in said
                assert "9999" not in said
                node.stop()
            # From here on without its key: it remembers all the same.
            (node.directory / "key").unlink(missing_ok=True)
        assert sim.state("m")["pin_tries"] == 2
        text = node.settings.read_text()
        node.settings.write_text(text.replace('pin = "9999"', 'pin = "1234"'))
        with node:
            node.wait_log("m: ready")


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 2 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no octet free."""
    path = folder / "filling"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    return path


def test_on_a_full_disk_nothing_is_lost_and_it_goes_on_when_there_is_room(tmp_path, small_disk):
    with air(tmp_path) as sim:
        node = Whole(small_disk / "node", {"m": port(sim, "m")})
        text = node.settings.read_text().replace("#ballast_octets = 1048576", "ballast_octets = 0")
        node.settings.write_text(text)
        with node:
            node.wait_log("m: ready")
            sim.text(PERSON, MODEM, "НОВОСТИ")
            sim.wait_for(PERSON, 2, WAIT_S)
            filling = fill(small_disk)
            sim.text(PERSON, MODEM, "MENU")
            said = node.wait_log("the disk is full")
            assert "free some space" in said
            assert sum(sim.state("m")["used"].values()) >= 1, (
                "what could not be committed stays on the SIM"
            )
            filling.unlink()
            sim.wait_for(PERSON, 3, WAIT_S)
            until(lambda: node.status()["inbox"]["handled"] == 2)
            # The last delivery report may still be on the SIM.
            until(lambda: sum(sim.state("m")["used"].values()) == 0)
            assert node.stop() == 0


def test_sigterm_ends_it_within_10_s_also_while_the_modem_is_silent(tmp_path):
    with air(tmp_path) as sim:
        sim.fault("m", "silent", point="verdict")
        with Whole(tmp_path / "node", {"m": port(sim, "m")}) as node:
            node.wait_log("m: ready")
            node.command("outbox", "add", PERSON, "--text", "the modem never answers")
            until(lambda: node.status()["outbox"]["sending"] == 1)
            began = time.monotonic()
            assert node.stop() == 0
            assert time.monotonic() - began < 10
        sim.clear_faults("m")
        with node:
            assert "1 unknown" in node.wait_log("start:")
            assert sim.wait_for(PERSON, 1, WAIT_S)[0]["text"] == "the modem never answers"


def test_a_locked_node_answers_questions_and_is_unlocked_by_hand(tmp_path):
    with air(tmp_path) as sim:
        node = Whole(tmp_path / "node", {"m": port(sim, "m")})
        with node:
            node.wait_log("m: ready")
            node.stop()
        key = tmp_path / "stick"
        (node.directory / "key").rename(key)
        with node:
            assert "LOCKED" in node.wait_log("start:")
            sim.text(PERSON, MODEM, "НОВОСТИ")
            assert "новост" in sim.wait_for(PERSON, 1, WAIT_S)[0]["text"]
            sim.text(PERSON, MODEM, "ПОДПИСКА")
            node.command("subscriber", "list", status=1)
            until(lambda: node.status()["inbox"]["received"] == 2)
            node.command("unlock", "--key-file", str(key))
            assert "1 подписка" in sim.wait_for(PERSON, 2, WAIT_S)[1]["text"]
            until(lambda: node.status()["subscribers"]["active"] == 1)
            until(lambda: not node.status()["locked"])
