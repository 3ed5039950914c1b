"""Bulletins: their numbers, editions and lives."""

import pytest

from relay.desk import NUMBER_RESTS_MS, DeskError
from relay.store.bulletins import NumbersUsedUpError
from relay.values import BulletinState, Notice, Urgency
from tests.relay.world import DAY, HOUR, MINUTE, NOW, draft

NUMBERS = range(200, 1000)


def live(world, **facts):
    return world.desk.add(draft(**facts), world.clock.now_ms(), publish=True)


def revise(world, number, notice=Notice.UPDATE, words="Иначе."):
    return world.desk.revise(number, {"ru": words}, notice, world.clock.now_ms(), HOUR)


def used(world, numbers, expires_ms):
    """Bulletins of long ago under these numbers, ended."""
    bulletins = world.store.bulletins
    with world.store.transaction():
        for number in numbers:
            row = bulletins.add(draft(expires_ms=expires_ms), number, f"id{number}", 0)
            bulletins.publish(row, 0)
            bulletins.set_state(row, BulletinState.EXPIRED)


# Numbers.


def test_a_number_has_three_digits_from_200_on(world):
    numbers = {live(world, words=f"Дорога {n} закрыта.").number for n in range(40)}

    assert len(numbers) == 40
    assert numbers <= set(NUMBERS)


@pytest.mark.parametrize(
    ("start", "taken", "number"),
    [
        pytest.param(417, [], 417, id="free"),
        pytest.param(417, [417, 418], 419, id="the-next-free-one"),
        pytest.param(999, [999], 200, id="goes-round"),
        pytest.param(200, list(range(200, 999)), 999, id="the-last-one"),
    ],
)
def test_the_first_free_number_is_taken(world, start, taken, number):
    used(world, taken, expires_ms=NOW)

    assert world.store.bulletins.free_number(start, NOW - NUMBER_RESTS_MS) == number


@pytest.mark.parametrize(
    ("age_ms", "number"),
    [
        pytest.param(NUMBER_RESTS_MS - 1, 418, id="within-30-days"),
        pytest.param(NUMBER_RESTS_MS, 417, id="after-30-days"),
    ],
)
def test_a_number_rests_for_30_days_after_its_bulletin_ended(world, age_ms, number):
    used(world, [417], expires_ms=NOW - age_ms)

    assert world.store.bulletins.free_number(417, NOW - NUMBER_RESTS_MS) == number


@pytest.mark.parametrize("publish", [True, False], ids=["live", "pending"])
def test_a_number_in_use_is_not_given_again_however_old(world, publish):
    bulletin = world.desk.add(draft(expires_ms=NOW), NOW, publish=publish)

    assert world.store.bulletins.free_number(bulletin.number, NOW + 99 * DAY) != bulletin.number


def test_when_all_numbers_rest_nothing_is_kept_and_it_is_said(world):
    used(world, NUMBERS, expires_ms=NOW)

    with pytest.raises(NumbersUsedUpError, match="200 to 999"):
        live(world)

    assert world.store.bulletins.all(BulletinState.LIVE) == []


def test_when_all_numbers_are_taken_the_oldest_undecided_item_gives_way(world):
    oldest, newer = (world.desk.add(draft(words), NOW, publish=False) for words in ("А.", "Б."))
    used(world, set(NUMBERS) - {oldest.number, newer.number}, expires_ms=NOW)

    assert live(world).number == oldest.number
    assert world.store.bulletins.get(oldest.id).state is BulletinState.EXPIRED
    assert world.store.bulletins.get(newer.id).state is BulletinState.PENDING


def test_a_number_that_nobody_ever_saw_does_not_rest(world):
    pending = world.desk.add(draft(), NOW, publish=False)
    world.desk.withdraw(pending.number, NOW)

    assert world.store.bulletins.free_number(pending.number, NOW - NUMBER_RESTS_MS) == (
        pending.number
    )


def test_global_ids_differ_by_words_and_time(world):
    made = [live(world), live(world, words="Другое.")]
    world.clock.passes(1)
    made.append(live(world))

    assert len({bulletin.global_id for bulletin in made}) == 3


# A life.


def test_a_draft_is_kept_as_it_is(world):
    made = draft(urgency=Urgency.URGENT, exercise=True, texts={"ru": "а", "kk": "ә"})

    bulletin = world.desk.add(made, NOW, publish=False)

    assert bulletin.state is BulletinState.PENDING
    assert (bulletin.edition, bulletin.notice) == (1, Notice.NEWS)
    for name in ("topic", "urgency", "texts", "place", "origin", "level", "exercise"):
        assert getattr(bulletin, name) == getattr(made, name)
    assert (bulletin.valid_from_ms, bulletin.expires_ms) == (made.valid_from_ms, made.expires_ms)
    assert bulletin.sources == made.sources


def test_an_editor_who_approves_confirms_it_and_its_life_begins(world):
    pending = world.desk.add(draft(level="one_source"), NOW, publish=False)

    bulletin = world.desk.approve(pending.number, NOW + HOUR)

    assert bulletin.state is BulletinState.LIVE
    assert bulletin.level == "confirmed_by_editor"
    assert bulletin.expires_ms == NOW + 7 * HOUR


