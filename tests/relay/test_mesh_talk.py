"""Direct messages on the mesh: the same words as by SMS, and word of what became of the answers."""

from dataclasses import replace

import pytest

from gateways.mesh.packets import PAGE_OCTETS
from relay import airtime
from relay.delivery import taken, unknown
from relay.purse import AirPurse
from relay.store.ledger import Price
from relay.upkeep import Upkeep
from relay.values import Notice, PersonState, State, Urgency
from tests.relay.mesh import ASEL, BERIK, OWN, MeshPeople
from tests.relay.world import AIGUL, DAY, HOUR, MINUTE, NOW, RADIO, SECOND, draft

NO_ACK = 5  # Routing.Error.MAX_RETRANSMIT
NO_KEY = 39  # PKI_SEND_FAIL_PUBLIC_KEY
TOO_SOON = 38  # RATE_LIMIT_EXCEEDED


@pytest.fixture
def mesh(world):
    return MeshPeople(world)


def urgent(world, **changes):
    made = replace(draft(), urgency=Urgency.URGENT, **changes)
    bulletin = world.desk.add(made, world.clock.now_ms(), publish=True)
    world.route()
    return bulletin


def answered(mesh, world):
    """Somebody asks, and the radio takes the answer; returns its parcel and the packet's id."""
    mesh.says("меню")
    claim = mesh.sends(identity=500, outcome=taken(500), after_ms=0)
    return claim.parcel, claim.identity


@pytest.mark.parametrize(
    "words",
    [*"123467890", "61", "72", "HELP", "УДАЛИТЬ", "новости", "STATUS"],
)
def test_every_keyword_is_answered_in_few_short_packets(mesh, world, words):
    world.desk.add(draft(), NOW, publish=True)

    found = mesh.says(words)
    assert found
    for parcel in world.parcels(ASEL):
        parts = world.store.connection.query(
            "SELECT text_sealed FROM segment WHERE parcel = ?", [parcel]
        )
        assert 1 <= len(parts) <= 3
        assert all(len(world.open("text", part).encode()) <= PAGE_OCTETS for (part,) in parts)


def test_the_first_message_says_what_this_is_on_the_mesh(mesh):
    (first,) = mesh.says("подписка")

    assert "Jarshy" in first
    assert "SMS" not in first


def test_who_asks_by_two_media_is_two_people(mesh, world):
    world.hears("1")
    mesh.says("1")
    mesh.says("0")

    assert world.person(AIGUL).state is PersonState.ACTIVE
    assert world.person(ASEL).state is PersonState.STOPPED


def test_a_language_is_remembered(mesh):
    mesh.says("73")

    (answer,) = mesh.says("9")
    assert "join" in answer


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"reaction": True}, id="reaction"),
        pytest.param({"via_mqtt": True}, id="over-the-internet"),
        pytest.param({"bot": True}, id="another-bot"),
        pytest.param({"to": 0xFFFFFFFF}, id="channel-chatter"),
        pytest.param({"payload": b""}, id="empty"),
        pytest.param({"payload": b"\xff\xfe"}, id="no-text"),
    ],
)
def test_what_must_not_be_answered_is_not(mesh, world, facts):
    assert mesh.says("9", **facts) == []
    assert world.person(ASEL) is None


def test_answers_are_bounded_for_each_and_for_all(mesh, world):
    limits = world.settings.replies
    found = [mesh.says("9") for _ in range(limits.per_person_per_hour + 5)]

    assert sum(map(len, found)) == limits.per_person_per_hour


def test_no_word_and_no_node_is_left_in_clear(mesh, world):
    mesh.says("жаңалық")
    mesh.sends()

    kept = [value if isinstance(value, bytes) else str(value).encode() for value in world.dump()]
    for secret in (ASEL[1:].encode(), str(int(ASEL[1:], 16)).encode(), "жаңалық".encode()):
        assert not [value for value in kept if secret in value]


