"""The node's key: what it seals, who can open it, how it knows people."""

import stat

import pytest

from relay.keys import (
    KeyProblemError,
    Keys,
    LockedError,
    SealError,
    make_key_file,
    parse_key,
    public_key,
    read_key_file,
    show_key,
)
from tests.relay.world import AIGUL, OTHER_SECRET, SECRET, make_keys


def test_what_was_sealed_opens_again():
    keys = make_keys()

    assert keys.open("number", keys.seal("number", AIGUL)) == AIGUL.encode()
    assert keys.open("inbound", keys.seal("inbound", b"\x00\xff")) == b"\x00\xff"


def test_another_process_of_the_node_opens_it_too():
    sealed = make_keys().seal("number", AIGUL)

    assert make_keys().open("number", sealed) == AIGUL.encode()


def test_it_opens_for_no_other_purpose():
    keys = make_keys()

    with pytest.raises(SealError):
        keys.open("text", keys.seal("number", AIGUL))


def test_the_key_of_another_node_opens_nothing():
    sealed = make_keys().seal("number", AIGUL)

    with pytest.raises(SealError):
        make_keys(OTHER_SECRET).open("number", sealed)


@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(lambda o: o[:-1] + bytes([o[-1] ^ 1]), id="last-bit"),
        pytest.param(lambda o: o[:40] + bytes([o[40] ^ 1]) + o[41:], id="nonce"),
        pytest.param(lambda o: o[:1] + bytes([o[1] ^ 1]) + o[2:], id="public-point"),
        pytest.param(lambda o: o[:1] + bytes(32) + o[33:], id="a-point-that-agrees-on-nothing"),
        pytest.param(lambda o: b"\x02" + o[1:], id="version"),
        pytest.param(lambda o: o[:-1], id="cut-short"),
        pytest.param(lambda o: o[:20], id="cut-in-the-point"),
        pytest.param(lambda o: o[:45], id="nothing-but-the-head"),
        pytest.param(lambda _: b"", id="empty"),
    ],
)
def test_altered_octets_do_not_open(alter):
    keys = make_keys()

    with pytest.raises(SealError):
        keys.open("number", alter(keys.seal("number", AIGUL)))


def test_a_locked_process_opens_its_own_and_nothing_else():
    locked = make_keys(locked=True)
    others = make_keys().seal("number", AIGUL)

    assert locked.open("number", locked.seal("number", AIGUL)) == AIGUL.encode()
    with pytest.raises(LockedError):
        locked.open("number", others)


def test_what_a_locked_process_sealed_opens_with_the_key():
    sealed = make_keys(locked=True).seal("number", AIGUL)

    assert make_keys().open("number", sealed) == AIGUL.encode()


def test_unlocking_opens_everything():
    keys = make_keys(locked=True)
    own, others = keys.seal("number", AIGUL), make_keys().seal("number", AIGUL)

    keys.unlock(SECRET)

    assert not keys.locked
    assert keys.open("number", own) == keys.open("number", others) == AIGUL.encode()
    assert keys.tag("person", AIGUL) == make_keys().tag("person", AIGUL)


def test_a_key_can_be_checked_without_being_used():
    keys = make_keys(locked=True)

    keys.check(SECRET)
    with pytest.raises(KeyProblemError):
        keys.check(OTHER_SECRET)

    assert keys.locked


def test_the_wrong_key_does_not_unlock():
    keys = make_keys(locked=True)

    with pytest.raises(KeyProblemError, match="not the one that the store was made with"):
        keys.unlock(OTHER_SECRET)

    assert keys.locked


def test_nothing_of_the_number_shows_in_what_is_sealed():
    keys = make_keys()

    for _ in range(20):
        sealed = keys.seal("number", AIGUL)
        assert AIGUL[3:].encode() not in sealed
        assert bytes.fromhex("0" + AIGUL[1:]) not in sealed
    assert keys.seal("number", AIGUL) != keys.seal("number", AIGUL)


def test_tags_are_the_same_for_the_same_person_and_purpose_only():
    keys = make_keys()

    assert keys.tag("person", AIGUL) == make_keys().tag("person", AIGUL)
    different = {
        keys.tag("person", AIGUL),
        keys.tag("answer", AIGUL),
        keys.tag("person", AIGUL[:-1] + "9"),
        make_keys(OTHER_SECRET).tag("person", AIGUL),
        make_keys(locked=True).tag("person", AIGUL),
    }
    assert len(different) == 5


def test_a_purpose_and_a_text_cannot_be_mixed_up():
    keys = make_keys()

    assert keys.tag("a", "bc") != keys.tag("ab", "c")


def test_a_key_file_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "key"
    make_key_file(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(read_key_file(path)) == 32
    with pytest.raises(FileExistsError):
        make_key_file(path)


def test_a_key_file_that_is_away_is_no_error(tmp_path):
    assert read_key_file(tmp_path / "key") is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("jarshy-key-1:", id="no-key"),
        pytest.param("jarshy-key-1:AAAA", id="too-short"),
        pytest.param(show_key(SECRET).removeprefix("jarshy-key-1:"), id="no-prefix"),
        pytest.param("jarshy-key-1:!!!!", id="not-base64"),
        pytest.param("ключ", id="not-ascii"),
    ],
)
def test_a_file_that_holds_no_key_says_what_should_stand_there(tmp_path, text):
    path = tmp_path / "key"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(KeyProblemError, match=str(path)):
        read_key_file(path)


def test_a_key_survives_the_way_through_its_file():
    assert parse_key(show_key(SECRET).strip(), "here") == SECRET


def test_what_stands_in_the_store_opens_nothing():
    assert public_key(SECRET) != SECRET
    assert Keys(public_key(SECRET)).locked
