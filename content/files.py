"""Sources that are files: brought on a stick, or written by another program."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

MOST_FILES = 200


class FilesError(OSError):
    """The files could not be read; the text says why."""


def is_file_url(url: str) -> bool:
    """Say whether `url` names files of this machine (RFC 8089)."""
    return url[:5].lower() == "file:"


def read_files(url: str, max_octets: int) -> tuple[str, tuple[tuple[Path, bytes], ...]]:
    """Read the file, or the files of the folder, that `url` names.

    Of a folder, hidden files, links and folders in it are left alone.

    Returns:
        A tag that changes when a file does, and each file's octets by name.

    Raises:
        FilesError: there is nothing to read, too much, or no permission.
    """
    try:
        paths = _paths(_path(url))
        tag = _tag(paths)
        return tag, tuple((path, _octets(path, max_octets)) for path in paths)
    except OSError as error:
        if isinstance(error, FilesError):
            raise
        raise FilesError(error.strerror or type(error).__name__) from None


def _path(url: str) -> Path:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise FilesError("no valid address") from None
    path = Path(unquote(parts.path))
    if parts.netloc or not path.is_absolute():
        raise FilesError("write a file's address as file:///folder/name")
    return path


def _paths(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise FilesError("no such file or folder")
    inside = [one for one in sorted(path.iterdir()) if _is_plain(one)]
    if len(inside) > MOST_FILES:
        raise FilesError(f"{len(inside)} files in the folder, at most {MOST_FILES} are read")
    return inside


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and not path.name.startswith(".")


def _tag(paths: Iterable[Path]) -> str:
    state = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
    return hashlib.sha256(repr(state).encode()).hexdigest()[:16]


def _octets(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise FilesError(f"{path.name} is longer than {most} octets")
    return data
