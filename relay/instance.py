"""One node to a state directory: the kernel keeps watch, also over a node that was killed."""

import fcntl
from pathlib import Path
from typing import IO


class AlreadyRunningError(Exception):
    """Another node works on this state directory."""

    def __init__(self, state_dir: Path) -> None:
        super().__init__(f"a node already runs on {state_dir}; stop it first")


def hold(state_dir: Path) -> IO[str]:
    """Hold the directory for this process; the kernel lets go of it when the process ends."""
    file = (state_dir / "run.lock").open("a", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise AlreadyRunningError(state_dir) from None
    return file


def is_running(state_dir: Path) -> bool:
    """Whether a node works on this directory now."""
    try:
        hold(state_dir).close()
    except AlreadyRunningError:
        return True
    return False
