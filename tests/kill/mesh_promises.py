"""The promises on the mesh, held against what `onair` knows.

Each check yields sentences that say what is broken; none means that it holds.
"""

from collections import defaultdict
from itertools import groupby, pairwise

from relay.values import Urgency
from tests.kill import ether
from tests.kill.onair import airtime_behind

# What the firmware lets a packet wait in the order of its own lots, and for others to end.
LOTS_S = 0.3
ON_ITS_WAY_S = 0.5  # between our last question whether it is wanted, and the air
LEAST_REPEAT_MS = 299_000  # of a bulletin on a channel; `relay.carousel`
KILLS_EACH_IN_VAIN = 25
HELD_S = 5.0  # at most, between a packet's arrival and its commit
EXCUSES = {"expired", "stopped", "superseded", "withdrawn", "by schedule"}
LOST_BY_US = {"rate_limit", "too_large", "no_channel", "no_key", "refused"}


def what_came_by_mesh_is_answered(known):
    """1. What the library delivered is committed at once; committed means answered, once."""
    for who in (*known.crowd.talkers, *known.crowd.newcomers, *known.crowd.joiners):
        yield from _answers(known, who)
    for who in known.crowd.leavers:
        yield from _answers(known, who)
    for who, held_s in known.lost():
        if held_s is None:
            yield f"…{who.node[-2:]}: a packet was lost though no kill came after it"
        elif held_s > HELD_S:
            yield f"…{who.node[-2:]}: a packet was not committed within {held_s:.1f} s, and lost"


def _answers(known, who):
    due = who.due(known.kept[who.name])
    found = known.site.query(
        "SELECT count(*) FROM parcel WHERE tag = ? AND kind = 'reply'", known.tag(who)
    )[0][0]
    if found != due:
        yield f"…{who.node[-2:]}: {found} answers by mesh, due were {due}"


def each_packet_has_a_row_and_one_id(known):
    """2. On air is what a committed row names, once, or once more under that id while unknown."""
    erased = {who.node for who in known.crowd.forgetters}
    for identity, packets in groupby(
        sorted(known.packets, key=lambda each: each.identity), key=lambda each: each.identity
    ):
        row, aired = known.by_identity.get(identity), list(packets)
        if row is None:
            if {each.to for each in aired} - erased:
                yield f"packet {identity:08x} was on air without a row"
            continue
        if len(aired) > 1 + min(row.unknowns, 1):
            yield f"message {row.parcel} was on air {len(aired)} times"
        for each in aired:
            if not _is_of(known, each, row):
                yield f"packet {identity:08x} is not what message {row.parcel} says"
    for phone, identity in known.shown_twice():
        yield f"{phone} shows packet {identity:08x} more than once"
    yield from _too_often(known)


def _is_of(known, packet, row):
    """Whether recipient and words are the row's; whoever stopped has no words any more."""
    if row.kind == "broadcast":
        channel = ether.CHANNEL.name if row.channel == "^channel" else ether.PRIMARY.name
        right = (packet.to, packet.channel) == ("^all", channel)
    else:
        right = known.keys.tag("person", packet.to) == row.tag
    return right and row.text in {None, "", packet.text}


