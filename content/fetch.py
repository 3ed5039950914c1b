"""Fetch a source: over HTTPS, or from files.

The other side is not trusted with our time, memory or network: one
deadline covers the whole exchange, the cap counts octets after
decompression, and each redirect is checked like the first address.  The
system's certificate store is not asked, for a state's root may be in it.
No cookie, proxy setting or name of ours goes out.
"""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import certifi
import httpcore
import httpx

from content.files import FilesError, is_file_url, read_files
from content.unpack import UnpackError, unpacked
from content.wire import CheckedBackend, Deadline, Resolver, system_resolver

MOST_REDIRECTS = 5
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_OK, _NOT_MODIFIED = 200, 304
_LAST_PORT = 65535

_Headers: TypeAlias = Sequence[tuple[bytes | str, bytes | str]]

# A browser's name would be a lie and a library's an invitation to block it.
_USER_AGENT = "Mozilla/5.0 (compatible; feed reader)"
_ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"


class FetchError(Exception):
    """The source could not be fetched; `reason` says why.

    Attributes:
        reason: what happened, and where it helps, what would be right.
        url: which address, without what may be secret in it.
    """

    def __init__(self, reason: str, url: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.reason = reason
        self.url = url


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a source gave.

    Attributes:
        data: decompressed.
        etag: to be given back at the next fetch; so is `last_modified`.
        final_url: after redirects; relative links start from it.
    """

    data: bytes
    etag: str
    last_modified: str
    content_type: str
    final_url: str


@dataclass(frozen=True, slots=True)
class NotModified:
    """The source is as it was when it gave `etag` or `last_modified`."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """What one fetch may do."""

    allow_http: bool
    max_octets: int


def fetch(  # noqa: PLR0913 - keywords of one call, most of them left out
    url: str,
    *,
    etag: str = "",
    last_modified: str = "",
    allow_private: bool = False,
    allow_http: bool = False,
    ca_file: str = "",
    deadline_s: float = 20,
    max_octets: int = 1 << 20,
    resolve: Resolver = system_resolver,
) -> tuple[Fetched, ...] | NotModified:
    """Fetch what `url` leads to.

    Args:
        url: `https`, `http` if allowed, or `file:///` for a file or a
            folder of files.
        etag: as the last `Fetched` said; so is `last_modified`.
        last_modified: see there.
        allow_private: fetch from private and local addresses too.
        allow_http: fetch without encryption too.
        ca_file: the roots to trust, in PEM; empty means certifi's.
        deadline_s: seconds for all of it.
        max_octets: of one file or answer, decompressed.
        resolve: looks up a name; for tests.

    Returns:
        One `Fetched`; of a folder one for each file, by name.

    Raises:
        FetchError: and nothing else.
    """
    try:
        if is_file_url(url):
            return _from_files(url, etag, max_octets)
        deadline = Deadline(deadline_s)
        backend = CheckedBackend(deadline, resolve, allow_private=allow_private)
        context = _context(ca_file)
        headers = _headers(etag, last_modified)
        with httpcore.ConnectionPool(ssl_context=context, network_backend=backend) as pool:
            return _follow(pool, url, headers, _Rules(allow_http, max_octets))
    except FilesError as error:
        raise FetchError(str(error), without_secrets(url)) from None
    except _StoppedError as error:
        raise FetchError(str(error), without_secrets(error.url or url)) from None
    except httpcore.TimeoutException:
        raise FetchError(f"no whole answer in {deadline_s:g} s", without_secrets(url)) from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise FetchError(_plain_reason(error), without_secrets(url)) from error


def without_secrets(url: str) -> str:
    """Give `url` without user, password, query and fragment."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return "(no valid address)"
    return str(parts.copy_with(userinfo=b"", query=None, fragment=None))


class _StoppedError(Exception):
    """This end will not go on; the text says why."""

    def __init__(self, reason: str, url: str = "") -> None:
        super().__init__(reason)
        self.url = url


def _from_files(url: str, etag: str, max_octets: int) -> tuple[Fetched, ...] | NotModified:
    tag, files = read_files(url, max_octets)
    if tag == etag:
        return NotModified()
    return tuple(Fetched(data, tag, "", "", path.as_uri()) for path, data in files)


def _follow(
    pool: httpcore.ConnectionPool, url: str, headers: _Headers, rules: _Rules
) -> tuple[Fetched, ...] | NotModified:
    """Ask, and go where the answer sends us, a few times."""
    target = _checked(url, rules)
    for _ in range(MOST_REDIRECTS + 1):
        with pool.stream("GET", str(target), headers=headers) as response:
            if response.status in _REDIRECTS:
                target = _checked(_location(response, target), rules)
                continue
            return _answer(response, target, rules)
    raise _StoppedError(f"more than {MOST_REDIRECTS} redirects", str(target))


def _answer(
    response: httpcore.Response, target: httpx.URL, rules: _Rules
) -> tuple[Fetched, ...] | NotModified:
    if response.status == _NOT_MODIFIED:
        return NotModified()
    if response.status != _OK:
        raise _StoppedError(f"the server answers {response.status}", str(target))
    try:
        coding = _header(response, "content-encoding")
        data = unpacked(response.iter_stream(), coding, rules.max_octets)
    except UnpackError as error:
        raise _StoppedError(str(error), str(target)) from None
    return (
        Fetched(
            data,
            etag=_header(response, "etag"),
            last_modified=_header(response, "last-modified"),
            content_type=_header(response, "content-type"),
            final_url=str(target),
        ),
    )


def _checked(url: str, rules: _Rules) -> httpx.URL:
    """Give `url` parsed, if it may be asked."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        raise _StoppedError("no valid address") from None
    if parts.scheme == "http" and not rules.allow_http:
        raise _StoppedError("without encryption (http), which this source does not allow", url)
    if parts.scheme not in {"http", "https"} or not parts.host:
        raise _StoppedError("an address begins with https:// or file:///", url)
    if parts.port and parts.port > _LAST_PORT:
        raise _StoppedError(f"port {parts.port}: the last one is {_LAST_PORT}", url)
    if parts.userinfo:
        raise _StoppedError("names a user; sources that ask for a password are not supported", url)
    return parts


def _location(response: httpcore.Response, target: httpx.URL) -> str:
    try:
        return str(target.join(_header(response, "location")).copy_with(fragment=None))
    except httpx.InvalidURL:
        raise _StoppedError("redirects to no valid address", str(target)) from None


def _headers(etag: str, last_modified: str) -> _Headers:
    asked = {
        "User-Agent": _USER_AGENT,
        "Accept": _ACCEPT,
        "Accept-Encoding": "gzip, identity",
        "If-None-Match": etag,
        "If-Modified-Since": last_modified,
    }
    return [(name, value.encode("ascii", "ignore")) for name, value in asked.items() if value]


def _header(response: httpcore.Response, name: str) -> str:
    wanted = name.encode()
    values = [value for key, value in response.headers if key.lower() == wanted]
    return values[0].decode("ascii", "ignore").strip() if values else ""


def _context(ca_file: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(cafile=ca_file or certifi.where())
    except OSError:
        raise _StoppedError(f"no readable roots in the ca_file {ca_file!r}") from None
    return context


def _plain_reason(error: Exception) -> str:
    """Say what went wrong without addresses or words of the other side."""
    cause = error.__cause__ or error.__context__
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {cause.verify_message}"
    if cause is not None:
        return f"TLS failed: {cause.reason}"
    if isinstance(error, httpcore.ProtocolError):
        return "answers against HTTP, or hangs up early"
    return str(error) or type(error).__name__
