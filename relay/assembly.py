"""How the parts of a node are made from its settings."""

from collections.abc import Callable
from hashlib import sha256
from zoneinfo import ZoneInfo

from config.keywords import load_keywords
from config.sections import Modem
from config.settings import Settings
from config.texts import load_texts
from gateways.sms.gateway import ModemSettings, PinMemory, SmsGateway
from gateways.sms.hearing import Neighbourhood, interpret
from relay.clock import Clock
from relay.commands.conversation import Conversation
from relay.commands.library import Library
from relay.dispatch import Rules
from relay.keys import KeyProblemError, Keys, public_key, read_key_file
from relay.keywords import Grammar
from relay.mode import chosen_mode, in_force
from relay.reception import Limits, Reception
from relay.render import Renderer
from relay.store import Store
from relay.upkeep import limits_of


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


def renderer(settings: Settings) -> Renderer:
    """How this node's messages read."""
    return Renderer(
        texts=load_texts(),
        owners={source.name: source.owner for source in settings.sources},
        languages=settings.node.languages,
        zone=ZoneInfo(settings.node.timezone),
        max_segments=settings.bulletins.max_segments,
    )


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


def gateway_maker(modem: Modem, keys: Keys) -> Callable[[Store, Callable[[], None]], SmsGateway]:
    """What makes the gateway of a modem, in the thread that will own it."""

    def make(store: Store, hint: Callable[[], None]) -> SmsGateway:
        pins: PinMemory = _Pins(store, keys)
        return SmsGateway(modem_settings(modem), pins, hint)

    return make


def rules_of(modem: Modem, settings: Settings) -> Rules:
    """What the settings say about the worker of a modem."""
    return Rules(
        limits=limits_of(settings)[modem.name],
        allowed_prefixes=settings.node.allowed_prefixes,
        poll_s=modem.poll_s,
        report=modem.delivery_reports,
        retry_min_s=modem.retry_min_s,
        retry_max_s=modem.retry_max_s,
        transient_retry_s=settings.outbox.transient_retry_s,
        transient_retry_max_s=settings.outbox.transient_retry_max_s,
    )


def reception(
    settings: Settings, store: Store, keys: Keys, clock: Clock, render: Renderer
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
        conversation=Conversation(Grammar(load_keywords()), render),
        limits=Limits(
            person_hour=replies.per_person_per_hour,
            person_day=replies.per_person_per_day,
            unknown_day=replies.unknown_per_person_per_day,
            node_hour=replies.per_node_per_hour,
            expire_s=replies.expire_s,
        ),
        language=node.languages[0],
        interpret={"sms": lambda octets: interpret(octets, place)},
        library=lambda now_ms: _library(settings, store, now_ms),
    )


def _library(settings: Settings, store: Store, now_ms: int) -> Library:
    proxies = settings.proxies
    return Library(
        store=store,
        now_ms=now_ms,
        mode=in_force(chosen_mode(store)).value,
        news_in_answer=settings.bulletins.news_in_answer,
        proxies_each=proxies.per_person if proxies.enabled else 0,
    )
