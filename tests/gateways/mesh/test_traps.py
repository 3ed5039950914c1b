"""What the library does to its users, and that none of it gets out of a session.

The numbers are those of the list in the facts about the mesh: each test names the
behaviour, most of them show it in the library too.
"""

import inspect
import logging
import sys
import threading
import time

import meshtastic
import pytest
from meshtastic.mesh_interface import MeshInterface
from meshtastic.stream_interface import StreamInterface
from pubsub import pub

from gateways.base import GatewayDown, Taken, TryAgainLater, Unknown
from gateways.mesh.mailbox import Loss
from tests.gateways.mesh import rogue as radio
from tests.gateways.mesh.bench import PHONE, RADIO, gateway_at, transmission


def took(act):
    """How long something took, seconds, and how it ended."""
    began = time.monotonic()
    try:
        act()
    except (GatewayDown, TryAgainLater, Unknown) as error:
        return time.monotonic() - began, error
    return time.monotonic() - began, None


def open_at(made):
    made.open()
    return made._session


# 1. A send waits without limit while the radio's queue is full.


def test_a_full_queue_is_told_of_and_not_waited_for_without_end(at_rogue, rogue):
    rogue.on_heartbeat = lambda _: radio.status(free=0)
    session = open_at(at_rogue)
    assert "while not self._queueHasFreeSpace" in inspect.getsource(MeshInterface._sendToRadio)
    wait_s, error = took(lambda: at_rogue.send(transmission()))
    assert isinstance(error, TryAgainLater)
    assert wait_s < 1.5
    assert session.loss is None
    assert rogue.packets() == []


def test_a_full_queue_that_empties_in_time_is_waited_for(at_rogue, rogue):
    rogue.on_heartbeat = lambda _: radio.status(free=0)
    open_at(at_rogue)
    rogue.on_heartbeat = lambda _: radio.status(free=0) + radio.status(free=1)
    assert isinstance(at_rogue.send(transmission()), Taken)


# 2. All callbacks of all interfaces share one thread.


def test_a_stuck_subscriber_of_the_library_stops_nothing(gateway, bench):
    stuck = threading.Event()
    meshtastic.publishingThread.queueWork(lambda: stuck.wait(10))
    try:
        bench.let_hear("2")
        assert len(gateway.receive()) == 1
        assert isinstance(gateway.send(transmission()), Taken)
    finally:
        stuck.set()


def test_nothing_is_published_to_the_library_s_subscribers(gateway, bench):
    told = []

    def listener(topic=pub.AUTO_TOPIC, **_):
        told.append(topic.getName())

    pub.subscribe(listener, pub.ALL_TOPICS)
    try:
        bench.let_hear("2")
        gateway.open()
        done = threading.Event()
        meshtastic.publishingThread.queueWork(done.set)
        assert done.wait(5)
    finally:
        pub.unsubscribe(listener, pub.ALL_TOPICS)
    assert told == []


# 3. A lost connection comes back behind our back, or blocks each send for 30 s.


def test_a_lost_connection_ends_at_once_and_does_not_come_back_by_itself(at_rogue, rogue):
    session = open_at(at_rogue)
    rogue.hang_up()
    session.linger(5)
    assert session.loss is Loss.CLOSED
    session._rxThread.join(2)
    assert not session._rxThread.is_alive()
    for call in (at_rogue.receive, at_rogue.health, lambda: at_rogue.send(transmission())):
        wait_s, error = took(call)
        assert isinstance(error, GatewayDown)
        assert wait_s < 0.2
    assert rogue.connections == 1
    at_rogue.open()
    assert rogue.connections == 2


def test_who_is_pushed_out_by_another_client_is_told_so(gateway, bench):
    other = bench.gateway()
    session = gateway._session
    other.open()
    session.linger(5)
    with pytest.raises(GatewayDown, match="closed the connection") as down:
        gateway.receive()
    assert "only one at a time" in down.value.mend
    assert other.health().reachable


def test_a_radio_that_restarts_is_set_up_anew(at_rogue, rogue):
    session = open_at(at_rogue)
    rogue.say(radio.framed(rebooted=True))
    session.linger(5)
    with pytest.raises(GatewayDown, match="restarted"):
        at_rogue.health()
    at_rogue.open()
    assert at_rogue.health().reachable


def test_a_restart_while_it_is_opened_is_waited_for(at_rogue, rogue):
    usual = rogue.on_config

    def restarts(_asked):
        rogue.on_config = usual
        return radio.MY_INFO + radio.framed(rebooted=True)

    rogue.on_config = restarts
    at_rogue.open()
    assert at_rogue.health().reachable


# 4. It ends the process, prints, and returns half an object.


def test_the_end_of_the_process_is_the_end_of_the_connection(at_rogue, monkeypatch):
    open_at(at_rogue)
    monkeypatch.setattr(MeshInterface, "_sendPacket", lambda *_, **__: sys.exit(1))
    with pytest.raises(GatewayDown):
        at_rogue.send(transmission())
    monkeypatch.undo()
    at_rogue.open()
    assert isinstance(at_rogue.send(transmission()), Taken)


