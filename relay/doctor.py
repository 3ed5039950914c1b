"""What could be wrong with a node, and what mends each.

Looked at from outside: it makes no store and tries no PIN.  A device that nobody holds is
opened and set up as the node would; of one that the running node holds, its last word is told.
"""

import json
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.settings import Settings, SettingsError, load
from relay import checkup
from relay.assembly import open_keys
from relay.clock import kernel_is_synchronised
from relay.findings import BAD, GOOD, NOTE, WARN, Finding
from relay.instance import is_running
from relay.keys import KeyProblemError, read_key_file
from relay.store import FILE_NAME, Store, StoreError

FREE_OCTETS = 50 * 1024 * 1024


def examine(settings_file: Path) -> list[Finding]:
    """All findings, in the order in which to mend them."""
    try:
        settings = load(settings_file)
    except SettingsError as error:
        return [Finding(BAD, line, "correct that line") for line in str(error).splitlines()]
    findings = [Finding(GOOD, f"settings {settings_file}")]
    findings += [Finding(NOTE, sentence) for sentence in settings.not_built]
    findings += _directory(settings)
    if settings.node.state_dir.is_dir():
        findings += _inside(settings)
    return findings


def _directory(settings: Settings) -> Iterator[Finding]:
    state_dir = settings.node.state_dir
    if not state_dir.is_dir():
        yield Finding(BAD, f"there is no {state_dir}", f"mkdir -m 700 {state_dir}")
        return
    if stat.S_IMODE(state_dir.stat().st_mode) & 0o077:
        yield Finding(WARN, f"others may look into {state_dir}", f"chmod 700 {state_dir}")
    if not os.access(state_dir, os.W_OK):
        yield Finding(
            BAD, f"this user may not write to {state_dir}", "run as its owner, or change its owner"
        )
    free = shutil.disk_usage(state_dir).free
    if free < FREE_OCTETS:
        yield Finding(WARN, f"only {free // 1024} KiB are free for {state_dir}", "free some space")
    else:
        yield Finding(GOOD, f"{free // 1024**2} MiB are free for {state_dir}")


def _inside(settings: Settings) -> Iterator[Finding]:
    """What stands in the state directory, and the devices, as the store knows them."""
    if not (settings.node.state_dir / FILE_NAME).exists():
        yield Finding(WARN, "the node has not run yet", "jarshy run")
        yield from _key_file(settings)
        yield from _devices(settings, None)
        return
    try:
        store = Store(settings.node.state_dir)
    except StoreError as error:
        yield Finding(BAD, str(error))
        return
    yield from _key(settings, store)
    yield from _file(settings, store)
    yield from _devices(settings, store)
    yield _clock(store)
    yield from _parked(store)
    store.close()


def _devices(settings: Settings, store: Store | None) -> Iterator[Finding]:
    running = is_running(settings.node.state_dir)
    if store is not None:
        does = "runs" if running else "does not run"
        yield Finding(
            GOOD if running else WARN, f"the node {does}", "" if running else "jarshy run"
        )
    if not (settings.modems or settings.radios):
        yield Finding(
            WARN, "no modem and no radio is set up", "add [[modem]] or [[radio]] to the settings"
        )
    known = store.devices.all() if store is not None and running else {}
    for modem in settings.modems:
        yield checkup.modem(modem, known.get(modem.name))
    for radio in settings.radios:
        yield from checkup.radio(radio, known.get(radio.name), settings)


def _key(settings: Settings, store: Store) -> Iterator[Finding]:
    path = settings.node.key_file
    if not store.meta.get("public_key"):
        yield from _key_file(settings)
        return
    try:
        keys = open_keys(settings, store)
    except KeyProblemError as error:
        yield Finding(BAD, str(error), "a lost key cannot be made again: look for a copy")
        return
    if keys.locked:
        yield Finding(WARN, f"the key is not at {path}: the node is locked", "`jarshy unlock`")
    else:
        yield from _key_place(settings)


def _key_file(settings: Settings) -> Iterator[Finding]:
    """The key before there is a store that knows its other half."""
    try:
        secret = read_key_file(settings.node.key_file)
    except KeyProblemError as error:
        yield Finding(BAD, str(error), "`jarshy init DIR` writes a key")
        return
    if secret is None:
        yield Finding(BAD, f"no key at {settings.node.key_file}", "`jarshy init DIR` writes a key")
    else:
        yield from _key_place(settings)


def _key_place(settings: Settings) -> Iterator[Finding]:
    path = settings.node.key_file
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding(WARN, f"others may read the key {path}", f"chmod 600 {path}")
    if path.parent == settings.node.state_dir:
        yield Finding(
            WARN,
            "the key lies beside the store: whoever takes the box has both",
            "move it to a stick that you take out, and set `key_file`",
        )
    else:
        yield Finding(GOOD, f"key {path}")


def _file(settings: Settings, store: Store) -> Iterator[Finding]:
    path = settings.node.state_dir / FILE_NAME
    checked = store.connection.scalar("PRAGMA quick_check")
    journal = store.connection.scalar("PRAGMA journal_mode")
    synchronous = store.connection.scalar("PRAGMA synchronous")
    full = 2
    if checked != "ok":
        yield Finding(BAD, f"{path} is damaged: {checked}", "put a copy back")
    elif (journal, synchronous) != ("wal", full):
        yield Finding(
            BAD,
            f"{path} is not written safely ({journal}, {synchronous})",
            "a file system that allows WAL is needed",
        )
    else:
        yield Finding(GOOD, f"store {path} (WAL, synchronous FULL)")


def _clock(store: Store) -> Finding:
    known: dict[str, Any] = json.loads(store.meta.get("clock", "{}"))
    if kernel_is_synchronised():
        return Finding(GOOD, "clock: kept right by the network's time")
    if known.get("trusted"):
        return Finding(GOOD, f"clock: {known['why']}")
    why = known.get("why", "the node has not run yet")
    return Finding(
        WARN,
        f"clock not trusted: {why}",
        "it mends itself with the first SMS or with internet time; check `date`",
    )


def _parked(store: Store) -> Iterator[Finding]:
    parked = store.outbox.counts()["parked"]
    if parked:
        yield Finding(
            WARN,
            f"{parked} messages are parked: they may have been sent",
            "`jarshy outbox list`, then `outbox retry ID` or `outbox drop ID`",
        )
