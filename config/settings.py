"""Read the operator's settings file, or say all that is wrong with it.

    text -> tomllib -> each value judged -> laid over the defaults -> values
    judged against each other -> `Settings`

Whatever is wrong is reported at once and by its line: nobody should have to
start a node ten times to find ten typing errors.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from config import agreement, fields
from config.defaults import defaults
from config.faults import Fault, SettingsError, SettingsErrors, key_of
from config.locate import KeyPath, Place, line_of, places
from config.sections import Node, Settings, Source

__all__ = ["Settings", "SettingsError", "SettingsErrors", "load", "parse"]

_TOML_PLACE: Final = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)\Z")

# What tomllib says, and what the operator can do about it.
_TOML_HINTS: Final = (
    ("Invalid value", 'texts stand in "quotes"; yes and no are true and false'),
    ("Expected newline", 'one key to a line; texts stand in "quotes"'),
    ("Expected '='", "write key = value; sections stand in [brackets]"),
    ("Invalid statement", "write key = value; sections stand in [brackets]"),
    (
        "Cannot overwrite",
        "this key stands twice in its section; keep one, or switch on the [section] above it",
    ),
    ("Cannot declare", "this section stands twice; write it once"),
    ("Illegal character", "a closing quote is missing, or a character cannot be seen"),
    ("Unescaped '\\'", "write \\\\ for a backslash, or put the text in 'single quotes'"),
    ("Unclosed array", "a closing ] is missing here or above"),
    ("Unterminated", "a closing quote is missing here or above"),
    ("Expected \"'", "a closing quote is missing here or above"),
    ("Found invalid character", "a closing quote is missing, or a character cannot be seen"),
)


def load(path: Path) -> Settings:
    """Return the settings in the file at `path`, with the defaults for all that it leaves out.

    Raises:
        SettingsError: the file cannot be read or followed.  It is a
            `SettingsErrors` that holds every mistake found.
    """
    try:
        octets = path.read_bytes()
    except FileNotFoundError:
        raise _alone(path, 0, "there is no such file; `jarshy init DIR` writes one") from None
    except OSError as error:
        raise _alone(path, 0, f"cannot be read: {error.strerror}") from error
    try:
        # Some editors put a byte order mark first, which TOML does not know.
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise _alone(path, line, "is not UTF-8; save the file with that encoding") from None
    return parse(text, path)


def parse(text: str, file: Path) -> Settings:
    """Return the settings in `text`, which stands in `file`: relative paths start at its folder.

    Raises:
        SettingsError: as `load` says.
    """
    given = _tables(text, file)
    known = defaults()
    wrong = list(fields.faults(given, known))
    paths = {fault.path for fault in wrong}
    merged = _over_defaults(given, known.values, paths)
    settings = fields.read(merged)
    wrong += _fresh(agreement.faults(settings), paths)
    if wrong:
        raise SettingsErrors(_errors(wrong, file, places(text)))
    return _with_whole_paths(settings, file.absolute().parent)


def _alone(file: Path, line: int, message: str) -> SettingsErrors:
    return SettingsErrors([SettingsError(file, line, "", message)])


def _tables(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _TOML_PLACE.search(message)
        last = text.rstrip().count("\n") + 1
        line = int(place[1] or last) if place else 0
        said = _TOML_PLACE.sub("", message)
        hints = (hint for start, hint in _TOML_HINTS if said.startswith(start))
        raise _alone(file, line, f"cannot be read as TOML: {next(hints, said)}") from None


def _over_defaults(
    given: Mapping[str, Any], standard: Mapping[str, Any], wrong: set[KeyPath]
) -> dict[str, Any]:
    """Lay what was given over the defaults, but for what is wrong."""
    merged: dict[str, Any] = {}
    for name, section in standard.items():
        value = None if (name,) in wrong else given.get(name)
        if name in fields.arrays():
            entries = enumerate(value or [])
            merged[name] = [_lay((name, i), entry, section, wrong) for i, entry in entries]
        else:
            merged[name] = _lay((name,), value or {}, section, wrong)
    return merged


def _lay(
    path: KeyPath, given: Mapping[str, Any], standard: Mapping[str, Any], wrong: set[KeyPath]
) -> dict[str, Any]:
    merged = dict(standard)
    for key, value in given.items():
        here = (*path, key)
        if isinstance(standard.get(key), dict) and isinstance(value, dict):
            merged[key] = _lay(here, value, standard[key], wrong)
        elif not any(bad[: len(here)] == here for bad in wrong):
            merged[key] = value
    return merged


def _fresh(found: Iterable[Fault], wrong: set[KeyPath]) -> Iterator[Fault]:
    """Leave out what was judged by a default that stood in for a wrong value."""
    for fault in found:
        if not wrong.intersection({fault.path, *fault.others}):
            yield fault


def _errors(
    wrong: Iterable[Fault], file: Path, where: Mapping[KeyPath, Place]
) -> list[SettingsError]:
    """Give each fault its line: that of the key, or of what it was judged against."""

    def line(fault: Fault) -> int:
        written = [path for path in (fault.path, *fault.others) if path in where]
        return line_of(written[0] if written else fault.path, where)

    errors = [SettingsError(file, line(f), key_of(f.path), f.message) for f in wrong]
    return sorted(errors, key=lambda error: error.line)


def _with_whole_paths(settings: Settings, folder: Path) -> Settings:
    return replace(
        settings,
        node=_node_with_whole_paths(settings.node, folder),
        sources=tuple(_source_with_whole_paths(source, folder) for source in settings.sources),
    )


def _node_with_whole_paths(node: Node, folder: Path) -> Node:
    state_dir = folder / node.state_dir
    key_file = state_dir / "key" if node.key_file == Path() else folder / node.key_file
    return replace(node, state_dir=state_dir, key_file=key_file)


def _source_with_whole_paths(source: Source, folder: Path) -> Source:
    unset = source.ca_file is None or source.ca_file == Path()
    return replace(source, ca_file=None if unset else folder / str(source.ca_file))
