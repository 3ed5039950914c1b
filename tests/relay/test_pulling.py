"""From a source to pending bulletins, each item once."""

from dataclasses import dataclass

import pytest

from config.settings import parse
from relay.pulling import Puller, PullError
from relay.values import BulletinState, Urgency
from tests.relay.world import DAY, HOUR, NOW, SETTINGS

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Новости</title><link>https://example.org/</link>
{items}</channel></rss>"""
ITEM = """<item><title>{title}</title><guid>{key}</guid><link>https://example.org/{key}</link>
<pubDate>Mon, 05 Jan 2026 08:00:00 GMT</pubDate></item>"""


def feed(*titles):
    items = "".join(ITEM.format(title=title, key=f"k{hash(title)}") for title in titles)
    return FEED.format(items=items)


@dataclass
class Desk:
    """A folder of feeds, and the puller that reads it."""

    puller: Puller
    source: object
    folder: object
    store: object

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def pull(self, now_ms=NOW):
        return self.puller.pull(self.source, now_ms)

    @property
    def state(self):
        return self.store.sources.state(self.source.name)


@pytest.fixture
def made(world, tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    settings = parse(
        SETTINGS.replace("https://example.org/rss", folder.as_uri()), tmp_path / "jarshy.toml"
    )
    puller = Puller(world.store, world.desk, lambda topic: {"news": 86_400}[topic])
    return Desk(puller, settings.sources[0], folder, world.store)


def test_each_item_becomes_a_pending_bulletin(made, world):
    made.write("a.xml", feed("Мост через Есиль закрыт до 20:00", "Аптеки открыты"))

    pulled = made.pull()

    assert (len(pulled.bulletins), pulled.known, pulled.refused) == (2, 0, ())
    bulletin = world.store.bulletins.newest(pulled.bulletins[0])
    assert bulletin.state is BulletinState.PENDING
    assert bulletin.texts == {"ru": "Мост через Есиль закрыт до 20:00"}
    assert (bulletin.topic, bulletin.urgency) == ("news", Urgency.ROUTINE)
    assert (bulletin.origin, bulletin.level) == ("official", "one_source")
    assert (bulletin.valid_from_ms, bulletin.expires_ms) == (NOW - 80 * 60_000, NOW + DAY)
    assert bulletin.sources == ("akimat",)
    rows = world.store.connection.query("SELECT source FROM item WHERE bulletin = ?", [bulletin.id])
    assert rows == [("akimat",)]


def test_an_item_is_taken_once(made):
    made.write("a.xml", feed("Одно"))
    made.pull()
    made.write("a.xml", feed("Одно", "Другое"))

    pulled = made.pull()

    assert (len(pulled.bulletins), pulled.known) == (1, 1)
    assert made.store.sources.items("akimat") == 2


def test_what_has_not_changed_is_not_read_again(made):
    made.write("a.xml", feed("Одно"))
    made.pull()

    pulled = made.pull(NOW + HOUR)

    assert (pulled.bulletins, pulled.known, pulled.changed) == ((), 0, False)
    assert made.state.last_ok_ms == NOW + HOUR


def test_one_bad_file_holds_up_no_other(made):
    made.write("a.xml", "this is no feed")
    made.write("b.xml", feed("Одно"))

    pulled = made.pull()

    assert len(pulled.bulletins) == 1
    (refused,) = pulled.refused
    assert "a.xml" in refused


def test_a_source_that_cannot_be_read_is_noted_and_heals(made):
    made.write("a.xml", feed("Одно"))
    made.pull()
    made.write("a.xml", "this is no feed")

    with pytest.raises(PullError, match="akimat: ") as caught:
        made.pull(NOW + HOUR)

    assert made.state.last_error in str(caught.value)
    assert made.state.last_ok_ms == NOW

    made.write("a.xml", feed("Одно", "Другое"))
    made.pull(NOW + 2 * HOUR)
    assert (made.state.last_ok_ms, made.state.last_error) == (NOW + 2 * HOUR, None)


def test_a_source_that_is_away_is_noted(made):
    made.folder.rmdir()

    with pytest.raises(PullError, match="akimat: "):
        made.pull()

    assert made.state.last_error
    assert made.state.last_ok_ms is None


def test_what_is_pulled_goes_to_nobody_by_itself(made, world):
    world.enrol()
    made.write("a.xml", feed("Одно"))
    made.pull()
    world.route()

    assert world.parcels() == []
