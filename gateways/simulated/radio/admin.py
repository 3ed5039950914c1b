"""What a client asks or tells its own radio: AdminMessage to itself."""

from gateways.simulated.radio.configuration import Configuration
from gateways.simulated.radio.protobufs import (
    AdminMessage,
    Config,
    Data,
    DecodeError,
    MeshPacket,
    ModuleConfig,
    PortNum,
    Routing,
)
from gateways.simulated.radio.unit import Radio


def take(radio: Radio, asked: MeshPacket, now: float) -> None:
    """Do what an AdminMessage says: answer a question, acknowledge an order."""
    if asked.decoded.portnum != PortNum.ADMIN_APP:
        return
    try:
        said = AdminMessage.FromString(asked.decoded.payload)
        answer = _answer(radio.configuration, said)
        if answer is None:
            _change(radio, said)
    except (DecodeError, LookupError):
        radio.say_verdict(asked.id, Routing.Error.BAD_REQUEST, now)
        return
    if answer is not None:
        data = Data(
            portnum=PortNum.ADMIN_APP, payload=answer.SerializeToString(), request_id=asked.id
        )
        radio.say_of_self(data.SerializeToString(), now)
    elif asked.want_ack or asked.decoded.want_response:
        radio.say_verdict(asked.id, Routing.Error.NONE, now)


def _answer(configuration: Configuration, said: AdminMessage) -> AdminMessage | None:
    """Return what is asked for, None if nothing is.

    Raises:
        LookupError: there is no such thing.
    """
    answer = AdminMessage()
    match said.WhichOneof("payload_variant"):
        case "get_channel_request":
            # Counted from 1, so that 0 means that nothing is asked.
            answer.get_channel_response.CopyFrom(configuration.slot(said.get_channel_request - 1))
        case "get_owner_request":
            answer.get_owner_response.CopyFrom(configuration.owner)
        case "get_config_request":
            part = configuration.part(Config, said.get_config_request)
            answer.get_config_response.CopyFrom(part)
        case "get_module_config_request":
            part = configuration.part(ModuleConfig, said.get_module_config_request)
            answer.get_module_config_response.CopyFrom(part)
        case "get_device_metadata_request":
            answer.get_device_metadata_response.CopyFrom(configuration.metadata())
        case "get_canned_message_module_messages_request":
            answer.get_canned_message_module_messages_response = ""
        case "get_ringtone_request":
            answer.get_ringtone_response = ""
        case _:
            return None
    return answer


def _change(radio: Radio, said: AdminMessage) -> None:
    """Change a setting.

    Raises:
        LookupError: there is no such thing.
    """
    configuration = radio.configuration
    match said.WhichOneof("payload_variant"):
        case "set_channel":
            configuration.slot(said.set_channel.index).CopyFrom(said.set_channel)
            radio.node.channels = tuple(configuration.channels.values())
        case "set_owner":
            configuration.owner.MergeFrom(said.set_owner)
        case "set_config":
            configuration.replace(configuration.local, said.set_config)
        case "set_module_config":
            configuration.replace(configuration.modules, said.set_module_config)
