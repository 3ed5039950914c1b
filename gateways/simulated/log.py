"""What the network did, one JSON object a line, each written at once.

This file is the witness that tests and the demo believe: a line is there
before the host can know of what it tells.
"""

import json
import os
from collections import deque
from pathlib import Path
from typing import Any

FILE = "air.jsonl"
RECENT = 20_000  # events that can be waited for


class Log:
    """Appends events to the file and remembers the latest."""

    def __init__(self, directory: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._file = os.open(directory / FILE, flags, 0o600)
        self.recent: deque[dict[str, Any]] = deque(maxlen=RECENT)

    def __call__(self, event: str, now: float, **facts: object) -> None:
        """Write one event."""
        line = {"at": now, "event": event, **facts}
        os.write(self._file, json.dumps(line, ensure_ascii=False).encode() + b"\n")
        self.recent.append(line)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
