"""What `gateways.base.Gateway` promises, run over every gateway there is.

A medium joins by one more bench: a device, its faults, and its gateway.
"""

from contextlib import ExitStack, suppress
from threading import Event
from traceback import format_exception_only

import pytest

from gateways.base import (
    GatewayDown,
    Health,
    NeverAgain,
    Raw,
    Taken,
    TryAgainLater,
    Unknown,
)
from gateways.simulated.server import background
from tests.gateways.mesh import bench as mesh
from tests.gateways.sms.bench import NUMBER, PHONE, gateway_on, hasty, simulation, transmission

SECRET = "secret words"


class SmsBench:
    """An SMS gateway on a simulated modem."""

    outcomes = {  # noqa: RUF012  # a table
        "later": TryAgainLater,
        "never": NeverAgain,
        "refused, may be out": Unknown,
        "verdict lost": Unknown,
        "silent before": TryAgainLater,
    }
    slots = ("SM:3", "", "SM:99")
    secrets = (PHONE[2:], NUMBER[2:], "555 01 23")

    def __init__(self, directory, monkeypatch, stack):
        hasty(monkeypatch)
        self._air = stack.enter_context(background(simulation(directory)))
        self._heard = 0
        self.hinted = Event()
        self.gateway = self.another()
        stack.callback(self.gateway.close)

    def another(self):
        """Return one more gateway to the same device."""
        return gateway_on(self._air.tty("one"), hint=self.hinted.set)

    def let_hear(self, text):
        """Let something arrive at the device, and wait until it is there."""
        self._heard += 1
        self._air.text(PHONE, "one", text)
        self._air.wait_event("deliver", text=text)

    def taken(self):
        """Return what the network took, in order."""
        return [each["text"] for each in self._air.messages()]

    def fault(self, name):
        """Let the next message go wrong."""
        faults = {
            "later": ("cms_error", {"code": 42}),
            "never": ("cms_error", {"code": 1}),
            "refused, may be out": ("cms_error_after_taking", {"code": 500}),
            "verdict lost": ("verdict_lost", {}),
            "silent before": ("silent", {"point": "prompt"}),
        }
        fault, given = faults[name]
        self._air.fault("one", fault, times=1, **given)

    def unplug(self):
        """Take the device away."""
        self._air.unplug("one")

    def plug(self):
        """Put it back."""
        self._air.plug("one")

    def ok(self, text="hello"):
        """Return something that can be sent."""
        return transmission(text)

    def unsendable(self):
        """Return what no such network can ever carry."""
        return [
            transmission(SECRET, recipient="8 701 555 01 23"),
            transmission(SECRET, recipient=""),
            transmission(SECRET * 20),
            transmission(SECRET + "жаңалық"),
            transmission(SECRET, parts=3, part=4),
            transmission(SECRET, parts=2, reference=256),
            transmission(SECRET, validity_s=0),
        ]


class MeshBench:
    """A mesh gateway on a simulated radio; `tty` is how it is connected."""

    outcomes = {  # noqa: RUF012  # a table
        "later": TryAgainLater,
        "verdict lost": Unknown,
        "stale verdict": Unknown,
    }
    slots = ("mesh:3", "", "mesh:99")
    secrets = (mesh.PHONE, "2c67a1b0")
    tty = False

    def __init__(self, directory, monkeypatch, stack):
        mesh.hasty(monkeypatch)
        self._bench = mesh.Bench(directory, stack, tty=self.tty)
        self.hinted = self._bench.hinted
        self.gateway = self.another()

    def another(self):
        """Return one more gateway to the same device."""
        return self._bench.gateway()

    def let_hear(self, text):
        """Let something arrive at the device, and wait until it is there."""
        self._bench.let_hear(text)

    def taken(self):
        """Return what the network took, in order."""
        return self._bench.on_air()

    def fault(self, name):
        """Let the next message go wrong."""
        faults = {
            "later": "queue_full",
            "verdict lost": "status_lost",
            "stale verdict": "stale_status",
        }
        self._bench.mesh.clear_faults(mesh.RADIO)
        self._bench.mesh.fault(mesh.RADIO, faults[name], times=1)

    def unplug(self):
        """Take the device away."""
        self._bench.unplug(self.gateway)

    def plug(self):
        """Put it back."""
        self._bench.mesh.plug(mesh.RADIO)

    def ok(self, text="hello"):
        """Return something that can be sent."""
        return mesh.transmission(text)

    def unsendable(self):
        """Return what no such network can ever carry."""
        return [
            mesh.transmission(SECRET, recipient="!2c67a1b"),
            mesh.transmission(SECRET, recipient=""),
            mesh.transmission(SECRET, recipient="^all"),
            mesh.transmission(SECRET, recipient="!ffffffff"),
            mesh.transmission(SECRET * 20),
            mesh.transmission(SECRET * 18 + "12345", recipient="!2c67a1b0"),
            mesh.transmission(""),
            mesh.transmission(SECRET + "\ud800"),
            mesh.transmission(SECRET, identity=0),
            mesh.transmission(SECRET, identity=1 << 32),
        ]


