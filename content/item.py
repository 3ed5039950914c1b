"""What one entry of a source says, as it was pulled and cleaned.

An item is never edited: what people get is made from it, and the item
stays as the proof of what the source said.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

_BETWEEN_FIELDS = "\x1f"  # the unit separator: `clean` leaves it in no field


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed.

    Attributes:
        key: what stays the same while the entry is edited: its id, else
            its link, else its digest.
        title: one line, never empty.
        body: the text without markup, perhaps empty.
        link: absolute, http or https, perhaps empty.
        published_at: aware, UTC; None where the source does not say.
        language: lower-case primary subtag (BCP 47), such as `kk`.
        digest: SHA-256 over what the entry says, in hex; another digest
            under the same key is another edition.
    """

    key: str
    title: str
    body: str
    link: str
    published_at: datetime | None
    language: str | None
    digest: str


def digest_of(title: str, body: str, link: str, published_at: datetime | None) -> str:
    """Give the SHA-256, in hex, of what an entry says."""
    when = published_at.isoformat() if published_at else ""
    fields = _BETWEEN_FIELDS.join((title, body, link, when))
    return hashlib.sha256(fields.encode("utf-8", "replace")).hexdigest()
