"""Commands about the links that are handed out on request."""

import click

from content.proxylink import LinkError, parse_link
from relay.cli.app import ROW, App, as_json, command, pass_app, show, table


@click.group()
def proxy() -> None:
    """Proxy links, handed out on request while [proxies] enabled = true."""


@proxy.command()
@click.argument("link")
@pass_app
@command
def add(app: App, link: str) -> None:
    """Keep LINK; whoever asks gets the same few each time."""
    try:
        parsed = parse_link(link)
    except LinkError as error:
        raise click.ClickException(str(error)) from None
    if not app.store.proxies.add(parsed.link, parsed.kind, app.now_ms()):
        raise click.ClickException("this link is here already")
    click.echo(f"kept a link of kind {parsed.kind}")
    if not app.settings.proxies.enabled:
        click.echo("not handed out yet: set `enabled = true` in [proxies]", err=True)


@proxy.command(name="list")
@as_json
@pass_app
@command
def list_(app: App, *, json_: bool) -> None:
    """All links."""
    links = app.store.proxies.all()
    if json_:
        show([{"id": one.id, "kind": one.kind, "link": one.link} for one in links])
    else:
        table(("id", "kind", "link"), [(one.id, one.kind, one.link) for one in links])


@proxy.command()
@click.argument("id", type=ROW)
@pass_app
@command
def remove(app: App, id: int) -> None:  # noqa: A002  # the name shown in the usage
    """Hand link ID out no more."""
    if not app.store.proxies.remove(id):
        raise click.ClickException(f"there is no link {id}; `proxy list` shows all")
    click.echo("removed")
