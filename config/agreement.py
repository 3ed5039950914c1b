"""Judge values of a settings file against each other and against the world's lists."""

import zoneinfo
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Final
from urllib.parse import urlsplit

from config.faults import Fault, show
from config.locate import KeyPath
from config.sections import Modem, Node, Radio, Settings, Source

MOST_CHANNEL_OCTETS: Final = 11  # channel.proto: a name has less than 12
LEAST_TEXT_GAP_S: Final = 2.0  # firmware, PhoneAPI::handleToRadioPacket
_FETCHED: Final = ("https", "http")


def faults(settings: Settings) -> Iterator[Fault]:
    """Yield what is wrong between values that are right by themselves."""
    yield from _node(settings.node)
    yield from _homeless_paths(settings)
    yield from _outbox(settings)
    for index, modem in enumerate(settings.modems):
        yield from _modem(("modem", index), modem)
    for index, radio in enumerate(settings.radios):
        yield from _radio(("radio", index), radio)
    for index, source in enumerate(settings.sources):
        yield from _source(("source", index), source)
    yield from _twice(_gateway_names(settings), "name")
    yield from _twice(
        ((("source", i, "name"), source.name) for i, source in enumerate(settings.sources)), "name"
    )
    yield from _twice(_ports(settings), "port")
    yield from _twice(_radio_hosts(settings), "address")


def _node(node: Node) -> Iterator[Fault]:
    try:
        zoneinfo.ZoneInfo(node.timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        close = get_close_matches(node.timezone, zoneinfo.available_timezones(), n=1)
        hint = f"did you mean {close[0]}?" if close else 'e.g. "Asia/Almaty"'
        yield Fault(("node", "timezone"), f"{show(node.timezone)} is no known time zone; {hint}")


def _homeless_paths(settings: Settings) -> Iterator[Fault]:
    """Refuse `~`: whose home it means depends on who starts the node."""
    paths: dict[KeyPath, object] = {
        ("node", "state_dir"): settings.node.state_dir,
        ("node", "key_file"): settings.node.key_file,
    }
    paths |= {("source", i, "ca_file"): each.ca_file for i, each in enumerate(settings.sources)}
    for key, path in paths.items():
        if str(path).startswith("~"):
            yield Fault(key, f"{show(str(path))} begins with ~; write the whole path")


def _outbox(settings: Settings) -> Iterator[Fault]:
    outbox = settings.outbox
    yield from _ordered(
        ("outbox",),
        ("transient_retry_s", outbox.transient_retry_s),
        ("transient_retry_max_s", outbox.transient_retry_max_s),
    )


def _modem(path: KeyPath, modem: Modem) -> Iterator[Fault]:
    if modem.segments_per_day:  # 0: no limit, so nothing to keep a part of
        yield from _ordered(
            path,
            ("urgent_reserve", modem.urgent_reserve),
            ("segments_per_day", modem.segments_per_day),
        )
    yield from _ordered(
        path, ("retry_min_s", modem.retry_min_s), ("retry_max_s", modem.retry_max_s)
    )


def _ordered(path: KeyPath, small: tuple[str, float], large: tuple[str, float]) -> Iterator[Fault]:
    (small_key, less), (large_key, more) = small, large
    if less > more:
        message = f"{less:g} is more than {large_key}, {more:g}; write {more:g} or less"
        yield Fault((*path, small_key), message, ((*path, large_key),))


def _radio(path: KeyPath, radio: Radio) -> Iterator[Fault]:
    wrong = _radio_address_fault(radio.address)
    if wrong:
        hint = 'e.g. "tcp://127.0.0.1:4403" or "serial:///dev/ttyUSB0"'
        yield Fault((*path, "address"), f"{wrong}; {hint}")
    if isinstance(radio.channel, str) and len(radio.channel.encode()) > MOST_CHANNEL_OCTETS:
        yield Fault(
            (*path, "channel"),
            f"{show(radio.channel)} is too long: radios know {MOST_CHANNEL_OCTETS} octets"
            ' of UTF-8; e.g. "Jarshy"',
        )
    if radio.text_gap_s < LEAST_TEXT_GAP_S:
        yield Fault(
            (*path, "text_gap_s"),
            f"{radio.text_gap_s:g} is too short: the radio drops a text less than"
            f" {LEAST_TEXT_GAP_S:g} s after the last one; write 2.5",
        )
    yield from _ordered(
        path, ("retry_min_s", radio.retry_min_s), ("retry_max_s", radio.retry_max_s)
    )


def _radio_address_fault(address: str) -> str:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return "is no address"
    if parts.scheme == "tcp":
        return "" if parts.hostname and parts.path in {"", "/"} else "names no host"
    if parts.scheme == "serial":
        return "" if address.startswith("serial:///") else "names a port by less than its path"
    return "begins with neither tcp:// nor serial://"


def _source(path: KeyPath, source: Source) -> Iterator[Fault]:
    wrong = _url_fault(source.url)
    if wrong:
        hint = 'e.g. "https://example.org/rss" or "file:///srv/news"'
        yield Fault((*path, "url"), f"{wrong}; {hint}")


def _url_fault(url: str) -> str:
    """Say what is wrong with `url` without repeating it: it may hold a password."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return "is no address"
    if parts.scheme == "file":
        return "" if url.startswith("file:///") else "names a file by less than its whole path"
    if parts.scheme not in _FETCHED:
        return "begins with none of https://, http://, file:///"
    return "" if host else "names no host"


def _gateway_names(settings: Settings) -> Iterator[tuple[KeyPath, str]]:
    for index, modem in enumerate(settings.modems):
        yield ("modem", index, "name"), modem.name
    for index, radio in enumerate(settings.radios):
        yield ("radio", index, "name"), radio.name


def _ports(settings: Settings) -> Iterator[tuple[KeyPath, str]]:
    """Yield the ports that will be opened."""
    for index, modem in enumerate(settings.modems):
        if modem.enabled:
            yield ("modem", index, "port"), modem.port
    for index, radio in enumerate(settings.radios):
        if radio.enabled and radio.address.startswith("serial://"):
            yield ("radio", index, "address"), radio.address.removeprefix("serial://")


def _radio_hosts(settings: Settings) -> Iterator[tuple[KeyPath, str]]:
    """Yield the addresses in the network; a radio there serves one at a time."""
    for index, radio in enumerate(settings.radios):
        if radio.enabled and radio.address.startswith("tcp://"):
            yield ("radio", index, "address"), radio.address


def _twice(values: Iterable[tuple[KeyPath, str]], noun: str) -> Iterator[Fault]:
    first: dict[str, KeyPath] = {}
    for path, value in values:
        if value in first:
            section, index = first[value][:2]
            place = f"{section}[{int(index) + 1}]"
            yield Fault(path, f"{show(value)} is the {noun} of {place} too", (first[value],))
        else:
            first[value] = path