def test_where_something_was_written_before_it_is_unknown(at_rogue, monkeypatch):
    session = open_at(at_rogue)

    def half(*_, **__):
        session._writeBytes(b"\x94")
        raise MeshInterface.MeshInterfaceError("!a5bce6fa is not there")

    monkeypatch.setattr(MeshInterface, "_sendPacket", half)
    with pytest.raises(Unknown) as unknown:
        at_rogue.send(transmission())
    assert "a5bce6fa" not in str(unknown.value)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("serial:///dev/no-such-radio", "there is no /dev/no-such-radio"),
        ("serial:///dev/null", "no serial port"),
        ("serial:///dev", "no serial port"),
        ("tcp://127.0.0.1:1", "nothing listens"),
        ("nonsense", "neither tcp://"),
        ("tcp://" + "x" * 70, "no name of a host"),
    ],
)
def test_a_missing_device_is_told_of_and_nothing_is_printed(address, reason, capfd):
    with pytest.raises(GatewayDown, match=reason) as down:
        gateway_at(address).open()
    assert down.value.mend
    assert capfd.readouterr() == ("", "")


# 5. Its table of handlers leaks, and misses acknowledgements.


def test_acknowledgements_come_as_reports_and_no_handler_is_left(gateway, bench):
    to = bench.mesh.node_id(PHONE)
    for _ in range(3):
        bench.hinted.clear()
        gateway.send(transmission(recipient=to, report=True))
        assert bench.hinted.wait(5)
    assert len(gateway.receive()) >= 3
    assert gateway._session.responseHandlers == {}
    assert gateway._session.queue == {}


# 6. It waits 300 s, and half a configuration makes a radio that relays nothing.


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(lambda _: b"", "does not answer", id="silent"),
        pytest.param(lambda _: b"".join(radio.USUAL), "did not tell all", id="never-complete"),
        pytest.param(lambda asked: radio.MY_INFO + radio.complete(asked), "no LoRa", id="half"),
        pytest.param(
            lambda asked: radio.lora() + radio.complete(asked), "no LoRa", id="other-half"
        ),
        pytest.param(lambda _: radio.framed(config_complete_id=1), "does not answer", id="stale"),
    ],
)
def test_a_radio_that_does_not_tell_its_configuration_is_down_in_time(rogue, answer, reason):
    rogue.on_config = answer
    made = gateway_at(rogue.address, open_wait_s=0.3)
    wait_s, error = took(made.open)
    assert isinstance(error, GatewayDown)
    assert reason in str(error)
    assert error.mend
    assert wait_s < 1


def test_a_radio_that_never_answers_a_heartbeat_is_down_in_time(at_rogue, rogue):
    rogue.on_heartbeat = lambda _: b""
    wait_s, error = took(at_rogue.open)
    assert isinstance(error, GatewayDown)
    assert wait_s < 1


def test_no_thread_of_the_library_outlives_a_connection(at_rogue):
    before = threading.active_count()
    for _ in range(3):
        at_rogue.open()
    at_rogue.close()
    assert threading.active_count() == before


def test_a_hop_limit_is_never_nothing(at_rogue, rogue):
    rogue.on_config = lambda asked: (
        b"".join(radio.USUAL[:-1]) + radio.lora(hop_limit=0) + radio.complete(asked)
    )
    at_rogue.open()
    at_rogue.send(transmission())
    [packet] = rogue.packets()
    assert packet.hop_limit == 1


# 7. Closing right after a send loses it; a refused packet is never tried again.


def test_closing_waits_for_what_was_just_sent_and_no_longer(bench):
    made = bench.gateway(linger_s=0.4)
    made.open()
    made.send(transmission())
    wait_s, _ = took(made.close)
    assert 0.3 < wait_s < 0.8
    assert bench.on_air() == ["hello"]
    wait_s, _ = took(made.close)
    assert wait_s < 0.1
    made.open()
    wait_s, _ = took(made.close)
    assert wait_s < 0.2


def test_a_lost_radio_is_not_waited_for(bench):
    made = bench.gateway(linger_s=5.0)
    made.open()
    made.send(transmission())
    bench.unplug(made)
    wait_s, _ = took(made.close)
    assert wait_s < 0.5


def test_a_refused_packet_is_told_of(gateway, bench):
    bench.mesh.fault(RADIO, "queue_full", times=1)
    with pytest.raises(TryAgainLater, match="queue of the radio is full"):
        gateway.send(transmission())
    assert bench.on_air() == []


# What the list does not count.


def test_the_nodes_that_were_heard_do_not_pile_up_in_the_library(at_rogue, rogue):
    session = open_at(at_rogue)
    for number in range(100, 400):
        rogue.say(radio.named(number, "x" * 39))
    rogue.say(radio.packet())
    session.next_status(lambda _: False, 0)
    assert at_rogue.health().reachable
    assert session.nodes == {}
    assert session.nodesByNum == {}


@pytest.mark.parametrize("library", [MeshInterface, StreamInterface])
def test_the_hooks_that_are_ours_are_still_the_library_s(library):
    """A new version that renames one would bring its trap back."""
    names = {
        MeshInterface: ["_waitConnected", "_sendToRadio", "_connected", "_sendPacket",
                        "_startConfig", "_sendDisconnect", "_handleFromRadio"],
        StreamInterface: ["_writeBytes", "_readBytes", "_disconnected", "_handleLogByte",
                          "_StreamInterface__reader", "connect"],
    }  # fmt: skip
    assert [name for name in names[library] if name not in vars(library)] == []


def test_its_lines_of_debug_go_nowhere(gateway, bench, caplog, capfd):
    caplog.set_level("DEBUG")
    logging.getLogger("meshtastic").setLevel("DEBUG")
    bench.let_hear("secret words")
    gateway.send(transmission("secret words"))
    gateway.open()
    assert "meshtastic" not in caplog.text
    assert capfd.readouterr() == ("", "")
