"""A node that kills itself at a chosen point, in a process of its own.

The product has no hooks: what it does is wrapped here, from outside, before
the real command runs.  `Point` says where; the process dies by SIGKILL the
`countdown`-th time that it comes there, so that nothing of it is tidied up.
"""

import ctypes
import functools
import importlib
import os
import signal
import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """Where to die: before or after a function of the product."""

    name: str
    module: str
    owner: str
    function: str
    after: bool = True


_WORKER, _DISPATCH = ("relay.worker", "Worker"), ("relay.dispatch", "Dispatch")
_SENDING = ("relay.store.sending", "Sending")
_GATEWAY, _RECEPTION = ("gateways.sms.gateway", "SmsGateway"), ("relay.reception", "Reception")
_ROUTER, _FANOUT = ("relay.routing", "Router"), ("relay.store.fanout", "Fanout")
_OUTBOX, _INBOX = ("relay.store.outbox", "Outbox"), ("relay.store.inbox", "Inbox")
_UNSETTLED = ("relay.store.unsettled", "Unsettled")

POINTS = (
    # Out: claim, commit, hand over, verdict, commit.
    Point("claimed-not-committed", *_SENDING, "claim"),
    Point("committed-not-handed-over", *_DISPATCH, "_hand_over", after=False),
    Point("prompted-nothing-typed", "gateways.sms.dialogue", "Sending", "prompted"),
    Point("text-half-typed", "gateways.sms.line", "Line", "put"),
    Point("verdict-not-settled", *_GATEWAY, "send"),
    Point("settled-not-committed", *_SENDING, "settle"),
    Point("settled-and-committed", *_DISPATCH, "_settle"),
    # In: list, commit, delete, handle.
    Point("listed-not-committed", *_GATEWAY, "receive"),
    Point("kept-not-committed", *_INBOX, "keep"),
    Point("kept-not-deleted", *_WORKER, "_keep"),
    Point("deleted", *_GATEWAY, "forget"),
    Point("before-handling", *_RECEPTION, "_handle", after=False),
    Point("person-changed", *_RECEPTION, "_remember"),
    Point("one-answer-queued", *_RECEPTION, "_say"),
    Point("handled-not-committed", *_RECEPTION, "_handle"),
    Point("report-not-committed", *_RECEPTION, "_report"),
    Point("parts-joined", "relay.reception", "assemble", ""),
    # The clockwork, and the start itself.
    Point("half-pushed", *_FANOUT, "push"),
    Point("pushed-not-marked", *_ROUTER, "_push"),
    Point("pushed", *_ROUTER, "work"),
    Point("expired-not-committed", *_OUTBOX, "expire"),
    Point("unknown-resolved", *_UNSETTLED, "resolve"),
    Point("recovered-not-committed", *_SENDING, "recover"),
    Point("modem-half-open", "gateways.sms.line", "Line", "ask"),
    Point("modem-open", *_GATEWAY, "open"),
)
BY_NAME = {point.name: point for point in POINTS}
# At most how often it comes there before it dies.
COUNTDOWNS = {
    "recovered-not-committed": 1,
    "modem-open": 2,
    "half-pushed": 1,
    "pushed-not-marked": 1,
    "pushed": 3,
    "before-handling": 2,
    "person-changed": 2,
    "one-answer-queued": 2,
    "handled-not-committed": 2,
    "expired-not-committed": 2,
    "unknown-resolved": 1,
    "parts-joined": 1,
}
BLUNDER, STUMBLED_ON = "blunder", "stone"
_PR_SET_PDEATHSIG = 1  # prctl(2)


def die():
    """End this process as a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)
    threading.Event().wait()  # the signal comes before this returns


class _Countdown:
    """Dies the `left`-th time; threads may come at once."""

    def __init__(self, left):
        self._left = left
        self._lock = threading.Lock()

    def __call__(self):
        with self._lock:
            self._left -= 1
            if self._left == 0:
                die()


def _wrapped(function, due, *, after):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        if not after:
            due()
        result = function(*args, **kwargs)
        if after:
            due()
        return result

    return wrapper


def _half_typed(put, due):
    """Write half of a text, and die in the middle of it."""

    def wrapper(line, octets):
        if octets.endswith("\x1a"):
            put(line, octets[: len(octets) // 2])
            due()
            octets = octets[len(octets) // 2 :]
        put(line, octets)

    return wrapper


def lay_in_wait(point, countdown):
    """Make this process die when it comes to `point` for the `countdown`-th time."""
    owner = importlib.import_module(point.module)
    name = point.owner
    if point.function:
        owner, name = getattr(owner, point.owner), point.function
    due = _Countdown(countdown)
    real = getattr(owner, name)
    wrapper = (
        _half_typed(real, due)
        if point.name == "text-half-typed"
        else _wrapped(real, due, after=point.after)
    )
    setattr(owner, name, wrapper)


def blunder():
    """Let us stumble on some messages, over an exception whose words are a person's own."""
    reception = importlib.import_module("relay.reception").Reception
    answer = reception._answer

    def wrapper(self, heard, arrival):
        if heard.text.startswith(STUMBLED_ON):
            raise KeyError(f"{heard.sender} {heard.text}")
        return answer(self, heard, arrival)

    reception._answer = wrapper


def run(config, log, point_name, countdown):
    """Run the real command on `config`; standard error goes to the end of `log`."""
    # Whatever becomes of the test, no node of it stays behind.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    if point_name == BLUNDER:
        blunder()
    elif point_name:
        lay_in_wait(BY_NAME[point_name], countdown)
    command = importlib.import_module("relay.cli.main").main
    command(["--config", str(config), "run"], standalone_mode=False)


# The fork server imports this module; with these, no node has to import them again.
for _name in ("relay.cli.main", "relay.cli.node"):
    importlib.import_module(_name)
