"""Each fault of a radio, on the whole node: nothing lost or doubled, one clear word, it heals.

What is in hand before a fault, what comes during it and what comes after it all get through, by
the air's own log and by what people's phones show.  So that it does not take minutes, the 2 s
that the firmware wants between two texts are scaled down, for the node and the radio alike;
`tests.bench.recovery` keeps them, and all other settings as they ship.
"""

import base64
import contextlib
import json
import re
import socket
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass

import pytest
from click.testing import CliRunner

from gateways.simulated.radio.server import background
from gateways.simulated.radio.settings import OWN, PRIMARY, MeshConfig, NodeConfig, RadioConfig
from relay.cli.main import main
from tests.whole import WAIT_S, Whole

RADIO, ASKS, LISTENS = "radio", "asel", "berik"
QUESTION = "8"
GAP_S = 0.05  # between two texts, of the radio's firmware
NODE_GAP = "text_gap_s = 0.06"
SOON = {"transient_retry_s = 30": "0.2", "transient_retry_max_s = 600": "0.4"}
MOST_LINES = 5  # of the log about the radio, for one fault: ready, two that say why not, ready
NO_KEY = 39  # Routing.Error.PKI_SEND_FAIL_PUBLIC_KEY
LOOK_S = 0.03
WANT_CONFIG = b"\x94\xc3\x00\x02\x18\x05"  # as every client begins
HASTE = """
from config import agreement
from relay import reports
from relay.cli.main import main

agreement.LEAST_TEXT_GAP_S = 0.0
reports.FIRST_WAIT_S = 0.2
main()
"""


class Hasty(Whole):
    """May be told to send faster than the firmware lets it; its commands run in this process."""

    JARSHY = ("-c", HASTE)

    def command(self, *words, bare=False, status=0):
        where = [] if bare else ["--config", str(self.settings)]
        done = CliRunner().invoke(main, [*where, *words])
        assert done.exit_code == status, (done.output, done.exception)
        return done.stdout


