"""The file that holds everything: how it is made, written, and how it fails."""

import sqlite3
import stat

import pytest
from sqlite_utils import Database

from relay.store import FILE_NAME, Store, StoreBusyError, StoreError, StoreFullError, database
from relay.store.meta import Device
from relay.store.schema import migrations
from tests.relay.world import AIGUL, letter, make_keys


def count(store, table="parcel"):
    return store.connection.scalar(f"SELECT count(*) FROM {table}")  # noqa: S608  # our own tables


def test_it_is_written_so_that_a_power_cut_loses_nothing(world):
    scalar = world.store.connection.scalar

    assert scalar("PRAGMA journal_mode") == "wal"
    assert scalar("PRAGMA synchronous") == 2
    assert scalar("PRAGMA foreign_keys") == 1
    assert scalar("PRAGMA secure_delete") == 1


def test_it_is_for_its_owner_alone(world):
    path = world.store.connection.path

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_opening_again_changes_nothing(world):
    world.queue()
    schema = "SELECT sql FROM sqlite_master ORDER BY name"
    before = world.store.connection.query(schema)

    again = Store(world.store.connection.path.parent)

    assert again.connection.query(schema) == before
    assert count(again) == 1
    assert not migrations.pending(again.connection.db)
    again.close()


def test_every_table_of_ours_is_strict(world):
    rows = world.store.connection.query("SELECT name, strict FROM pragma_table_list")
    loose = {name for name, strict in rows if not strict}

    assert {name for name in loose if not name.startswith(("sqlite_", "_sqlite"))} <= {
        "_sqlite_migrations"
    }


def test_a_value_of_the_wrong_type_is_refused(world):
    with pytest.raises(StoreError):
        world.store.connection.execute(
            "INSERT INTO spend (gateway, meter_ms) VALUES ('beeline', 'soon')"
        )


def test_a_transaction_is_all_or_nothing(world):
    def fail():
        with world.store.transaction():
            world.store.meta.put("mode", "drill")
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert world.store.meta.get("mode") == ""


def test_an_inner_transaction_belongs_to_the_outer(world):
    def fail():
        with world.store.transaction():
            with world.store.transaction():
                world.store.meta.put("mode", "drill")
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert world.store.meta.get("mode") == ""


def test_a_write_of_another_connection_shows_in_the_version(world):
    before = world.store.connection.version()
    world.store.meta.put("a", "b")
    assert world.store.connection.version() == before

    other = Store(world.store.connection.path.parent)
    other.meta.put("a", "c")

    assert world.store.connection.version() != before
    other.close()


# Faults.


@pytest.fixture
def full(world):
    """A disk that has no room for one page more."""
    connection = world.store.connection
    pages = connection.scalar("PRAGMA page_count")
    connection.query(f"PRAGMA max_page_count = {pages}")
    return world.store


def fill(store, keys):
    with store.transaction():
        for _ in range(200):
            store.outbox.add(letter(keys, AIGUL, parts=("x" * 150, "y" * 150)), 0)


def test_a_full_disk_is_one_clear_line_and_leaves_nothing_half_written(full):
    with pytest.raises(StoreFullError) as caught:
        fill(full, make_keys())

    line = str(caught.value)
    assert "\n" not in line
    assert "the disk is full" in line
    assert str(full.connection.path) in line
    assert "free some space" in line
    assert count(full) == count(full, "segment") == 0


def test_a_full_disk_can_still_be_read_and_heals_when_there_is_room(full):
    with pytest.raises(StoreFullError):
        fill(full, make_keys())
    assert full.outbox.counts()["queued"] == 0

    full.connection.query("PRAGMA max_page_count = 100000")
    fill(full, make_keys())

    assert count(full) == 200


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        (sqlite3.SQLITE_FULL, "SQLITE_FULL", StoreFullError),
        (sqlite3.SQLITE_IOERR_WRITE, "SQLITE_IOERR_WRITE", StoreFullError),
        (sqlite3.SQLITE_IOERR_SHMSIZE, "SQLITE_IOERR_SHMSIZE", StoreFullError),
        (sqlite3.SQLITE_BUSY, "SQLITE_BUSY", StoreBusyError),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "SQLITE_BUSY_SNAPSHOT", StoreBusyError),
        (sqlite3.SQLITE_LOCKED, "SQLITE_LOCKED", StoreBusyError),
        (sqlite3.SQLITE_CORRUPT, "SQLITE_CORRUPT", StoreError),
    ],
)
def test_what_sqlite_says_becomes_an_error_that_says_what_helps(tmp_path, code, name, kind):
    error = sqlite3.OperationalError("secret words of a statement")
    error.sqlite_errorcode, error.sqlite_errorname = code, name

    explained = database._explained(error, tmp_path / FILE_NAME)

    assert type(explained) is kind
    assert str(tmp_path / FILE_NAME) in str(explained)
    assert "secret" not in str(explained)


def test_a_locked_store_says_so_after_the_wait(world, monkeypatch):
    monkeypatch.setattr(database, "BUSY_WAIT_S", 0.05)
    other = Store(world.store.connection.path.parent)

    with world.store.transaction():
        world.store.meta.put("a", "b")
        with pytest.raises(StoreBusyError, match="locked by another process"):
            other.meta.put("a", "c")
    other.meta.put("a", "d")

    assert world.store.meta.get("a") == "d"
    other.close()


def test_a_reader_needs_no_lock(world, monkeypatch):
    monkeypatch.setattr(database, "BUSY_WAIT_S", 0.05)
    other = Store(world.store.connection.path.parent)

    with world.store.transaction():
        world.store.meta.put("a", "b")
        assert other.meta.get("a") == ""

    other.close()


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"this is no database" * 400, id="other-words"),
        pytest.param(b"SQLite format 3\x00" + b"\xff" * 8000, id="damaged-head"),
    ],
)
def test_a_file_that_is_no_store_is_one_line(tmp_path, octets):
    (tmp_path / FILE_NAME).write_bytes(octets)

    with pytest.raises(StoreError) as caught:
        Store(tmp_path)

    assert str(tmp_path / FILE_NAME) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_page_damaged_later_is_one_line(world):
    world.queue(parts=tuple("x" * 100 for _ in range(200)))
    path = world.store.connection.path
    world.store.close()
    octets = bytearray(path.read_bytes())
    octets[4096:] = b"\xff" * (len(octets) - 4096)
    path.write_bytes(octets)

    def use():
        store = Store(path.parent)
        store.outbox.counts()

    with pytest.raises(StoreError) as caught:
        use()
    assert "\n" not in str(caught.value)


def test_a_directory_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(StoreError, match="cannot be used"):
        Store(tmp_path / "nowhere")


def test_a_store_of_the_first_version_is_brought_up_to_date_with_all_that_is_in_it(tmp_path):
    path = tmp_path / "jarshy.db"
    old = Database(sqlite3.connect(path, isolation_level=None))
    migrations.apply(old, stop_before="m002_mesh")
    old.execute("INSERT INTO spend VALUES ('beeline', 1000)")
    old.execute("INSERT INTO device VALUES ('beeline', 'ready', '', '', 20, 5)")
    old.close()

    store = Store(tmp_path)
    assert store.ledger.segments("beeline", 0) == 1
    assert store.ledger.air("beeline", 0).all_ms == 0
    assert store.devices.all()["beeline"] == Device("beeline", "ready", "", "", 20, 5)
    store.close()
