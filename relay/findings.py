"""What `jarshy doctor` says of each thing that it looks at."""

from dataclasses import dataclass

GOOD, NOTE, WARN, BAD = "ok", "note", "warn", "BAD"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `mend` is empty where nothing is wrong."""

    mark: str
    what: str
    mend: str = ""

    def as_dict(self) -> dict[str, str]:
        """For scripts."""
        return {"mark": self.mark, "what": self.what, "mend": self.mend}
