"""Receiving and forgetting: nothing is lost, and nothing else is deleted."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from gateways.base import (
    GatewayDown,
    HeardNothing,
    HeardReport,
    HeardText,
    Outcome,
    Raw,
)
from tests.gateways.sms.bench import PHONE, gateway_on, heard, read, transmission, with_modem
from tests.gateways.sms.peer import OK, SILENCE

UNDECODABLE = ["00FF", "0791", "DEADBEEF"]


def test_traps_1_and_11_hearing_deletes_nothing(air, gateway, hinted):
    hinted.clear()
    air.text(PHONE, "one", "ping")
    assert hinted.wait(3)
    assert len(gateway.receive()) == len(gateway.receive()) == 1
    assert air.state("one")["used"]["SM"] == 1


def test_trap_2_of_a_burst_each_is_heard(air, gateway):
    for count in range(8):
        air.text(PHONE, "one", f"ping {count}")
    for count in range(8):
        air.wait_event("deliver", text=f"ping {count}")
    assert sorted(each.text for each in heard(gateway)) == [f"ping {count}" for count in range(8)]


def test_trap_3_among_undecodable_ones_each_is_forgotten_by_its_own_index(air, gateway):
    for hex_digits in UNDECODABLE:
        air.pdu("one", hex_digits)
        air.text(PHONE, "one", f"after {hex_digits}")
        air.wait_event("deliver", text=f"after {hex_digits}")
    raws = gateway.receive()
    broken = [raw for raw in raws if isinstance(read(raw), HeardNothing)]
    texts = [raw for raw in raws if isinstance(read(raw), HeardText)]
    assert (len(broken), len(texts)) == (3, 3)
    for raw in broken:
        gateway.forget(raw)
    assert gateway.receive() == texts
    for raw in texts:
        gateway.forget(raw)
    assert air.state("one")["stored"] == []


@with_modem(slots=2)
def test_a_full_storage_takes_the_next_when_one_is_forgotten(air, gateway):
    for text in ("one", "two", "three"):
        air.text(PHONE, "one", text)
    air.wait_event("dropped_full")
    first, _ = gateway.receive()
    gateway.forget(first)
    air.wait_event("deliver", text="three")
    assert sorted(each.text for each in heard(gateway)) == ["three", "two"]


@pytest.mark.parametrize(
    "modem", [{}, {"report_memory": "SR"}], indirect=True, ids=["with-texts", "memory-of-its-own"]
)
def test_a_report_is_kept_by_the_modem_until_it_is_forgotten(air, gateway):
    taken = gateway.send(transmission(report=True))
    air.wait_event("report")
    # The first look may come before the notification: it is a hint, the second sees all.
    gateway.receive()
    [raw] = gateway.receive()
    report = read(raw)
    assert isinstance(report, HeardReport)
    assert (report.reference, report.recipient) == (taken.reference, PHONE)
    assert report.outcome is Outcome.DELIVERED
    gateway.forget(raw)
    assert gateway.receive() == []
    assert air.state("one")["stored"] == []


@with_modem(report_memory="SR")
def test_a_report_that_came_while_nobody_listened_is_found_at_opening(air, gateway):
    gateway.send(transmission(report=True))
    air.wait_event("report")
    gateway.close()
    air.text(PHONE, "one", "ping")
    with closing(gateway_on(air.tty("one"))) as following:
        following.open()
        kinds = {type(each) for each in heard(following)}
        assert kinds == {HeardText, HeardReport}
        for raw in following.receive():
            following.forget(raw)
    assert air.state("one")["stored"] == []


@with_modem(report_memory="SR")
def test_the_same_index_in_another_memory_is_another_message(air, gateway):
    air.text(PHONE, "one", "ping")
    gateway.send(transmission(report=True))
    air.wait_event("report")
    gateway.receive()
    raws = gateway.receive()
    assert [raw.slot for raw in raws] == ["SM:1", "SR:1"]
    gateway.forget(raws[1])
    assert [each["memory"] for each in air.state("one")["stored"]] == ["SM"]


def test_what_the_modem_never_stored_is_kept_here_until_it_is_forgotten(
    on_peer, modem_peer, hinted
):
    modem_peer.answers["AT+CNMI=2,1,0,2"] = b"\r\nERROR\r\n"
    on_peer.open()
    assert "AT+CNMI=2,1,0,1" in modem_peer.heard
    hinted.clear()
    modem_peer.say(b"\r\n+CDS: 3\r\n0006070B\r\n")
    assert hinted.wait(3)
    modem_peer.answers["AT+CMGL=4"] = [SILENCE, OK]
    with pytest.raises(GatewayDown, match="does not answer"):
        on_peer.receive()
    on_peer.close()
    on_peer.open()
    [raw] = on_peer.receive()
    assert raw.octets == b"0006070B"
    assert on_peer.receive() == [raw]
    on_peer.forget(raw)
    assert on_peer.receive() == []


def test_what_came_directly_before_the_port_was_lost_is_not_lost_with_it(
    on_peer, modem_peer, hinted
):
    on_peer.open()
    hinted.clear()
    modem_peer.say(b"\r\n+CDS: 3\r\n0006070B\r\n")
    assert hinted.wait(3)
    on_peer.close()
    on_peer.open()
    assert [raw.octets for raw in on_peer.receive()] == [b"0006070B"]


@pytest.mark.parametrize(
    ("point", "call"),
    [
        pytest.param("list", lambda gateway, raw: gateway.receive(), id="list"),
        pytest.param("delete", lambda gateway, raw: gateway.forget(raw), id="delete"),
    ],
)
def test_a_port_pulled_while_reading_loses_nothing(air, gateway, point, call):
    air.text(PHONE, "one", "ping")
    air.wait_event("deliver")
    [raw] = gateway.receive()
    air.hold("one", point)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(call, gateway, raw)
        air.wait_held("one")
        air.unplug("one")
        assert isinstance(reading.exception(5), GatewayDown)
    air.plug("one")
    gateway.open()
    assert gateway.receive() == [raw]


@pytest.mark.parametrize("point", ["list", "delete"])
def test_silence_while_reading_rests_the_modem_and_heals(air, gateway, point):
    air.text(PHONE, "one", "ping")
    air.wait_event("deliver")
    air.fault("one", "silent", times=1, point=point)
    with pytest.raises(GatewayDown, match="does not answer"):
        gateway.forget(*gateway.receive())
    gateway.open()
    # Told to delete and never confirmed: it may be gone, and it may not be asked for again.
    assert len(gateway.receive()) == (1 if point == "list" else 0)


def test_an_index_that_the_modem_does_not_delete_is_a_fault_of_the_modem(air, gateway):
    air.text(PHONE, "one", "ping")
    air.wait_event("deliver")
    [raw] = gateway.receive()
    air.fault("one", "bad_index", times=1)
    with pytest.raises(GatewayDown, match="does not delete message 1"):
        gateway.forget(raw)
    gateway.open()
    assert gateway.receive() == [raw]


def test_a_list_that_is_refused_is_no_empty_list(on_peer, modem_peer):
    on_peer.open()
    modem_peer.answers["AT+CMGL=4"] = b"\r\n+CMS ERROR: 310\r\n"
    with pytest.raises(GatewayDown, match="CMS ERROR: 310"):
        on_peer.receive()


def test_of_a_list_that_breaks_off_the_beginning_counts(on_peer, modem_peer):
    on_peer.open()
    modem_peer.answers["AT+CMGL=4"] = b"\r\n+CMGL: 4,1,,1\r\n00AA\r\n\r\n+CMS ERROR: 320\r\n"
    assert on_peer.receive() == [Raw("SM:4", b"00AA")]


def test_a_memory_that_does_not_open_is_not_mistaken_for_another(on_peer, modem_peer, hinted):
    on_peer.open()
    modem_peer.answers |= {
        'AT+CPMS="SR"': b"\r\n+CMS ERROR: 302\r\n",
        "AT+CMGL=4": b"\r\n+CMGL: 4,1,,1\r\n00AA\r\n" + OK,
    }
    hinted.clear()
    modem_peer.say(b'\r\n+CDSI: "SR",1\r\n')
    assert hinted.wait(3)
    with pytest.raises(GatewayDown, match="memory SR"):
        on_peer.receive()
    assert [raw.slot for raw in on_peer.receive()] == ["SM:4"]