def test_who_joined_gets_what_is_urgent_directly_and_nothing_else(mesh, world):
    mesh.says("подписка")
    mesh.on_air()
    world.publish(draft())
    assert mesh.on_air() == []

    bulletin = urgent(world)
    ((to, words),) = mesh.on_air()
    assert to == ASEL
    assert f"#{bulletin.number}" in words

    texts = {"ru": "Дорога открыта."}
    world.desk.revise(bulletin.number, texts, Notice.CORRECTION, NOW, DAY)
    world.route()
    ((to, words),) = mesh.on_air()
    assert to == ASEL
    assert words.startswith("ПОПРАВКА")


def test_an_urgent_bulletin_reaches_both_media_each_in_its_form(mesh, world):
    world.enrol(AIGUL)
    mesh.says("подписка")
    mesh.on_air()
    urgent(world)

    (short,) = world.queued_for(AIGUL)
    (packet,) = [words for to, words in mesh.on_air() if to == ASEL]
    assert "Источник" in short
    assert "Источник" not in packet


def test_what_goes_to_each_waits_behind_everybodys_and_behind_the_answers(mesh, world):
    for sender in (ASEL, BERIK):
        mesh.says("подписка", sender)
    mesh.on_air()
    urgent(world)
    world.announce()
    mesh.says("2")

    kinds = [to for to, _ in mesh.on_air()]
    assert kinds[0].startswith("^")
    assert kinds[1:3] == [ASEL, ASEL]
    assert kinds[3:] == [BERIK]
    assert {world.of(parcel, "reserve") for parcel in world.parcels(BERIK)} == {0}


def test_after_stop_nothing_goes_but_the_confirmation(mesh, world):
    mesh.says("подписка")
    mesh.on_air()
    urgent(world)
    (confirmation,) = mesh.says("стоп")

    assert mesh.on_air() == [(ASEL, confirmation)]


