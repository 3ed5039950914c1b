"""What all commands share: where the settings are, what is opened, how things are shown."""

import functools
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from config.durations import DurationError, parse
from config.settings import Settings, SettingsError, load
from gateways.sms.segments import TooManySegments
from relay.assembly import open_keys, renderers
from relay.clock import read
from relay.desk import Desk, DeskError
from relay.instance import AlreadyRunningError, StateDirError
from relay.keys import KeyProblemError, Keys, LockedError
from relay.posting import Post, PostingError
from relay.render import Renderer
from relay.store import Store, StoreError
from relay.store.bulletins import NumbersUsedUpError

FAILED, DEGRADED = 1, 3

P = ParamSpec("P")
T = TypeVar("T")

_EXPECTED = (
    SettingsError,
    StoreError,
    KeyProblemError,
    LockedError,
    DeskError,
    PostingError,
    NumbersUsedUpError,
    AlreadyRunningError,
    TooManySegments,
    StateDirError,
)


class App:
    """One run of the command: opens what is asked for, when it is asked for."""

    def __init__(self, config: Path | None) -> None:
        self._config = config

    @functools.cached_property
    def settings_file(self) -> Path:
        """Where the settings stand."""
        if self._config is None:
            raise click.UsageError(
                "which node? name its settings with `jarshy --config FILE …` or in the environment"
                " variable JARSHY_CONFIG; `jarshy init DIR` makes one"
            )
        return self._config

    @functools.cached_property
    def settings(self) -> Settings:
        """The settings."""
        return load(self.settings_file)

    @functools.cached_property
    def store(self) -> Store:
        """The store."""
        state_dir = self.settings.node.state_dir
        if not state_dir.is_dir():
            raise click.ClickException(
                f"there is no {state_dir}; make it, or correct `state_dir` in {self.settings_file}"
            )
        owner = state_dir.stat().st_uid
        if os.geteuid() == 0 and owner != 0:
            # What root made here, the node's own user could not open any more.
            raise click.ClickException(f"run this as the owner of {state_dir} (user {owner})")
        return Store(state_dir)

    @functools.cached_property
    def keys(self) -> Keys:
        """The keys, as far as the key file is here."""
        return open_keys(self.settings, self.store)

    @functools.cached_property
    def renderer(self) -> Renderer:
        """How short messages read."""
        return renderers(self.settings)["sms"]

    @property
    def post(self) -> Post:
        """Messages by the operator's hand."""
        return Post(self.store, self.keys, self.settings)

    @property
    def desk(self) -> Desk:
        """The bulletins' editor."""
        return Desk(self.store, self.settings.node.name)

    @staticmethod
    def now_ms() -> int:
        """Now: the command line is one of the two places where the clock is read."""
        return read().wall_ms


def command(function: Callable[P, T]) -> Callable[P, T]:
    """Turn every error that is expected into one line and exit status 1."""

    @functools.wraps(function)
    def safely(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except _EXPECTED as error:
            raise click.ClickException(str(error)) from None
        except OverflowError:
            raise click.ClickException("the number is too large") from None
        except UnicodeError:
            raise click.ClickException(
                "the text is not UTF-8; save the file so, or check the locale"
            ) from None
        except BrokenPipeError:
            # Whoever reads our output has gone away, as `head` does.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(FAILED)
        except OSError as error:
            what = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{what}{error.strerror or error}") from None

    return safely


pass_app = click.make_pass_decorator(App)

as_json = click.option("--json", "json_", is_flag=True, help="For scripts: JSON.")


ROW = click.IntRange(1, 2**53)


class Duration(click.ParamType[int, str]):
    """A span of time such as 90s, 15m, 6h, 2d: seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Seconds."""
        if isinstance(value, int):
            return value
        try:
            seconds = parse(value)
        except DurationError as error:
            self.fail(str(error), param, ctx)
        if seconds < 1:
            self.fail("it would be over at once; e.g. 6h", param, ctx)
        return seconds


def show(value: Any) -> None:
    """Print JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under a header, each column as wide as it needs."""
    cells = [header, *[["" if cell is None else str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[at]) for row in cells) for at in range(len(header))]
    for row in cells:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())