def until(holds, what):
    """Ask until it holds; returns what it gave."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(LOOK_S)
    return pytest.fail(f"it never came to hold: {what()}")


class Night:
    """A node with one radio, somebody who asks and somebody who listens."""

    def __init__(self, folder, mesh):
        self.mesh = mesh
        self.node = Hasty(folder / "node", {}, NODE_GAP, radios={"mesh": mesh.address(RADIO)})
        self.numbers = []  # of all bulletins
        settings = self.node.settings.read_text()
        for line, value in SOON.items():
            settings = settings.replace(f"#{line}", f"{line.partition(' =')[0]} = {value}")
        self.node.settings.write_text(settings)

    def plug_into_serial_port(self):
        """Reach the radio by its tty, not over TCP."""
        settings, tty = self.node.settings.read_text(), self.mesh.tty(RADIO)
        self.node.settings.write_text(settings.replace(self.mesh.address(RADIO), f"serial://{tty}"))

    # What people do.

    def publish(self, urgency):
        words = f"Мост {len(self.numbers)} закрыт"
        said = self.node.command(
            *("bulletin", "add", "--publish", "--topic", "news", "--urgency", urgency),
            *("--lang", "ru", "--text", words),
        )
        self.numbers.append(f"#{said.split()[0]}")

    def work(self, urgency):
        """A bulletin is published, and somebody asks by direct message."""
        self.publish(urgency)
        self.mesh.direct(ASKS, RADIO, QUESTION)

    # How it is.

    def status(self):
        """What `status` says; its exit status is 3 where something needs attention."""
        shown = CliRunner().invoke(main, ["--config", str(self.node.settings), "status", "--json"])
        told = json.loads(shown.stdout)
        assert shown.exit_code == (0 if told["radios"][0]["state"] == "ready" else 3)
        return told

    def wait_state(self, state, reason=""):
        """Wait until `status` says so; what it says of the radio."""

        def found():
            shown = self.status()["radios"][0]
            return shown if shown["state"] == state and reason in shown["reason"] else None

        return until(found, lambda: (state, reason, self.node.log))

    def wait_error(self, words):
        """Wait until `outbox list` says of some message why it waits."""

        def found():
            listed = json.loads(self.node.command("outbox", "list", "--json"))
            return any(words in (one["error"] or "") for one in listed)

        until(found, lambda: (words, self.segments()))

    def segments(self):
        """Each as kind, state and the id of its packet; the store is not touched."""
        where = f"file:{self.node.directory / 'jarshy.db'}?mode=ro"
        with contextlib.closing(sqlite3.connect(where, uri=True)) as connection:
            return connection.execute(
                "SELECT p.kind, s.state, s.identity FROM segment s JOIN parcel p ON p.id = s.parcel"
            ).fetchall()

    def questions(self):
        """How many direct messages reached the store."""
        return self.status()["inbox"]["received"]

    def wait_done(self, questions):
        """Wait until all bulletins have gone and so many questions are answered."""

        def done():
            segments = self.segments()
            kinds = Counter(kind for kind, *_ in segments)
            return (
                kinds["broadcast"] >= len(self.numbers)
                and kinds["reply"] >= questions
                and {state for _, state, _ in segments} <= {"sent", "delivered"}
            )

        until(done, lambda: (self.segments(), self.node.log))

    def on_air(self):
        """The packets of ours that were on air."""
        ours = self.mesh.node_id(RADIO)
        return {
            each["id"]
            for each in self.mesh.events("sent")
            if each["from"] == ours and each["portnum"] == "TEXT_MESSAGE_APP"
        }

    def shown(self, phone):
        return Counter(each["id"] for each in self.mesh.shown(phone))


# The faults: how each begins and ends, and what is said of it meanwhile.


def fault(name, times=None, **args):
    return lambda night: night.mesh.fault(RADIO, name, times, **args)


def clear(night):
    night.mesh.clear_faults(RADIO)


def restart(down_s=0.1):
    return lambda night: night.mesh.reboot(RADIO, down_s)


def tune(**settings):
    return lambda night: night.mesh.set_config(RADIO, **settings)


def channels(*made):
    listed = [{"name": one.name, "key": base64.b64encode(one.key).decode()} for one in made]
    return tune(channels=listed)


def both(*acts):
    return lambda night: [act(night) for act in acts]


def take_the_connection(night):
    """Another program connects, and is thrown out when the node comes back."""
    with socket.create_connection(("127.0.0.1", night.mesh.port(RADIO)), WAIT_S) as other:
        other.sendall(WANT_CONFIG)
        with contextlib.suppress(ConnectionResetError):
            while other.recv(4096):
                pass


def nothing(_night):
    """It heals by itself."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and how it ends.

    `state`, `reason`, `mend`: what `status` says while it lasts.  `logged`: what the log says of
    one that is over too soon for that.  `waits`: what `outbox list` says of a message that waits.
    """

    begins: object
    ends: object = nothing
    state: str = "ready"
    reason: str = ""
    mend: str = ""
    logged: str = "ready"
    waits: str = ""


NO_POWER = Fault(
    lambda night: night.mesh.unplug(RADIO),
    lambda night: night.mesh.plug(RADIO),
    *("down", "nothing listens at 127.0.0.1:", "switch the radio or meshtasticd on"),
    logged="down: nothing listens at 127.0.0.1:",
)
SILENT = ("down", "the radio does not answer", "take the power of the radio away for a moment")
UNFINISHED = "the radio did not tell all of its configuration"
FAULTS = {
    "unplugged": NO_POWER,
    "restarts": Fault(restart(1.0), logged="down: the radio closed the connection (it may have"),
    "silent": Fault(fault("silent"), clear, *SILENT),
    "half-open": Fault(fault("half_open"), clear, *SILENT),
    "taken-by-another": Fault(take_the_connection, logged="close the meshtastic client"),
    "garbage-between-frames": Fault(fault("garbage", 8)),
    "garbage-inside-frames": Fault(fault("garbage", 4, where="inside")),
    "queue-full": Fault(
        fault("queue_full"), clear, *("trouble", "the radio's queue is full", "its antenna")
    ),
    "config-never-ends": Fault(
        both(fault("no_config"), restart()),
        clear,
        *("down", UNFINISHED, "raise `open_wait_s` or restart the radio"),
    ),
    "config-is-slow": Fault(
        both(fault("slow_config", 1, part_s=0.02), restart()), logged="closed the connection"
    ),
    "status-lost": Fault(fault("status_lost", 1)),
    "status-of-another": Fault(fault("stale_status", 1)),
    "acknowledgement-lost": Fault(fault("ack_lost", 1)),
    "key-of-the-asker-unknown": Fault(
        fault("refuse", 2, error=NO_KEY), waits="does not know the key of that node yet"
    ),
    "channel-missing": Fault(
        both(channels(PRIMARY), restart()),
        channels(PRIMARY, OWN),  # by Bluetooth: it does not restart for that
        *("trouble", "the radio has no channel 'Jarshy'", "`jarshy doctor`"),
    ),
    "region-unset": Fault(
        both(tune(region="UNSET"), restart()),
        both(tune(region="KZ_433"), restart()),
        *("trouble", "its region is not set", "`jarshy doctor`"),
    ),
}
SERIAL_FAULTS = {
    "unplugged": Fault(
        NO_POWER.begins,
        NO_POWER.ends,
        *("down", "there is no /", "plug the radio in"),
        logged="check the cable and the power of the radio",
    ),
    "restarts": Fault(restart(), logged="give it a stronger supply"),
}


@pytest.fixture
def night(tmp_path, monkeypatch):
    """One radio, two people who pass nothing on, and an air that loses nothing."""
    monkeypatch.setattr("gateways.simulated.radio.api._TEXT_GAP_S", GAP_S)
    monkeypatch.setattr("config.agreement.LEAST_TEXT_GAP_S", 0.0)
    config = MeshConfig(
        directory=tmp_path / "mesh",
        radios=(RadioConfig(RADIO, long_name="Night BOT", telemetry_s=0),),
        phones=tuple(NodeConfig(name, role="CLIENT_MUTE") for name in (ASKS, LISTENS)),
        preset="SHORT_TURBO",
        speed=5,
        collisions=False,
    )
    with background(config) as mesh:
        yield Night(tmp_path, mesh)


def table(faults):
    return pytest.mark.parametrize(
        "wrong", [pytest.param(one, id=name) for name, one in faults.items()]
    )


@table(FAULTS)
def test_a_fault_of_the_radio_is_told_loses_nothing_doubles_nothing_and_heals(night, wrong):
    befalls(wrong, night)


@table(SERIAL_FAULTS)
def test_so_it_is_with_a_radio_on_a_serial_port(night, wrong):
    night.plug_into_serial_port()
    befalls(wrong, night)


def befalls(wrong, night):
    """With work in hand before the fault, during it and after it."""
    with night.node as node:
        node.wait_log("mesh: ready")
        night.work("urgent")
        night.wait_done(questions=1)

        wrong.begins(night)
        night.work("urgent")
        is_told(night, wrong)
        night.publish("routine")
        wrong.ends(night)

        heals(night)


def test_a_radio_that_is_absent_at_the_start_is_told_and_found_when_it_comes(night):
    NO_POWER.begins(night)
    with night.node:
        night.publish("urgent")
        is_told(night, NO_POWER)
        NO_POWER.ends(night)

        heals(night)


@pytest.mark.parametrize(
    ("point", "serial"),
    [
        pytest.param("before_take", False, id="before-it-is-taken"),
        pytest.param("taken", False, id="when-it-is-taken"),
        pytest.param("taken", True, id="when-it-is-taken-on-a-serial-port"),
    ],
)
def test_a_node_that_is_killed_over_a_packet_goes_on_with_it_under_its_name(night, point, serial):
    if serial:
        night.plug_into_serial_port()
    with night.node as node:
        node.wait_log("mesh: ready")
        night.work("urgent")
        night.wait_done(questions=1)

        night.mesh.hold(RADIO, point)
        night.work("urgent")
        night.mesh.wait_held(RADIO)
        node.kill()
        assert night.status()["radios"][0]["state"] == "not running"
        night.publish("routine")
        night.mesh.release(RADIO)
        node.start()

        assert "1 segments in mid-send (now unknown)" in node.wait_log("start:")
        # Until then `status` tells of the life before.
        node.wait_log("mesh: ready")
        heals(night, most_lines=2)


def is_told(night, wrong):
    """The operator is told what is wrong, and what to do about it."""
    night.node.wait_log(wrong.logged)
    if wrong.state != "ready":
        said = night.wait_state(wrong.state, wrong.reason)
        assert wrong.mend in said["mend"]
    if wrong.waits:
        night.wait_error(wrong.waits)


def heals(night, most_lines=MOST_LINES):
    """Without anybody's help: the radio is ready, and a last bulletin and question get through."""
    until(lambda: not night.mesh.state(RADIO)["faults"], lambda: night.mesh.state(RADIO))
    night.wait_state("ready")
    before = night.questions()
    night.work("urgent")
    until(lambda: night.questions() > before, lambda: night.node.log)
    night.wait_done(night.questions())
    nothing_is_lost_or_doubled(night)
    shown = night.status()
    assert (shown["radios"][0]["mend"], shown["outbox"]["parked"]) == ("", 0)
    assert night.node.stop() == 0
    the_log_is_short_and_names_nobody(night, most_lines)