class TestAcknowledgement:
    """Followed to the end."""

    def test_the_recipients_word_ends_it(self, mesh, world):
        parcel, identity = answered(mesh, world)
        mesh.answers_for(identity, OWN)
        assert world.state(parcel) is State.SENT

        mesh.answers_for(identity)
        assert world.state(parcel) is State.DELIVERED

    def test_nobody_elses_word_does(self, mesh, world):
        parcel, identity = answered(mesh, world)

        mesh.answers_for(identity, BERIK)
        mesh.answers_for(identity + 1)
        assert world.state(parcel) is State.SENT

    def test_without_one_it_has_failed(self, mesh, world):
        parcel, identity = answered(mesh, world)

        mesh.answers_for(identity, OWN, NO_ACK)
        assert world.state(parcel) is State.FAILED
        assert "acknowledged" in world.of(parcel, "error")

    def test_one_that_was_delivered_stays_so(self, mesh, world):
        parcel, identity = answered(mesh, world)
        mesh.answers_for(identity)

        mesh.answers_for(identity, OWN, NO_ACK)
        assert world.state(parcel) is State.DELIVERED

    @pytest.mark.parametrize("error", [NO_KEY, TOO_SOON])
    def test_what_our_radio_dropped_goes_again_later_under_another_name(self, mesh, world, error):
        parcel, identity = answered(mesh, world)
        mesh.answers_for(identity, OWN, error)
        assert world.state(parcel) is State.QUEUED
        assert mesh.sends(identity=501) is None

        world.clock.passes(10 * MINUTE)
        again = mesh.sends(identity=501)
        assert (again.parcel, again.identity, again.again) == (parcel, 501, False)

    def test_but_not_for_ever(self, mesh, world):
        mesh.says("меню")
        tries = 0
        while (claim := mesh.sends(identity=600 + tries, outcome=taken(1))) is not None:
            tries += 1
            mesh.answers_for(claim.identity, OWN, NO_KEY)
            world.clock.passes(10 * MINUTE)

        assert tries == 5
        assert world.state(claim.parcel if claim else 1) is State.FAILED

    @pytest.mark.parametrize("end", ["stopped", "withdrawn", "superseded"])
    def test_what_our_radio_says_late_revives_nothing_that_has_ended(self, mesh, world, end):
        mesh.says("подписка")
        mesh.on_air()
        bulletin = urgent(world)
        claim = mesh.sends(identity=500, outcome=taken(500))
        if end == "stopped":
            mesh.says("стоп")
        elif end == "withdrawn":
            world.desk.withdraw(bulletin.number, world.clock.now_ms())
        else:
            texts = {"ru": "Дорога открыта."}
            world.desk.revise(bulletin.number, texts, Notice.UPDATE, world.clock.now_ms(), DAY)
        mesh.answers_for(500, OWN, TOO_SOON)

        assert world.state(claim.parcel) is State.DROPPED

    def test_a_refusal_after_the_acknowledgement_changes_nothing(self, mesh, world):
        parcel, identity = answered(mesh, world)
        mesh.answers_for(identity)
        mesh.answers_for(identity, OWN, TOO_SOON)

        assert world.state(parcel) is State.DELIVERED

    def test_what_was_not_on_air_costs_nothing(self, mesh, world):
        parcel, identity = answered(mesh, world)
        world.store.ledger.set_price(parcel, 1, Price(1000, 6, 3))
        mesh.answers_for(identity, OWN, NO_KEY)

        assert world.store.ledger.air(RADIO, 0).all_ms == 0

    def test_a_retry_by_hand_goes_under_a_new_name_unless_it_may_be_out(self, mesh, world):
        parcel, identity = answered(mesh, world)
        mesh.answers_for(identity, OWN, NO_ACK)
        world.store.outbox.retry(parcel, world.clock.now_ms(), NOW + DAY)

        assert mesh.sends(identity=501).identity == 501

    def test_one_of_unknown_fate_is_settled_by_its_name(self, mesh, world):
        mesh.says("меню")
        claim = mesh.sends(outcome=unknown("killed before its status"))
        assert world.state(claim.parcel) is State.UNKNOWN

        mesh.answers_for(claim.identity)
        assert world.state(claim.parcel) is State.DELIVERED

    def test_after_a_restart_of_the_radio_it_goes_once_more_and_then_is_parked(self, mesh, world):
        parcel, identity = answered(mesh, world)
        self.opens_again(world)
        world.clock.passes(61 * SECOND)
        world.ticks()
        again = mesh.sends(outcome=taken(identity))
        assert (again.parcel, again.identity, again.again) == (parcel, identity, True)

        self.opens_again(world)
        world.clock.passes(61 * SECOND)
        world.ticks()
        assert world.state(parcel) is State.PARKED
        assert mesh.sends() is None

    @staticmethod
    def opens_again(world):
        """The radio forgets what was in its queue."""
        world.clock.passes(SECOND)
        opened_ms = world.clock.now_ms()
        world.upkeep = Upkeep(world.store, world.settings, lambda _: opened_ms)

    def test_while_the_connection_lasts_silence_is_no_reason_to_pay_twice(self, mesh, world):
        parcel, _ = answered(mesh, world)
        world.clock.passes(HOUR)
        world.ticks()

        assert world.state(parcel) is State.SENT
        assert mesh.sends() is None

    def test_one_that_comes_before_the_radio_is_done_waits(self, mesh, world):
        mesh.says("меню")
        claim = world.claim(world.mesh_lane(identity=500))
        mesh.answers_for(500)
        assert world.state(claim.parcel) is State.SENDING

        world.settle(claim, taken(500))
        world.reception.work()
        assert world.state(claim.parcel) is State.DELIVERED

    def test_a_clock_that_was_set_back_gives_no_air_back(self, mesh, world):
        parcel, identity = answered(mesh, world)
        world.store.ledger.set_price(parcel, 1, Price(1000, 6, 3))
        world.clock.wall -= HOUR
        mesh.answers_for(identity)

        assert world.store.ledger.price(parcel, 1) == Price(1000, 6, 3)

    @pytest.mark.parametrize(
        ("after_ms", "sender", "tries"),
        [
            pytest.param(4000, ASEL, 1, id="at-once"),
            pytest.param(4000, OWN, 1, id="a-relay-at-once"),
            pytest.param(20_000, ASEL, 3, id="after-the-firmware-may-have-tried-again"),
        ],
    )
    def test_what_was_set_aside_for_further_tries_is_given_back(
        self, mesh, world, after_ms, sender, tries
    ):
        parcel, identity = answered(mesh, world)
        world.store.ledger.set_price(parcel, 1, Price(1000, 6, 3))
        world.clock.passes(after_ms)
        mesh.answers_for(identity, sender)
        mesh.answers_for(identity, sender)

        assert world.store.ledger.price(parcel, 1) == Price(1000, 6, tries)


