"""The main job on real feeds: pulled, approved, and read on phones in all three scripts.

    python -m tests.real_feeds [FOLDER]

FOLDER holds feeds as services publish them, by default the samples beside the checkout.
Prints what each phone shows; exits with 1 if a phone lacks an approved item.
"""

import json
import sys
import tempfile
from pathlib import Path

from gateways.simulated.server import background
from gateways.simulated.settings import ModemConfig, SimulationConfig
from tests.whole import Whole, port

SAMPLES = Path(__file__).parents[2] / "shared" / "samples" / "rss"
FEEDS = (
    ("ru_aif.xml", "ru"),
    ("ru_xakep_windows1251.xml", "ru"),
    ("ru_citydog_by_mrss_bom.xml", "ru"),
    ("guardian_mrss_html_descriptions.rss", "en"),
    ("relative_links.xml", "en"),
)
READERS = (
    ("+77015550201", "ru", "cyrillic"),
    ("+77015550202", "kk", "plain"),
    ("+77015550203", "ru", "latin"),
    ("+77015550204", "en", "latin"),
)
APPROVED_EACH = 2
MODEM = "+77010000001"

SOURCE = """
[[source]]
name = "{name}"
url = "file://{path}"
origin = "media"
owner = "{owner}"
language = "{language}"
"""


def sources(folder: Path) -> str:
    return "".join(
        SOURCE.format(
            name=f"feed-{at}", path=folder / file, owner=file.split(".")[0], language=language
        )
        for at, (file, language) in enumerate(FEEDS)
        if (folder / file).is_file()
    )


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    if not folder.is_dir():
        print(f"there is no {folder}; name a folder of feeds")
        return 1
    with tempfile.TemporaryDirectory() as home:
        modem = ModemConfig("m", MODEM, latency_s=0.0)
        config = SimulationConfig(directory=Path(home) / "air", modems=(modem,))
        with background(config) as air:
            whole = Whole(Path(home) / "node", {"m": port(air, "m")}, top=sources(folder))
            for number, language, script in READERS:
                whole.command(
                    "subscriber",
                    "add",
                    number,
                    "--lang",
                    language,
                    "--script",
                    script,
                    "--topics",
                    "news",
                    "--consented",
                )
            with whole as node:
                node.wait_log("m: ready")
                approved = approve(node)
                lacking = show(air, approved)
    print(f"\n{approved} items approved, {len(READERS)} readers: {lacking} messages missing")
    return 1 if lacking or not approved else 0


def approve(node: Whole) -> int:
    """Pull every source and approve the first items of each; how many."""
    approved = 0
    for source in json.loads(node.command("source", "list", "--json")):
        pulled = json.loads(node.command("source", "pull", source["name"], "--json"))
        counts = f"{len(pulled['bulletins'])} pending, {len(pulled['refused'])} refused"
        print(f"{source['name']}: {counts}")
        for number in pulled["bulletins"][:APPROVED_EACH]:
            node.command("bulletin", "approve", str(number))
            approved += 1
    return approved


def show(air, approved: int) -> int:
    """Print each phone's screen; how many messages are missing."""
    lacking = 0
    for number, language, script in READERS:
        try:
            messages = air.wait_for(number, approved, 30)
        except TimeoutError:
            messages = air.phone(number)
        lacking += approved - len(messages)
        print(f"\n== a phone in {language}, {script}")
        for message in messages:
            print(f"[{message['segments']} SMS] {message['text']}")
    return lacking


if __name__ == "__main__":
    sys.exit(main())
