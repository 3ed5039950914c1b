"""How the parts of a node are made from its settings."""

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from config.keywords import load_keywords
from config.settings import Settings
from config.texts import load_texts
from gateways.mesh import hearing as mesh_hearing
from gateways.mesh.addresses import mask as mask_node
from gateways.sms import hearing as sms_hearing
from gateways.sms.hearing import Neighbourhood
from gateways.sms.numbers import mask as mask_number
from relay.airing import Announcer, Station
from relay.clock import Clock
from relay.commands.conversation import Conversation
from relay.commands.library import Library
from relay.forms import MESH
from relay.keys import KeyProblemError, Keys, public_key, read_key_file
from relay.keywords import Grammar
from relay.media import Medium
from relay.mode import chosen_mode, in_force
from relay.reception import Limits, Reception
from relay.render import Renderer
from relay.reports import settle_acknowledgement, settle_report
from relay.store import Store


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
    channels = [radio.channel for radio in settings.radios if radio.enabled]
    return {"sms": sms, "mesh": replace(sms, form=MESH, channel=str(*channels[:1]))}


def announcer(settings: Settings, store: Store, keys: Keys, render: Renderer) -> Announcer:
    """What puts bulletins on the air."""
    stations = [
        Station(one.name, one.languages, one.spread_s) for one in settings.radios if one.enabled
    ]
    return Announcer(store, render, keys, stations)


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
