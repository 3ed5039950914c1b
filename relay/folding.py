"""Fold what people type, so that spellings of one word meet.

People mix alphabets (a Latin c inside a Russian word looks the same), type
Kazakh without its own letters, transliterate by ear and decorate with
emoji.  Unicode's NFKC (UAX 15) undoes the decorations; the rest is tables:

- `readings`: a word of two alphabets as it reads in either;
- `plain`: small letters, Kazakh ones as the Russian ones beside them;
- `sounds`: one Latin spelling for all ways to write a word by ear;
- `skeleton`: the same, and doubled letters as one.

The last two bring some ordinary words together too; how far each may be
trusted is decided in `relay.keywords`.
"""

import re
import unicodedata

# By eye, capital and small alike.
_TO_CYRILLIC = str.maketrans("ABCEHKMOPTXYIaceopxyihk", "АВСЕНКМОРТХУІасеорхуіһк")
_TO_LATIN = str.maketrans("АВСЕНКМОРТХУҮІЅЈаһсеорхуіѕјк", "ABCEHKMOPTXYYISJahceopxyisjk")
_PLAIN = str.maketrans("әғқңөұүһіёўї", "агкноуухиеуи")

# By ear: Cyrillic first, and letters of the Latin alphabets in use around.
_SOUNDS = str.maketrans(
    dict(zip("абвгдежзийклмнопрстуфхыэ", "abvgdejziiklmnoprstufhie", strict=True))
    | dict(zip("әғқңөұүһіёў", "agknouuhieu", strict=True))
    | {"ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ю": "iu", "я": "ia", "ь": "", "ъ": ""}
    | {"ş": "sh", "š": "sh", "ž": "j", "č": "ch", "ı": "i", "ý": "u", "ŋ": "n", "ə": "a", "ø": "o"}
)
# Then Latin by ear, in this order.
_SPELLINGS = (
    *(("shch", "sh"), ("sch", "sh"), ("dzh", "j"), ("zh", "j"), ("kh", "h"), ("gh", "g")),
    *(("ph", "f"), ("ng", "n"), ("ae", "a"), ("ue", "u")),
)
_LETTERS = str.maketrans({"q": "k", "w": "u", "x": "ks", "y": "i"})
_LONE_C = re.compile("c(?!h)")

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z]")
_KAZAKH = frozenset("әғқңөұүһі")
_NUMERO = str.maketrans({"№": "#", "’": "'", "ʼ": "'", "`": "'", "´": "'", "ʹ": "'"})
# Eyes that are digits have no mouth of digits: 850 is the number of a bulletin.
_SMILEY = re.compile(r"(?<!\w)(?:[:;=]['-]?[0-9()DP]+|8['-]?[()DP]+)(?!\w)")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_ZERO_AS_O = re.compile(r"(?<=[^\W\d_])0(?=[^\W\d_])")
_STRETCHED = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"(.)\1+")
_TOKENS = re.compile(r"[0-9]+|[^\W\d_]+|[^\w\s]")
_QUIET = frozenset("\"'«»“”„‟‘‚‹›.,!?;:()[]{}<>*#-–—~|¿¡")


def tidy(text: str) -> str:
    """Return `text` in NFKC without what carries no meaning.

    Emoji and smileys become spaces, invisible characters vanish.  The numero
    sign becomes `#` (NFKC would make letters of it); decimal digits of any
    script become 0 to 9.
    """
    letters = unicodedata.normalize("NFKC", text.translate(_NUMERO))
    return _SMILEY.sub(" ", "".join(_kept(char) for char in letters))


def tokens(tidied: str) -> list[str]:
    """Cut a tidy text into words, numbers and the signs that mean something.

    Apostrophes inside words go (they stand for a soft sign), a zero between
    letters is an o; quotes and punctuation only separate.  Signs such as %
    or + are tokens of their own, so that "0 %" is not "0".
    """
    spelled = _ZERO_AS_O.sub("o", _APOSTROPHE.sub("", tidied))
    return [token for token in _TOKENS.findall(spelled) if token not in _QUIET]


def readings(word: str) -> tuple[str, ...]:
    """Return `word` as it may have been meant: as it is, all Cyrillic, all Latin.

    A reading that still mixes the alphabets counts only where no other is left.
    """
    cyrillic, latin = word.translate(_TO_CYRILLIC), word.translate(_TO_LATIN)
    pure = dict.fromkeys(way for way in (word, cyrillic, latin) if not is_mixed(way))
    return tuple(pure) or (word,)


def plain(word: str) -> str:
    """Return `word` in small letters, Kazakh ones as their Russian neighbours.

    A letter stretched to three or more stands once.
    """
    return _STRETCHED.sub(r"\1", word.casefold()).translate(_PLAIN)


def sounds(word: str) -> str:
    """Return the Latin spelling of `word` by ear."""
    heard = _unmarked(_STRETCHED.sub(r"\1", word.casefold()).translate(_SOUNDS))
    for spelling, sound in _SPELLINGS:
        heard = heard.replace(spelling, sound)
    if heard.startswith("x"):  # as in xabar, хабар; inside a word it is ks, as in proxy
        heard = f"h{heard[1:]}"
    return _LONE_C.sub("k", heard).translate(_LETTERS)


def skeleton(word: str) -> str:
    """Return the sounds of `word`, doubled letters as one."""
    return _DOUBLED.sub(r"\1", sounds(word))


def is_cyrillic(text: str) -> bool:
    """Tell whether `text` has a Cyrillic letter."""
    return bool(_CYRILLIC.search(text))


def is_kazakh(text: str) -> bool:
    """Tell whether `text` has one of the nine Cyrillic letters that Russian lacks."""
    return not _KAZAKH.isdisjoint(text.casefold())


def is_mixed(word: str) -> bool:
    """Tell whether `word` has letters of both alphabets."""
    return is_cyrillic(word) and bool(_LATIN.search(word))


def _kept(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if char.isspace() or category in {"So", "Sk", "Cn", "Co", "Cs"}:
        return " "
    return "" if category in {"Cf", "Cc", "Mn", "Me"} else char


def _unmarked(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word)
    return "".join(char for char in letters if not unicodedata.combining(char))
