"""The simulation on real ttys: with a library that knows nothing of it, and as a process."""

import os
import resource
import signal
import subprocess
import sys
import threading
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
import serial

from gateways.simulated.__main__ import main
from gateways.simulated.client import Air, AirError
from gateways.simulated.server import (
    AlreadyRunningError,
    ModemConfig,
    Server,
    SimulationConfig,
    background,
)
from tests.gateways.simulated.bench import NUMBER, PHONE, submit

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from gsmmodem.modem import GsmModem

ROOT = Path(__file__).parents[3]


@pytest.fixture
def config(tmp_path):
    modems = (ModemConfig("one", NUMBER, latency_s=0), ModemConfig("two", "+77010000002"))
    return SimulationConfig(tmp_path, modems, report_delay_s=0)


@pytest.fixture
def air(config):
    with background(config) as air:
        yield air


class Host:
    """A bare host that talks through the tty."""

    def __init__(self, air, modem="one"):
        self.port = serial.Serial(
            str(air.tty(modem)), 115200, timeout=5, exclusive=True, dsrdtr=True, rtscts=True
        )

    def ask(self, octets, end=b"OK\r\n"):
        self.port.write(octets)
        return self.port.read_until(end)

    def send(self, text, end=b"OK\r\n"):
        octets = submit(PHONE, text)
        self.ask(b"AT+CMGS=%d\r" % len(octets), b"> ")
        return self.ask(b"00" + octets.hex().encode() + b"\x1a", end)


@pytest.fixture
def host(air):
    host = Host(air)
    host.ask(b"ATE0\r")
    yield host
    host.port.close()


def test_a_library_connects_sends_and_receives(config):
    # Without reports: the library takes their lines for answers to its commands.
    with background(replace(config, reports=False)) as air:
        converse(air)


def converse(air):
    arrived = threading.Event()
    received = []

    def on_message(sms):
        received.append((sms.number, sms.text))
        arrived.set()

    modem = GsmModem(str(air.tty("one")), 115200, smsReceivedCallbackFunc=on_message)
    modem.connect()
    try:
        assert (modem.networkName, modem.ownNumber) == ("Simulated", NUMBER)
        assert modem.sendSms(PHONE, "Алматы: связи нет").reference == 0
        modem.sendSms(PHONE, "long " * 60)
        shown = air.wait_for(PHONE, 2, 5)
        assert [message["text"] for message in shown] == ["Алматы: связи нет", "long " * 60]
        assert air.text(PHONE, "one", "жаңалық") == 1
        assert arrived.wait(5)
        assert received == [(PHONE, "жаңалық")]
    finally:
        modem.close()


def test_the_log_has_a_segment_before_the_host_has_its_verdict(air, host):
    air.hold("one", "taken")
    octets = submit(PHONE, "hello")
    host.ask(b"AT+CMGS=%d\r" % len(octets), b"> ")
    host.port.write(b"00" + octets.hex().encode() + b"\x1a")
    assert air.wait_held("one", 5) == "taken"
    assert [event["text"] for event in air.messages()] == ["hello"]
    assert host.port.in_waiting == 0
    air.release("one")
    assert b"+CMGS: 0" in host.ask(b"")


def test_what_a_dead_host_left_half_typed_is_there_for_the_next(air, host):
    host.ask(b"AT+CMGS=20\r", b"> ")
    host.port.write(b"0011")
    host.port.close()
    assert air.state("one")["in_text"]
    following = Host(air)
    assert following.ask(b"\x1b") == b"\r\nOK\r\n"
    assert following.ask(b"AT\r") == b"\r\nOK\r\n"
    following.port.close()


def test_a_modem_that_is_unplugged_cuts_its_host_off_and_comes_back(air, host):
    air.unplug("one")
    assert not os.path.lexists(air.tty("one"))
    with pytest.raises(OSError):
        host.ask(b"AT\r")
    air.text(PHONE, "one", "waits")
    air.plug("one")
    again = Host(air)
    again.ask(b"ATE0\r")
    assert b"+CMGL: 1,0,," in again.ask(b"AT+CMGL=4\r")
    again.port.close()


