"""What goes wrong with a modem, in words that help whoever stands beside it."""

import errno

from gateways.base import GatewayDown, NeverAgain, TryAgainLater, Unknown
from gateways.sms.dialogue import Sending
from gateways.sms.line import PortRefused
from gateways.sms.verdicts import VerdictKind, classify

_REST = {VerdictKind.SIM, VerdictKind.HARDWARE, VerdictKind.OUTAGE, VerdictKind.STORAGE}


def refused(sending: Sending, in_a_row: int, *, registered: bool) -> None:
    """Raise what a refusal means.  Before the text was given nothing can be out."""
    verdict = classify(sending.verdict, in_a_row=in_a_row, registered=registered)
    reason = f"refused by the network: {sending.verdict}"
    if verdict.kind in {VerdictKind.PERMANENT_RECIPIENT, VerdictKind.OUR_MISTAKE}:
        raise NeverAgain(reason, recipient=verdict.kind is VerdictKind.PERMANENT_RECIPIENT)
    if verdict.kind is VerdictKind.UNKNOWN and sending.had_text:
        raise Unknown(reason)
    raise TryAgainLater(reason, rest=verdict.kind in _REST)


def restarted() -> GatewayDown:
    """It has forgotten all settings, and perhaps reports."""
    return GatewayDown(
        "the modem has restarted",
        "it is set up again by itself; if it happens often, give it a stronger supply",
    )


def gone(port: str) -> GatewayDown:
    """The port is not there any more."""
    return GatewayDown(
        f"the port {port} is gone",
        "check the cable and the power of the modem; it is opened again by itself",
    )


def silent() -> GatewayDown:
    """It does not answer."""
    return GatewayDown(
        "the modem does not answer",
        "it is tried again by itself; if it stays so, take its power away for a moment",
    )


def port_error(port: str, error: PortRefused) -> GatewayDown:
    """What went wrong with a port, and what helps."""
    text = str(error)
    if error.errno == errno.ENOENT:
        return GatewayDown(
            f"there is no {port}",
            "plug the modem in, or correct `port` in the settings; it is tried again by itself",
        )
    if "exclusively lock" in text or error.errno in {errno.EAGAIN, errno.EBUSY}:
        return GatewayDown(
            f"{port} is in use by another program",
            "stop it (often ModemManager, brltty or a second Jarshy); it is tried again by itself",
        )
    if error.errno == errno.EACCES:
        return GatewayDown(
            f"this user may not open {port}",
            "add the user to the group `dialout` and log in again",
        )
    if f"({errno.ENOTTY}," in text:
        return GatewayDown(f"{port} is no serial port", "correct `port` in the settings")
    return GatewayDown(f"{port} cannot be opened: {text}", "check the cable and `port`")
