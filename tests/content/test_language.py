import pytest

from content.language import nearest


@pytest.mark.parametrize(
    ("wanted", "available", "served"),
    [
        pytest.param("kk", {"kk", "ru"}, "kk", id="wanted-one"),
        pytest.param("kk", {"en", "ru"}, "ru", id="next-in-the-operators-order"),
        pytest.param("en", {"kk", "ru"}, "kk", id="first-in-the-order"),
        pytest.param("kk", {"uz", "tr"}, "tr", id="outside-of-the-order-by-name"),
    ],
)
def test_the_nearest_language_is_served(wanted, available, served):
    assert nearest(wanted, available, ["kk", "ru", "en"]) == served


def test_no_text_at_all_is_an_error():
    with pytest.raises(ValueError, match="'kk'"):
        nearest("kk", [], ["kk"])
