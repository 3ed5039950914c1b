from content.plain import plain


def test_the_nine_letters_become_russian_ones_in_both_cases():
    assert plain("әғқңөұүһі ӘҒҚҢӨҰҮҺІ") == "агкноуухи АГКНОУУХИ"


def test_all_else_stays():
    assert plain("Щи, ёж і 23:00 - https://a.kz/ı ğ") == "Щи, ёж и 23:00 - https://a.kz/ı ğ"
