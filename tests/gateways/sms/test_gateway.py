"""Sending: what a phone shows, and what became of what it does not show."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import pytest
import serial

from gateways.base import (
    GatewayDown,
    NeverAgain,
    Taken,
    TryAgainLater,
    Unknown,
)
from tests.gateways.sms.bench import PHONE, cut, gateway_on, heard, transmission
from tests.gateways.sms.peer import OK, SILENCE, TEXT

KAZAKH = "Алматы: коменданттық сағат күн сайын 23:00-07:00. Дереккөз: әкімдік. #417 😀 "


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
    # In steps of five minutes, and no longer than asked however late the modem takes it.
    assert (taken["validity_s"], taken["report_requested"]) == (3300, report)


def test_trap_15_a_number_with_a_space_is_refused_and_not_sent_elsewhere(air, gateway):
    with pytest.raises(NeverAgain, match=r"E\.164"):
        gateway.send(transmission(recipient="+7 701 555 01 23"))
    assert air.messages() == []


def test_trap_16_a_modem_without_character_sets_sends_cyrillic(on_peer, modem_peer):
    modem_peer.answers |= {
        "AT+CLAC": b"\r\nERROR\r\n",
        "AT+CSCS?": b"\r\nERROR\r\n",
        "AT+CMGS=22": b"\r\n> ",
        TEXT: b"\r\n+CMGS: 9\r\n" + OK,
    }
    on_peer.open()
    assert on_peer.send(transmission("жаңа", wide=True)) == Taken(9)


def test_trap_4_nothing_is_written_between_a_send_and_its_verdict(on_peer, modem_peer, hinted):
    modem_peer.answers |= {
        "AT+CMGS=19": b'\r\n+CMTI: "SM",1\r\n\r\n> \r\nRING\r\n',
        TEXT: b'\r\n+CMTI: "SM",2\r\n\r\nNO CARRIER\r\n\r\n+CMGS: 5\r\n' + OK,
    }
    on_peer.open()
    hinted.clear()
    before = len(modem_peer.heard)
    assert on_peer.send(transmission()) == Taken(5)
    assert hinted.is_set()
    assert modem_peer.heard[before:] == ["AT+CMGS=19", TEXT]


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
        for text in ("ping", "pong"):
            air.text(PHONE, "one", text)
            air.wait_event("deliver", text=text)
        assert gateway.send(transmission()) == Taken(0)
        assert [each.text for each in heard(gateway)] == ["ping", "pong"]


def test_noise_harms_nothing(air, gateway):
    air.fault("one", "noise", octets_hex="ff00fe80" * 16)
    assert gateway.send(transmission()) == Taken(0)
    air.fault("one", "noise", octets_hex="ff0d0afe" * 16)
    assert gateway.receive() == []


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda gateway: gateway.open(), id="open"),
        pytest.param(lambda gateway: gateway.receive(), id="receive"),
        pytest.param(lambda gateway: gateway.health(), id="health"),
    ],
)
def test_a_garbled_octet_costs_an_opening_at_worst_and_no_message(air, gateway, call):
    air.text(PHONE, "one", "ping")
    air.wait_event("deliver")
    air.fault("one", "garble", times=1)
    with suppress(GatewayDown):
        call(gateway)
    air.clear_faults("one")
    gateway.open()
    assert [each.text for each in heard(gateway)] == ["ping"]
    assert gateway.send(transmission()) == Taken(0)


def test_a_modem_that_hung_answers_the_right_questions_afterwards(air, gateway):
    air.text(PHONE, "one", "ping")
    air.wait_event("deliver")
    air.fault("one", "hang", for_s=0.65)
    with pytest.raises(GatewayDown, match="does not answer"):
        gateway.receive()
    # What was asked while it hung is answered now, all at once.
    gateway.open()
    assert gateway.health().signal == 20
    assert [each.text for each in heard(gateway)] == ["ping"]


# What a refusal means.


@pytest.mark.parametrize(
    ("code", "outcome", "facts"),
    [
        pytest.param(1, NeverAgain, {"recipient": True}, id="permanent-recipient"),
        pytest.param(304, NeverAgain, {"recipient": False}, id="our-mistake"),
        pytest.param(27, TryAgainLater, {"rest": False}, id="transient-recipient"),
        pytest.param(314, TryAgainLater, {"rest": False}, id="busy"),
        pytest.param(515, TryAgainLater, {"rest": False}, id="busy-by-the-vendor"),
        pytest.param(42, TryAgainLater, {"rest": False}, id="transient-network"),
        pytest.param(331, TryAgainLater, {"rest": False}, id="no-service-while-registered"),
        pytest.param(8, TryAgainLater, {"rest": True}, id="sim-barred"),
        pytest.param(38, TryAgainLater, {"rest": True}, id="outage"),
        pytest.param(311, TryAgainLater, {"rest": True}, id="pin-wanted"),
        pytest.param(322, TryAgainLater, {"rest": True}, id="storage"),
        pytest.param(332, Unknown, {}, id="network-timeout"),
        pytest.param(500, Unknown, {}, id="unknown-error"),
        pytest.param(999, Unknown, {}, id="not-listed"),
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


def test_an_error_before_the_prompt_means_that_nothing_is_out(on_peer, modem_peer):
    modem_peer.answers["AT+CMGS=19"] = b"\r\n+CMS ERROR: 500\r\n"
    on_peer.open()
    with pytest.raises(TryAgainLater):
        on_peer.send(transmission())
    assert TEXT not in modem_peer.heard


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
        pytest.param("late_verdict", {"delay_s": 0.35}, ["first"], id="verdict-late"),
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


def test_a_verdict_without_its_ok_is_a_verdict_also_where_the_port_goes(
    on_peer, modem_peer, hinted
):
    modem_peer.answers |= {"AT+CMGS=19": b"\r\n> ", TEXT: b"\r\n+CMGS: 5\r\n\r\nRING\r\n"}
    on_peer.open()
    hinted.clear()
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(on_peer.send, transmission())
        # The ring behind it tells that the verdict was read.
        assert hinted.wait(3)
        modem_peer.vanish()
        assert sending.result(5) == Taken(5)


def test_a_late_verdict_is_not_that_of_the_next_message(on_peer, modem_peer):
    modem_peer.answers |= {
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
