"""What a radio tells of itself when a client asks for its configuration."""

from collections.abc import Iterable, Iterator

from gateways.simulated.radio.protobufs import (
    Channel,
    ChannelSettings,
    Config,
    DeviceMetadata,
    FromRadio,
    HardwareModel,
    LocalConfig,
    LocalModuleConfig,
    ModuleConfig,
    MyNodeInfo,
    NodeInfo,
    User,
)
from gateways.simulated.radio.settings import ChannelConfig, NodeConfig, RadioConfig

CHANNELS = 8  # that a radio has room for
ONLY_CONFIG, ONLY_NODES = 69420, 69421  # nonces with a meaning (firmware, PhoneAPI.h)
_OLDEST_APP, _STATE_VERSION = 30200, 24
_NODE_INFO_S = 10800  # between broadcasts of the own name


class Configuration:
    """The settings of one radio, as a client reads and writes them."""

    def __init__(self, config: RadioConfig, preset: str) -> None:
        self.number = config.node_number
        self.owner = user(config)
        self.firmware = config.firmware
        self.reboots = 1
        self.local = _local(config, preset)
        self.modules = LocalModuleConfig()
        self.slots: list[Channel] = []
        self.set_channels(config.channels)

    @property
    def channels(self) -> dict[int, ChannelConfig]:
        """The channels that are on, by their index."""
        return {
            each.index: ChannelConfig(each.settings.name, each.settings.psk)
            for each in self.slots
            if each.role != Channel.Role.DISABLED
        }

    def set_channels(self, channels: tuple[ChannelConfig, ...]) -> None:
        """Have these channels and no others; the first is the primary."""
        self.slots = [_slot(index, channels) for index in range(CHANNELS)]

    def slot(self, index: int) -> Channel:
        """Return the channel at an index.

        Raises:
            LookupError: there is none.
        """
        if not 0 <= index < CHANNELS:
            raise LookupError(f"channels are 0 to {CHANNELS - 1}")
        return self.slots[index]

    def part(self, kind: type[Config | ModuleConfig], number: int) -> Config | ModuleConfig:
        """Return one part of the settings, by the number that AdminMessage gives it.

        Raises:
            LookupError: there is none.
        """
        # Fields count from 1, these numbers from 0.
        name = kind.DESCRIPTOR.fields_by_number[number + 1].name
        stored = self.local if kind is Config else self.modules
        return _part(kind, name, stored)

    def replace(self, stored: LocalConfig, given: Config) -> None:
        """Put one part of the settings in the place of the stored one."""
        name = given.WhichOneof("payload_variant")
        if name in stored.DESCRIPTOR.fields_by_name:
            getattr(stored, name).CopyFrom(getattr(given, name))

    def metadata(self) -> DeviceMetadata:
        """Say what kind of device this is."""
        return DeviceMetadata(
            firmware_version=self.firmware,
            device_state_version=_STATE_VERSION,
            hasWifi=True,
            hasBluetooth=True,
            hasPKC=True,
            role=self.local.device.role,
            hw_model=HardwareModel.HELTEC_V3,
        )

    def all(self, nonce: int, others: Iterable[NodeInfo]) -> Iterator[FromRadio]:
        """Tell everything, in the firmware's order, and end with the nonce."""
        own = FromRadio(node_info=NodeInfo(num=self.number, user=self.owner, hops_away=0))
        if nonce == ONLY_NODES:
            yield own
        else:
            yield FromRadio(my_info=self._my_info())
            yield own
            yield FromRadio(metadata=self.metadata())
            yield from (FromRadio(channel=each) for each in self.slots)
            yield from (FromRadio(config=each) for each in _parts(Config, self.local))
            yield from (FromRadio(moduleConfig=each) for each in _parts(ModuleConfig, self.modules))
        if nonce != ONLY_CONFIG:
            yield from (FromRadio(node_info=each) for each in others)
        yield FromRadio(config_complete_id=nonce)

    def _my_info(self) -> MyNodeInfo:
        return MyNodeInfo(
            my_node_num=self.number,
            reboot_count=self.reboots,
            min_app_version=_OLDEST_APP,
            pio_env="simulated",
        )


def user(config: NodeConfig) -> User:
    """Say who a node is."""
    return User(
        id=config.node_id,
        long_name=config.long_name or config.name,
        short_name=f"{config.node_number & 0xFFFF:04x}",
        hw_model=HardwareModel.HELTEC_V3,
        role=Config.DeviceConfig.Role.Value(config.role),
        public_key=config.public_key,
        is_unmessagable=config.unmessagable,
    )


def _local(config: RadioConfig, preset: str) -> LocalConfig:
    local = LocalConfig()
    local.device.role = Config.DeviceConfig.Role.Value(config.role)
    local.device.node_info_broadcast_secs = _NODE_INFO_S
    local.position.position_broadcast_secs = config.position_s
    local.position.gps_mode = Config.PositionConfig.GpsMode.NOT_PRESENT
    local.lora.use_preset = True
    local.lora.modem_preset = Config.LoRaConfig.ModemPreset.Value(preset)
    local.lora.region = Config.LoRaConfig.RegionCode.Value(config.region)
    local.lora.hop_limit = config.hop_limit
    local.lora.tx_enabled = True
    local.lora.tx_power = config.tx_power_dbm
    local.lora.config_ok_to_mqtt = config.ok_to_mqtt
    local.security.public_key = config.public_key
    local.security.serial_enabled = True
    return local


def _slot(index: int, channels: tuple[ChannelConfig, ...]) -> Channel:
    if index >= len(channels):
        return Channel(index=index, role=Channel.Role.DISABLED)
    role = Channel.Role.SECONDARY if index else Channel.Role.PRIMARY
    settings = ChannelSettings(name=channels[index].name, psk=channels[index].key)
    return Channel(index=index, role=role, settings=settings)


def _parts(kind: type[Config | ModuleConfig], stored: LocalConfig) -> Iterator[Config]:
    """Return each part of the settings that is stored."""
    for name in kind.DESCRIPTOR.fields_by_name:
        if name in stored.DESCRIPTOR.fields_by_name:
            yield _part(kind, name, stored)


def _part(kind: type[Config | ModuleConfig], name: str, stored: LocalConfig) -> Config:
    part = kind()
    getattr(part, name).SetInParent()
    if name in stored.DESCRIPTOR.fields_by_name:
        getattr(part, name).CopyFrom(getattr(stored, name))
    return part
