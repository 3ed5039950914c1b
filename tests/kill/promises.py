"""The promises, held against two witnesses: the air's own log and the store.

Each check yields sentences that say what is broken; none means that it holds.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

from relay.keys import Keys, read_key_file
from tests.kill.site import MODEMS
from tests.kill.world import MACHINES


@dataclass(frozen=True)
class Row:
    """One segment of the store, opened with the key."""

    parcel: int
    part: int
    parts: int
    kind: str
    to: str
    text: str
    state: str
    attempts: int
    unknowns: int
    sending_ms: int | None
    expires_ms: int
    why: str

    @property
    def key(self):
        """What the air would show of it."""
        return self.to, self.text, self.part, self.parts


_ROWS = """
SELECT p.id, s.part, p.parts, p.kind, p.tag, s.text_sealed, r.text, s.state,
 s.attempts, s.unknowns, s.sending_ms, p.expires_ms, coalesce(p.cancel, p.error, '')
FROM parcel p JOIN segment s ON s.parcel = p.id
LEFT JOIN rendering_part r ON r.rendering = p.rendering AND r.part = s.part
WHERE p.medium = 'sms'
"""


class Evidence:
    """What is known after the last kill."""

    def __init__(self, site, world, kills):
        self.site, self.world, self.kills = site, world, kills
        secret = read_key_file(site.home / "key")
        public = bytes.fromhex(site.query("SELECT value FROM meta WHERE key = 'public_key'")[0][0])
        self.keys = Keys(public, secret)
        self.submits = site.air.messages()
        self.events = site.air.events()
        # Of whoever stopped the store keeps no number, so all are known by their tags.
        self._numbers = {self.keys.tag("person", number): number for number in world.numbers()}
        self.rows = [self._row(row) for row in site.query(_ROWS)]
        # Of whoever left, the store keeps no words either: they are only counted.
        self.gone = {phone.number for phone in (*world.leavers, *world.forgetters)}
        self.by_key = defaultdict(list)
        for row in self.rows:
            if row.to not in self.gone:
                self.by_key[row.key].append(row)
        stayed = (submit for submit in self.submits if submit["to"] not in self.gone)
        self.aired = Counter(map(key_of, stayed))

    def _row(self, row):
        parcel, part, parts, kind, tag, sealed, public, *rest = row
        text = public if sealed is None else self.keys.open("text", sealed).decode()
        return Row(parcel, part, parts, kind, self._numbers.get(tag, ""), text, *rest)

    def tag(self, phone):
        """How the store knows them."""
        return self.keys.tag("person", phone.number)

    def duplicates(self):
        """How often something went more often than it was queued."""
        return {
            key: times - len(self.by_key[key])
            for key, times in self.aired.items()
            if times > len(self.by_key[key])
        }


def key_of(submit):
    """Recipient, text, part and parts of a segment on the air."""
    concat = submit["concat"] or {"seq": 1, "total": 1}
    return submit["to"], submit["text"], concat["seq"], concat["total"]


def masked(key):
    """A segment for a report: no number in full."""
    return f"…{key[0][-4:]} part {key[2]}/{key[3]} {key[1][:30]!r}"


def nothing_is_lost_on_its_way_in(known):
    """1. Deleted from a modem means committed; committed means handled, once."""
    query = known.site.query
    arrived = sum(event["event"] in {"deliver", "report"} for event in known.events)
    kept = query("SELECT count(*) FROM inbound WHERE medium = 'sms'")[0][0]
    if kept != arrived:
        yield f"{arrived} messages and reports came to the modems, {kept} were kept"
    for state, count in query("SELECT state, count(*) FROM inbound GROUP BY state"):
        if state != "handled" and (state, count) != ("quarantined", len(known.world.stones)):
            yield f"{count} of what came in is {state}"
    world = known.world
    for phone in (*world.talkers, *world.newcomers, *world.joiners, *world.leavers):
        found = query(
            "SELECT count(*) FROM parcel WHERE tag = ? AND kind = 'reply'", known.tag(phone)
        )
        if found[0][0] != phone.due:
            yield f"…{phone.number[-4:]}: {found[0][0]} answers, due were {phone.due}"


def nothing_goes_out_by_itself_or_twice(known):
    """2. Each segment on the air has a row; it went once, or once more while it was unknown."""
    for key in known.aired:
        if not known.by_key[key]:
            yield f"on the air without a row: {masked(key)}"
    doubles = known.duplicates()
    for key, more in doubles.items():
        rows = known.by_key[key]
        if not rows:
            continue
        if known.site.reports:
            yield f"twice in spite of reports: {masked(key)}"
        elif more > sum(min(row.unknowns, 1) for row in rows):
            yield f"twice though its end was known: {masked(key)}"
    yield from _leavers_counted(known)
    at_most = known.kills * len(MODEMS)
    if sum(doubles.values()) > at_most:
        yield f"{sum(doubles.values())} duplicates by {known.kills} kills of {len(MODEMS)} modems"


def _leavers_counted(known):
    """Of whoever stopped the words are gone, the number of attempts is not."""
    for phone in known.world.leavers:
        mine = [row for row in known.rows if row.to == phone.number]
        allowed = sum(row.attempts > 0 for row in mine)
        if not known.site.reports:
            allowed += sum(row.unknowns for row in mine)
        aired = sum(submit["to"] == phone.number for submit in known.submits)
        if aired > allowed:
            yield f"…{phone.number[-4:]} left: {aired} segments on the air, {allowed} allowed"


def nothing_is_lost_on_its_way_out(known):
    """What was queued is on the phone, or parked and shown, or ended for a stated reason."""
    for key, rows in known.by_key.items():
        out = sum(row.state in {"sent", "delivered"} for row in rows)
        if known.aired[key] < out:
            yield f"{out} said to be out, {known.aired[key]} on the air: {masked(key)}"
    excuses = {"expired", "stopped", "superseded", "withdrawn"}
    for row in known.rows:
        if row.state in {"queued", "sending", "unknown", "failed"}:
            yield f"message {row.parcel} part {row.part} is {row.state}: {row.why}"
        if row.state == "dropped" and not any(word in row.why for word in excuses):
            yield f"message {row.parcel} part {row.part} was dropped: {row.why or 'no reason'}"
    ids = {row.parcel for row in known.rows}
    yield from (f"message {id_} is gone" for id_, _ in known.world.plain if id_ not in ids)
    for number in known.site.air.phones():
        yield from _broken_on_phone(known, number)


def _broken_on_phone(known, number):
    """A message that stays incomplete on a phone must be one that ended early."""
    whole = {
        row.parcel: all(
            other.state in {"sent", "delivered"}
            for other in known.rows
            if other.parcel == row.parcel
        )
        for row in known.rows
        if row.to == number and row.parts > 1
    }
    shown = [one for one in known.site.air.phone(number) if one["total"] > 1 and one["complete"]]
    if number not in known.gone and sum(whole.values()) > len(shown):
        yield f"…{number[-4:]}: {sum(whole.values())} long messages out, {len(shown)} are whole"


def nothing_false_goes_out(known):
    """3. No edition that had ended was taken from the queue; validity never outlives it."""
    query = known.site.query
    ended = {edition.row: edition.ended_at for edition in known.world.editions}
    for bulletin, expires_ms, parcel, sending_ms in query(
        "SELECT b.id, b.expires_ms, s.parcel, max(s.sending_ms) FROM bulletin b"
        " JOIN parcel_bulletin ON bulletin = b.id JOIN segment s USING (parcel)"
        " WHERE s.sending_ms IS NOT NULL GROUP BY b.id, s.parcel"
    ):
        if ended.get(bulletin) and sending_ms > ended[bulletin] * 1000:
            yield f"message {parcel} began after edition {bulletin} had ended"
        if sending_ms > expires_ms:
            yield f"message {parcel} began after edition {bulletin} had expired"
    for submit in known.submits:
        rows = known.by_key[key_of(submit)]
        until = max((row.expires_ms / 1000 for row in rows), default=None)
        claimed = max((row.sending_ms / 1000 for row in rows if row.sending_ms), default=None)
        if until and claimed and min(submit["at"], claimed) + submit["validity_s"] > until + 1:
            yield f"validity outlives it: {masked(key_of(submit))}"


def corrections_reach_whoever_was_told(known):
    """Who stays subscribed gets each edition once, and its end if they were told the error."""
    query = known.site.query
    for tag_count in query(
        "SELECT bulletin, count(*) FROM parcel_bulletin JOIN parcel ON id = parcel"
        " WHERE kind IN ('bulletin', 'correction') GROUP BY bulletin, tag HAVING count(*) > 1"
    ):
        yield f"edition {tag_count[0]} was queued {tag_count[1]} times for one person"
    pushed = query("SELECT id, chain, notice FROM bulletin WHERE pushed_ms IS NOT NULL")
    for phone in known.world.joiners:
        mine = {
            row: (kind, parcel)
            for row, kind, parcel in query(
                "SELECT bulletin, kind, parcel FROM parcel_bulletin JOIN parcel ON id = parcel"
                " WHERE tag = ? AND kind != 'reply'",
                known.tag(phone),
            )
        }
        aired = {
            row.parcel for row in known.rows if row.to == phone.number and known.aired[row.key]
        }
        for row, chain, notice in pushed:
            told = any(
                earlier in mine and mine[earlier][1] in aired
                for earlier, other, _ in pushed
                if other == chain and earlier < row
            )
            if row not in mine and (notice in {"news", "update"} or told):
                yield f"…{phone.number[-4:]} was not told edition {row} ({notice})"


def who_left_is_left_alone(known):
    """4. After the confirmation of a STOP nothing more; after FORGET nothing is left."""
    for phone in known.world.leavers:
        state = known.site.query("SELECT state FROM person WHERE tag = ?", known.tag(phone))
        if state != [("stopped",)]:
            yield f"…{phone.number[-4:]} sent STOP last and is {state}"
        mine = [submit for submit in known.submits if submit["to"] == phone.number]
        last = known.site.query(
            "SELECT max(id) FROM parcel WHERE tag = ? AND kind = 'reply'", known.tag(phone)
        )[0][0]
        words = {row.text for row in known.rows if row.parcel == last}
        said = [submit["text"] in words for submit in mine]
        if True in said and not all(said[said.index(True) :]):
            yield f"…{phone.number[-4:]} was written to after the confirmation of their STOP"
    for phone in known.world.forgetters:
        for table in ("person", "parcel"):
            left = known.site.query(
                f"SELECT count(*) FROM {table} WHERE tag = ?",  # noqa: S608  # our two tables
                known.tag(phone),
            )
            if left[0][0]:
                yield f"…{phone.number[-4:]} sent FORGET and is still in {table}"


def machines_get_no_answer(known):
    """5. Never-answer senders get nothing."""
    for submit in known.submits:
        if submit["to"] in MACHINES or not submit["to"].startswith("+77"):
            yield f"a machine was answered: {masked(key_of(submit))}"


PROMISES = (
    nothing_is_lost_on_its_way_in,
    nothing_goes_out_by_itself_or_twice,
    nothing_is_lost_on_its_way_out,
    nothing_false_goes_out,
    corrections_reach_whoever_was_told,
    who_left_is_left_alone,
    machines_get_no_answer,
)
