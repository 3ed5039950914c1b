"""The mesh on real ports: with the library and the stock client, and as a process."""

import contextlib
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import serial
from meshtastic.protobuf.mesh_pb2 import FromRadio, Heartbeat, ToRadio
from meshtastic.tcp_interface import TCPInterface

from gateways.simulated.client import AirError
from gateways.simulated.radio.__main__ import main
from gateways.simulated.radio.frames import Unframer, frame
from gateways.simulated.radio.server import AlreadyRunningError, Server, background
from gateways.simulated.radio.settings import MeshConfig, NodeConfig, RadioConfig

ROOT = Path(__file__).parents[4]
SPEED = 50.0


@pytest.fixture
def config(tmp_path):
    phones = (NodeConfig("aigul"), NodeConfig("bek"))
    return MeshConfig(tmp_path, (RadioConfig("one"),), phones, speed=SPEED)


@pytest.fixture
def mesh(config):
    with background(config) as mesh:
        yield mesh


@pytest.fixture
def host(mesh):
    with Host(mesh) as host:
        yield host


class Host:
    """A bare host on TCP."""

    def __init__(self, mesh):
        self.socket = socket.create_connection(("127.0.0.1", mesh.port("one")), timeout=5)
        self.unframer = Unframer()
        self.ask(ToRadio(want_config_id=7), until="config_complete_id")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def ask(self, word, until):
        """Write a word; read until one of that kind comes, and return it."""
        self.socket.sendall(frame(word.SerializeToString()))
        while True:
            payload = self.unframer.next()
            if payload is None:
                octets = self.socket.recv(1 << 16)
                if not octets:
                    raise ConnectionError("the radio hung up")
                self.unframer.feed(octets)
                continue
            word = FromRadio.FromString(payload)
            if word.HasField(until):
                return word

    def beat(self):
        return self.ask(ToRadio(heartbeat=Heartbeat()), until="queueStatus").queueStatus


def cli(mesh, *arguments):
    """Run the stock client; return what it prints."""
    address = f"127.0.0.1:{mesh.port('one')}"
    command = [sys.executable, "-m", "meshtastic", "--host", address, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=30, check=True, cwd=mesh.directory
    ).stdout


def test_the_stock_client_shows_the_radio_and_its_nodes(mesh):
    assert f'"id": "{mesh.node_id("one")}"' in (info := cli(mesh, "--info"))
    assert '"name": "Jarshy"' in info
    nodes = cli(mesh, "--nodes")
    assert "aigul" in nodes
    assert mesh.node_id("bek") in nodes


def test_the_stock_client_sends_to_all_to_one_and_on_a_channel(mesh):
    cli(mesh, "--sendtext", "hello")
    cli(mesh, "--sendtext", "to bek", "--dest", mesh.node_id("bek"), "--ack")
    cli(mesh, "--ch-index", "1", "--sendtext", "on Jarshy")
    shown = mesh.wait_for("bek", 3)
    assert [(each["text"], each["channel"]) for each in shown] == [
        ("hello", ""),
        ("to bek", None),
        ("on Jarshy", "Jarshy"),
    ]
    assert [each["text"] for each in mesh.wait_for("aigul", 2)] == ["hello", "on Jarshy"]


def test_the_stock_client_adds_a_channel(mesh):
    cli(mesh, "--ch-add", "Zhana")
    assert '"name": "Zhana"' in cli(mesh, "--info")


def test_the_library_talks_and_hears(mesh):
    heard = []

    class Ear(TCPInterface):
        def _handlePacketFromRadio(self, meshPacket, hack=False):  # noqa: N802, N803, FBT002
            heard.append(meshPacket)

    library = Ear("127.0.0.1", portNumber=mesh.port("one"))
    with contextlib.closing(library):
        assert library.getLongName() == "one"
        sent = library.sendText("hello", channelIndex=1, wantAck=True)
        mesh.wait_for("aigul", id=sent.id)
        answer = mesh.direct("aigul", "one", "сәлем")
        mesh.wait_event("verdict", phone="aigul", id=answer)
        mesh.wait_event("verdict", radio="one", id=sent.id)
        library.sendHeartbeat()
    texts = [each.decoded.payload.decode() for each in heard if each.id == answer]
    assert texts == ["сәлем"]


def test_the_tty_speaks_the_same_protocol(mesh):
    unframer = Unframer()
    with serial.Serial(str(mesh.tty("one")), 115200, timeout=5, exclusive=True) as port:
        port.write(b"\xc3" * 32 + frame(ToRadio(want_config_id=9).SerializeToString()))
        word = FromRadio()
        while not word.config_complete_id:
            unframer.feed(port.read(1))
            payload = unframer.next()
            word = FromRadio.FromString(payload) if payload else word
    assert word.config_complete_id == 9
    assert mesh.state("one")["client"] == "tty"


def test_a_new_client_takes_the_place_of_the_old_one(mesh, host):
    with Host(mesh) as second:
        with pytest.raises(OSError, match=r"hung up|reset"):
            host.beat()
        assert second.beat().maxlen == 16


