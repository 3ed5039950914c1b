"""A gateway on a simulated modem, and one on a pty for what the simulator does not do."""

import threading

import pytest

from gateways.simulated.server import background
from tests.gateways.sms.bench import gateway_on, hasty, simulation
from tests.gateways.sms.peer import OK, Peer


@pytest.fixture
def modem(request):
    """Settings of the simulated modem, given by `with_modem`."""
    return getattr(request, "param", {})


@pytest.fixture
def air(tmp_path, modem, monkeypatch):
    """The simulated modem `one` and its network."""
    hasty(monkeypatch)
    with background(simulation(tmp_path, **modem)) as air:
        yield air


@pytest.fixture
def hinted():
    """What the gateway's hint sets."""
    return threading.Event()


@pytest.fixture
def gateway(air, hinted):
    """An open gateway on the simulated modem."""
    gateway = gateway_on(air.tty("one"), hint=hinted.set)
    gateway.open()
    yield gateway
    gateway.close()


@pytest.fixture
def modem_peer(monkeypatch):
    """A pty that answers as a modem with a SIM does."""
    hasty(monkeypatch)
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
def on_peer(modem_peer, hinted):
    """A gateway on that pty, not open."""
    gateway = gateway_on(modem_peer.port, hint=hinted.set)
    yield gateway
    gateway.close()
