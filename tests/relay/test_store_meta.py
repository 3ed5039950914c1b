"""Small things that the node remembers: values, counters, devices, PINs, sources, proxies."""

from relay.store.meta import Device
from relay.store.sources import NewItem, SourceState
from tests.relay.world import NOW

ITEM = NewItem("key", "digest", "Title", "Body", "https://example.org/1", NOW)


def device(state="ready", since_ms=NOW, **facts):
    given = {"reason": "", "mend": "", "signal": 20} | facts
    return Device("beeline", state, since_ms=since_ms, **given)


def test_a_value_that_was_never_set_is_its_default(world):
    meta = world.store.meta

    assert (meta.get("mode"), meta.get("mode", "auto")) == ("", "auto")
    meta.put("mode", "drill")
    assert meta.get("mode", "auto") == "drill"


def test_counters_count(world):
    meta = world.store.meta
    assert meta.tally("received") == 0

    meta.count("received")
    meta.count("received")

    assert (meta.tally("received"), meta.tally("handled")) == (2, 0)


def test_a_device_is_since_when_its_state_is(world):
    devices = world.store.devices
    devices.note(device())
    devices.note(device(since_ms=NOW + 5, signal=7))
    assert devices.all() == {"beeline": device(signal=7)}

    devices.note(device("down", since_ms=NOW + 9, reason="gone", mend="plug it in"))

    assert devices.all()["beeline"].since_ms == NOW + 9


def test_a_pin_that_was_refused_is_remembered_until_it_was_right(world):
    devices = world.store.devices
    devices.refuse_pin(b"one")
    devices.refuse_pin(b"one")

    assert devices.is_pin_refused(b"one")
    assert not devices.is_pin_refused(b"another")
    devices.allow_pin(b"one")
    assert not devices.is_pin_refused(b"one")


def test_an_item_is_kept_once_for_each_source(world):
    sources = world.store.sources

    assert sources.keep("one", ITEM, NOW) is not None
    assert sources.keep("one", ITEM, NOW) is None
    assert sources.keep("another", ITEM, NOW) is not None
    assert sources.items("one") == 1


def test_how_a_source_did_last_is_remembered(world):
    sources = world.store.sources
    assert sources.state("one") == SourceState()
    assert sources.newest_ok_ms() is None

    sources.note("one", SourceState(NOW, None, "etag", "yesterday"))
    sources.note("another", SourceState(None, "no answer"))

    assert sources.state("one") == SourceState(NOW, None, "etag", "yesterday")
    assert sources.newest_ok_ms() == NOW


def test_a_proxy_is_kept_once_and_can_be_taken_out(world):
    proxies = world.store.proxies
    assert proxies.add("tg://proxy?a", "mtproto", NOW)
    assert not proxies.add("tg://proxy?a", "mtproto", NOW)

    (kept,) = proxies.all()

    assert proxies.remove(kept.id)
    assert not proxies.remove(kept.id)
    assert proxies.all() == []
