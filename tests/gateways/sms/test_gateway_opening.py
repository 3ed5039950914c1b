"""Opening, restarts, and how the modem is: each trouble has its name and its mend."""

import errno
import os
from contextlib import closing

import pytest

from gateways.base import (
    GatewayDown,
    HeardReport,
    Taken,
)
from gateways.sms.line import Line, PortRefused
from tests.gateways.sms.bench import (
    Pins,
    gateway_on,
    heard,
    transmission,
    with_modem,
)
from tests.gateways.sms.peer import ESCAPE, GONE, OK, SILENCE


@with_modem(pin="1234")
def test_the_right_pin_opens_the_sim_and_is_not_remembered(air):
    pins = Pins()
    with closing(gateway_on(air.tty("one"), pins=pins, pin="1234")) as gateway:
        gateway.open()
        assert gateway.send(transmission()) == Taken(0)
    assert pins.refused == set()


@with_modem(pin="1234")
def test_trap_10_a_wrong_pin_is_tried_once_whoever_tries_again(air):
    pins = Pins()
    for _ in range(4):
        with pytest.raises(GatewayDown, match="refused by the SIM") as down:
            gateway_on(air.tty("one"), pins=pins, pin="9999").open()
        assert down.value.by_hand
        assert "pin" in down.value.mend
        assert "9999" not in str(down.value) + down.value.mend
    assert air.state("one")["pin_tries"] == 2
    with closing(gateway_on(air.tty("one"), pins=pins, pin="1234")) as corrected:
        corrected.open()


@with_modem(pin="1234")
def test_a_sim_with_a_pin_that_nobody_set_waits_for_the_operator(air):
    with pytest.raises(GatewayDown, match="asks for a PIN") as down:
        gateway_on(air.tty("one")).open()
    assert down.value.by_hand
    assert air.state("one")["pin_tries"] == 3


@with_modem(pin="1234")
def test_a_puk_is_never_tried(air):
    for pin in ("1111", "2222", "3333"):
        with pytest.raises(GatewayDown, match="refused"):
            gateway_on(air.tty("one"), pin=pin).open()
    with pytest.raises(GatewayDown, match="SIM PUK") as down:
        gateway_on(air.tty("one"), pin="1234").open()
    assert down.value.by_hand


def test_a_pin_whose_answer_was_lost_counts_as_tried(modem_peer):
    modem_peer.answers |= {"AT+CPIN?": b"\r\n+CPIN: SIM PIN\r\n" + OK, 'AT+CPIN="1234"': GONE}
    pins = Pins()
    with pytest.raises(GatewayDown):
        gateway_on(modem_peer.port, pins=pins, pin="1234").open()
    assert len(pins.refused) == 1


def test_a_pin_whose_answer_was_lost_was_right_if_the_sim_is_open_now(modem_peer):
    pins = Pins()
    modem_peer.answers |= {"AT+CPIN?": b"\r\n+CPIN: SIM PIN\r\n" + OK, 'AT+CPIN="1234"': SILENCE}
    with pytest.raises(GatewayDown):
        gateway_on(modem_peer.port, pins=pins, pin="1234").open()
    assert len(pins.refused) == 1
    modem_peer.answers["AT+CPIN?"] = b"\r\n+CPIN: READY\r\n" + OK
    with closing(gateway_on(modem_peer.port, pins=pins, pin="1234")) as gateway:
        gateway.open()
    assert pins.refused == set()


def test_a_pin_that_a_busy_sim_did_not_look_at_does_not_count(modem_peer):
    modem_peer.answers |= {
        "AT+CPIN?": b"\r\n+CPIN: SIM PIN\r\n" + OK,
        'AT+CPIN="1234"': b"\r\n+CME ERROR: 14\r\n",
    }
    pins = Pins()
    with pytest.raises(GatewayDown, match="busy") as down:
        gateway_on(modem_peer.port, pins=pins, pin="1234").open()
    assert not down.value.by_hand
    assert pins.refused == set()


@pytest.mark.parametrize(
    ("code", "reason"), [(14, "the SIM is busy"), (10, "no SIM"), (13, "no SIM")]
)
def test_a_sim_that_does_not_answer_is_named_and_tried_again(air, code, reason):
    air.fault("one", "cme_error", times=1, command="+CPIN", code=code)
    with closing(gateway_on(air.tty("one"))) as gateway:
        with pytest.raises(GatewayDown, match=reason) as down:
            gateway.open()
        assert not down.value.by_hand
        gateway.open()


def test_a_port_that_is_not_there_is_named(tmp_path):
    with pytest.raises(GatewayDown, match=r"there is no .*nothing") as down:
        gateway_on(tmp_path / "nothing").open()
    assert "plug" in down.value.mend


def test_a_port_in_use_is_named_and_its_user_is_not_disturbed(air, gateway):
    with pytest.raises(GatewayDown, match="in use by another program") as down:
        gateway_on(air.tty("one")).open()
    assert "ModemManager" in down.value.mend
    assert gateway.send(transmission()) == Taken(0)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_is_no_serial_port_is_named(tmp_path, kind):
    port = tmp_path / "port"
    if kind == "file":
        port.write_bytes(b"")
    else:
        port.mkdir()
    with pytest.raises(GatewayDown, match=str(port)) as down:
        gateway_on(port).open()
    assert "port" in down.value.mend


