"""The tables, as a list of steps that bring any earlier store up to date.

A step that has shipped is never edited; what changes is a further step.
Numbers and texts of people stand only in columns that end in `_sealed`;
`tag` and `fingerprint` are keyed hashes.  Times end in `_ms`.
SQLite uses a partial index only where the question repeats its condition:
a state of two values has two indexes.
"""

from sqlite_utils import Database, Migrations

migrations = Migrations("jarshy")

_FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE tally (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT;

CREATE TABLE person (
  id INTEGER PRIMARY KEY,
  tag BLOB NOT NULL UNIQUE,
  medium TEXT NOT NULL,
  mask TEXT NOT NULL,
  number_sealed BLOB,
  state TEXT NOT NULL,
  language TEXT NOT NULL,
  script TEXT NOT NULL,
  topics INTEGER NOT NULL,
  greeted INTEGER NOT NULL DEFAULT 0,
  gateway TEXT,
  volunteer INTEGER NOT NULL DEFAULT 0,
  chose_language INTEGER NOT NULL DEFAULT 0,
  seen_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX person_audience ON person (language, script) WHERE state = 'active';

CREATE TABLE answer (tag BLOB NOT NULL, kind TEXT NOT NULL, meter_ms INTEGER NOT NULL) STRICT;
CREATE INDEX answer_by_tag ON answer (tag, meter_ms);
CREATE INDEX answer_by_time ON answer (meter_ms);

CREATE TABLE inbound (
  id INTEGER PRIMARY KEY,
  fingerprint BLOB NOT NULL UNIQUE,
  gateway TEXT NOT NULL,
  medium TEXT NOT NULL,
  received_ms INTEGER NOT NULL,
  raw_sealed BLOB,
  state TEXT NOT NULL,
  message BLOB,
  person BLOB,
  reason TEXT
) STRICT;
CREATE INDEX inbound_open ON inbound (id) WHERE state = 'received';
CREATE INDEX inbound_postponed ON inbound (id) WHERE state = 'postponed';
CREATE INDEX inbound_message ON inbound (message) WHERE message IS NOT NULL;

CREATE TABLE bulletin (
  id INTEGER PRIMARY KEY,
  number INTEGER NOT NULL,
  chain INTEGER NOT NULL,
  edition INTEGER NOT NULL,
  global_id TEXT NOT NULL,
  notice TEXT NOT NULL,
  topic TEXT NOT NULL,
  urgency INTEGER NOT NULL,
  place TEXT NOT NULL,
  origin TEXT NOT NULL,
  level TEXT NOT NULL,
  state TEXT NOT NULL,
  sources TEXT NOT NULL,
  exercise INTEGER NOT NULL,
  valid_from_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  live_ms INTEGER,
  pushed_ms INTEGER,
  UNIQUE (chain, edition)
) STRICT;
CREATE INDEX bulletin_number ON bulletin (number, id);
CREATE INDEX bulletin_state ON bulletin (state, expires_ms);
CREATE INDEX bulletin_untold ON bulletin (id) WHERE notice = 'withdrawal' AND pushed_ms IS NULL;
CREATE TABLE bulletin_text (
  bulletin INTEGER NOT NULL REFERENCES bulletin (id) ON DELETE CASCADE,
  language TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (bulletin, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE rendering (
  id INTEGER PRIMARY KEY,
  bulletin INTEGER NOT NULL REFERENCES bulletin (id) ON DELETE CASCADE,
  language TEXT NOT NULL,
  script TEXT NOT NULL,
  wide INTEGER NOT NULL,
  UNIQUE (bulletin, language, script)
) STRICT;
CREATE TABLE rendering_part (
  rendering INTEGER NOT NULL REFERENCES rendering (id) ON DELETE CASCADE,
  part INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (rendering, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE parcel (
  -- Never again the id of a message that was erased: a modem may have it in hand still.
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  medium TEXT NOT NULL,
  tag BLOB NOT NULL,
  recipient_sealed BLOB NOT NULL,
  mask TEXT NOT NULL,
  kind TEXT NOT NULL,
  urgency INTEGER NOT NULL,
  reserve INTEGER NOT NULL,
  ephemeral INTEGER NOT NULL,
  rendering INTEGER,
  parts INTEGER NOT NULL,
  wide INTEGER NOT NULL,
  reference INTEGER,
  gateway TEXT,
  state TEXT NOT NULL,
  ready INTEGER NOT NULL,
  cancel TEXT,
  error TEXT,
  created_ms INTEGER NOT NULL,
  started_ms INTEGER,
  not_before_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  ended_ms INTEGER
) STRICT;
CREATE INDEX parcel_ready ON parcel (medium, urgency DESC, id) WHERE ready = 1;
CREATE INDEX parcel_expiry ON parcel (expires_ms) WHERE ready = 1;
CREATE INDEX parcel_tag ON parcel (tag, started_ms);
CREATE INDEX parcel_ended ON parcel (ended_ms) WHERE ended_ms IS NOT NULL;
CREATE INDEX parcel_state ON parcel (state);
CREATE TABLE segment (
  parcel INTEGER NOT NULL REFERENCES parcel (id) ON DELETE CASCADE,
  part INTEGER NOT NULL,
  state TEXT NOT NULL,
  text_sealed BLOB,
  attempts INTEGER NOT NULL DEFAULT 0,
  unknowns INTEGER NOT NULL DEFAULT 0,
  reference INTEGER,
  sending_ms INTEGER,
  PRIMARY KEY (parcel, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX segment_sending ON segment (parcel, part) WHERE state = 'sending';
CREATE INDEX segment_unknown ON segment (parcel, part) WHERE state = 'unknown';
CREATE TABLE parcel_bulletin (
  bulletin INTEGER NOT NULL,
  parcel INTEGER NOT NULL REFERENCES parcel (id) ON DELETE CASCADE,
  PRIMARY KEY (bulletin, parcel)
) STRICT, WITHOUT ROWID;
CREATE INDEX parcel_bulletin_parcel ON parcel_bulletin (parcel);

CREATE TABLE spend (gateway TEXT NOT NULL, meter_ms INTEGER NOT NULL) STRICT;
CREATE INDEX spend_by_time ON spend (gateway, meter_ms);

CREATE TABLE device (
  name TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  mend TEXT NOT NULL,
  signal INTEGER,
  since_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE pin_refused (sim BLOB PRIMARY KEY) STRICT;

CREATE TABLE source (
  name TEXT PRIMARY KEY,
  last_ok_ms INTEGER,
  last_error TEXT,
  etag TEXT NOT NULL,
  last_modified TEXT NOT NULL
) STRICT;
CREATE TABLE item (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  key TEXT NOT NULL,
  digest TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  link TEXT NOT NULL,
  published_ms INTEGER,
  fetched_ms INTEGER NOT NULL,
  bulletin INTEGER,
  UNIQUE (source, key)
) STRICT;

CREATE TABLE proxy (
  id INTEGER PRIMARY KEY,
  link TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  added_ms INTEGER NOT NULL
) STRICT;
"""


# A segment on the mesh has an `identity`, the id of its packet, which stays over all tries.  A
# price is time on air, times the copies that relays send, times the tries of the firmware.
# The `script` of a rendering is its form: "mesh cyrillic" for a person on the mesh, "broadcast"
# for everybody there.
_MESH = """
ALTER TABLE segment ADD COLUMN identity INTEGER;
CREATE INDEX segment_identity ON segment (identity) WHERE identity IS NOT NULL;
ALTER TABLE spend ADD COLUMN air_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE spend ADD COLUMN copies INTEGER NOT NULL DEFAULT 1;
ALTER TABLE spend ADD COLUMN tries INTEGER NOT NULL DEFAULT 1;
ALTER TABLE spend ADD COLUMN direct INTEGER NOT NULL DEFAULT 0;
ALTER TABLE spend ADD COLUMN parcel INTEGER;
ALTER TABLE spend ADD COLUMN part INTEGER;
CREATE INDEX spend_by_parcel ON spend (parcel, part);
ALTER TABLE device ADD COLUMN busy REAL;
ALTER TABLE device ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
CREATE INDEX parcel_awaited ON parcel (id)
  WHERE medium = 'mesh' AND state = 'sent' AND kind != 'broadcast';
CREATE INDEX parcel_airing ON parcel (gateway) WHERE kind = 'broadcast';
"""


def _run(db: Database, script: str) -> None:
    for statement in script.split(";\n"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m001_first(db: Database) -> None:
    """All of the first version."""
    _run(db, _FIRST)


@migrations()
def m002_mesh(db: Database) -> None:
    """What the mesh needs: ids of packets, time on air, what a radio says of itself."""
    _run(db, _MESH)
