import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.proxylink import LinkError, parse_link

KEY = "00112233445566778899aabbccddeeff"
FAKE_TLS = f"ee{KEY}{b'example.org'.hex()}"
FAKE_TLS_64 = base64.urlsafe_b64encode(bytes.fromhex(FAKE_TLS)).decode().rstrip("=")
TELEGRAM = "https://t.me/proxy?server=a.example&port=443&secret="


def ss(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("link", "kind", "tapped"),
    [
        pytest.param(TELEGRAM + KEY, "mtproto", TELEGRAM + KEY, id="plain"),
        pytest.param(TELEGRAM + "DD" + KEY, "mtproto", TELEGRAM + "dd" + KEY, id="padded"),
        pytest.param(TELEGRAM + FAKE_TLS, "mtproto", TELEGRAM + FAKE_TLS, id="fake-tls"),
        pytest.param(TELEGRAM + FAKE_TLS_64, "mtproto", TELEGRAM + FAKE_TLS_64, id="base64"),
        pytest.param(
            f"tg://proxy?server=A.example&port=443&secret={KEY}", "mtproto", TELEGRAM + KEY, id="tg"
        ),
        pytest.param(
            f" http://telegram.me/proxy?secret={KEY}&port=443&server=a.example&x=1\n",
            "mtproto",
            TELEGRAM + KEY,
            id="other-host-and-order",
        ),
        pytest.param(
            "tg://socks?server=2001:db8::1&port=1080&user=a&pass=b%26",
            "socks5",
            "https://t.me/socks?server=2001:db8::1&port=1080&user=a&pass=b%26",
            id="socks-ipv6",
        ),
        pytest.param(
            "https://t.me/socks?server=a.example&port=1080",
            "socks5",
            "https://t.me/socks?server=a.example&port=1080",
            id="socks-open",
        ),
        pytest.param(
            f"ss://{ss('aes-256-gcm:pw')}@a.example:8388/?plugin=x%3By#Мой".replace("Мой", "tag"),
            "shadowsocks",
            f"ss://{ss('aes-256-gcm:pw')}@a.example:8388/?plugin=x%3By",
            id="ss",
        ),
        pytest.param(
            f"ss://{ss('aes-256-gcm:p@w:/@[2001:db8::1]:8388')}#tag",
            "shadowsocks",
            f"ss://{ss('aes-256-gcm:p@w:/')}@[2001:db8::1]:8388",
            id="ss-legacy",
        ),
        pytest.param(
            "ss://2022-blake3-aes-128-gcm:a%2Fb%3D@a.example:1",
            "shadowsocks",
            "ss://2022-blake3-aes-128-gcm:a%2Fb%3D@a.example:1",
            id="ss-2022",
        ),
    ],
)
def test_a_link_is_written_the_one_way_that_phones_tap(link, kind, tapped):
    parsed = parse_link(link)
    assert (parsed.kind, parsed.link) == (kind, tapped)
    assert parse_link(parsed.link) == parsed


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        pytest.param("", "none of", id="empty"),
        pytest.param("vless://uuid@a.example:1", "none of", id="vless"),
        pytest.param("https://t.me/durov", "none of", id="channel"),
        pytest.param("https://t.me.example/proxy?server=a", "none of", id="look-alike-host"),
        pytest.param("obfs4 192.0.2.1:1 cert=x", "spaces", id="bridge"),
        pytest.param(TELEGRAM + KEY + "\u200b", "characters", id="invisible"),
        pytest.param(TELEGRAM, "hex", id="no-secret"),
        pytest.param(TELEGRAM + KEY[:-1], "secret", id="short-secret"),
        pytest.param(TELEGRAM + "ee" + KEY, "secret", id="fake-tls-without-name"),
        pytest.param(TELEGRAM + "ff" + KEY, "secret", id="unknown-mode"),
        pytest.param(TELEGRAM + "ee" + KEY + b"a b".hex(), "secret", id="fake-tls-bad-name"),
        pytest.param(TELEGRAM + KEY + "&port=80", "twice", id="field-twice"),
        pytest.param(f"tg://proxy?server=a&port=0&secret={KEY}", "port", id="port-0"),
        pytest.param(f"tg://proxy?server=a&port=65536&secret={KEY}", "port", id="port-high"),
        pytest.param(f"tg://proxy?server=a&secret={KEY}", "port", id="no-port"),
        pytest.param(f"tg://proxy?port=1&secret={KEY}", "no server", id="no-server"),
        pytest.param(f"tg://proxy?server=a%20b&port=1&secret={KEY}", "cannot be", id="host"),
        pytest.param(f"tg://proxy?server=::g&port=1&secret={KEY}", "no address", id="ipv6"),
        pytest.param(f"ss://{ss('hunter2')}@a.example:1", "cipher", id="ss-no-cipher"),
        pytest.param(f"ss://{ss('hunter2')}", "no server", id="ss-no-server"),
        pytest.param("ss://@a.example:1", "base64", id="ss-no-user"),
        pytest.param("ss://[", "valid", id="ss-bracket"),
        pytest.param("ss://" + "a" * 1000, "characters long", id="long"),
    ],
)
def test_another_kind_or_a_damaged_link_is_refused_and_not_quoted(link, reason):
    with pytest.raises(LinkError, match=reason) as caught:
        parse_link(link)
    assert not any(secret in caught.value.reason for secret in (KEY[:8], "hunter2", "uuid"))


def test_credentials_stay_out_of_logs():
    assert KEY not in repr(parse_link(TELEGRAM + KEY))


@given(st.sampled_from(["ss://", TELEGRAM, "tg://socks?server=", "https://t.me/proxy?"]), st.text())
def test_any_text_gives_an_ascii_link_or_one_reason(opening, rest):
    with suppress(LinkError):
        link = parse_link(opening + rest).link
        assert link.isascii()
        assert link.isprintable()
        assert " " not in link
