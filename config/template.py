"""Write the settings file that a new node starts with.

It is `defaults.toml` with every key switched off, so the two cannot drift
apart: a key, its default and its sentence stand in one place.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from config.defaults import defaults
from config.locate import places

# What a newcomer must look at: the key, and why.
_FIRST: Final = (
    (("modem", 0, "port"), 'where the modem is; take the "#" off [[modem]], name and port'),
    (("modem", 0, "segments_per_day"), "how many SMS the SIM card may send, as they cost money"),
    (("source", 0, "url"), "where the news comes from; [[source]] says what else it needs"),
)
_HEAD: Final = """\
# Settings of a Jarshy node.
#
# Look at these three first:
{first}
#
# A key that begins with "#" is switched off: the value that it shows holds.  To change it,
# take the "#" off and write another value.  The unit ends the name: _s seconds, _days days,
# _octets octets.  Sections in [[double brackets]] may stand several times, once for each
# device or source; they are switched off too, with their first lines.
# After a mistake the node says its line, and what would be right.

"""


def render(state_dir: Path, node_name: str) -> str:
    """Return the text of a settings file: all as by default, but for its name and folder.

    Args:
        state_dir: the folder of all that the node keeps.
        node_name: as `node.name` may be: a-z, 0-9 and "-".
    """
    known = defaults()
    preface, _, body = known.text.partition("\n\n")
    skipped = preface.count("\n") + 2
    lines = {path: place.line - skipped for path, place in places(known.text).items()}
    first = [f"#   {n}. line {{}}: {path[-1]}, {why}" for n, (path, why) in enumerate(_FIRST, 1)]
    head = _HEAD.format(first="\n".join(first))
    height = head.count("\n")
    values = {
        "name": json.dumps(node_name, ensure_ascii=False),
        "state_dir": json.dumps(str(state_dir), ensure_ascii=False),
    }
    numbers = (lines[path] + height for path, _ in _FIRST)
    return head.format(*numbers) + "\n".join(_switched_off(body, values)) + "\n"


def _switched_off(body: str, values: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of `body` with each key switched off, but for those of [node] in `values`."""
    section = ""
    for line in body.splitlines():
        section = line if line.startswith("[") else section
        key = line.partition(" =")[0]
        if section == "[node]" and key in values:
            yield f"{key} = {values[key]}"
        elif not line or line.startswith("# ") or (line == section and "[[" not in line):
            yield line
        else:
            yield f"#{line}"
