"""Logs: standard error, one line an event; journald keeps them, not we."""

import logging
import sys
import traceback
from types import TracebackType

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class _OneLine(logging.Formatter):
    """An exception's traceback in the same line, so that a line is an event.

    What a mistake of ours says in its own words may be a person's number or text (a
    `KeyError` is its key), so only its type is written, and where it rose.
    """

    def formatException(self, ei: Raised) -> str:  # noqa: N802  # the library's name for it
        rose = "".join(traceback.format_tb(ei[2]))
        return f"{rose}{ei[0].__name__ if ei[0] else ''}"

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
