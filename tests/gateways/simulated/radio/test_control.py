"""Requests that make no sense get one clear error each, and harm nothing."""

import pytest

from gateways.simulated.asking import BadRequestError
from gateways.simulated.radio.control import OPERATIONS, answer
from gateways.simulated.radio.node import QUEUE
from tests.gateways.simulated.radio.bench import AIGUL, BEK, ONE, Bench

SAY = {"op": "say", "phone": "aigul", "text": "hi", "channel": 0, "how": {}}
DIRECT = {"op": "direct", "phone": "aigul", "to": "one", "text": "hi", "how": {}}
FAULT = {"op": "fault", "radio": "one", "name": "hold", "times": None, "given": {}}


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        pytest.param([], "no such operation", id="no-object"),
        pytest.param({}, "no such operation", id="no-operation"),
        pytest.param({"op": ["say"]}, "no such operation", id="operation-is-a-list"),
        pytest.param({"op": "fly"}, "known: say", id="unknown-operation"),
        pytest.param({"op": "say"}, "say: missing", id="arguments-missing"),
        pytest.param({**SAY, "colour": 1}, "unexpected", id="argument-too-many"),
        pytest.param({**SAY, "phone": "nobody"}, "known: aigul", id="no-such-phone"),
        pytest.param({**SAY, "phone": ["aigul"]}, "phone is list", id="phone-is-a-list"),
        pytest.param({**SAY, "text": 5}, "text is int", id="text-is-a-number"),
        pytest.param({**SAY, "channel": "XX"}, "no such channel", id="no-such-channel"),
        pytest.param({**SAY, "how": {"id": "x"}}, "how is dict", id="id-is-no-number"),
        pytest.param({**SAY, "how": {"id": 1 << 32}}, "32 bits", id="id-too-large"),
        pytest.param({**SAY, "how": {"hop_limit": 8}}, "0 to 7", id="too-many-hops"),
        pytest.param({**SAY, "how": {"wings": 2}}, "wings", id="no-such-way"),
        pytest.param({**DIRECT, "to": "nobody"}, "no such node", id="no-such-node"),
        pytest.param({**DIRECT, "to": "!xyz"}, "direct", id="no-such-id"),
        pytest.param({"op": "state", "radio": "two"}, "known: one", id="no-such-radio"),
        pytest.param({**FAULT, "name": "fire"}, "known: hold", id="no-such-fault"),
        pytest.param({**FAULT, "given": {"point": "x"}}, "before_take", id="no-such-point"),
        pytest.param({**FAULT, "given": {"x": 1}}, "knows no", id="no-such-argument"),
        pytest.param(
            {**FAULT, "name": "slow_config", "given": {"part_s": "x"}}, "like 0.1", id="no-time"
        ),
        pytest.param({**FAULT, "times": "x"}, "times is str", id="times-is-no-number"),
        pytest.param({"op": "set_loss", "loss": 2}, "0 to 1", id="loss-too-large"),
        pytest.param(
            {"op": "wait_held", "radio": "one", "timeout_s": float("inf")}, "float", id="for-ever"
        ),
        pytest.param(
            {"op": "announce", "phone": "aigul", "changes": {"id": "x"}}, "its id", id="another-id"
        ),
    ],
)
def test_a_request_that_makes_no_sense_says_why(request_, why):
    bench = Bench()
    with pytest.raises(BadRequestError, match=why):
        answer(bench.desk, request_, bench.now)


@pytest.mark.parametrize("op", OPERATIONS)
def test_no_operation_takes_arguments_of_any_kind(op):
    bench = Bench()
    with pytest.raises(BadRequestError):
        answer(bench.desk, {"op": op, "radio": {}, "phone": {}, "match": 5}, bench.now)


def test_nodes_go_by_name_number_and_id():
    nodes = Bench().control("nodes")
    assert [each["name"] for each in nodes] == ["one", "aigul", "bek"]
    assert [each["id"] for each in nodes] == [ONE.node_id, AIGUL.node_id, BEK.node_id]
    assert all(each["id"] == f"!{each['number']:08x}" for each in nodes)


def test_the_state_tells_what_there_is_to_know():
    bench = Bench()
    bench.fault("status_lost")
    bench.send("hi", id=1)
    state = bench.control("state", radio="one")
    assert (state["client"], state["configured"], state["up"]) == ("tcp", True, True)
    assert (state["free"], state["faults"], state["held"]) == (QUEUE - 1, ["status_lost"], None)


def test_a_phone_shows_what_matches():
    bench = Bench()
    first = bench.say("bek", "hello", channel="Jarshy")
    bench.wait(10)
    bench.say("bek", "👍", reply_id=first, emoji=1)
    bench.wait(10)

    def asked(count, **match):
        given = {"phone": "aigul", "count": count, "match": match, "timeout_s": 0.0}
        return bench.control("wait_for", **given)

    assert len(asked(2)) == 2
    assert asked(1, channel="Jarshy")[0]["text"] == "hello"
    assert asked(1, emoji=True)[0]["reply_id"] == first
    assert asked(2, channel="Jarshy") is None


def test_an_event_is_found_by_any_of_its_facts():
    bench = Bench()
    bench.send("hi", id=1)
    bench.wait(5)

    def asked(since=0.0, **match):
        return bench.control("wait_event", match=match, timeout_s=0.0, since=since)

    assert asked(event="sent", copy="first")["id"] == 1
    assert asked(event="sent", copy="again") is None
    assert asked(event="sent", since=bench.now) is None
