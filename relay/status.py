"""How the node is, for people and for scripts: everything read from the store."""

import json
import shutil
from collections.abc import Mapping
from functools import partial
from typing import Any

from config.sections import Radio
from config.settings import Settings
from gateways.mesh.airtime import text_air_ms
from gateways.mesh.facts import RadioFacts
from relay import airtime, budget
from relay.clock import read
from relay.devices import air_limits
from relay.instance import is_running
from relay.mode import chosen_mode, in_force
from relay.purse import AirPurse
from relay.store import Store
from relay.store.meta import Device
from relay.store.sending import Lane
from relay.upkeep import limits_of

FULL_OCTETS = 64 * 1024  # with less, no message can be stored any more
DEGRADED_STATES = frozenset({"down", "needs you", "no network", "trouble", "starting"})


def status(settings: Settings, store: Store) -> dict[str, Any]:
    """The frozen keys of `status --json`, and a few more."""
    meta = store.meta
    clock = json.loads(meta.get("clock", '{"trusted": false, "why": "the node has not run yet"}'))
    mode = chosen_mode(store)
    return {
        "node": settings.node.name,
        "running": is_running(settings.node.state_dir),
        "stumbling": bool(meta.get("ill")),
        "mode": mode.value,
        "mode_in_force": in_force(mode).value,
        "locked": bool(meta.get("locked")),
        "network": {"state": "unknown", "since": None},
        "inbox": _inbox(store),
        "modems": _modems(settings, store),
        "radios": _radios(settings, store),
        "outbox": store.outbox.counts(),
        "subscribers": {
            name: store.people.counts()[name] for name in ("active", "invited", "stopped")
        },
        "bulletins": store.bulletins.counts(),
        "clock": clock,
        "disk_full": shutil.disk_usage(settings.node.state_dir).free < FULL_OCTETS,
        "not_built": list(settings.not_built),
    }


def _inbox(store: Store) -> dict[str, int]:
    """Messages since the store was made; what waits for the key was received but not handled."""
    handled, quarantined = store.meta.tally("handled"), store.meta.tally("quarantined")
    received = handled + quarantined + store.inbox.deferred()
    return {
        "received": received,
        "handled": handled,
        "quarantined": quarantined,
        "waiting": store.inbox.unfinished(),
    }


def _modems(settings: Settings, store: Store) -> list[dict[str, Any]]:
    meter_ms = int(store.meta.get("meter_ms", "0"))
    devices = store.devices.all()
    running = is_running(settings.node.state_dir)
    limits: Mapping[str, budget.Limits] = limits_of(settings)
    rows = []
    for modem in settings.modems:
        device = devices.get(modem.name)
        spent = store.ledger.segments(modem.name, meter_ms - budget.DAY_MS)
        known = running and modem.enabled and device is not None
        state = "off" if not modem.enabled else "not running"
        rows.append(
            {
                "name": modem.name,
                "state": device.state if known and device else state,
                "reason": device.reason if known and device else "",
                "mend": device.mend if known and device else "",
                "signal": device.signal if known and device else None,
                "sent_today": spent,
                "segments_left_today": budget.left_today(limits[modem.name], spent),
            }
        )
    return rows


def _radios(settings: Settings, store: Store) -> list[dict[str, Any]]:
    meter_ms = int(store.meta.get("meter_ms", "0"))
    devices = store.devices.all() if is_running(settings.node.state_dir) else {}
    return [_radio(radio, devices.get(radio.name), store, meter_ms) for radio in settings.radios]


def _radio(radio: Radio, device: Device | None, store: Store, meter_ms: int) -> dict[str, Any]:
    """Shares of the hour are of all its time: 0.1 is six minutes."""
    if device is None or not radio.enabled:
        state = "not running" if radio.enabled else "off"
        device = Device(radio.name, state, "", "", None, 0)
    spent_ms = store.ledger.air(radio.name, meter_ms - airtime.WINDOW_MS).all_ms
    return {
        "name": radio.name,
        "state": device.state,
        "reason": device.reason,
        "mend": device.mend,
        "airtime_used": round(spent_ms / airtime.HOUR_MS, 4),
        "airtime_share": radio.airtime_share,
        "channel_utilization": device.busy,
        "waits": _why_it_waits(radio, device, store, meter_ms),
    }


def _why_it_waits(radio: Radio, device: Device, store: Store, meter_ms: int) -> str:
    """What its budget keeps in the queue at this moment, empty where nothing waits for that."""
    now_ms = read().wall_ms
    facts = RadioFacts.from_dict(device.facts)
    if facts is None or not store.sending.has_ready(Lane("mesh", radio.name), now_ms):
        return ""
    purse = AirPurse(radio.name, air_limits(radio))
    on_air_ms = partial(text_air_ms, facts.modulation)
    return purse.permit(store.ledger, on_air_ms, meter_ms, device.busy).why


def is_degraded(shown: Mapping[str, Any]) -> bool:
    """Whether something needs attention: a device is down, messages are parked, it is locked."""
    return bool(
        not shown["running"]
        or shown["stumbling"]
        or shown["locked"]
        or shown["clock"].get("suspect")
        or shown["disk_full"]
        or shown["outbox"]["parked"]
        or any(device["state"] in DEGRADED_STATES for device in shown["modems"] + shown["radios"])
    )
