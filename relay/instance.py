"""One node to a state directory: the kernel keeps watch, also over a node that was killed."""

import fcntl
import time
from pathlib import Path
from typing import IO

FILE = "run.lock"
PATIENCE_S = 1.0  # whoever only looks holds the file for a moment


class AlreadyRunningError(Exception):
    """Another node works on this state directory."""

    def __init__(self, state_dir: Path) -> None:
        super().__init__(f"a node already runs on {state_dir}; stop it first")


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
    except BlockingIOError:
        return True
    return False