def test_a_restart_may_take_the_tty_away_for_a_while(air, host):
    before = air.tty("one").readlink()
    assert host.port.is_open
    air.reboot("one", drop=True, down_s=0.01)
    air.text(PHONE, "one", "after")
    air.wait_event("deliver", 5, text="after")
    assert os.path.lexists(air.tty("one"))
    assert before


def test_waiting_ends_in_time_or_says_what_came(air):
    with pytest.raises(TimeoutError, match="0 of 1"):
        air.wait_for(PHONE, 1, 0.01)
    with pytest.raises(TimeoutError, match="submit"):
        air.wait_event("submit", 0.01)


def test_an_event_is_found_even_if_it_was_before(air, host):
    host.send("early")
    event = air.wait_event("submit", 5, text="early")
    assert event["to"] == PHONE
    with pytest.raises(TimeoutError):
        air.wait_event("submit", 0.01, since=event["at"] + 1, text="early")


def test_a_refused_request_says_why(air):
    with pytest.raises(AirError, match="known: one, two"):
        air.state("three")
    with pytest.raises(AirError, match="verdict_lost"):
        air.fault("one", "nonsense")


def test_two_modems_share_one_air(air, host):
    octets = submit("+77010000002", "over there")
    host.ask(b"AT+CMGS=%d\r" % len(octets), b"> ")
    host.ask(b"00" + octets.hex().encode() + b"\x1a")
    assert air.wait_event("deliver", 5, modem="two")["text"] == "over there"
    assert [modem["name"] for modem in air.modems()] == ["one", "two"]


def test_nobody_reading_harms_nothing(air):
    for _ in range(400):
        air.fault("one", "noise", octets_hex="55" * 200)
    assert air.state("one")["plugged"]
    host = Host(air)
    assert host.ask(b"\rATE0\r").endswith(b"OK\r\n")
    host.port.close()


def test_more_than_500_segments_a_second_go_through(air, host):
    before = resource.getrusage(resource.RUSAGE_SELF)
    for number in range(200):
        host.send(f"n{number}")
    after = resource.getrusage(resource.RUSAGE_SELF)
    # Processor time and not wall time: other work on the machine does not count.
    spent_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert len(air.messages()) == 200
    assert 200 / spent_s > 500


def test_an_idle_simulation_sleeps(air):
    before = resource.getrusage(resource.RUSAGE_SELF)
    with pytest.raises(TimeoutError):
        air.wait_for(PHONE, 1, 0.3)
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.05


def test_one_folder_is_served_once_and_a_dead_ones_folder_again(config, tmp_path):
    with background(config), pytest.raises(AlreadyRunningError):
        Server(config)
    (tmp_path / "one.tty").symlink_to("/nowhere")
    with background(config) as air:
        assert air.state("one")["plugged"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["air.jsonl"]


@pytest.mark.parametrize("ending", ["stop", "sigterm"])
def test_it_runs_as_a_process_and_ends_cleanly(tmp_path, ending):
    command = [sys.executable, "-m", "gateways.simulated", "--directory", str(tmp_path)]
    command += ["--modem", f"one={NUMBER}", "--latency", "0", "--slots", "5", "--pin", "1234"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        air = Air(tmp_path)
        assert air.state("one")["slots"]["SM"] == 5
        if ending == "stop":
            air.stop()
        else:
            process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    assert not (tmp_path / "one.tty").is_symlink()


def test_the_faults_can_be_listed(capsys):
    assert main(["--list-faults"]) == 0
    assert "verdict_lost" in capsys.readouterr().out


@pytest.mark.parametrize("modem", ["no-number", "a/b=+77010000001", "one=8701"])
def test_a_modem_needs_a_name_and_a_number(modem, tmp_path, capsys):
    assert main(["--directory", str(tmp_path), "--modem", modem]) == 1
    assert "modem" in capsys.readouterr().err
