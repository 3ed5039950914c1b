"""Links that set a proxy up when tapped: read, checked, written one way.

MTProto and SOCKS5 links are Telegram's (core.telegram.org/api/links, "MTProxy
links", "Socks5 proxy links"); a phone's message app makes only their https
form tappable.  Shadowsocks links are SIP002, or SIP022 for ciphers of 2022.

What comes out is ASCII without spaces, so that a message with nothing else
in it stays in the GSM alphabet.  Names and remarks that people add to links
are dropped: nobody vouches for them.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

MOST_CHARACTERS = 1_000
_LAST_PORT = 65535
_KEY_OCTETS = 16
_SECURE, _FAKE_TLS = 0xDD, 0xEE  # first octet of a secret that is more than its key

_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_HOST = re.compile(r"(?=.{1,253}$)(?!-)[A-Za-z0-9_-]{1,63}(?:\.(?!-)[A-Za-z0-9_-]{1,63})*\.?")
_CIPHER = re.compile(r"[a-z0-9-]{2,40}")
_AEAD_2022 = "2022-"
_TELEGRAM_HOSTS = frozenset(("t.me", "telegram.me", "telegram.dog"))


class LinkError(ValueError):
    """The link is none that is handed out; `reason` never quotes it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ProxyLink:
    """A proxy, and what to tap to use it.

    Attributes:
        kind: `mtproto`, `socks5` or `shadowsocks`.
        server: a name or an address, IPv6 without brackets.
        link: holds the credentials, so it is kept out of `repr`.
    """

    kind: str
    server: str
    port: int
    link: str = field(repr=False)


def parse_link(link: str) -> ProxyLink:
    """Read a proxy link in any of the forms in use.

    Raises:
        LinkError: it is of another kind, incomplete or damaged.
    """
    trimmed = link.strip()
    if len(trimmed) > MOST_CHARACTERS:
        raise LinkError(f"{len(trimmed)} characters long, at most {MOST_CHARACTERS} are read")
    if not trimmed.isascii() or not trimmed.isprintable() or " " in trimmed:
        raise LinkError("holds spaces or characters that no link has: copy it again")
    scheme = trimmed.partition(":")[0].lower()
    if scheme == "ss":
        return _shadowsocks(trimmed)
    kind, query = _telegram(trimmed)
    reader = _READERS.get(kind)
    if reader is None:
        raise LinkError("is none of https://t.me/proxy?..., https://t.me/socks?... and ss://...")
    return reader(_fields(query))


