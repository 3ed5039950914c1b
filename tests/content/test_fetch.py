import gzip
import socket
import threading
import time
import zlib

import pytest

from content.fetch import MOST_REDIRECTS, Fetched, FetchError, NotModified, fetch, without_secrets
from tests.content.web import Server, answer, certificate

DEADLINE_S = 0.4
FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>"


def drip(peer, closing):
    peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not closing.wait(0.02):
        peer.sendall(b".")


def drip_headers(peer, closing):
    peer.sendall(b"HTTP/1.1 200 OK\r\n")
    while not closing.wait(0.02):
        peer.sendall(b"X: y\r\n")


def fall_silent(peer, closing):
    closing.wait()


def hang_up(peer, closing):
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")


def no_http(peer, closing):
    peer.sendall(b"220 mail.example ESMTP\r\n")


def flood(peer, closing):
    peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not closing.is_set():
        peer.sendall(b"x" * 65536)


BOMB = gzip.compress(b"\0" * (64 << 20))

PAGES = {
    "/feed": answer(
        FEED, content_type="application/rss+xml", etag='"v1"', last_modified="yesterday"
    ),
    "/cookie": answer(status="302 Found", location="/feed", set_cookie="id=1"),
    "/gzip": answer(gzip.compress(FEED), content_encoding="gzip"),
    "/deflate": answer(zlib.compress(FEED), content_encoding="deflate"),
    "/bomb": answer(BOMB, content_encoding="gzip"),
    "/half-gzip": answer(gzip.compress(FEED)[:-12], content_encoding="gzip"),
    "/no-gzip": answer(FEED, content_encoding="gzip"),
    "/brotli": answer(FEED, content_encoding="br"),
    "/same": answer(status="304 Not Modified"),
    "/gone": answer(status="410 Gone"),
    "/loop": answer(status="302 Found", location="/loop"),
    "/to-http": answer(status="301 Moved", location="http://example.org/feed"),
    "/to-file": answer(status="301 Moved", location="file:///etc/passwd"),
    "/to-user": answer(status="301 Moved", location="https://me:secret@example.org/"),
    "/to-nowhere": answer(status="301 Moved", location="https://a:b/"),
    "/to-name": answer(status="301 Moved", location="https://inside.example/feed"),
    "/drip": drip,
    "/drip-headers": drip_headers,
    "/silent": fall_silent,
    "/hang-up": hang_up,
    "/no-http": no_http,
    "/flood": flood,
}


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def server(tls):
    with Server(PAGES, tls[0]).running() as running:
        yield running


@pytest.fixture
def get(server, tls):
    def get(path, **options):
        options = {"allow_private": True, "ca_file": tls[1], "deadline_s": 5} | options
        return fetch(server.url + path, **options)

    return get


def test_a_feed_comes_with_all_that_the_next_fetch_needs(get, server):
    assert get("/feed") == (
        Fetched(FEED, '"v1"', "yesterday", "application/rss+xml", server.url + "/feed"),
    )


def test_what_was_seen_is_asked_for_conditionally_and_304_says_it_stands(get, server):
    assert get("/same", etag='"v1"', last_modified="yesterday") == NotModified()
    assert 'If-None-Match: "v1"' in server.requests[0]
    assert "If-Modified-Since: yesterday" in server.requests[0]


def test_redirects_are_followed_and_cookies_are_not_kept(get, server):
    (fetched,) = get("/cookie")
    assert fetched.final_url == server.url + "/feed"
    assert "cookie" not in server.requests[1].lower()


