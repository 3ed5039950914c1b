"""How the parts of a node are made from its settings."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from zoneinfo import ZoneInfo

from config.keywords import load_keywords
from config.sections import Modem, Radio
from config.settings import Settings
from config.texts import load_texts
from gateways.base import Gateway
from gateways.mesh import hearing as mesh_hearing
from gateways.mesh.addresses import mask as mask_node
from gateways.mesh.gateway import MeshGateway, RadioSettings
from gateways.sms import hearing as sms_hearing
from gateways.sms.gateway import ModemSettings, PinMemory, SmsGateway
from gateways.sms.hearing import Neighbourhood
from gateways.sms.numbers import mask as mask_number
from relay import airtime
from relay.airing import Announcer, Station
from relay.clock import Clock
from relay.commands.conversation import Conversation
from relay.commands.library import Library
from relay.dispatch import Rules, Shared
from relay.forms import MESH
from relay.keys import KeyProblemError, Keys, public_key, read_key_file
from relay.keywords import Grammar
from relay.media import Medium
from relay.mode import chosen_mode, in_force
from relay.purse import AirPurse, SegmentPurse
from relay.reception import Limits, Reception
from relay.render import Renderer
from relay.reports import settle_acknowledgement, settle_report
from relay.store import Store
from relay.upkeep import limits_of
from relay.worker import Worker

HEALTH_S = 60.0  # between two looks at a modem


def open_keys(settings: Settings, store: Store) -> Keys:
    """The node's keys, locked where the key file is away.

    Raises:
        KeyProblemError: there never was a key, or it is the wrong one.
    """
    secret = read_key_file(settings.node.key_file)
    known = store.meta.get("public_key")
    if not known:
        if secret is None:
            raise KeyProblemError(
                f"there is no key at {settings.node.key_file}; `jarshy init DIR` writes one"
            )
        known = public_key(secret).hex()
        store.meta.put("public_key", known)
    return Keys(bytes.fromhex(known), secret)


def renderers(settings: Settings) -> Mapping[str, Renderer]:
    """How this node's messages read, by medium."""
    sms = Renderer(
        texts=load_texts(),
        owners={source.name: source.owner for source in settings.sources},
        languages=settings.node.languages,
        zone=ZoneInfo(settings.node.timezone),
        max_segments=settings.bulletins.max_segments,
    )
    channel = settings.radios[0].channel if settings.radios else ""
    return {"sms": sms, "mesh": replace(sms, form=MESH, channel=str(channel))}


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


def announcer(settings: Settings, store: Store, keys: Keys, render: Renderer) -> Announcer:
    """What puts bulletins on the air."""
    stations = [
        Station(one.name, one.languages, one.spread_s) for one in settings.radios if one.enabled
    ]
    return Announcer(store, render, keys, stations)


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


def reception(
    settings: Settings,
    store: Store,
    keys: Keys,
    clock: Clock,
    renders: Mapping[str, Renderer],
) -> Reception:
    """What handles the messages that come in."""
    node, replies = settings.node, settings.replies
    place = Neighbourhood(
        country=node.country_code,
        trunk=node.trunk_prefix,
        own=frozenset(modem.own_number for modem in settings.modems if modem.own_number),
        allowed_prefixes=node.allowed_prefixes,
    )
    return Reception(
        store=store,
        keys=keys,
        clock=clock,
        media=_media(place, renders),
        limits=Limits(
            person_hour=replies.per_person_per_hour,
            person_day=replies.per_person_per_day,
            unknown_day=replies.unknown_per_person_per_day,
            node_hour=replies.per_node_per_hour,
            expire_s=replies.expire_s,
        ),
        language=node.languages[0],
        library=lambda now_ms: _library(settings, store, now_ms),
    )


def _media(place: Neighbourhood, renders: Mapping[str, Renderer]) -> Mapping[str, Medium]:
    grammar = Grammar(load_keywords())
    return {
        "sms": Medium(
            interpret=lambda octets: sms_hearing.interpret(octets, place),
            conversation=Conversation(grammar, renders["sms"]),
            mask=mask_number,
            settle=settle_report,
        ),
        "mesh": Medium(
            interpret=mesh_hearing.interpret,
            conversation=Conversation(grammar, renders["mesh"]),
            mask=mask_node,
            settle=settle_acknowledgement,
        ),
    }


def _library(settings: Settings, store: Store, now_ms: int) -> Library:
    proxies = settings.proxies
    return Library(
        store=store,
        now_ms=now_ms,
        mode=in_force(chosen_mode(store)).value,
        news_in_answer=settings.bulletins.news_in_answer,
        proxies_each=proxies.per_person if proxies.enabled else 0,
    )
