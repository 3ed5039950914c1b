"""How each bulletin reads in a language and form: made once, shared by all its messages."""

from collections.abc import Sequence

from relay.store.database import Connection


class Renderings:
    """The words of bulletins as they go on air, cut into parts.

    A form is a script for SMS, with the medium before it for a person elsewhere (see
    `Audience.form`), and `Airing.FORM` for everybody on the mesh.
    """

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    def find(self, bulletin: int, language: str, form: str) -> int | None:
        """The rendering of a bulletin in a language and form, if it was made."""
        value = self._c.scalar(
            "SELECT id FROM rendering WHERE bulletin = ? AND language = ? AND script = ?",
            [bulletin, language, form],
        )
        return None if value is None else int(value)

    def add(
        self, bulletin: int, language: str, form: str, parts: Sequence[str], *, wide: bool
    ) -> int:
        """Keep the segments of a bulletin in a language and form; returns the rendering."""
        cursor = self._c.execute(
            "INSERT INTO rendering (bulletin, language, script, wide) VALUES (?, ?, ?, ?)",
            [bulletin, language, form, int(wide)],
        )
        rendering = int(cursor.lastrowid or 0)
        self._c.executemany(
            "INSERT INTO rendering_part VALUES (?, ?, ?)",
            [(rendering, part, text) for part, text in enumerate(parts, 1)],
        )
        return rendering