def _too_often(known):
    """A bulletin is due again after five minutes at the soonest, the pointer after hours."""
    rows = known.site.query(
        "SELECT coalesce(bulletin, 0), mask, created_ms FROM parcel"
        " LEFT JOIN parcel_bulletin ON parcel = id WHERE kind = 'broadcast'"
        " AND state != 'dropped' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    for (bulletin, channel), times in groupby(rows, key=lambda row: row[:2]):
        for (*_, before), (*_, after) in pairwise(times):
            if after - before < LEAST_REPEAT_MS:
                yield f"edition {bulletin} was queued for {channel} again {after - before} ms later"


def nothing_by_mesh_waits_for_ever(known):
    """3. What was queued is out, or parked and shown, or ended for a stated reason."""
    for row in known.rows:
        said = f"message {row.parcel} by mesh is {row.state}: {row.why or 'no reason'}"
        ended = row.state == "dropped" and any(word in row.why for word in EXCUSES)
        tried = row.state == "parked" and row.unknowns > 1
        if not (ended or tried or row.state in {"sent", "delivered"}):
            yield said
        if row.state in {"sent", "delivered"} and not known.times[row.identity]:
            yield f"{said}, and was never on air"
    # It takes two kills within milliseconds of a hand-over, of the same message.
    in_vain, at_most = len(known.given_up_in_vain()), max(1, known.kills // KILLS_EACH_IN_VAIN)
    if in_vain > at_most:
        yield f"{in_vain} messages by mesh were given up that were never on air"


def what_is_live_was_on_air(known):
    """3. Every bulletin that lives, and every end of one that was heard, went to everybody.

    What two kills seem to have sent waits for its next time, or for the operator.
    """
    query = known.site.query
    aired = known.aired()
    given_up = {row.parcel for row in known.given_up()}
    heard = defaultdict(set)
    for bulletin, chain, parcel in query(
        "SELECT bulletin.id, chain, parcel FROM bulletin JOIN parcel_bulletin ON"
        " bulletin = bulletin.id JOIN parcel ON parcel.id = parcel"
        " WHERE kind = 'broadcast' AND mask = '^channel'"
    ):
        if parcel in aired | given_up:
            heard[chain].add(bulletin)
    for bulletin, number, chain, notice in query(
        "SELECT id, number, chain, notice FROM bulletin"
        " WHERE (state = 'live' OR notice = 'withdrawal') AND expires_ms > unixepoch() * 1000"
    ):
        concerned = notice != "withdrawal" or heard[chain]
        if concerned and bulletin not in heard[chain]:
            yield f"#{number} ({notice}, edition {bulletin}) was never on air"


def nothing_that_ended_is_on_air(known):
    """3. Nothing of an edition is on air once it has ended, but what the radio had by then."""
    ended = {row: ms / 1000 for row, ms in known.site.query("SELECT id, expires_ms FROM bulletin")}
    for edition in known.editions:
        ended[edition.row] = min(ended[edition.row], edition.ended_at or ended[edition.row])
    carried = defaultdict(set)
    for bulletin, parcel in known.site.query("SELECT bulletin, parcel FROM parcel_bulletin"):
        carried[parcel].add(bulletin)
    held = sorted(e["at"] for e in known.events if e["event"] == "held")
    begun = [0.0, *(packet.at for packet in known.packets)]
    for before, packet in zip(begun, known.packets, strict=False):
        row = known.by_identity.get(packet.identity)
        for bulletin in carried[row.parcel] & ended.keys() if row else ():
            # The simulated radio may have been stopped with it in its hands.
            had = [at for at in held if before < at <= ended[bulletin]]
            if packet.at > ended[bulletin] + ON_ITS_WAY_S and not had:
                late_s = packet.at - ended[bulletin]
                yield f"edition {bulletin} was on air {late_s:.1f} s after its end"


def texts_are_far_enough_apart(known):
    """The radio drops what comes within 2 s; it says so in its log, and nowhere else."""
    for event in known.events:
        ours = event["event"] == "dropped" and event.get("radio") == ether.RADIO
        if ours and event["reason"] in LOST_BY_US:
            yield f"the radio dropped packet {event['id']:08x}: {event['reason']}"
    for one, other in pairwise(sorted(packet.at for packet in known.packets)):
        if other - one < known.site.apart_s - LOTS_S:
            yield f"two texts were {other - one:.2f} s apart"


def the_air_is_paid_for(known):
    """6. The ledger has all that was on air."""
    behind = airtime_behind(known.site)
    if behind:
        yield behind


def who_left_the_mesh_is_left_alone(known):
    """4. After the confirmation of a STOP nothing more; after FORGET nothing is left."""
    query = known.site.query
    for who in known.crowd.leavers:
        if who.said[-1].identity not in known.kept[who.name]:
            continue  # nobody heard their STOP
        state = query("SELECT state FROM person WHERE tag = ?", known.tag(who))
        if state != [("stopped",)]:
            yield f"…{who.node[-2:]} sent STOP last by mesh and is {state}"
        mine = [row for row in known.rows if row.tag == known.tag(who) and row.kind == "reply"]
        last = max((row.parcel for row in mine), default=0)
        said = [
            known.by_identity[packet.identity].parcel == last
            for packet in known.packets
            if packet.to == who.node and packet.identity in known.by_identity
        ]
        if True in said and not all(said[said.index(True) :]):
            yield f"…{who.node[-2:]} was written to after the confirmation of their STOP"
    for who in known.crowd.forgetters:
        if who.said[-1].identity not in known.kept[who.name]:
            continue
        for table in ("person", "parcel"):
            left = query(
                f"SELECT count(*) FROM {table} WHERE tag = ?",  # noqa: S608  # our two tables
                known.tag(who),
            )
            if left[0][0]:
                yield f"…{who.node[-2:]} sent FORGET by mesh and is still in {table}"


def what_is_urgent_goes_to_each(known):
    """Who joined by mesh is sent what is urgent, each edition once, and its end."""
    query = known.site.query
    pushed = query("SELECT id, chain, notice, urgency FROM bulletin WHERE pushed_ms IS NOT NULL")
    aired = known.aired()
    for who in known.crowd.joiners:
        mine = dict(
            query(
                "SELECT bulletin, parcel FROM parcel_bulletin JOIN parcel ON id = parcel"
                " WHERE tag = ? AND kind IN ('bulletin', 'correction')",
                known.tag(who),
            )
        )
        for row, chain, notice, urgency in pushed:
            told = any(
                mine.get(earlier) in aired
                for earlier, other, *_ in pushed
                if other == chain and earlier < row
            )
            due = told or (notice in {"news", "update"} and urgency == Urgency.URGENT)
            if due and row not in mine:
                yield f"…{who.node[-2:]} was not told edition {row} ({notice}) by mesh"
            if (
                row in mine
                and urgency != Urgency.URGENT
                and not told
                and notice in {"news", "update"}
            ):
                yield f"…{who.node[-2:]} was told edition {row}, which is not urgent, by mesh"


MESH_PROMISES = (
    what_came_by_mesh_is_answered,
    each_packet_has_a_row_and_one_id,
    nothing_by_mesh_waits_for_ever,
    what_is_live_was_on_air,
    nothing_that_ended_is_on_air,
    texts_are_far_enough_apart,
    the_air_is_paid_for,
    who_left_the_mesh_is_left_alone,
    what_is_urgent_goes_to_each,
)
