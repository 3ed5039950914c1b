"""What is wrong with how a radio is set up, and the command that mends each thing.

Nothing is changed by itself: the commands are those of the stock client
(https://meshtastic.org/docs/software/python/cli), which can only connect while
the node does not.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from gateways.mesh.addresses import PRIMARY, Serial, parse
from gateways.mesh.facts import UNSET, RadioFacts
from gateways.mesh.hearing import is_bot_name

KAZAKH_REGIONS = ("KZ_433", "KZ_863")
KZ_863_DBM = 14  # 25 mW EIRP, the rule that the firmware cites though it allows 30 dBm
SEALS_DIRECT = (2, 5, 0)  # from this firmware on each node has a key for direct messages
KNOWS_KZ_863 = (2, 7, 18)  # before, the region was broken
QUIET_ROLES = frozenset({"CLIENT", "CLIENT_MUTE", "CLIENT_BASE"})
USUAL_HOPS, MANY_HOPS = 3, 5
CLOCK_OFF_S = 60.0
_NAME_OCTETS = 39  # User.long_name in mesh.options


class Mark(StrEnum):
    """How bad it is, in the words of `jarshy doctor`."""

    NOTE = "note"
    WARN = "warn"
    BAD = "BAD"


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing; `mend` is empty where nothing has to be done."""

    mark: Mark
    what: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the radio should be.

    `channel` is the node's own, by name or index; `address` is that of the settings.
    """

    channel: str | int
    address: str
    in_kazakhstan: bool


def advise(facts: RadioFacts, wanted: Wanted) -> list[Advice]:
    """All that should be mended, the worst kinds of trouble first."""
    client = _client(wanted.address)
    found = [
        *_firmware(facts),
        *_region(facts, wanted, client),
        *_power(facts, client),
        *_channel(facts, wanted, client),
        *_hops(facts, client),
        *_role(facts, client),
        *_place(facts, client),
        *_internet(facts, client),
        *_name(facts, client),
        *_clock(facts, client),
        *_line(facts),
    ]
    return sorted(found, key=lambda advice: list(Mark).index(advice.mark), reverse=True)


def _client(address: str) -> str:
    """The stock client's command, up to what it should do."""
    try:
        where = parse(address)
    except ValueError:
        return "meshtastic"
    if isinstance(where, Serial):
        return f"meshtastic --port {shlex.quote(where.path)}"
    return f"meshtastic --host {where.host}:{where.port}"


def _version(firmware: str) -> tuple[int, ...] | None:
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", firmware)
    return None if found is None else tuple(int(part) for part in found.groups())


def _firmware(facts: RadioFacts) -> Iterator[Advice]:
    version = _version(facts.firmware)
    if version is None:
        yield Advice(Mark.NOTE, "the radio does not tell its firmware")
        return
    flash = "flash a newer one: https://flasher.meshtastic.org"
    if version < SEALS_DIRECT:
        what = f"firmware {facts.firmware} has no keys for direct messages"
        yield Advice(Mark.BAD, what, flash)
    elif version < KNOWS_KZ_863 and facts.region == "KZ_863":
        what = f"firmware {facts.firmware} uses the region KZ_863 wrongly"
        yield Advice(Mark.BAD, what, flash)


def _region(facts: RadioFacts, wanted: Wanted, client: str) -> Iterator[Advice]:
    mend = f"{client} --set lora.region {'KZ_433' if wanted.in_kazakhstan else 'REGION'}"
    if facts.region == UNSET:
        yield Advice(Mark.BAD, "the region is not set, so the radio does not send", mend)
    elif wanted.in_kazakhstan and facts.region not in KAZAKH_REGIONS:
        yield Advice(Mark.WARN, f"the region {facts.region} is not Kazakhstan's", mend)


def _power(facts: RadioFacts, client: str) -> Iterator[Advice]:
    if not facts.tx_enabled:
        mend = f"{client} --set lora.tx_enabled true"
        yield Advice(Mark.BAD, "the radio is set not to send", mend)
    if facts.region == "KZ_863" and not 0 < facts.tx_power_dbm <= KZ_863_DBM:
        power = f"{facts.tx_power_dbm} dBm" if facts.tx_power_dbm else "all the firmware allows"
        yield Advice(
            Mark.WARN,
            f"the power is {power}; on KZ_863 no more than {KZ_863_DBM} dBm is lawful",
            f"{client} --set lora.tx_power {KZ_863_DBM}",
        )


