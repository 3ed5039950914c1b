"""What it took: segments by person, packets by where they went, and time on air."""

from collections.abc import Iterable, Mapping, Sequence

from gateways.mesh.airtime import PRESETS, text_air_ms
from gateways.simulated.client import Air, Json
from gateways.simulated.radio.client import Mesh
from relay.demo.mesh import CHANNEL, PUBLIC, RADIO
from relay.demo.phones import Owner

HOUR_MS = 3_600_000

_USUAL = "LONG_FAST"
_PLACES: Mapping[str | None, str] = {CHANNEL: f"on {CHANNEL}", PUBLIC: "in public", None: "direct"}


def by_person(air: Air, owners: Iterable[Owner]) -> list[str]:
    """What each phone sent and got."""
    sent = air.messages()
    texts = air.events("deliver")
    lines = [f"{'person':10}{'texted':>8}{'got':>6}{'segments':>10}"]
    for owner in owners:
        got = len(air.phone(owner.number))
        segments = sum(1 for one in sent if one["to"] == owner.number)
        texted = sum(1 for one in texts if one.get("from") == owner.number)
        lines.append(f"{owner.name:10}{texted:8}{got:6}{segments:10}")
    return [*lines, f"{'together':10}{'':8}{'':6}{len(sent):10}"]


def by_place(mesh: Mesh, share: float) -> list[str]:
    """What of the node was on the air, copies by others counted: here, and had it been LongFast.

    Args:
        mesh: that it was sent on.
        share: of the time that the node may take at most.
    """
    node = mesh.node_id(RADIO)
    sent = [one for one in mesh.events("sent") if one["from"] == node and "text" in one]
    lines = [f"{'packets':10}{'sent':>8}{'repeated':>10}{'on air':>9}{'on LongFast':>13}"]
    for channel, place in _PLACES.items():
        lines.append(_row(place, [one for one in sent if one["channel"] == channel]))
    here, usual = (total_ms / HOUR_MS for total_ms in (_here_ms(sent), _usual_ms(sent)))
    lines.append(_row("together", sent))
    lines.append(f"{'of an hour':28}{here:9.2%}{usual:13.2%}   ({share:.0%} allowed)")
    return lines


def _row(place: str, sent: Sequence[Json]) -> str:
    own = sum(1 for one in sent if one["node"] == RADIO)
    here_s, usual_s = _here_ms(sent) / 1000, _usual_ms(sent) / 1000
    return f"{place:10}{own:8}{len(sent) - own:10}{here_s:7.1f} s{usual_s:11.1f} s"


def _here_ms(sent: Iterable[Json]) -> int:
    return sum(one["air_ms"] for one in sent)


def _usual_ms(sent: Iterable[Json]) -> int:
    usual = PRESETS[_USUAL]
    return sum(text_air_ms(usual, one["octets"], direct=one["channel"] is None) for one in sent)
