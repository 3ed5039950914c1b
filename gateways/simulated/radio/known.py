"""The nodes that a radio knows: their names and, for direct messages, their keys."""

from collections.abc import Iterable

from gateways.simulated.radio.configuration import user
from gateways.simulated.radio.medium import Signal
from gateways.simulated.radio.packet import Packet
from gateways.simulated.radio.protobufs import DecodeError, NodeInfo, PortNum, User
from gateways.simulated.radio.settings import NodeConfig


class Known:
    """A radio's table of nodes, without the radio itself."""

    def __init__(self, nodes: Iterable[NodeConfig]) -> None:
        self._infos: dict[int, NodeInfo] = {each.node_number: _info(each) for each in nodes}

    def infos(self) -> list[NodeInfo]:
        """Return what is known of each."""
        return list(self._infos.values())

    def key(self, number: int) -> bytes:
        """Return a node's public key, empty if it is not known."""
        info = self._infos.get(number)
        return bytes(info.user.public_key) if info else b""

    def forget_key(self, number: int) -> None:
        """Forget a node's public key."""
        if number in self._infos:
            self._infos[number].user.ClearField("public_key")

    def learn(self, packet: Packet, signal: Signal, now: float) -> None:
        """Take from a packet what it tells of its sender."""
        info = self._infos.setdefault(packet.source, NodeInfo(num=packet.source))
        info.last_heard = int(now)
        info.snr = signal.snr_db
        info.hops_away = packet.hops
        info.via_mqtt = packet.via_mqtt
        said = packet.content
        if said.portnum == PortNum.NODEINFO_APP:
            try:
                info.user.CopyFrom(User.FromString(said.payload))
            except DecodeError:
                return  # the firmware logs it and goes on


def _info(config: NodeConfig) -> NodeInfo:
    info = NodeInfo(num=config.node_number, user=user(config), via_mqtt=config.via_mqtt)
    if not config.key_known:
        info.user.ClearField("public_key")
    return info