def test_nothing_of_ours_is_told(get, server, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    get("/feed")
    told = server.requests[0].lower()
    assert not any(word in told for word in ("python", "httpx", "httpcore", "jarshy"))


@pytest.mark.parametrize("path", ["/gzip", "/deflate"])
def test_compressed_answers_are_decompressed(get, path):
    assert get(path)[0].data == FEED


@pytest.mark.parametrize("path", ["/drip", "/drip-headers", "/silent"])
def test_one_deadline_ends_what_would_never_end(get, path):
    begun = time.monotonic()
    with pytest.raises(FetchError, match=r"no whole answer in 0\.4 s"):
        get(path, deadline_s=DEADLINE_S)
    assert time.monotonic() - begun < DEADLINE_S + 1


def test_a_server_that_never_finishes_tls_is_left_in_time():
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"https://127.0.0.1:{deaf.getsockname()[1]}/"
        with pytest.raises(FetchError, match="no whole"):
            fetch(url, allow_private=True, deadline_s=DEADLINE_S)


def test_a_resolver_that_hangs_is_left_in_time():
    release = threading.Event()
    with pytest.raises(FetchError, match="no whole answer"):
        fetch(
            "https://a.example/", deadline_s=DEADLINE_S, resolve=lambda *_: release.wait(9) and []
        )
    release.set()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        pytest.param("/bomb", "longer than 1048576 octets", id="bomb"),
        pytest.param("/flood", "longer than 1048576 octets", id="flood"),
        pytest.param("/half-gzip", "cut short", id="half-of-gzip"),
        pytest.param("/no-gzip", "damaged", id="not-gzip"),
        pytest.param("/brotli", "not asked for", id="brotli"),
        pytest.param("/gone", "the server answers 410", id="status"),
        pytest.param("/loop", f"more than {MOST_REDIRECTS} redirects", id="redirect-loop"),
        pytest.param("/to-http", "without encryption", id="redirect-to-http"),
        pytest.param("/to-file", "https://", id="redirect-to-file"),
        pytest.param("/to-user", "names a user", id="redirect-with-password"),
        pytest.param("/to-nowhere", "no valid address", id="redirect-to-nothing"),
        pytest.param("/hang-up", "hangs up", id="hangs-up-early"),
        pytest.param("/no-http", "against HTTP", id="speaks-something-else"),
    ],
)
def test_a_bad_answer_is_refused_with_its_reason(get, path, reason):
    with pytest.raises(FetchError, match=reason) as caught:
        get(path)
    assert not any(word in str(caught.value) for word in ("secret", "ESMTP"))


def test_the_cap_counts_each_octet(get):
    assert get("/gzip", max_octets=len(FEED))[0].data == FEED
    with pytest.raises(FetchError, match="longer"):
        get("/gzip", max_octets=len(FEED) - 1)


def test_a_redirect_to_a_private_address_is_refused(server, tls, monkeypatch):
    # Our server passes for a public one: a test has none out there.
    monkeypatch.setattr("content.wire.is_public", lambda address: address == "127.0.0.1")
    addresses = {"127.0.0.1": ["127.0.0.1"], "inside.example": ["10.0.0.1"]}
    with pytest.raises(FetchError, match="private") as caught:
        fetch(server.url + "/to-name", ca_file=tls[1], resolve=lambda host, _: addresses[host])
    assert len(server.requests) == 1
    assert "10.0.0.1" not in str(caught.value)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0.0.0.0",  # noqa: S104 - it is asked for, not bound to
        "[::ffff:10.0.0.1]",
    ],
)
def test_the_own_machine_is_not_fetched_from_however_it_is_written(host):
    # A bare system may not even know the name `localhost`.
    with pytest.raises(FetchError, match=r"private|no address"):
        fetch(f"https://{host}:1/", deadline_s=5)


def test_a_name_is_looked_up_once_and_the_checked_address_is_connected_to(tmp_path):
    context, ca_file = certificate(tmp_path, "feeds.example")
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    with Server(PAGES, context).running() as server:
        url = f"https://feeds.example:{server.port}/feed"
        (fetched,) = fetch(
            url, allow_private=True, ca_file=ca_file, resolve=lambda *_: next(answers)
        )
        assert f"Host: feeds.example:{server.port}" in server.requests[0]
    assert fetched.data == FEED
    assert next(answers) == ["10.0.0.1"]


def test_a_name_that_turns_private_after_the_check_gains_nothing():
    with pytest.raises(FetchError, match="private"):
        fetch("https://rebind.example/", resolve=lambda *_: ["169.254.169.254"])


