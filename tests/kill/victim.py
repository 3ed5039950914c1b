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
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Point:
    """Where to die: before or after a function of the product.

    `medium`: only where one of its arguments is of this medium.
    """

    name: str
    module: str
    owner: str
    function: str
    after: bool = True
    medium: str = ""


_WORKER, _DISPATCH = ("relay.worker", "Worker"), ("relay.dispatch", "Dispatch")
_SENDING = ("relay.store.sending", "Sending")
_GATEWAY, _RECEPTION = ("gateways.sms.gateway", "SmsGateway"), ("relay.reception", "Reception")
_ROUTER, _FANOUT = ("relay.routing", "Router"), ("relay.store.fanout", "Fanout")
_OUTBOX, _INBOX = ("relay.store.outbox", "Outbox"), ("relay.store.inbox", "Inbox")
_UNSETTLED = ("relay.store.unsettled", "Unsettled")
_MESH, _SESSION = ("gateways.mesh.gateway", "MeshGateway"), ("gateways.mesh.session", "Session")
_ANNOUNCER, _ACKNOWLEDGED = (
    ("relay.airing", "Announcer"),
    ("relay.assembly", "settle_acknowledgement"),
)

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
MESH_POINTS = (
    # Out: commit, wait for the air, hand over, status, commit.
    Point("mesh-committed-not-handed-over", *_MESH, "send", after=False),
    Point("mesh-about-to-write", *_SESSION, "hand_over", after=False),
    Point("mesh-packet-half-written", *_SESSION, "_writeBytes"),
    Point("mesh-written-status-unread", *_SESSION, "hand_over"),
    Point("mesh-status-read-not-settled", *_MESH, "send"),
    # In: the radio has forgotten it, commit, let go of it, handle.
    Point("mesh-heard-not-committed", "gateways.mesh.ears", "Ears", "_heard"),
    Point("mesh-committed-not-forgotten", *_MESH, "forget", after=False),
    Point("mesh-before-handling", *_RECEPTION, "_handle", after=False, medium="mesh"),
    Point("mesh-handled-not-committed", *_RECEPTION, "_handle", medium="mesh"),
    Point("mesh-word-of-it-not-handled", *_ACKNOWLEDGED, "", after=False),
    Point("mesh-word-of-it-not-committed", *_ACKNOWLEDGED, ""),
    # Broadcasts, and the start itself.
    Point("mesh-airing-half-queued", "relay.store.airings", "Airings", "add"),
    Point("mesh-airing-not-committed", *_ANNOUNCER, "_air"),
    Point("mesh-airings-queued", *_ANNOUNCER, "work"),
    Point("mesh-half-configured", *_SESSION, "_handleFromRadio"),
    Point("mesh-open", *_MESH, "open"),
)
BY_NAME = {point.name: point for point in (*POINTS, *MESH_POINTS)}
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
    **{point.name: 1 for point in MESH_POINTS},
    "mesh-written-status-unread": 2,
    "mesh-status-read-not-settled": 2,
    "mesh-airings-queued": 6,
    "mesh-half-configured": 25,
}
BLUNDER, STUMBLED_ON = "blunder", "stone"
_PR_SET_PDEATHSIG = 1  # prctl(2)
_PACKET_OCTETS = 32  # at least, written to a radio; a heartbeat or a question has fewer


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


def _wrapped(function, due, point):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        concerned = not point.medium or any(
            getattr(each, "medium", "") == point.medium for each in args
        )
        if concerned and not point.after:
            due()
        result = function(*args, **kwargs)
        if concerned and point.after:
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


def _half_written(write, due):
    """The same for a packet to a radio."""

    def wrapper(session, octets):
        if len(octets) >= _PACKET_OCTETS:
            write(session, octets[: len(octets) // 2])
            due()
            octets = octets[len(octets) // 2 :]
        write(session, octets)

    return wrapper


_IN_THE_MIDDLE = {"text-half-typed": _half_typed, "mesh-packet-half-written": _half_written}


def lay_in_wait(point, countdown):
    """Make this process die when it comes to `point` for the `countdown`-th time."""
    owner = importlib.import_module(point.module)
    name = point.owner
    if point.function:
        owner, name = getattr(owner, point.owner), point.function
    due = _Countdown(countdown)
    real = getattr(owner, name)
    middle = _IN_THE_MIDDLE.get(point.name)
    setattr(owner, name, middle(real, due) if middle else _wrapped(real, due, point))


def blunder():
    """Let us stumble on some messages, over an exception whose words are a person's own."""
    reception = importlib.import_module("relay.reception").Reception
    answer = reception._answer

    def wrapper(self, heard, arrival):
        if heard.text.startswith(STUMBLED_ON):
            raise KeyError(f"{heard.sender} {heard.text}")
        return answer(self, heard, arrival)

    reception._answer = wrapper


def end_with_parent():
    """Whatever becomes of the test, this process does not stay behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def hasten(gap_s):
    """Let texts to a radio be less far apart than the settings allow; so is the simulated one."""
    devices = importlib.import_module("relay.devices")
    real = devices.radio_settings
    devices.radio_settings = lambda radio: replace(real(radio), text_gap_s=gap_s)


def run(config, log, point_name, countdown, gap_s=None):
    """Run the real command on `config`; standard error goes to the end of `log`."""
    end_with_parent()
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    if gap_s is not None:
        hasten(gap_s)
    if point_name == BLUNDER:
        blunder()
    elif point_name:
        lay_in_wait(BY_NAME[point_name], countdown)
    command = importlib.import_module("relay.cli.main").main
    command(["--config", str(config), "run"], standalone_mode=False)


# The fork server imports this module; with these, no node has to import them again.
for _name in ("relay.cli.main", "relay.cli.node"):
    importlib.import_module(_name)