def nothing_is_lost_or_doubled(night):
    """Each packet was on air under its one name, and each phone shows it once."""
    segments = night.segments()
    broadcasts = {identity for kind, _, identity in segments if kind == "broadcast"}
    replies = {identity for kind, _, identity in segments if kind == "reply"}
    until(lambda: night.on_air() >= broadcasts | replies, lambda: (segments, night.on_air()))
    assert night.on_air() == broadcasts | replies
    until(lambda: broadcasts <= night.shown(LISTENS).keys(), lambda: night.shown(LISTENS))
    until(lambda: replies <= night.shown(ASKS).keys(), lambda: night.shown(ASKS))
    assert set(night.shown(LISTENS).values()) == set(night.shown(ASKS).values()) == {1}
    told = [each["text"] for each in night.mesh.shown(LISTENS)]
    assert all(sum(number in text for text in told) == 1 for number in night.numbers)


def the_log_is_short_and_names_nobody(night, most_lines):
    log = night.node.log
    about = [line.partition(" WARNING ")[2] for line in log if "jarshy.gateway" in line]
    assert len(about) <= most_lines, about
    everything = "".join(log)
    assert "Traceback" not in everything
    assert "mistake" not in everything
    assert not re.search(r"![0-9a-f]{8}", everything)
    assert not any(night.mesh.shown(phone)[0]["text"] in everything for phone in (ASKS, LISTENS))