def test_a_dead_address_does_not_hide_the_living_one(server, tls):
    answers = ["127.0.0.2", "127.0.0.1"]
    url = server.url.replace("127.0.0.1", "two.example")
    with pytest.raises(FetchError, match="certificate is not trusted"):
        fetch(url + "/feed", allow_private=True, ca_file=tls[1], resolve=lambda *_: answers)


def test_a_certificate_for_another_name_is_refused(tmp_path):
    context, ca_file = certificate(tmp_path, "other.example")
    with (
        Server(PAGES, context).running() as server,
        pytest.raises(FetchError, match="certificate is not trusted"),
    ):
        fetch(server.url + "/feed", allow_private=True, ca_file=ca_file)


def test_a_root_that_only_the_operator_knows_is_trusted_only_if_told(server):
    with pytest.raises(FetchError, match="certificate is not trusted"):
        fetch(server.url + "/feed", allow_private=True)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_cannot_be_read_is_named(tmp_path, content):
    file = tmp_path / "roots.pem"
    if content:
        file.write_text(content)
    with pytest.raises(FetchError, match=r"roots\.pem"):
        fetch("https://example.org/", ca_file=str(file))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        pytest.param("http://example.org/", "without encryption", id="http"),
        pytest.param("ftp://example.org/", "https://", id="ftp"),
        pytest.param("example.org/rss", "https://", id="no-scheme"),
        pytest.param("https:///rss", "https://", id="no-host"),
        pytest.param("https://example.org:99999/", "port", id="port"),
        pytest.param("https://a:b/", "no valid address", id="port-no-number"),
        pytest.param("https://a\0b/", "no valid address", id="nul"),
        pytest.param("https://me:secret@example.org/", "names a user", id="password"),
        pytest.param(f"https://{'a' * 64}.example/", "no address", id="label-too-long"),
        pytest.param("", "https://", id="empty"),
    ],
)
def test_an_address_that_cannot_be_asked_is_refused(url, reason):
    with pytest.raises(FetchError, match=reason) as caught:
        fetch(url, deadline_s=2, resolve=lambda *_: [])
    assert "secret" not in str(caught.value)


def test_http_is_fetched_where_the_source_allows_it():
    with Server(PAGES).running() as server:
        fetched = fetch(server.url + "/feed", allow_private=True, allow_http=True)
    assert fetched[0].data == FEED


def test_no_secret_of_an_address_is_shown():
    shown = without_secrets("https://me:pw@example.org/rss?token=abc#key")
    assert shown == "https://example.org/rss"


def test_a_file_is_a_source(tmp_path):
    file = tmp_path / "a feed.xml"
    file.write_bytes(FEED)
    (fetched,) = fetch(file.as_uri())
    assert (fetched.data, fetched.final_url) == (FEED, file.as_uri())
    assert fetch(file.as_uri(), etag=fetched.etag) == NotModified()


def test_a_folder_gives_its_files_by_name_and_nothing_hidden_or_linked(tmp_path):
    for name in ("b.xml", "a.xml", ".hidden"):
        (tmp_path / name).write_text(name)
    (tmp_path / "c").mkdir()
    (tmp_path / "d.xml").symlink_to("/etc/passwd")
    first = fetch(tmp_path.as_uri())
    assert [one.data for one in first] == [b"a.xml", b"b.xml"]
    (tmp_path / "e.xml").write_text("e")
    assert len(fetch(tmp_path.as_uri(), etag=first[0].etag)) == 3


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        pytest.param("file:///no/such/file", "no such file", id="missing"),
        pytest.param("file://host/share", "file:///", id="host"),
        pytest.param("file:relative", "file:///", id="relative"),
        pytest.param("file:///a%00b", "no such file", id="nul"),
        pytest.param("file://[", "no valid address", id="bracket"),
        pytest.param("file:///dev/zero", "no such file", id="device"),
    ],
)
def test_what_is_no_file_is_refused(url, reason):
    with pytest.raises(FetchError, match=reason):
        fetch(url)


def test_a_file_over_the_cap_is_named(tmp_path):
    (tmp_path / "long.xml").write_bytes(b"x" * 11)
    with pytest.raises(FetchError, match=r"long\.xml is longer than 10"):
        fetch(tmp_path.as_uri(), max_octets=10)