def _recipe(wanted: Wanted, client: str) -> str:
    """How to add our channel: named, readable by all, and without anybody's place on it."""
    name = wanted.channel if isinstance(wanted.channel, str) else "Jarshy"
    setting = (
        "" if isinstance(wanted.channel, str) else f'; set `channel = "{name}"` in the settings'
    )
    # The client numbers a channel that it adds itself; what follows goes to that number.
    return (
        f"stop the node, then `{client} --ch-add {shlex.quote(name)} --ch-set psk default"
        f" --ch-set module_settings.position_precision 0`{setting}; start the node"
    )


def _channel(facts: RadioFacts, wanted: Wanted, client: str) -> Iterator[Advice]:
    recipe = _recipe(wanted, client)
    if facts.channel is None:
        yield Advice(Mark.BAD, f"the radio has no channel {wanted.channel!r}", recipe)
        return
    if facts.channel == PRIMARY:
        what = "the node's own channel is the public primary one, which others need too"
        yield Advice(Mark.WARN, what, recipe)
    if facts.channel_key in {"none", "default"}:
        key = "no key" if facts.channel_key == "none" else "the published default key"
        yield Advice(Mark.NOTE, f"the channel has {key}: everybody can read it, as is meant")


def _line(facts: RadioFacts) -> Iterator[Advice]:
    if facts.malformed_frames:
        what = f"{facts.malformed_frames} frames of the radio could not be read"
        yield Advice(Mark.WARN, what, "try another cable, or a port with more power")
    if facts.dropped_packets:
        what = f"{facts.dropped_packets} packets came faster than they could be stored"
        yield Advice(Mark.WARN, what, "look at the disk: `jarshy status`")


def _hops(facts: RadioFacts, client: str) -> Iterator[Advice]:
    mend = f"{client} --set lora.hop_limit {USUAL_HOPS}"
    if facts.hop_limit == 0:
        yield Advice(Mark.BAD, "the hop limit is 0: nobody passes on what the radio sends", mend)
    elif facts.hop_limit > MANY_HOPS:
        what = f"the hop limit is {facts.hop_limit}: each packet fills the air of a whole city"
        yield Advice(Mark.WARN, what, mend)
    elif facts.hop_limit != USUAL_HOPS:
        what = f"the hop limit is {facts.hop_limit}, usual are {USUAL_HOPS}"
        yield Advice(Mark.NOTE, what, mend)


def _role(facts: RadioFacts, client: str) -> Iterator[Advice]:
    if facts.role not in QUIET_ROLES:
        what = f"the role {facts.role} is not for a node that has something to say"
        yield Advice(Mark.WARN, what, f"{client} --set device.role CLIENT")


def _place(facts: RadioFacts, client: str) -> Iterator[Advice]:
    """A radio that does not know its place cannot tell it, however often it is set to."""
    if facts.gps:
        what = "the radio looks for its place and tells it on air"
        yield Advice(Mark.WARN, what, f"{client} --set position.gps_mode DISABLED")
    if facts.fixed_position:
        what = "the radio was given its place and tells it on air"
        yield Advice(Mark.WARN, what, f"{client} --remove-position")


def _internet(facts: RadioFacts, client: str) -> Iterator[Advice]:
    if facts.ok_to_mqtt:
        what = "the radio lets others pass on to the internet what it sends"
        yield Advice(Mark.WARN, what, f"{client} --set lora.config_ok_to_mqtt false")
    if facts.mqtt:
        what = "the radio passes on to the internet what it hears (MQTT)"
        yield Advice(Mark.WARN, what, f"{client} --set mqtt.enabled false")


def _name(facts: RadioFacts, client: str) -> Iterator[Advice]:
    if not is_bot_name(facts.long_name):
        room = _NAME_OCTETS - len(" BOT")
        kept = facts.long_name.encode("utf-8", "replace")[:room].decode("utf-8", "ignore").strip()
        name = f"{kept or 'Jarshy'} BOT"
        what = "the radio's name does not end in BOT, so other bots may answer it"
        yield Advice(Mark.WARN, what, f"{client} --set-owner {shlex.quote(name)}")


def _clock(facts: RadioFacts, client: str) -> Iterator[Advice]:
    off_s = facts.clock_offset_s
    if off_s is not None and abs(off_s) > CLOCK_OFF_S:
        side = "ahead" if off_s > 0 else "behind"
        what = f"the radio's clock is {abs(off_s):.0f} s {side}"
        yield Advice(Mark.WARN, what, f"{client} --set-time")
