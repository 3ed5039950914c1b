import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.clean import clean


@pytest.mark.parametrize(
    ("dirty", "shown"),
    [
        pytest.param("Вода <b>есть</b>", "Вода есть", id="tag"),
        pytest.param("<p>Раз</p><p>Два</p>", "Раз Два", id="blocks-stay-apart"),
        pytest.param("Раз<br/>Два<BR>Три", "Раз Два Три", id="line-breaks"),
        pytest.param("за<i>пад</i>", "запад", id="inline-tags-split-no-word"),
        pytest.param("Газ<script>alert(1)</script> есть", "Газ есть", id="script"),
        pytest.param("Газ<style>p{}</style> есть", "Газ есть", id="style"),
        pytest.param("Газ<iframe>x</iframe><svg><text>y</text></svg>", "Газ", id="embedded"),
        pytest.param("Газ <!-- скрыто --> есть", "Газ есть", id="comment"),
        pytest.param("Свет &amp; газ", "Свет & газ", id="entity"),
        pytest.param("Свет&nbsp;есть &#1042;&#x41F;", "Свет есть ВП", id="references"),
        pytest.param("A &amp;amp; B", "A &amp; B", id="unescaped-once"),
        pytest.param("&lt;b&gt;важно&lt;/b&gt;", "важно", id="escaped-markup"),
        pytest.param("&lt;script&gt;x()&lt;/script&gt;да", "да", id="escaped-script"),
        pytest.param("да <<b>script>x</script>", "да", id="tag-from-tags"),
        pytest.param("да <\u200bscript>x", "да", id="tag-with-zero-width"),
        pytest.param("5 < 6 и 7 > 3", "5 < 6 и 7 > 3", id="less-than"),
        pytest.param("AT&T, R&D", "AT&T, R&D", id="bare-ampersand"),
        pytest.param("а\u202eб\u2066в\u200eг\u061cд\u2069", "абвгд", id="bidi"),
        pytest.param("&#8238;аб", "аб", id="escaped-bidi"),
        pytest.param("ме\u00adдеу\u200b\ufeff", "медеу", id="soft-hyphen-and-zero-width"),
        pytest.param("а\x00б\x1b\x85в", "аб в", id="control"),
        pytest.param("а\ud800б", "аб", id="lone-surrogate"),
        pytest.param("\U000e0041а\ue000", "а", id="tags-and-private-use"),
        pytest.param("а\u3164б\u2800в\ufe0f", "абв", id="blank-letters"),
        pytest.param(" а\t\nб\u2003в\u2028г ", "а б в г", id="white-space"),
        pytest.param("и\u0306", "й", id="nfc"),
        pytest.param(
            "a\u0301\u0302\u0303\u0304\u0301\u0302\u0303\u0304", "á\u0302\u0303", id="stacked-marks"
        ),
        pytest.param("👍🏽 🇰🇿", "👍🏽 🇰🇿", id="emoji-stay"),
        pytest.param("", "", id="empty"),
    ],
)
def test_what_is_left_is_what_a_reader_sees(dirty, shown):
    assert clean(dirty) == shown


HOSTILE = st.lists(
    st.sampled_from(
        (
            *("<", ">", "&", ";", "/", "script", "b", "lt", "gt", "amp", "#60", "&lt", "<!--"),
            *("-->", " ", "\u200b", "\u202e", "\x00", "я", "<b>", "<![CDATA[", "]]>", "\u0338"),
        )
    )
).map("".join)


@given(st.one_of(HOSTILE, st.text()))
def test_no_text_leaves_markup_or_the_invisible_behind(text):
    shown = clean(text)
    assert not any(f"<{opening}" in shown for opening in ("s", "b", "/", "!", "?", "l"))
    assert not {unicodedata.category(one) for one in shown} & {"Cc", "Cf", "Cs", "Co", "Cn"}
    assert shown == unicodedata.normalize("NFC", " ".join(shown.split()))
