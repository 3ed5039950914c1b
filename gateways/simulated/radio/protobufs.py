"""The messages of Meshtastic's protocol that a radio writes and reads.

The generated modules carry no types, so all that we know of their fields
is what the protocol's own definition says; this is the only place that
imports them.
"""

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from meshtastic.protobuf.admin_pb2 import AdminMessage  # type: ignore[import-untyped]
from meshtastic.protobuf.channel_pb2 import Channel, ChannelSettings  # type: ignore[import-untyped]
from meshtastic.protobuf.config_pb2 import Config  # type: ignore[import-untyped]
from meshtastic.protobuf.localonly_pb2 import (  # type: ignore[import-untyped]
    LocalConfig,
    LocalModuleConfig,
)
from meshtastic.protobuf.mesh_pb2 import (  # type: ignore[import-untyped]
    Data,
    DeviceMetadata,
    FromRadio,
    HardwareModel,
    MeshPacket,
    MyNodeInfo,
    NodeInfo,
    QueueStatus,
    Routing,
    ToRadio,
    User,
)
from meshtastic.protobuf.module_config_pb2 import ModuleConfig  # type: ignore[import-untyped]
from meshtastic.protobuf.portnums_pb2 import PortNum  # type: ignore[import-untyped]
from meshtastic.protobuf.telemetry_pb2 import (  # type: ignore[import-untyped]
    DeviceMetrics,
    Telemetry,
)

__all__ = [
    "AdminMessage",
    "Channel",
    "ChannelSettings",
    "Config",
    "Data",
    "DecodeError",
    "DeviceMetadata",
    "DeviceMetrics",
    "FromRadio",
    "HardwareModel",
    "LocalConfig",
    "LocalModuleConfig",
    "MeshPacket",
    "ModuleConfig",
    "MyNodeInfo",
    "NodeInfo",
    "PortNum",
    "QueueStatus",
    "Routing",
    "Telemetry",
    "ToRadio",
    "User",
    "name_of",
]


def name_of(kind: object, number: int) -> str:
    """Return the name of an enum's value; of one that nobody knows, its number."""
    found = kind.DESCRIPTOR.values_by_number.get(number)  # type: ignore[attr-defined]
    return str(number) if found is None else str(found.name)