class SerialMeshBench(MeshBench):
    """The same over a serial port."""

    tty = True


BENCHES = {"sms": SmsBench, "mesh": MeshBench, "mesh-serial": SerialMeshBench}
FAULTS = [
    pytest.param(kind, fault, id=f"{name}-{fault}")
    for name, kind in BENCHES.items()
    for fault in kind.outcomes
]


@pytest.fixture(params=BENCHES.values(), ids=BENCHES)
def bench(request, tmp_path, monkeypatch):
    with ExitStack() as stack:
        made = request.param(tmp_path, monkeypatch, stack)
        stack.callback(made.gateway.close)
        yield made


@pytest.fixture
def gateway(bench):
    bench.gateway.open()
    return bench.gateway


CALLS = {
    "receive": lambda gateway, bench, raw: gateway.receive(),
    "forget": lambda gateway, bench, raw: gateway.forget(raw),
    "send": lambda gateway, bench, raw: gateway.send(bench.ok()),
    "health": lambda gateway, bench, raw: gateway.health(),
}
EACH_CALL = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


def texts(raws):
    return sorted(raw.octets for raw in raws)


def test_it_has_a_name_and_a_medium(bench):
    assert bench.gateway.name
    assert bench.gateway.medium


def test_an_open_device_tells_how_it_is(gateway):
    health = gateway.health()
    assert isinstance(health, Health)
    assert health.reachable


def test_closing_is_harmless_at_any_time(gateway, bench):
    bench.another().close()
    gateway.close()
    gateway.close()


def test_it_may_be_opened_again_whatever_state_it_is_in(gateway):
    gateway.open()
    gateway.close()
    gateway.open()
    assert gateway.health().reachable


@EACH_CALL
def test_before_it_is_open_each_call_says_so(bench, call):
    with pytest.raises(GatewayDown) as down:
        call(bench.gateway, bench, Raw(bench.slots[0], b"00"))
    assert down.value.mend


@EACH_CALL
def test_after_it_is_closed_each_call_says_so(gateway, bench, call):
    bench.let_hear("one")
    [raw] = gateway.receive()
    gateway.close()
    with pytest.raises(GatewayDown):
        call(gateway, bench, raw)
    assert bench.taken() == []


@EACH_CALL
def test_without_its_device_each_call_says_so_and_how_to_mend_it(gateway, bench, call):
    bench.let_hear("one")
    [raw] = gateway.receive()
    bench.unplug()
    with pytest.raises(GatewayDown) as down:
        call(gateway, bench, raw)
    assert down.value.mend
    assert not down.value.by_hand


def test_without_its_device_it_cannot_be_opened(bench):
    bench.unplug()
    with pytest.raises(GatewayDown) as down:
        bench.gateway.open()
    assert down.value.mend


def test_when_its_device_is_back_it_serves_again(gateway, bench):
    bench.unplug()
    with pytest.raises(GatewayDown):
        gateway.receive()
    bench.plug()
    gateway.open()
    assert isinstance(gateway.send(bench.ok()), Taken)


