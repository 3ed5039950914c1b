"""The gateway on a simulated modem, and on a pty for what the simulator does not do."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import serial

from gateways.base import (
    GatewayDown,
    HeardNothing,
    HeardReport,
    HeardText,
    NeverAgain,
    Outcome,
    Raw,
    Taken,
    TryAgainLater,
    Unknown,
)
from gateways.simulated.server import background
from gateways.sms.hearing import Neighbourhood, interpret
from tests.gateways.sms.bench import (
    PHONE,
    Pins,
    cut,
    gateway_on,
    hasty,
    simulation,
    transmission,
)
from tests.gateways.sms.peer import GONE, OK, SILENCE, TEXT, Peer

PLACE = Neighbourhood("7", "8", frozenset(), ("+77",))
UNDECODABLE = ["00FF", "0791", "DEADBEEF"]
KAZAKH = "Алматы: коменданттық сағат күн сайын 23:00-07:00. Дереккөз: әкімдік. #417 😀 "


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    hasty(monkeypatch)


@pytest.fixture
def modem(request):
    """Settings of the simulated modem, given by `@with_modem`."""
    return getattr(request, "param", {})


def with_modem(**settings):
    return pytest.mark.parametrize("modem", [settings], indirect=True, ids=[""])


@pytest.fixture
def air(tmp_path, modem):
    with background(simulation(tmp_path, **modem)) as air:
        yield air


@pytest.fixture
def hinted():
    return threading.Event()


@pytest.fixture
def gateway(air, hinted):
    gateway = gateway_on(air.tty("one"), hint=hinted.set)
    gateway.open()
    yield gateway
    gateway.close()


@pytest.fixture
def peer():
    peer = Peer(
        {
            "AT+CPIN?": b"\r\n+CPIN: READY\r\n" + OK,
            "AT+CFUN?": b"\r\n+CFUN: 1\r\n" + OK,
            "AT+CPMS=?": b'\r\n+CPMS: ("SM"),("SM"),("SM")\r\n' + OK,
            "AT+CREG?": b"\r\n+CREG: 0,1\r\n" + OK,
            "AT+CSQ": b"\r\n+CSQ: 20,99\r\n" + OK,
            "AT+COPS?": b'\r\n+COPS: 0,0,"Net"\r\n' + OK,
            "AT+CNMI?": b"\r\n+CNMI: 2,1,0,2,0\r\n" + OK,
        }
    )
    yield peer
    peer.close()


@pytest.fixture
def on_peer(peer, hinted):
    gateway = gateway_on(peer.port, hint=hinted.set)
    yield gateway
    gateway.close()


def heard(gateway):
    return [interpret(raw.octets, PLACE) for raw in gateway.receive()]


# Texts out.


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("hello @ £5 [ok] {1} €", id="gsm-7"),
        pytest.param("at the end @", id="trap-9-trailing-at"),
        pytest.param("Баспасөз: әкімдік 😀", id="trap-9-emoji"),
        pytest.param("long words " * 40, id="gsm-7-parts"),
        pytest.param(KAZAKH * 4, id="ucs-2-parts"),
    ],
)
def test_a_phone_shows_the_text_that_was_sent(air, gateway, text):
    references = [gateway.send(each).reference for each in cut(text)]
    [shown] = air.wait_for(PHONE)
    assert shown["text"] == text
    assert references == list(range(len(references)))


def test_trap_12_parts_join_by_the_reference_of_their_message_and_each_has_its_own(air, gateway):
    first, second = cut("first words " * 20, 200), cut("second words " * 20, 201)
    for one, other in zip(first, second, strict=True):
        gateway.send(one)
        gateway.send(other)
    shown = [message["text"] for message in air.wait_for(PHONE, 2)]
    assert shown == ["first words " * 20, "second words " * 20]


@pytest.mark.parametrize("report", [False, True])
def test_trap_13_validity_and_report_are_as_asked(air, gateway, report):
    gateway.send(transmission(validity_s=3600, report=report))
    [taken] = air.messages()
    assert (taken["validity_s"], taken["report_requested"]) == (3600, report)


def test_trap_15_a_number_with_a_space_is_refused_and_not_sent_elsewhere(air, gateway):
    with pytest.raises(NeverAgain, match=r"E\.164"):
        gateway.send(transmission(recipient="+7 701 555 01 23"))
    assert air.messages() == []


def test_trap_16_a_modem_without_character_sets_sends_cyrillic(on_peer, peer):
    peer.answers |= {
        "AT+CLAC": b"\r\nERROR\r\n",
        "AT+CSCS?": b"\r\nERROR\r\n",
        "AT+CMGS=23": b"\r\n> ",
        TEXT: b"\r\n+CMGS: 9\r\n" + OK,
    }
    on_peer.open()
    assert on_peer.send(transmission("жаңа", wide=True)) == Taken(9)


def test_trap_4_nothing_is_written_between_a_send_and_its_verdict(on_peer, peer, hinted):
    peer.answers |= {
        "AT+CMGS=19": b'\r\n+CMTI: "SM",1\r\n\r\n> \r\nRING\r\n',
        TEXT: b'\r\n+CMTI: "SM",2\r\n\r\nNO CARRIER\r\n\r\n+CMGS: 5\r\n' + OK,
    }
    on_peer.open()
    hinted.clear()
    before = len(peer.heard)
    assert on_peer.send(transmission()) == Taken(5)
    assert hinted.is_set()
    assert peer.heard[before:] == ["AT+CMGS=19", TEXT]


@pytest.mark.parametrize(
    ("fault", "given"),
    [
        pytest.param("verdict_extra", {}, id="trap-6-verdict-extra"),
        pytest.param("prompt_without_space", {}, id="prompt-without-space"),
        pytest.param("echo", {}, id="echo-that-cannot-be-switched-off"),
        pytest.param("slow", {"octet_s": 0.0005}, id="slow"),
        pytest.param("urc_inside", {}, id="urc-inside"),
    ],
)
def test_an_odd_modem_sends_and_receives_like_any_other(air, fault, given):
    air.fault("one", fault, **given)
    with closing(gateway_on(air.tty("one"))) as gateway:
        gateway.open()
        air.text(PHONE, "one", "ping")
        air.text(PHONE, "one", "ping")
        air.wait_event("deliver")
        assert gateway.send(transmission()) == Taken(0)
        assert [each.text for each in heard(gateway)] == ["ping", "ping"]


def test_noise_harms_nothing(air, gateway):
    air.fault("one", "noise", octets_hex="ff00fe80" * 16)
    assert gateway.send(transmission()) == Taken(0)
    air.fault("one", "noise", octets_hex="ff0d0afe" * 16)
    assert gateway.receive() == []


# What a refusal means.


@pytest.mark.parametrize(
    ("code", "outcome", "facts"),
    [
        *((code, NeverAgain, {"recipient": True}) for code in (1, 28, 30, 195, 196)),
        *((code, NeverAgain, {"recipient": False}) for code in (81, 95, 111, 198, 304)),
        *((code, TryAgainLater, {"rest": False}) for code in (27, 301, 314, 512, 515)),
        *((code, TryAgainLater, {"rest": False}) for code in (17, 21, 42, 194, 331, 514)),
        *((code, TryAgainLater, {"rest": True}) for code in (8, 10, 29, 38, 50, 69, 193)),
        *((code, TryAgainLater, {"rest": True}) for code in (208, 300, 310, 311, 322)),
        *((code, Unknown, {}) for code in (255, 332, 500, 513, 999)),
    ],
)
def test_a_refusal_of_the_network_is_the_outcome_of_its_class(air, gateway, code, outcome, facts):
    air.fault("one", "cms_error", times=1, code=code)
    with pytest.raises(outcome) as refused:
        gateway.send(transmission())
    assert {name: getattr(refused.value, name) for name in facts} == facts
    assert gateway.send(transmission()) == Taken(0)


def test_trap_14_a_busy_modem_is_given_the_text_once(air, gateway):
    air.fault("one", "cms_error", code=515)
    with pytest.raises(TryAgainLater):
        gateway.send(transmission())
    assert air.state("one")["refused"] == 1


def test_rejected_three_times_in_a_row_rests_the_modem(air, gateway):
    rests = []
    for code in (21, 21, 42, 21, 21, 21):
        air.fault("one", "cms_error", times=1, code=code)
        with pytest.raises(TryAgainLater) as refused:
            gateway.send(transmission())
        rests.append(refused.value.rest)
    assert rests == [False, False, False, False, False, True]


def test_a_success_ends_a_row_of_rejections(air, gateway):
    for code in (21, 21, None, 21):
        if code is None:
            gateway.send(transmission())
            continue
        air.fault("one", "cms_error", times=1, code=code)
        with pytest.raises(TryAgainLater) as refused:
            gateway.send(transmission())
        assert not refused.value.rest


def test_without_network_it_is_not_reachable_and_a_send_rests_the_modem(air, gateway):
    assert gateway.health().reachable
    air.fault("one", "not_registered")
    health = gateway.health()
    assert (health.reachable, health.signal, health.network) == (False, None, None)
    with pytest.raises(TryAgainLater) as refused:
        gateway.send(transmission())
    assert refused.value.rest
    air.clear_faults("one")
    health = gateway.health()
    assert (health.reachable, health.signal, health.network) == (True, 20, "Simulated")


def test_an_error_before_the_prompt_means_that_nothing_is_out(on_peer, peer):
    peer.answers["AT+CMGS=19"] = b"\r\n+CMS ERROR: 500\r\n"
    on_peer.open()
    with pytest.raises(TryAgainLater):
        on_peer.send(transmission())
    assert TEXT not in peer.heard


# Silence and loss around a send.


def test_trap_5_no_prompt_is_given_up_with_esc_and_the_next_is_whole(air, gateway):
    air.fault("one", "silent", times=1, point="prompt")
    with pytest.raises(TryAgainLater) as refused:
        gateway.send(transmission("first"))
    assert refused.value.rest
    gateway.open()
    gateway.send(transmission("second"))
    assert [each["text"] for each in air.messages()] == ["second"]


@pytest.mark.parametrize(
    ("fault", "given", "out"),
    [
        pytest.param("verdict_lost", {}, ["first"], id="verdict-lost"),
        pytest.param("silent", {"point": "verdict"}, [], id="never-taken"),
        pytest.param("late_verdict", {"delay_s": 0.6}, ["first"], id="verdict-late"),
        pytest.param("cms_error_after_taking", {"code": 500}, ["first"], id="error-after-taking"),
    ],
)
def test_where_nobody_knows_the_outcome_is_unknown_and_the_next_is_right(
    air, gateway, fault, given, out
):
    air.fault("one", fault, times=1, **given)
    with pytest.raises(Unknown):
        gateway.send(transmission("first"))
    gateway.open()
    assert gateway.send(transmission("second")) == Taken(len(out))
    assert [each["text"] for each in air.messages()] == [*out, "second"]


@pytest.mark.parametrize(
    ("point", "outcome", "out"),
    [
        pytest.param("command", GatewayDown, [], id="before-the-prompt"),
        pytest.param("text", Unknown, [], id="before-the-network-takes-it"),
        pytest.param("taken", Unknown, ["hello"], id="before-the-verdict"),
    ],
)
def test_a_port_pulled_in_the_middle_of_a_send_tells_whether_it_may_be_out(
    air, gateway, point, outcome, out
):
    air.hold("one", point)
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(gateway.send, transmission())
        air.wait_held("one")
        air.unplug("one")
        assert type(sending.exception(5)) is outcome
    assert [each["text"] for each in air.messages()] == out
    air.plug("one")
    gateway.open()
    assert isinstance(gateway.send(transmission()), Taken)


def test_a_verdict_without_its_ok_is_a_verdict_also_where_the_port_goes(on_peer, peer):
    peer.answers |= {"AT+CMGS=19": b"\r\n> ", TEXT: b"\r\n+CMGS: 5\r\n"}
    on_peer.open()
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(on_peer.send, transmission())
        peer.wait_heard(TEXT)
        peer.vanish()
        assert sending.result(5) == Taken(5)


def test_a_late_verdict_is_not_that_of_the_next_message(on_peer, peer):
    peer.answers |= {
        "AT+CMGS=19": [b"\r\n> ", b"\r\n+CMGS: 5\r\n" + OK + b"\r\n> "],
        TEXT: [SILENCE, b"\r\n+CMGS: 6\r\n" + OK],
    }
    on_peer.open()
    with pytest.raises(Unknown):
        on_peer.send(transmission())
    on_peer.open()
    assert on_peer.send(transmission()) == Taken(6)


def test_what_a_dead_host_left_half_typed_goes_nowhere(air):
    host = serial.Serial(str(air.tty("one")), timeout=3, exclusive=True)
    host.write(b"ATE0\rAT+CMGS=19\r")
    assert host.read_until(b"> ").endswith(b"> ")
    host.write(b"0011000B9177")
    host.close()
    with closing(gateway_on(air.tty("one"))) as gateway:
        gateway.open()
        assert gateway.send(transmission()) == Taken(0)
    assert [each["text"] for each in air.messages()] == ["hello"]


# What comes in.


def test_traps_1_and_11_hearing_deletes_nothing(air, gateway, hinted):
    hinted.clear()
    air.text(PHONE, "one", "ping")
    assert hinted.wait(3)
    assert len(gateway.receive()) == len(gateway.receive()) == 1
    assert air.state("one")["used"]["SM"] == 1


def test_trap_2_of_a_burst_each_is_heard(air, gateway):
    for count in range(8):
        air.text(PHONE, "one", f"ping {count}")
    air.wait_event("deliver", text="ping 7")
    assert [each.text for each in heard(gateway)] == [f"ping {count}" for count in range(8)]


def test_trap_3_among_undecodable_ones_each_is_forgotten_by_its_own_index(air, gateway):
    for hex_digits in UNDECODABLE:
        air.pdu("one", hex_digits)
        air.text(PHONE, "one", f"after {hex_digits}")
    air.wait_event("deliver", text=f"after {UNDECODABLE[-1]}")
    raws = gateway.receive()
    kinds = [type(interpret(raw.octets, PLACE)) for raw in raws]
    assert kinds == [HeardNothing, HeardText] * 3
    for raw in raws[::2]:
        gateway.forget(raw)
    assert gateway.receive() == raws[1::2]
    for raw in raws[1::2]:
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
    report = interpret(raw.octets, PLACE)
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


def test_what_the_modem_never_stored_is_kept_here_until_it_is_forgotten(on_peer, peer, hinted):
    peer.answers["AT+CNMI=2,1,0,2"] = b"\r\nERROR\r\n"
    on_peer.open()
    assert "AT+CNMI=2,1,0,1" in peer.heard
    hinted.clear()
    peer.say(b"\r\n+CDS: 3\r\n0006070B\r\n")
    assert hinted.wait(3)
    peer.answers["AT+CMGL=4"] = [SILENCE, OK]
    with pytest.raises(GatewayDown, match="does not answer"):
        on_peer.receive()
    on_peer.close()
    on_peer.open()
    [raw] = on_peer.receive()
    assert raw.octets == b"0006070B"
    assert on_peer.receive() == [raw]
    on_peer.forget(raw)
    assert on_peer.receive() == []


def test_what_came_directly_before_the_port_was_lost_is_not_lost_with_it(on_peer, peer, hinted):
    on_peer.open()
    hinted.clear()
    peer.say(b"\r\n+CDS: 3\r\n0006070B\r\n")
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
        for raw in gateway.receive():
            gateway.forget(raw)
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


def test_a_list_that_is_refused_is_no_empty_list(on_peer, peer):
    on_peer.open()
    peer.answers["AT+CMGL=4"] = b"\r\n+CMS ERROR: 310\r\n"
    with pytest.raises(GatewayDown, match="CMS ERROR: 310"):
        on_peer.receive()


def test_of_a_list_that_breaks_off_the_beginning_counts(on_peer, peer):
    on_peer.open()
    peer.answers["AT+CMGL=4"] = b"\r\n+CMGL: 4,1,,1\r\n00AA\r\n\r\n+CMS ERROR: 320\r\n"
    assert on_peer.receive() == [Raw("SM:4", b"00AA")]


def test_a_memory_that_does_not_open_is_not_mistaken_for_another(on_peer, peer, hinted):
    on_peer.open()
    peer.answers |= {
        'AT+CPMS="SR"': b"\r\n+CMS ERROR: 302\r\n",
        "AT+CMGL=4": b"\r\n+CMGL: 4,1,,1\r\n00AA\r\n" + OK,
    }
    hinted.clear()
    peer.say(b'\r\n+CDSI: "SR",1\r\n')
    assert hinted.wait(3)
    with pytest.raises(GatewayDown, match="memory SR"):
        on_peer.receive()
    assert [raw.slot for raw in on_peer.receive()] == ["SM:4"]


# Opening.


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


def test_a_pin_whose_answer_was_lost_counts_as_tried(peer):
    peer.answers |= {"AT+CPIN?": b"\r\n+CPIN: SIM PIN\r\n" + OK, 'AT+CPIN="1234"': GONE}
    pins = Pins()
    with pytest.raises(GatewayDown):
        gateway_on(peer.port, pins=pins, pin="1234").open()
    assert len(pins.refused) == 1


def test_a_pin_that_a_busy_sim_did_not_look_at_does_not_count(peer):
    peer.answers |= {
        "AT+CPIN?": b"\r\n+CPIN: SIM PIN\r\n" + OK,
        'AT+CPIN="1234"': b"\r\n+CME ERROR: 14\r\n",
    }
    pins = Pins()
    with pytest.raises(GatewayDown, match="busy") as down:
        gateway_on(peer.port, pins=pins, pin="1234").open()
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


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open anything")
def test_a_port_that_this_user_may_not_open_is_named(tmp_path):
    port = tmp_path / "port"
    port.touch(mode=0)
    with pytest.raises(GatewayDown, match="may not open") as down:
        gateway_on(port).open()
    assert "dialout" in down.value.mend


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
        ("AT+CPMS=?", b"\r\nERROR\r\n", "no storage"),
        ('AT+CPMS="SM","SM","SM"', b"\r\n+CMS ERROR: 302\r\n", "no storage"),
        ("AT+CPIN?", GONE, "is gone"),
        ("AT+CNMI?", SILENCE, "does not answer"),
    ],
)
def test_a_modem_that_cannot_be_set_up_says_why_and_leaves_nothing_open(
    on_peer, peer, command, answer, reason
):
    peer.answers[command] = answer
    with pytest.raises(GatewayDown, match=reason):
        on_peer.open()
    with pytest.raises(GatewayDown, match="not open"):
        on_peer.health()


def test_a_radio_that_is_off_is_switched_on(on_peer, peer):
    peer.answers["AT+CFUN?"] = b"\r\n+CFUN: 4\r\n" + OK
    on_peer.open()
    assert "AT+CFUN=1" in peer.heard


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


def test_a_restart_that_nobody_announced_is_noticed_by_what_was_forgotten(on_peer, peer):
    on_peer.open()
    assert on_peer.health().reachable
    peer.answers["AT+CNMI?"] = b"\r\n+CNMI: 0,0,0,0,0\r\n" + OK
    with pytest.raises(GatewayDown, match="restarted"):
        on_peer.health()


@with_modem(pin="1234")
def test_after_a_restart_the_pin_is_given_again(air):
    with closing(gateway_on(air.tty("one"), pin="1234")) as gateway:
        gateway.open()
        air.reboot("one", drop=True, down_s=0)
        with pytest.raises(GatewayDown):
            gateway.receive()
        gateway.open()
        assert gateway.send(transmission()) == Taken(0)
    assert air.state("one")["pin_tries"] == 3


@pytest.mark.parametrize("line", [b"\r\n+CREG: 0,5\r\n", b"+CREG:0,1,1A,2B\r\n"])
def test_roaming_and_cells_count_as_in_the_network(on_peer, peer, line):
    on_peer.open()
    peer.answers["AT+CREG?"] = line + OK
    assert on_peer.health().reachable


@pytest.mark.parametrize("answer", [b"\r\nERROR\r\n", b"\r\n+CREG: 0,3\r\n" + OK, OK])
def test_what_does_not_say_that_it_is_in_a_network_is_not(on_peer, peer, answer):
    on_peer.open()
    peer.answers["AT+CREG?"] = answer
    assert not on_peer.health().reachable
