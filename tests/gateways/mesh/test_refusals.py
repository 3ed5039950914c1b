"""What a refusal means."""

import pytest
from meshtastic.protobuf.mesh_pb2 import Routing

from gateways.base import Outcome
from gateways.mesh.refusals import of_report, of_status

ERRORS = {name: number for name, number in Routing.Error.items() if number}


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("NO_ROUTE", Outcome.FAILED),
        ("TIMEOUT", Outcome.FAILED),
        ("NO_INTERFACE", Outcome.LATER),
        ("MAX_RETRANSMIT", Outcome.FAILED),
        ("NO_CHANNEL", Outcome.LATER),
        ("TOO_LARGE", Outcome.FAILED),
        ("DUTY_CYCLE_LIMIT", Outcome.LATER),
        ("BAD_REQUEST", Outcome.FAILED),
        ("PKI_FAILED", Outcome.FAILED),
        ("RATE_LIMIT_EXCEEDED", Outcome.LATER),
        ("PKI_SEND_FAIL_PUBLIC_KEY", Outcome.LATER),
    ],
)
def test_what_our_radio_refused_was_not_on_air_unless_it_names_what_happened_there(error, outcome):
    assert of_report(ERRORS[error], by_our_radio=True).outcome is outcome


@pytest.mark.parametrize("error", ERRORS)
def test_what_came_back_from_far_away_was_on_air(error):
    assert of_report(ERRORS[error], by_our_radio=False).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("result", "outcome", "rest"),
    [
        pytest.param(ERRORS["NO_INTERFACE"], Outcome.LATER, True, id="no-chip"),
        pytest.param(ERRORS["NO_CHANNEL"], Outcome.LATER, False, id="no-channel"),
        pytest.param(ERRORS["TOO_LARGE"], Outcome.FAILED, False, id="too-large"),
        pytest.param(ERRORS["DUTY_CYCLE_LIMIT"], Outcome.LATER, True, id="duty-cycle"),
        pytest.param(32, Outcome.LATER, False, id="firmware-queue-full"),
        pytest.param(33, Outcome.LATER, True, id="firmware-no-interfaces"),
        pytest.param(34, Outcome.LATER, True, id="firmware-disabled"),
        pytest.param(ERRORS["RATE_LIMIT_EXCEEDED"], Outcome.LATER, False, id="too-soon"),
        pytest.param(ERRORS["PKI_SEND_FAIL_PUBLIC_KEY"], Outcome.LATER, False, id="no-key"),
        pytest.param(77, Outcome.LATER, False, id="unheard-of"),
    ],
)
def test_a_status_says_whether_the_packet_or_the_radio_is_at_fault(result, outcome, rest):
    refusal = of_status(result)
    assert (refusal.outcome, refusal.rest) == (outcome, rest)


@pytest.mark.parametrize("error", [*ERRORS.values(), 12345])
@pytest.mark.parametrize("ours", [True, False])
def test_each_refusal_has_words(error, ours):
    assert of_report(error, by_our_radio=ours).reason
    assert of_status(error).reason
