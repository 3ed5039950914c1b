"""What goes wrong with a radio, in words that help whoever stands beside it."""

import errno
import socket

from gateways.base import GatewayDown
from gateways.mesh.addresses import Serial, Tcp
from gateways.mesh.mailbox import Loss

_BY_ITSELF = "it is tried again by itself"
_MENDS = {
    Loss.CLOSED: "it may have restarted, or another program connected to it: by TCP only one at a"
    f" time can, so close the meshtastic client or a second Jarshy; {_BY_ITSELF}",
    Loss.BROKEN: f"check the cable and the power of the radio; {_BY_ITSELF}",
    Loss.STUCK: f"take the power of the radio away for a moment; {_BY_ITSELF}",
    Loss.RESTARTED: "it is set up again by itself; if it happens often, give it a stronger supply",
    Loss.SILENT: f"{_BY_ITSELF}; if it stays so, take the power of the radio away for a moment,"
    " and check that nothing but a Meshtastic radio is at this address",
    Loss.UNFINISHED: f"{_BY_ITSELF}; if it stays so, raise `open_wait_s` or restart the radio",
    Loss.HALF: "give the radio a newer firmware (https://flasher.meshtastic.org)",
    Loss.OURS: "it is opened again by itself",
}


def lost(loss: Loss) -> GatewayDown:
    """The connection is no more."""
    return GatewayDown(loss.value, _MENDS[loss])


def bad_address(error: ValueError) -> GatewayDown:
    """The settings name no radio."""
    return GatewayDown(str(error), "correct `address` in the settings", by_hand=True)


def not_opened(where: Tcp | Serial, error: OSError) -> GatewayDown:
    """There is nothing to connect to."""
    return _no_port(where, error) if isinstance(where, Serial) else _no_peer(where, error)


def _no_peer(where: Tcp, error: OSError) -> GatewayDown:
    place = f"{where.host}:{where.port}"
    if isinstance(error, ConnectionRefusedError):
        return GatewayDown(
            f"nothing listens at {place}",
            "switch the radio or meshtasticd on, and its network; or correct `address`; "
            + _BY_ITSELF,
        )
    if isinstance(error, socket.gaierror):
        return GatewayDown(f"there is no host {where.host}", "write its IP address in `address`")
    if isinstance(error, TimeoutError):
        return GatewayDown(
            f"{place} does not answer",
            f"check that the radio has power and is in this network; {_BY_ITSELF}",
        )
    return GatewayDown(f"{place} cannot be reached: {error.strerror}", "check the network")


def _no_port(where: Serial, error: OSError) -> GatewayDown:
    path, text = where.path, str(error)
    if error.errno in {errno.ENOENT, errno.ENODEV, errno.ENXIO}:
        return GatewayDown(
            f"there is no {path}", f"plug the radio in, or correct `address`; {_BY_ITSELF}"
        )
    if "exclusively lock" in text or error.errno in {errno.EAGAIN, errno.EBUSY}:
        return GatewayDown(
            f"{path} is in use by another program",
            f"stop it (often a meshtastic client or a second Jarshy); {_BY_ITSELF}",
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return GatewayDown(
            f"this user may not open {path}", "add the user to the group `dialout`, log in again"
        )
    if f"({errno.ENOTTY}," in text or error.errno in {errno.ENOTTY, errno.EISDIR, errno.EINVAL}:
        return GatewayDown(f"{path} is no serial port", "correct `address` in the settings")
    return GatewayDown(f"{path} cannot be opened: {text}", "check the cable and `address`")
