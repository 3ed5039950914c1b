import pytest

from content.address import is_public


@pytest.mark.parametrize(
    ("address", "public"),
    [
        pytest.param("93.184.216.34", True, id="public"),
        pytest.param("2606:2800:220:1::1", True, id="public-ipv6"),
        pytest.param("::ffff:93.184.216.34", True, id="public-mapped"),
        pytest.param("64:ff9b::5db8:d822", True, id="public-behind-nat64"),
        pytest.param("127.0.0.1", False, id="loopback"),
        pytest.param("::1", False, id="loopback-ipv6"),
        pytest.param("0.0.0.0", False, id="any"),  # noqa: S104 - asked about, not bound to
        pytest.param("10.0.0.1", False, id="private"),
        pytest.param("172.16.0.1", False, id="private-172"),
        pytest.param("192.168.0.1", False, id="private-192"),
        pytest.param("100.64.0.1", False, id="carrier-nat"),
        pytest.param("169.254.169.254", False, id="link-local"),
        pytest.param("224.0.0.1", False, id="multicast"),
        pytest.param("255.255.255.255", False, id="broadcast"),
        pytest.param("240.0.0.1", False, id="reserved"),
        pytest.param("192.0.2.1", False, id="documentation"),
        pytest.param("fe80::1%eth0", False, id="link-local-ipv6"),
        pytest.param("fc00::1", False, id="unique-local"),
        pytest.param("ff02::1", False, id="multicast-ipv6"),
        pytest.param("::ffff:10.0.0.1", False, id="private-mapped"),
        pytest.param("64:ff9b::a00:1", False, id="private-behind-nat64"),
        pytest.param("2002:a00:1::", False, id="private-in-6to4"),
        pytest.param("example.org", False, id="no-address"),
    ],
)
def test_only_addresses_out_on_the_internet_are_public(address, public):
    assert is_public(address) is public