def test_a_client_that_leaves_is_missed(mesh, host):
    host.socket.close()
    assert mesh.wait_event("disconnected")["way"] == "tcp"


def test_an_unplugged_radio_refuses_and_comes_back_on_the_same_port(mesh, host):
    port = mesh.port("one")
    mesh.unplug("one")
    with pytest.raises(ConnectionError):
        host.beat()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    assert not mesh.tty("one").exists()
    mesh.plug("one")
    assert mesh.port("one") == port
    with Host(mesh) as again:
        assert again.beat().free == 16


def test_a_half_open_radio_keeps_tcp_and_says_nothing(mesh, host):
    mesh.fault("one", "half_open")
    host.socket.settimeout(0.2)
    with pytest.raises(TimeoutError):
        host.beat()
    with pytest.raises(TimeoutError):
        socket.create_connection(("127.0.0.1", mesh.port("one")), timeout=0.2).recv(1)
    host.socket.settimeout(5)
    mesh.clear_faults("one")
    with Host(mesh) as again:
        assert again.beat().free == 16


def test_a_client_that_does_not_read_is_cut_off_and_harms_nobody(mesh):
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", mesh.port("one")))
        ask = frame(ToRadio(want_config_id=7).SerializeToString())
        with contextlib.suppress(OSError):
            slow.sendall(ask * 400)
        assert mesh.wait_event("disconnected")
    with Host(mesh) as host:
        assert host.beat().free == 16


def test_waiting_ends_at_the_event_or_says_what_came(mesh):
    mesh.say("aigul", "hi")
    assert mesh.wait_for("bek")[0]["text"] == "hi"
    with pytest.raises(TimeoutError, match="1 of 2 came"):
        mesh.wait_for("bek", 2, timeout_s=0.1)
    with pytest.raises(TimeoutError, match="is not held"):
        mesh.wait_held("one", timeout_s=0.0)


def test_a_held_radio_waits_to_be_released(mesh, host):
    mesh.hold("one", "taken")
    word = ToRadio(packet={"to": 0xFFFFFFFF, "id": 5, "decoded": {"portnum": 1, "payload": b"hi"}})
    host.socket.sendall(frame(word.SerializeToString()))
    assert mesh.wait_held("one") == "taken"
    mesh.wait_for("aigul", text="hi")
    mesh.release("one")
    assert host.ask(ToRadio(), until="queueStatus").queueStatus.mesh_packet_id == 5


def test_everything_a_client_can_ask_for_is_there(mesh):
    first = mesh.say("aigul", "hi", channel=1, id=77)
    assert first == 77
    mesh.react("bek", first, channel=1)
    mesh.react("bek", first, to="aigul")
    mesh.announce("bek", long_name="Bek BOT", is_unmessagable=True)
    mesh.set_deaf("bek", deaf=True)
    mesh.set_loss(0.5)
    mesh.set_utilization("one", 30)
    assert mesh.state("one")["utilization"] == 30
    mesh.set_config("one", region="KZ_863")
    mesh.forget_key("one", "bek")
    mesh.reboot("one", down_s=0.0)
    assert mesh.number("one") == int(mesh.node_id("one")[1:], 16)
    assert mesh.address("one") == f"tcp://127.0.0.1:{mesh.port('one')}"
    with pytest.raises(AirError, match="no such radio; known: one"):
        mesh.state("two")


def test_an_idle_mesh_sleeps(mesh):
    before = time.process_time()
    with pytest.raises(TimeoutError):
        mesh.wait_event("never", timeout_s=0.3)
    assert time.process_time() - before < 0.1


def test_one_folder_is_served_once(mesh, config):
    with pytest.raises(AlreadyRunningError):
        Server(config)
    assert mesh.nodes()


def test_a_port_that_is_taken_is_an_error_and_leaves_nothing(mesh, tmp_path):
    folder = tmp_path / "second"
    with pytest.raises(OSError, match="in use"):
        Server(MeshConfig(folder, (RadioConfig("two", port=mesh.port("one")),)))
    assert [each.name for each in folder.iterdir()] == ["air.jsonl"]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_as_a_process_and_ends_cleanly(tmp_path, ending):
    command = [sys.executable, "-m", "gateways.simulated.radio", "--directory", str(tmp_path)]
    with subprocess.Popen(
        [*command, "--radio", "one", "--radio", "two", "--phone", "aigul"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        lines = [process.stdout.readline() for _ in range(3)]
        assert all(each.startswith("tcp://127.0.0.1:") for each in lines[:2])
        assert lines[2] == "ready\n"
        process.send_signal(ending)
        assert process.wait(5) == 0
    assert [each.name for each in tmp_path.iterdir()] == ["air.jsonl"]


def test_the_faults_can_be_listed(capsys):
    assert main(["--list-faults"]) == 0
    assert "half_open" in capsys.readouterr().out


def test_a_command_line_that_cannot_be_says_why(tmp_path, capsys):
    assert main(["--directory", str(tmp_path), "--radio", "a b"]) == 1
    assert "letters" in capsys.readouterr().err
