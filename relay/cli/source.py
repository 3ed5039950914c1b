"""Commands about where words come from."""

import click

from relay.cli.app import App, as_json, command, pass_app, show, table
from relay.clock import aware
from relay.pulling import Puller, PullError


def _as_dict(app: App, name: str) -> dict[str, object]:
    state = app.store.sources.state(name)
    shown = "failing" if state.last_error else "ok" if state.last_ok_ms else "new"
    return {
        "name": name,
        "state": shown,
        "last_ok": aware(state.last_ok_ms).isoformat() if state.last_ok_ms else None,
        "last_error": state.last_error,
        "items": app.store.sources.items(name),
    }


@click.group()
def source() -> None:
    """Where words come from."""


@source.command(name="list")
@as_json
@pass_app
@command
def list_(app: App, *, json_: bool) -> None:
    """The sources of the settings, and how each did last."""
    rows = [_as_dict(app, one.name) for one in app.settings.sources]
    if json_:
        show(rows)
        return
    keys = ("name", "state", "last_ok", "items", "last_error")
    table(keys, [tuple(row[key] for key in keys) for row in rows])


@source.command()
@click.argument("name")
@as_json
@pass_app
@command
def pull(app: App, name: str, *, json_: bool) -> None:
    """Fetch source NAME now; each new item becomes a pending bulletin."""
    found = next((one for one in app.settings.sources if one.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in app.settings.sources) or "none"
        raise click.ClickException(f"there is no source {name!r} in the settings; known: {known}")
    if found.kind != "feed":
        raise click.ClickException(f"sources of kind {found.kind!r} are not built yet")
    puller = Puller(app.store, app.desk, app.settings.bulletins.lives_s)
    try:
        pulled = puller.pull(found, app.now_ms())
    except PullError as error:
        raise click.ClickException(str(error)) from None
    for reason in pulled.refused:
        click.echo(f"refused: {reason}", err=True)
    if json_:
        show(
            {
                **_as_dict(app, name),
                "bulletins": list(pulled.bulletins),
                "known": pulled.known,
                "refused": list(pulled.refused),
            }
        )
    elif not pulled.changed:
        click.echo("nothing has changed there since the last pull")
    else:
        click.echo(
            f"{len(pulled.bulletins)} new, {pulled.known} known, {len(pulled.refused)} refused"
        )
        click.echo("pending: " + (" ".join(f"#{n}" for n in pulled.bulletins) or "none"))