class TestPurse:
    """A radio's budget, asked before each claim."""

    LIMITS = airtime.Limits(0.10, 5)

    def permit(self, world, busy=None, limits=LIMITS):
        purse = AirPurse(RADIO, limits)
        return purse.permit(world.store.ledger, self.air_ms, world.clock.meter_ms(), busy)

    @staticmethod
    def air_ms(octets, *, direct):
        del direct
        return octets * 10

    def spends(self, world, mesh, octets, *, everybody=True):
        """One packet of so many octets, ten ms of air each, six copies."""
        world.announce() if everybody else mesh.says("меню")
        claim = mesh.sends()
        purse = AirPurse(RADIO, self.LIMITS)
        price = purse.price(self.air_ms, octets, direct=not everybody)
        world.store.ledger.set_price(claim.parcel, claim.part, price)
        return price

    def test_a_fresh_radio_may_send_all(self, world):
        permit = self.permit(world)

        assert permit.anything()
        assert permit.broadcasts
        assert not permit.why

    def test_direct_messages_are_priced_with_all_tries_of_the_firmware(self, world, mesh):
        assert self.spends(world, mesh, 100, everybody=False) == Price(1000, 6, 3)

    def test_a_busy_channel_is_left_to_what_is_urgent(self, world):
        permit = self.permit(world, busy=30)

        assert permit.urgent_broadcasts
        assert not permit.urgent
        assert (permit.broadcasts, permit.answers, permit.others) == (False, False, False)
        assert "busy" in permit.why

    def test_a_silent_radio_is_silent(self, world):
        assert not self.permit(world, limits=airtime.Limits(0, 5)).anything()

    def test_after_a_broadcast_the_channel_is_left_alone_for_a_while(self, world, mesh):
        world.publish(draft())
        price = self.spends(world, mesh, 200)
        cost_ms = price.air_ms * price.copies
        assert not self.permit(world).broadcasts
        assert self.permit(world).urgent_broadcasts

        world.clock.passes(4 * cost_ms)
        assert self.permit(world).broadcasts

    def test_an_hour_gives_it_back(self, world, mesh):
        world.publish(draft())
        self.spends(world, mesh, 20_000)
        assert not self.permit(world).anything()
        world.clock.wall += DAY
        assert not self.permit(world).anything()

        world.clock.passes(HOUR + MINUTE)
        assert self.permit(world).anything()


def test_the_price_is_in_the_ledger_when_the_packet_goes(world, mesh):
    """The worker's own order of operations is tested in test_worker; here: what a claim costs."""
    mesh.says("меню")
    claim = mesh.sends(after_ms=SECOND)

    assert world.store.ledger.air(RADIO, 0).last_meter_ms == world.clock.meter_ms() - SECOND
    assert claim.octets == len(world.open("text", claim.part_sealed).encode())
