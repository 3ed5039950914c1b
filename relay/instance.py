"""One node to a state directory: the kernel keeps watch, also over a node that was killed."""

import fcntl
import os
import time
from pathlib import Path
from typing import IO

FILE, SOCKET = "run.lock", "control.sock"
MOST_PATH = 107  # unix(7): sun_path has 108 octets, one of them ends it
PATIENCE_S = 1.0  # whoever only looks holds the file for a moment


class AlreadyRunningError(Exception):
    """Another node works on this state directory."""

    def __init__(self, state_dir: Path) -> None:
        super().__init__(f"a node already runs on {state_dir}; stop it first")


class StateDirError(Exception):
    """The path of the state directory is too long."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the path {path} is too long for a socket in it; choose a `state_dir` of at most"
            f" {MOST_PATH - len(SOCKET) - 1} characters"
        )


def socket_path(state_dir: Path) -> Path:
    """Where the node that runs there is spoken to.

    Raises:
        StateDirError: the path is longer than that of a socket may be.
    """
    path = state_dir / SOCKET
    if len(os.fsencode(path)) > MOST_PATH:
        raise StateDirError(state_dir)
    return path


def hold(state_dir: Path) -> IO[str]:
    """Hold the directory for this process; the kernel lets go of it when the process ends.

    Raises:
        AlreadyRunningError: another process holds it.
    """
    file = (state_dir / FILE).open("a", encoding="ascii")
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < until:
                time.sleep(PATIENCE_S / 20)
                continue
            file.close()
            raise AlreadyRunningError(state_dir) from None
        return file


def is_running(state_dir: Path) -> bool:
    """Whether a node works on this directory now."""
    try:
        with (state_dir / FILE).open(encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except (BlockingIOError, PermissionError):
        return True
    return False
