"""The node's key: what it seals, what it can open, and how it knows people by a tag.

Sealing needs no secret: each process makes a key pair of its own, agrees on
a key with the node's public key (X25519, HKDF-SHA-256) and encrypts with
ChaCha20-Poly1305.  So a node without its key - *locked* - still seals what
comes in, can open again what it sealed itself, and nothing else.  Tags are
HMAC-SHA-256: a plain hash of a phone number is found in 20 minutes.
"""

import base64
import hmac
import os
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PREFIX = "jarshy-key-1:"
_VERSION = b"\x01"
_POINT, _NONCE, _KEY = 32, 12, 32


class KeyProblemError(Exception):
    """The key file cannot be used; the message says why and what would help."""


class LockedError(Exception):
    """What is asked for needs the node's key."""

    def __init__(self) -> None:
        super().__init__("the node is locked: its key is not here; see `jarshy unlock --help`")


class SealError(Exception):
    """Sealed octets were altered, or sealed for another key or purpose."""


def make_key_file(path: Path) -> None:
    """Write a new key, readable by its owner alone.

    Raises:
        FileExistsError: there is one; it is never overwritten.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(show_key(secrets.token_bytes(_KEY)))


def show_key(secret: bytes) -> str:
    """The line that stands in a key file."""
    return _PREFIX + base64.b64encode(secret).decode() + "\n"


def read_key_file(path: Path) -> bytes | None:
    """The secret in a key file; None where there is no such file.

    Raises:
        KeyProblemError: the file is there but holds no key, or cannot be read.
    """
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise KeyProblemError(f"the key file {path} cannot be read: {error}") from None
    return parse_key(text, str(path))


def parse_key(text: str, where: str) -> bytes:
    """The secret in the text of a key file.

    Raises:
        KeyProblemError: it is no key.
    """
    try:
        secret = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except ValueError:
        secret = b""
    if not text.startswith(_PREFIX) or len(secret) != _KEY:
        raise KeyProblemError(
            f"{where} holds no Jarshy key: it should be one line that begins with {_PREFIX}"
        )
    return secret


def public_key(secret: bytes) -> bytes:
    """What may stand in the store: it seals, and opens nothing."""
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), _KEY, salt=None, info=b"jarshy " + purpose).derive(secret)


@dataclass(frozen=True, slots=True)
class _Agreed:
    """A key agreed on between one process and the node."""

    point: bytes
    cipher: ChaCha20Poly1305


class Keys:
    """Seals and opens; knows people by tag.  Locked until given the secret."""

    def __init__(self, public: bytes, secret: bytes | None = None) -> None:
        """`public`: the node's.  `secret`: its other half, None while locked."""
        own = X25519PrivateKey.generate()
        self.public = public
        self._own = _Agreed(
            own.public_key().public_bytes_raw(),
            self._cipher(own, public, own.public_key().public_bytes_raw()),
        )
        self._agreed = {self._own.point: self._own.cipher}
        self._secret: X25519PrivateKey | None = None
        self._tag_key = secrets.token_bytes(_KEY)
        if secret is not None:
            self.unlock(secret)

    @staticmethod
    def _cipher(mine: X25519PrivateKey, theirs: bytes, point: bytes) -> ChaCha20Poly1305:
        shared = mine.exchange(X25519PublicKey.from_public_bytes(theirs))
        return ChaCha20Poly1305(_derive(shared + point, b"seal"))

    @property
    def locked(self) -> bool:
        """Whether the secret is not here."""
        return self._secret is None

    def check(self, secret: bytes) -> None:
        """Whether `secret` is the node's.

        Raises:
            KeyProblemError: it is the key of another node.
        """
        if public_key(secret) != self.public:
            raise KeyProblemError(
                "this key is not the one that the store was made with; "
                "put the right key file in place"
            )

    def unlock(self, secret: bytes) -> None:
        """Open everything from now on.  Only by the thread that handles messages.

        Raises:
            KeyProblemError: it is the key of another node.
        """
        self.check(secret)
        self._secret = X25519PrivateKey.from_private_bytes(secret)
        self._tag_key = _derive(secret, b"tag")

    def seal(self, purpose: str, text: str | bytes) -> bytes:
        """Encrypt `text`; it opens only for the same `purpose`."""
        octets = text.encode() if isinstance(text, str) else text
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._own.cipher.encrypt(nonce, octets, purpose.encode())
        return _VERSION + self._own.point + nonce + sealed

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """Decrypt.

        Raises:
            LockedError: another process sealed it, and the key is not here.
            SealError: it was altered, or is not for this purpose.
        """
        point = sealed[1 : 1 + _POINT]
        nonce = sealed[1 + _POINT : 1 + _POINT + _NONCE]
        if sealed[:1] != _VERSION or len(nonce) != _NONCE:
            raise SealError("these octets were not sealed by a node")
        try:
            return self._for(point).decrypt(nonce, sealed[1 + _POINT + _NONCE :], purpose.encode())
        except (InvalidTag, ValueError):  # ValueError: a point on which no key can be agreed
            raise SealError("sealed octets were altered or are for something else") from None

    def _for(self, point: bytes) -> ChaCha20Poly1305:
        cipher = self._agreed.get(point)
        if cipher is None:
            if self._secret is None:
                raise LockedError
            cipher = self._cipher(self._secret, point, point)
            self._agreed[point] = cipher
        return cipher

    def tag(self, purpose: str, text: str | bytes) -> bytes:
        """A keyed hash: the same for the same text and purpose, and telling nothing else.

        While locked the key is of this process alone: tags match nothing in the store.
        """
        octets = text.encode() if isinstance(text, str) else text
        return hmac.digest(self._tag_key, purpose.encode() + b"\x00" + octets, sha256)[:16]