def _telegram(link: str) -> tuple[str, str]:
    """Give what the link sets up (`proxy`, `socks`) and its query."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return "", ""
    if parts.scheme == "tg":
        return (parts.netloc or parts.path).strip("/").lower(), parts.query
    if parts.scheme in {"http", "https"} and parts.netloc.lower() in _TELEGRAM_HOSTS:
        return parts.path.strip("/").lower(), parts.query
    return "", ""


def _fields(query: str) -> dict[str, str]:
    """Read a query; a plus sign is one, for secrets hold it."""
    fields: dict[str, str] = {}
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        if name in fields:
            raise LinkError("gives a field twice")
        fields[name] = unquote(value)
    return fields


def _mtproto(fields: Mapping[str, str]) -> ProxyLink:
    server, port = _server(fields.get("server", "")), _port(fields.get("port", ""))
    secret = _secret(fields.get("secret", ""))
    link = f"https://t.me/proxy?server={server}&port={port}&secret={secret}"
    return ProxyLink("mtproto", server, port, link)


def _socks5(fields: Mapping[str, str]) -> ProxyLink:
    server, port = _server(fields.get("server", "")), _port(fields.get("port", ""))
    link = f"https://t.me/socks?server={server}&port={port}"
    for name in ("user", "pass"):
        if fields.get(name):
            link += f"&{name}={quote(fields[name], safe='')}"
    return ProxyLink("socks5", server, port, link)


_READERS: Mapping[str, Callable[[Mapping[str, str]], ProxyLink]] = {
    "proxy": _mtproto,
    "socks": _socks5,
}


def _secret(secret: str) -> str:
    """Check an MTProto secret: hex, or base64 of the same octets."""
    if _HEX.fullmatch(secret):
        octets, written = bytes.fromhex(secret), secret.lower()
    else:
        octets = _unbase64(secret)
        written = secret.rstrip("=").translate(str.maketrans("+/", "-_"))
    if not _is_secret(octets):
        raise LinkError("has a damaged secret: 16 octets, or dd and 16, or ee, 16 and a name")
    return written


def _is_secret(octets: bytes) -> bool:
    """Know plain, padded and fake-TLS secrets by length and first octet."""
    if len(octets) == _KEY_OCTETS:
        return True
    if len(octets) == 1 + _KEY_OCTETS:
        return octets[0] == _SECURE
    name = octets[1 + _KEY_OCTETS :].decode("latin-1")
    return octets[:1] == bytes((_FAKE_TLS,)) and _HOST.fullmatch(name) is not None


def _shadowsocks(link: str) -> ProxyLink:
    try:
        parts = urlsplit(link)
    except ValueError:
        raise LinkError("is no valid ss:// link") from None
    user, at, place = parts.netloc.rpartition("@")
    if not at:
        return _shadowsocks(f"ss://{_from_legacy(link)}")
    cipher, password = _credentials(user)
    server, port = _place(place)
    link = f"ss://{_user_info(cipher, password)}@{_bracketed(server)}:{port}"
    if plugin := _fields(parts.query).get("plugin"):
        link += f"/?plugin={quote(plugin, safe='')}"
    return ProxyLink("shadowsocks", server, port, link)


def _from_legacy(link: str) -> str:
    """Write the form before SIP002, base64 of all of it, in the new form."""
    inner = _unbase64(link[len("ss://") :].partition("#")[0].partition("?")[0].strip("/"))
    user, at, place = _decoded(inner).rpartition("@")
    if not at:
        raise LinkError("is no ss:// link: it names no server")
    return f"{quote(user, safe=':')}@{place}"


def _credentials(user: str) -> tuple[str, str]:
    """Read cipher and password, written plainly (SIP022) or in base64 (SIP002)."""
    plainly = _decoded(unquote_to_bytes(user))
    text = plainly if ":" in plainly else _decoded(_unbase64(plainly))
    cipher, _, password = text.partition(":")
    if not _CIPHER.fullmatch(cipher.lower()) or not password:
        raise LinkError("names no cipher and password")
    return cipher.lower(), password


def _user_info(cipher: str, password: str) -> str:
    if cipher.startswith(_AEAD_2022):
        return f"{cipher}:{quote(password, safe='')}"
    octets = f"{cipher}:{password}".encode()
    return base64.urlsafe_b64encode(octets).decode("ascii").rstrip("=")


def _place(place: str) -> tuple[str, int]:
    server, _, port = place.rpartition(":")
    return _server(server), _port(port)


def _server(server: str) -> str:
    bare = server.removeprefix("[").removesuffix("]")
    if ":" in bare:
        try:
            return str(IPv6Address(bare.partition("%")[0]))
        except ValueError:
            raise LinkError("names a server that is no address") from None
    if not _HOST.fullmatch(bare):
        raise LinkError("names no server" if not bare else "names a server that cannot be")
    return bare.lower()


def _bracketed(server: str) -> str:
    return f"[{server}]" if ":" in server else server


def _port(port: str) -> int:
    if not (port.isascii() and port.isdecimal()) or not 0 < int(port[:6]) <= _LAST_PORT:
        raise LinkError(f"has no port from 1 to {_LAST_PORT}")
    return int(port[:6])


def _unbase64(text: str) -> bytes:
    bare = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    if not _BASE64.fullmatch(bare) or len(bare) % 4 == 1:
        raise LinkError("has a part that is neither hex nor base64: copy it again")
    return base64.b64decode(bare + "=" * (-len(bare) % 4))


def _decoded(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        raise LinkError("holds damaged text: copy it again") from None
