"""Small words that decide where a Kazakh, Russian or English text may be cut.

All are in lower case.
"""

_DENIALS = """
нет нельзя невозможно запрещено запрещен запрещён запрещена запрещены
отменен отменён отменена отменено отменены отменили отменяется снят снята снято сняты сняли
опроверг опровергли опровергла опровергает опровергают
емес жоқ жок емеспін емеспіз емессіз болмайды ешқашан тыйым алынды алынып тоқтатылды
lifted cancelled canceled denied denies false
"""

_NEGATIONS = """
не ни без никогда not no never cannot nor without neither
"""

_MONTHS = """
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан
january february march april may june july august september october november december
"""

_LEADING = """
в во на с со к ко у о об обо от до из за по под над при про для между через после перед около
и а но или либо что чтобы как если когда где который которая которое которые то также
нет ни нельзя он она оно они из-за из-под
более менее свыше не ни лишь только почти не примерно
мен және немесе бірақ ал да де егер тек аса бұл осы шамамен
a an the of in on at to from for by with and or but that which who as if when where about over
than until till between into only nearly almost is are was were be been has have had will
would can could may must should do does did not no never cannot nor without neither
"""

_TRAILING = """
дейін кейін бұрын бастап үшін туралы бойынша арқылы сайын қарай дейінгі кейінгі
тысяч тысячи тысяча тыс млн млрд миллион миллиона миллионов миллиард миллиардов
процент процентов процента мың пайыз thousand million billion percent
"""

_ABBREVIATIONS = """
г гг ул пр пос обл рн р-н им д кв стр корп мкр тыс руб тг тел ст см др пр-т просп бул пер наб
св напр т.е т.д т.п т.к и.о ж жж қ қ-сы көш мөлт даң обл-сы ауд
mr mrs ms dr st no vs gen col capt sgt lt rep sen gov prof jr sr inc ltd approx dept est
jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k e.g i.e a.m p.m
"""

DENIALS = frozenset(_DENIALS.split())
"""They turn the whole statement round, and often come at its end."""

NEGATIONS = frozenset(_NEGATIONS.split()) | DENIALS
"""All that turns a statement, or a part of it, round."""

MONTHS = frozenset(_MONTHS.split())
"""As they stand in a date."""

LEADING = frozenset(_LEADING.split())
"""They mean nothing without the next word."""

TRAILING = frozenset(_TRAILING.split())
"""They belong to the word before: Kazakh postpositions, multiples of a number."""

ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
"""Written with a stop that ends no sentence; a name or number comes with them."""