@pytest.mark.parametrize("notice", [Notice.UPDATE, Notice.CORRECTION])
def test_a_further_edition_takes_the_place_of_the_one_before(world, notice):
    first = live(world, urgency=Urgency.URGENT)

    second = revise(world, first.number, notice)

    assert (second.number, second.edition, second.notice) == (first.number, 2, notice)
    assert (second.topic, second.urgency, second.place) == ("danger", Urgency.URGENT, "Алматы")
    assert second.state is BulletinState.LIVE
    assert world.store.bulletins.get(first.id).state is BulletinState.SUPERSEDED
    assert world.store.bulletins.newest(first.number) == second
    assert second.global_id != first.global_id


def test_editions_are_counted(world):
    number = live(world).number

    assert [revise(world, number).edition for _ in range(3)] == [2, 3, 4]


def test_a_withdrawn_bulletin_lives_on_as_its_notice_only(world):
    first = live(world)

    notice = world.desk.withdraw(first.number, NOW + MINUTE)

    assert notice.state is BulletinState.WITHDRAWN
    assert (notice.notice, notice.level) == (Notice.WITHDRAWAL, "withdrawn")
    assert world.store.bulletins.live(["danger"], NOW + MINUTE, 9) == []
    assert notice.expires_ms >= first.expires_ms


def test_a_pending_bulletin_is_withdrawn_without_a_notice(world):
    pending = world.desk.add(draft(), NOW, publish=False)

    assert world.desk.withdraw(pending.number, NOW).state is BulletinState.WITHDRAWN
    assert world.store.bulletins.withdrawals_to_tell() == []


def ended(world, how):
    bulletin = live(world)
    if how == "withdrawn":
        world.desk.withdraw(bulletin.number, NOW)
    elif how == "expired":
        world.store.bulletins.expire(bulletin.expires_ms)
    return bulletin.number


@pytest.mark.parametrize(
    ("make", "do", "message"),
    [
        pytest.param(
            lambda w: live(w).number,
            lambda w, n: w.desk.approve(n, NOW),
            "is live, not pending",
            id="approve-what-is-live",
        ),
        pytest.param(
            lambda w: ended(w, "expired"),
            lambda w, n: w.desk.approve(n, NOW),
            "is expired, not pending",
            id="approve-what-has-expired",
        ),
        pytest.param(
            lambda w: w.desk.add(draft(), NOW, publish=False).number,
            revise,
            "is pending, not live",
            id="correct-what-is-pending",
        ),
        pytest.param(
            lambda w: ended(w, "withdrawn"),
            revise,
            "is withdrawn, not live",
            id="correct-what-is-withdrawn",
        ),
        pytest.param(
            lambda w: ended(w, "expired"), revise, "is expired, not live", id="correct-too-late"
        ),
        pytest.param(
            lambda w: ended(w, "withdrawn"),
            lambda w, n: w.desk.withdraw(n, NOW),
            "is withdrawn, not live",
            id="withdraw-twice",
        ),
        pytest.param(
            lambda w: ended(w, "expired"),
            lambda w, n: w.desk.withdraw(n, NOW),
            "is expired, not live",
            id="withdraw-too-late",
        ),
        *(
            pytest.param(
                lambda _: 417, do, "there is no bulletin #417; `bulletin list` shows all", id=name
            )
            for name, do in (
                ("approve-nothing", lambda w, n: w.desk.approve(n, NOW)),
                ("correct-nothing", revise),
                ("withdraw-nothing", lambda w, n: w.desk.withdraw(n, NOW)),
            )
        ),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(world, make, do, message):
    number = make(world)
    before = world.store.bulletins.all()

    with pytest.raises(DeskError, match=message):
        do(world, number)

    assert world.store.bulletins.all() == before


def test_live_and_pending_ones_end_when_their_time_has_come(world):
    bulletins = [live(world), world.desk.add(draft("Иначе."), NOW, publish=False)]

    assert world.store.bulletins.expire(bulletins[0].expires_ms - 1) == 0
    assert world.store.bulletins.expire(bulletins[0].expires_ms) == 2

    states = {world.store.bulletins.get(bulletin.id).state for bulletin in bulletins}
    assert states == {BulletinState.EXPIRED}


# Looking.


def test_what_may_be_read_is_live_and_true_now_the_most_urgent_first(world):
    live(world, words="Одно.")
    urgent = live(world, words="Срочно.", urgency=Urgency.URGENT)
    newest = live(world, words="Новее.")
    live(world, words="Было.", expires_ms=NOW)
    live(world, words="Учения.", exercise=True)
    live(world, words="Другое.", topic="news")
    world.desk.add(draft("Ждёт."), NOW, publish=False)

    found = world.store.bulletins.live(["danger", "medical"], NOW, 2)

    assert [bulletin.id for bulletin in found] == [urgent.id, newest.id]


def test_people_hear_of_the_newest_edition_that_was_ever_live(world):
    bulletin = live(world)
    second = revise(world, bulletin.number)

    assert world.store.bulletins.public(bulletin.number) == second
    pending = world.desk.add(draft("Ждёт."), NOW, publish=False)
    assert world.store.bulletins.public(pending.number) is None


def test_counts_name_what_is_live_and_what_waits(world):
    live(world)
    world.desk.add(draft("Ждёт."), NOW, publish=False)
    world.desk.add(draft("Ждёт и это."), NOW, publish=False)

    assert world.store.bulletins.counts() == {"live": 1, "pending": 2}
