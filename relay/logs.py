"""Logs: standard error, one line an event; journald keeps them, not we."""

import logging
import sys


class _OneLine(logging.Formatter):
    """An exception's traceback in the same line, so that a line is an event."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace("\n", " | ")


def set_up_logging() -> None:
    """Log our own events to standard error, other libraries' only from errors on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.ERROR)
    logging.getLogger("jarshy").setLevel(logging.INFO)
