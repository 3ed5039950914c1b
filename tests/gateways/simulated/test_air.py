"""The network and its phones: what arrives, what waits, what expires."""

import pytest

from gateways.simulated.control import BadRequestError
from gateways.simulated.fields import Concat
from gateways.simulated.network import resolve
from tests.gateways.simulated.bench import NUMBER, PHONE, Bench


@pytest.fixture
def bench():
    bench = Bench()
    bench.at("ATE0", "AT+CNMI=2,1,0,2,0")
    return bench


def phone(bench):
    return bench.control("phone", number=PHONE)


def test_a_phone_joins_parts_that_come_in_any_order(bench):
    bench.send(text="жаршы", concat=Concat(3, 2, 2))
    assert [(shown["complete"], shown["segments"]) for shown in phone(bench)] == [(False, 1)]
    bench.send(text="алло ", concat=Concat(3, 2, 1))
    (shown,) = phone(bench)
    assert (shown["text"], shown["complete"], shown["from"]) == ("алло жаршы", True, NUMBER)


def test_a_phone_shows_a_part_that_came_twice(bench):
    for sequence in (1, 1, 2):
        bench.send(text=f"part{sequence}", concat=Concat(3, 2, sequence))
    (shown,) = phone(bench)
    assert (shown["duplicates"], shown["complete"]) == ([1], True)


def test_another_text_under_the_same_reference_is_another_message(bench):
    for text in ("old", "new"):
        bench.send(text=text, concat=Concat(3, 2, 1))
        bench.send(text=text, concat=Concat(3, 2, 2))
    assert [shown["text"] for shown in phone(bench)] == ["oldold", "newnew"]


def test_half_a_surrogate_pair_shows_as_a_replacement_mark(bench):
    bench.send(text="\ud83d", concat=Concat(3, 2, 1), narrow=False)
    bench.send(text="\ude00", concat=Concat(3, 2, 2), narrow=False)
    assert phone(bench)[0]["text"] == "��"


def test_a_phone_that_is_off_gets_its_messages_later(bench):
    bench.control("phone_off", number=PHONE)
    bench.send(form=2, validity=b"\x00", report=True)
    assert phone(bench) == []
    bench.wait(299)
    bench.control("phone_on", number=PHONE)
    assert len(phone(bench)) == 1
    bench.wait(1)
    assert [event["status"] for event in bench.of("report")] == [0]


def test_what_expires_while_a_phone_is_off_is_reported_as_expired(bench):
    bench.control("phone_off", number=PHONE)
    bench.send(form=2, validity=b"\x00", report=True)
    bench.wait(301)
    bench.control("phone_on", number=PHONE)
    assert phone(bench) == []
    assert [event["status"] for event in bench.of("report")] == [70]


def test_without_a_validity_a_message_waits_for_ever(bench):
    bench.control("phone_off", number=PHONE)
    bench.send()
    bench.wait(10**8)
    bench.control("phone_on", number=PHONE)
    assert len(phone(bench)) == 1


def test_what_a_full_sim_refuses_comes_when_a_slot_is_free(bench):
    for text in "abcde":
        bench.text(text)
    assert [event["text"] for event in bench.of("dropped_full")] == ["d"]
    assert bench.control("state", modem="one")["waiting"] == 2
    bench.at("AT+CMGD=1,0")
    bench.at("AT+CMGD=2,0")
    assert [event["text"] for event in bench.of("deliver")] == list("abcde")
    assert bench.control("state", modem="one")["used"]["SM"] == 3


def test_reports_take_slots_like_messages_unless_the_modem_keeps_them_apart():
    bench = Bench(report_memory="")
    bench.at("ATE0", "AT+CNMI=2,1,0,2,0")
    for _ in range(4):
        bench.send(report=True)
    bench.wait(1)
    assert bench.control("state", modem="one")["used"] == {"SM": 3, "ME": 0, "SR": 0}
    assert [event["what"] for event in bench.of("dropped_full")] == ["report"]


def test_a_message_to_a_modem_arrives_in_it(bench):
    bench.send(to=NUMBER, text="to myself")
    assert [(event["from"], event["text"]) for event in bench.of("deliver")] == [
        (NUMBER, "to myself")
    ]


def test_an_unplugged_modem_gets_its_messages_when_it_is_back(bench):
    bench.control("unplug", modem="one")
    assert not bench.plugged
    bench.text("waits")
    assert bench.of("deliver") == []
    bench.control("plug", modem=NUMBER)
    assert len(bench.of("deliver")) == 1


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"wide_reference": True}, id="wide-reference"),
        pytest.param({"out_of_order": True}, id="out-of-order"),
        pytest.param({"duplicate": True}, id="duplicate"),
        pytest.param({"wap_push": True}, id="wap-push"),
        pytest.param({"message_class": 0}, id="flash"),
        pytest.param({"pid": 0x40}, id="silent"),
    ],
)
def test_a_phone_texts_in_many_ways(how):
    bench = Bench(slots=10)
    assert bench.text("я" * 80, **how) == len(bench.of("deliver"))


@pytest.mark.parametrize(("sender", "kind"), [("Kaspi", "09D0"), ("1414", "0481"), (PHONE, "0B91")])
def test_senders_may_be_names_and_short_codes(bench, sender, kind):
    bench.text("hi", sender=sender)
    pdu = bench.control("state", modem="one")["stored"][0]["pdu"]
    assert pdu[18:22] == kind


def test_any_octets_can_be_put_into_a_sim(bench):
    bench.control("pdu", to="one", hex="00ff")
    assert bench.at("AT+CMGR=1")[1] == "00FF"


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param({"op": "nothing"}, id="no-such-operation"),
        pytest.param({"op": "state"}, id="argument-missing"),
        pytest.param({"op": "state", "modem": "two"}, id="no-such-modem"),
        pytest.param({"op": "pdu", "to": "one", "hex": "x"}, id="no-hex"),
        pytest.param({"op": "pdu", "to": "one", "hex": ""}, id="empty"),
        pytest.param(
            {"op": "text", "sender": "Журнал", "to": "one", "text": "x", "how": {}},
            id="name-outside-of-the-alphabet",
        ),
        pytest.param(
            {"op": "text", "sender": "1", "to": "one", "text": "x", "how": {"loud": 1}},
            id="no-such-option",
        ),
        pytest.param(
            {"op": "fault", "modem": "one", "name": "hold", "times": 1, "given": {"point": "x"}},
            id="no-such-point",
        ),
    ],
)
def test_a_bad_request_is_refused_and_harms_nothing(bench, request_):
    with pytest.raises(BadRequestError):
        bench.control(**request_)
    assert bench.at("AT") == ["OK"]


def test_the_trunk_prefix_is_resolved_as_the_network_does():
    assert resolve("87019999999") == PHONE
    assert resolve(PHONE) == PHONE
    assert resolve("1414") == "1414"