@pytest.mark.parametrize(
    ("number", "reason", "mend"),
    [
        # Root may open anything, so the system is not asked.
        pytest.param(errno.EACCES, "may not open", "dialout", id="forbidden"),
        pytest.param(errno.EBUSY, "in use", "ModemManager", id="claimed"),
        pytest.param(errno.EIO, "cannot be opened", "cable", id="broken"),
    ],
)
def test_a_port_that_the_system_refuses_is_named(monkeypatch, number, reason, mend):
    def refuse(_line):
        raise PortRefused(number, os.strerror(number))

    monkeypatch.setattr(Line, "open", refuse)
    with pytest.raises(GatewayDown, match=reason) as down:
        gateway_on("/dev/ttyUSB0").open()
    assert mend in down.value.mend


def test_a_modem_that_says_nothing_is_named_and_its_port_let_go(air):
    air.fault("one", "silent")
    with pytest.raises(GatewayDown, match="does not answer"):
        gateway_on(air.tty("one")).open()
    air.clear_faults("one")
    with closing(gateway_on(air.tty("one"))) as gateway:
        gateway.open()


@pytest.mark.parametrize(
    ("command", "answer", "reason"),
    [
        ("AT+CMGF=0", b"\r\nERROR\r\n", "no PDU mode"),
        ("AT+CPMS=?", b"\r\n+CPMS: (),(),()\r\n\r\nOK\r\n", "no storage"),
        ("AT+CPIN?", b"\r\n+CME ERROR: 10\r\n", "no SIM can be read"),
        ('AT+CPMS="SM","SM","SM"', b"\r\n+CMS ERROR: 302\r\n", "no storage"),
        ("AT+CPIN?", GONE, "is gone"),
        ("AT+CNMI?", SILENCE, "does not answer"),
    ],
)
def test_a_modem_that_cannot_be_set_up_says_why_and_leaves_nothing_open(
    on_peer, modem_peer, command, answer, reason
):
    modem_peer.answers[command] = answer
    with pytest.raises(GatewayDown, match=reason):
        on_peer.open()
    with pytest.raises(GatewayDown, match="not open"):
        on_peer.health()


@pytest.mark.parametrize("command", ["AT+CPIN?", "AT+CFUN?", "AT+CPMS=?", "AT+CNMI?", "AT+CREG?"])
def test_a_simple_modem_that_knows_no_such_command_is_used_as_it_is(on_peer, modem_peer, command):
    modem_peer.answers[command] = b"\r\nERROR\r\n"
    on_peer.open()
    assert on_peer.health().reachable
    assert on_peer.receive() == []


def test_a_radio_that_is_off_is_switched_on(on_peer, modem_peer):
    modem_peer.answers["AT+CFUN?"] = b"\r\n+CFUN: 4\r\n" + OK
    on_peer.open()
    assert "AT+CFUN=1" in modem_peer.heard


# A modem that starts again by itself.


def test_a_restart_that_is_announced_is_noticed_and_set_up_again(air, gateway, hinted):
    hinted.clear()
    air.reboot("one")
    assert hinted.wait(3)
    with pytest.raises(GatewayDown, match="restarted"):
        gateway.receive()
    gateway.open()
    gateway.send(transmission(report=True))
    air.wait_event("report")
    assert [type(each) for each in heard(gateway)] == [HeardReport]


def test_a_start_announced_while_it_is_opened_is_no_further_reason_to_open_it(on_peer, modem_peer):
    modem_peer.answers[ESCAPE] = b"\r\n^SYSSTART\r\n\r\n+CDS: 3\r\n0006070B\r\n"
    on_peer.open()
    assert [raw.octets for raw in on_peer.receive()] == [b"0006070B"]


def test_a_restart_that_nobody_announced_is_noticed_by_what_was_forgotten(on_peer, modem_peer):
    on_peer.open()
    assert on_peer.health().reachable
    modem_peer.answers["AT+CNMI?"] = b"\r\n+CNMI: 0,0,0,0,0\r\n" + OK
    with pytest.raises(GatewayDown, match="restarted"):
        on_peer.health()


@with_modem(pin="1234")
def test_after_a_restart_the_pin_is_given_again(air):
    with closing(gateway_on(air.tty("one"), pin="1234")) as gateway:
        gateway.open()
        air.reboot("one")
        with pytest.raises(GatewayDown):
            gateway.health()
        gateway.open()
        assert gateway.send(transmission()) == Taken(0)
    assert air.state("one")["pin_tries"] == 3


@pytest.mark.parametrize("line", [b"\r\n+CREG: 0,5\r\n", b"+CREG:0,1,1A,2B\r\n"])
def test_roaming_and_cells_count_as_in_the_network(on_peer, modem_peer, line):
    on_peer.open()
    modem_peer.answers["AT+CREG?"] = line + OK
    assert on_peer.health().reachable


@pytest.mark.parametrize("answer", [b"\r\n+CME ERROR: 3\r\n", b"\r\n+CREG: 0,3\r\n" + OK, OK])
def test_what_does_not_say_that_it_is_in_a_network_is_not(on_peer, modem_peer, answer):
    on_peer.open()
    modem_peer.answers["AT+CREG?"] = answer
    assert not on_peer.health().reachable
