"""Which addresses a source may lead to.

A feed's address is written by strangers: it may name, redirect to or
resolve to the operator's own network.  Only what IANA's special-purpose
registries (RFC 6890) call globally reachable is fetched from.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

_Address: TypeAlias = IPv4Address | IPv6Address

_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052 2.1: the last 32 bits are an IPv4 address
_IPV4_BITS = 0xFFFFFFFF


def is_public(address: str) -> bool:
    """Say whether `address`, and any that it wraps, is out on the internet."""
    try:
        outer = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(
        one.is_global and not one.is_multicast and not one.is_reserved
        for one in (*_wrapped(outer), *([] if _wraps_only(outer) else [outer]))
    )


def _wraps_only(address: _Address) -> bool:
    """Say whether `address` is only a way of writing an IPv4 address."""
    return isinstance(address, IPv6Address) and (
        address.ipv4_mapped is not None or address in _NAT64
    )


def _wrapped(address: _Address) -> list[IPv4Address]:
    """Give the IPv4 addresses inside (RFC 4291 2.5.5, 3056, 4380, 6052)."""
    if isinstance(address, IPv4Address):
        return []
    inside = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        inside.append(IPv4Address(int(address) & _IPV4_BITS))
    return [one for one in inside if one is not None]
