"""How the node is, for people and for scripts: everything read from the store."""

import json
from collections.abc import Mapping
from typing import Any

from config.settings import Settings
from relay import budget
from relay.instance import is_running
from relay.mode import chosen_mode, in_force
from relay.store import Store
from relay.upkeep import limits_of

DEGRADED_STATES = frozenset({"down", "needs you", "no network"})


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
        "radios": [
            {
                "name": radio.name,
                "state": "not built",
                "airtime_used": 0.0,
                "channel_utilization": None,
            }
            for radio in settings.radios
        ],
        "outbox": store.outbox.counts(),
        "subscribers": {
            name: store.people.counts()[name] for name in ("active", "invited", "stopped")
        },
        "bulletins": store.bulletins.counts(),
        "clock": clock,
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
        spent = store.sending.spent(modem.name, meter_ms - budget.DAY_MS)
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


def is_degraded(shown: Mapping[str, Any]) -> bool:
    """Whether something needs attention: a device is down, messages are parked, it is locked."""
    return bool(
        not shown["running"]
        or shown["stumbling"]
        or shown["locked"]
        or shown["clock"].get("suspect")
        or shown["outbox"]["parked"]
        or any(modem["state"] in DEGRADED_STATES for modem in shown["modems"])
    )
