"""The devices of a node, made from its settings: gateways, budgets, and who owns them."""

from collections.abc import Callable
from hashlib import sha256

from config.sections import Modem, Radio
from config.settings import Settings
from gateways.base import Gateway
from gateways.mesh.gateway import MeshGateway, RadioSettings
from gateways.sms.gateway import ModemSettings, PinMemory, SmsGateway
from relay import airtime
from relay.dispatch import Rules, Shared
from relay.keys import Keys
from relay.purse import AirPurse, SegmentPurse
from relay.store import Store
from relay.upkeep import limits_of
from relay.worker import Worker

HEALTH_S = 60.0  # between two looks at a modem


def modem_settings(modem: Modem) -> ModemSettings:
    """What the gateway needs to know of a modem."""
    return ModemSettings(
        name=modem.name,
        port=modem.port,
        baud=modem.baud,
        pin=modem.pin,
        command_wait_s=modem.command_wait_s,
        prompt_wait_s=modem.prompt_wait_s,
        verdict_wait_s=modem.verdict_wait_s,
    )


class _Pins:
    """PINs that were tried, in the store, as a hash that a locked node makes alike.

    The PIN itself stands in the settings, so the hash has no secret to keep.
    """

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store = store
        self._keys = keys

    def _hash(self, attempt: str) -> bytes:
        return sha256(self._keys.public + attempt.encode()).digest()

    def is_refused(self, attempt: str) -> bool:
        return self._store.devices.is_pin_refused(self._hash(attempt))

    def remember(self, attempt: str) -> None:
        self._store.devices.refuse_pin(self._hash(attempt))

    def take_back(self, attempt: str) -> None:
        self._store.devices.allow_pin(self._hash(attempt))


def radio_settings(radio: Radio) -> RadioSettings:
    """What the gateway needs to know of a radio."""
    return RadioSettings(
        name=radio.name,
        address=radio.address,
        channel=radio.channel,
        open_wait_s=radio.open_wait_s,
        answer_wait_s=radio.answer_wait_s,
        linger_s=radio.linger_s,
        text_gap_s=radio.text_gap_s,
    )


GatewayMaker = Callable[[Store, Callable[[], None]], Gateway]


def radio_maker(radio: Radio) -> GatewayMaker:
    """What makes the gateway of a radio, in the thread that will own it."""
    return lambda _, hint: MeshGateway(radio_settings(radio), hint)


def modem_maker(modem: Modem, keys: Keys) -> GatewayMaker:
    """What makes the gateway of a modem, in the thread that will own it."""

    def make(store: Store, hint: Callable[[], None]) -> SmsGateway:
        pins: PinMemory = _Pins(store, keys)
        return SmsGateway(modem_settings(modem), pins, hint)

    return make


def modem_rules(modem: Modem, settings: Settings) -> Rules:
    """What the settings say about the worker of a modem."""
    return Rules(
        purse=SegmentPurse(modem.name, limits_of(settings)[modem.name]),
        allowed_prefixes=settings.node.allowed_prefixes,
        names_packets=False,
        poll_s=modem.poll_s,
        health_s=HEALTH_S,
        report=modem.delivery_reports,
        retry_min_s=modem.retry_min_s,
        retry_max_s=modem.retry_max_s,
        transient_retry_s=settings.outbox.transient_retry_s,
        transient_retry_max_s=settings.outbox.transient_retry_max_s,
    )


def air_limits(radio: Radio) -> airtime.Limits:
    """The budget of a radio."""
    return airtime.Limits(radio.airtime_share, radio.relay_copies)


def radio_rules(radio: Radio, settings: Settings) -> Rules:
    """What the settings say about the worker of a radio."""
    return Rules(
        purse=AirPurse(radio.name, air_limits(radio)),
        allowed_prefixes=("!",),
        names_packets=True,
        poll_s=radio.heartbeat_s,
        health_s=radio.heartbeat_s,
        report=True,
        retry_min_s=radio.retry_min_s,
        retry_max_s=radio.retry_max_s,
        transient_retry_s=settings.outbox.transient_retry_s,
        transient_retry_max_s=settings.outbox.transient_retry_max_s,
    )


def workers(settings: Settings, keys: Keys, shared: Shared) -> list[Worker]:
    """One for each device that is not switched off."""
    modems = [
        Worker(modem_maker(modem, keys), modem.name, modem_rules(modem, settings), shared)
        for modem in settings.modems
        if modem.enabled
    ]
    radios = [
        Worker(radio_maker(radio), radio.name, radio_rules(radio, settings), shared)
        for radio in settings.radios
        if radio.enabled
    ]
    return modems + radios
