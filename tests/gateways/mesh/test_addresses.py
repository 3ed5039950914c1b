"""Where a radio is, and where a packet goes."""

import pytest

from gateways.base import NeverAgain
from gateways.mesh.addresses import BROADCAST, Serial, Tcp, node_name, node_number, parse


@pytest.mark.parametrize(
    ("address", "where"),
    [
        pytest.param("tcp://127.0.0.1:4404", Tcp("127.0.0.1", 4404), id="host-and-port"),
        pytest.param("tcp://radio.lan", Tcp("radio.lan", 4403), id="usual-port"),
        pytest.param("tcp://[fe80::1]:4404", Tcp("fe80::1", 4404), id="ipv6"),
        pytest.param("tcp://[::1]", Tcp("::1", 4403), id="ipv6-usual-port"),
        pytest.param("serial:///dev/ttyUSB0", Serial("/dev/ttyUSB0"), id="serial"),
        pytest.param("serial:///dev/a?b#c", Serial("/dev/a?b#c"), id="a-path-is-no-url"),
    ],
)
def test_an_address_of_the_settings_is_read(address, where):
    assert parse(address) == where


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/dev/ttyUSB0",
        "tcp://",
        "tcp://host:0",
        "tcp://host:99999",
        "tcp://host:radio",
        "tcp://[::1",
        "tcp://host/path",
        "serial://ttyUSB0",
        "serial://",
        "udp://host",
    ],
)
def test_what_is_no_address_says_what_would_be_right(address):
    with pytest.raises(ValueError, match="neither tcp://host:port nor serial:///dev/ttyUSB0"):
        parse(address)


@pytest.mark.parametrize(
    ("recipient", "number"),
    [("!2c67a1b0", 0x2C67A1B0), ("^channel", BROADCAST), ("^primary", BROADCAST)],
)
def test_a_recipient_is_a_node_or_everybody_on_a_channel(recipient, number):
    assert node_number(recipient) == number


@pytest.mark.parametrize(
    "recipient",
    [
        pytest.param("", id="empty"),
        pytest.param("^all", id="everybody-on-what-channel"),
        pytest.param("!2C67A1B0", id="one-spelling-only"),
        pytest.param("!2c67a1b", id="short"),
        pytest.param("!2c67a1b00", id="long"),
        pytest.param("!٢c67a1b0", id="other-digits"),
        pytest.param("!2c67a1b0\n", id="line-end"),
        pytest.param("!ffffffff", id="broadcast-as-a-node"),
        pytest.param("!00000000", id="nobody"),
        pytest.param("!00000003", id="reserved"),
        pytest.param("+77015550123", id="a-phone"),
    ],
)
def test_anything_else_never_gets_anything(recipient):
    with pytest.raises(NeverAgain) as refused:
        node_number(recipient)
    assert refused.value.recipient
    assert not recipient or recipient not in str(refused.value)


def test_a_node_is_written_as_it_is_read():
    assert node_number(node_name(0x0000ABCD)) == 0x0000ABCD
