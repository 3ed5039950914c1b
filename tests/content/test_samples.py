"""Real feeds and links, where the folder of samples stands beside the project."""

import json
import re
import time
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from content.feed import FeedError, parse
from content.proxylink import LinkError, parse_link

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
FEEDS = sorted((*SAMPLES.glob("rss/*"), *SAMPLES.glob("atom/*")))
LINKS = SAMPLES / "proxy" / "links.jsonl"
OURS = {"mtproto", "tg-socks5", "ss-sip002", "ss-sip022", "ss-legacy"}
MARKUP = re.compile(r"<[A-Za-z/!?]|&(?:#\w+|[A-Za-z]\w+);")

pytestmark = pytest.mark.skipif(not FEEDS, reason="no samples beside the project")


@pytest.mark.parametrize("file", FEEDS, ids=lambda file: file.name)
def test_a_real_feed_is_read_or_refused_with_one_reason(file):
    begun = time.monotonic()
    try:
        feed = parse(file.read_bytes(), now=datetime.now(UTC))
    except FeedError as error:
        assert "octets long" in error.reason  # noqa: PT017 - only size is a reason here
        return
    assert time.monotonic() - begun < 2
    assert feed.items
    for text in (text for item in feed.items for text in (item.title, item.body)):
        assert not MARKUP.search(text)
        assert not {unicodedata.category(one) for one in text} & {"Cc", "Cf", "Cs", "Co", "Cn"}


def links():
    lines = LINKS.read_text("utf-8").splitlines() if LINKS.exists() else []
    return [pytest.param(case, id=str(case["id"])) for case in map(json.loads, lines)]


@pytest.mark.parametrize("case", links())
def test_a_link_as_services_write_it_is_taken_if_it_is_of_our_kinds(case):
    if case["kind"] in OURS and case["expect"] == "ok":
        parsed = parse_link(case["link"])
        assert (parsed.server, parsed.port) == (case["fields"]["server"], case["fields"]["port"])
    else:
        with pytest.raises(LinkError):
            parse_link(case["link"])
