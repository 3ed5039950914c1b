from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.latin import latin

GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


@pytest.mark.parametrize(
    ("language", "text", "written"),
    [
        pytest.param("ru", "Щука, ёж и чай", "Schuka, ezh i chay", id="russian"),
        pytest.param("ru", "объявил в апреле", "obyavil v aprele", id="no-hard-or-soft-signs"),
        pytest.param("ru", "Новый синий поезд", "Novy siny poezd", id="adjectives"),
        pytest.param("ru", "май, майский, ыйы", "may, maysky, yyy", id="short-i-elsewhere"),
        pytest.param("ru", "хлеб, цена, шум, эхо", "hleb, cena, shum, eho", id="compact"),
        pytest.param("kk", "Жаңалық", "Jañalyq", id="kazakh"),
        pytest.param("kk", "шұғыл", "shugyl", id="kazakh-beyond-gsm"),
        pytest.param("kk", "үй, өз, әке, тіл", "üi, öz, äke, tyl", id="kazakh-vowels"),
        pytest.param("kk", "Jañalyq, tüngı, şūğyl", "Jañalyq, tüngy, shugyl", id="kazakh-in-latin"),
        pytest.param("ru", "ж. Қызылорда", "zh. Qyzylorda", id="kazakh-name-in-russian"),
        pytest.param("ru", "ШОС ШЫ Шу Я Яша ЯША", "SHOS SHY Shu Ya Yasha YASHA", id="case"),
        pytest.param("ru", "С Щ.", "S Sch.", id="lone-capital"),
        pytest.param("ru", "«а» “б” „в“ ’", '"a" "b" "v" \'', id="quotes"),
        pytest.param("ru", "23:00–07:00 — да…", "23:00-07:00 - da...", id="dashes"),
        pytest.param("ru", "№5, 500 ₸, −25 °C", "N5, 500 tg, -25 C", id="signs"),
        pytest.param("ru", "5 € [1] {2}", "5 € [1] {2}", id="extension-stays"),
        pytest.param("ru", "Кафе Café Łódź çok", "Kafe Café Lodz cok", id="accents"),
        pytest.param("ru", "да 👍🏽🔥 нет 🇰🇿", "da net ", id="emoji-go"),
        pytest.param("ru", "漢字", "??", id="foreign"),
        pytest.param("ru", "½ ² ﬁ １", "1/2 2 fi 1", id="compatibility"),
        pytest.param("ru", "а\u00a0б\tв\nг", "a b v\ng", id="spaces"),
        pytest.param("ru", "@ник a@b.kz +7 (701)", "@nik a@b.kz +7 (701)", id="ascii-stays"),
        pytest.param("kk", "https://a.kz/?q=1_2~x#y", "https://a.kz/?q=1_2~x#y", id="link"),
        pytest.param(
            "ru",
            "https://мир.рф/а?б=в",
            "https://xn--h1ahn.xn--p1ai/%D0%B0?%D0%B1=%D0%B2",
            id="iri",
        ),
        pytest.param("ru", "https://[мир", "https://[mir", id="broken-link"),
        pytest.param("en", "It’s “open”", 'It\'s "open"', id="english"),
        pytest.param("kk", "", "", id="empty"),
    ],
)
def test_it_reads_the_same_in_gsm_letters(language, text, written):
    assert latin(text, language) == written


def segments(text, alone, part):
    return 1 if len(text) <= alone else -(-len(text) // part)


@pytest.mark.parametrize(("language", "at_most"), [("ru", 0.54), ("kk", 0.53)])
def test_news_cost_half_as_much_in_latin(language, at_most):
    news = (Path(__file__).parent / f"news_{language}.txt").read_text("utf-8").splitlines()
    assert len(news) == 20
    wide = sum(segments(text, 70, 67) for text in news)
    narrow = sum(segments(latin(text, language), 160, 153) for text in news)
    assert narrow / wide <= at_most


@given(st.text(), st.sampled_from(["kk", "ru", "en"]))
def test_whatever_comes_in_the_gsm_alphabet_goes_out(text, language):
    written = latin(text, language)
    assert set(written) <= GSM
    assert latin(written, language) == written


@given(st.text(st.sampled_from(sorted(GSM - {" "}))))
def test_what_is_in_the_alphabet_stays(text):
    assert latin(text, "kk") == text