def test_what_was_heard_is_there_until_it_is_forgotten(gateway, bench):
    bench.let_hear("one")
    bench.let_hear("two")
    heard = gateway.receive()
    assert len(heard) == 2
    assert texts(gateway.receive()) == texts(heard)
    gateway.forget(heard[0])
    assert texts(gateway.receive()) == texts(heard[1:])
    gateway.forget(heard[1])
    assert gateway.receive() == []


def test_what_was_heard_outlives_closing(gateway, bench):
    bench.let_hear("one")
    heard = gateway.receive()
    gateway.close()
    gateway.open()
    assert texts(gateway.receive()) == texts(heard)


def test_what_was_heard_outlives_a_lost_device_in_the_middle(gateway, bench):
    bench.let_hear("one")
    bench.unplug()
    with pytest.raises(GatewayDown):
        gateway.receive()
    bench.plug()
    gateway.open()
    assert len(gateway.receive()) == 1


def test_forgetting_twice_takes_nothing_that_came_since(gateway, bench):
    bench.let_hear("one")
    [first] = gateway.receive()
    gateway.forget(first)
    bench.let_hear("two")
    with suppress(GatewayDown):
        gateway.forget(first)
    assert len(gateway.receive()) == 1
    with suppress(GatewayDown):
        gateway.forget(first)
    assert len(gateway.receive()) == 1


def test_forgetting_what_was_never_heard_takes_nothing(gateway, bench):
    bench.let_hear("one")
    heard = gateway.receive()
    for slot in bench.slots:
        for octets in (b"00", b""):
            with suppress(GatewayDown):
                gateway.forget(Raw(slot, octets))
            assert gateway.receive() == heard


def test_hearing_something_gives_a_hint(gateway, bench):
    bench.hinted.clear()
    bench.let_hear("one")
    assert bench.hinted.wait(3)


def test_losing_the_device_gives_a_hint(gateway, bench):
    bench.hinted.clear()
    bench.unplug()
    assert bench.hinted.wait(3)


def test_what_was_taken_is_out_once(gateway, bench):
    references = [gateway.send(bench.ok(text)).reference for text in ("one", "two")]
    assert bench.taken() == ["one", "two"]
    assert references[0] != references[1]


@pytest.mark.parametrize(("bench", "fault"), FAULTS, indirect=["bench"])
def test_a_failed_send_has_its_outcome_and_the_next_goes_out_as_itself(gateway, bench, fault):
    outcome = bench.outcomes[fault]
    bench.fault(fault)
    with pytest.raises(outcome):
        gateway.send(bench.ok("first"))
    # Only what is unknown may be out.
    assert outcome is Unknown or bench.taken() == []
    try:
        gateway.send(bench.ok("second"))
    except GatewayDown:
        gateway.open()
        gateway.send(bench.ok("second"))
    assert bench.taken()[-1] == "second"
    assert bench.taken().count("second") == 1


def test_what_can_never_be_carried_is_never_again_and_touches_nothing(gateway, bench):
    for each in bench.unsendable():
        with pytest.raises(NeverAgain):
            gateway.send(each)
    assert bench.taken() == []
    assert gateway.health().reachable


def test_no_error_tells_a_number_or_a_text(gateway, bench, caplog):
    caplog.set_level("DEBUG")
    told = []
    for each in bench.unsendable():
        with pytest.raises(NeverAgain) as refused:
            gateway.send(each)
        told.append(refused.value)
    for fault, outcome in bench.outcomes.items():
        bench.fault(fault)
        gateway.open()
        with pytest.raises(outcome) as failed:
            gateway.send(bench.ok(SECRET))
        told.append(failed.value)
    # As a log would show them: with what they were raised from.
    shown = "".join("".join(format_exception_only(error)) for error in chain(told)) + caplog.text
    for secret in (SECRET, *bench.secrets):
        assert secret not in shown


def chain(errors):
    for error in errors:
        yield error
        before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        yield from chain([before] if before else [])
