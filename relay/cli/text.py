"""Commands about texts: what one costs before it goes."""

import click

from config.topics import LANGUAGES, SCRIPTS
from gateways.sms.segments import segment
from relay.cli.app import as_json, command, show
from relay.render import in_script

MOST_SEGMENTS = 255


@click.group()
def text() -> None:
    """Texts, and what they cost on the air."""


@text.command()
@click.argument("text")
@click.option("--lang", type=click.Choice(LANGUAGES), default="ru", show_default=True)
@click.option("--script", type=click.Choice(SCRIPTS), default="cyrillic", show_default=True)
@as_json
@command
def preview(text: str, lang: str, script: str, *, json_: bool) -> None:
    """Show TEXT as it would go on air: alphabet, segments, units, parts."""
    cut = segment(in_script(text, lang, script), MOST_SEGMENTS)
    if json_:
        show(
            {
                "encoding": cut.encoding.value,
                "segments": len(cut.parts),
                "units": cut.units,
                "parts": list(cut.parts),
            }
        )
        return
    count = "1 segment" if len(cut.parts) == 1 else f"{len(cut.parts)} segments"
    click.echo(f"{cut.encoding.value}, {count}, {cut.units} units")
    for at, part in enumerate(cut.parts, 1):
        click.echo(f"{at}: {part}")
