"""What people type: forms of commands, and ordinary sentences that are none.

One form ends at a bar or at the end of a line.
"""

import re

from relay.keywords import Action


def _split(block):
    return [entry.strip() for entry in re.split(r"[|\n]", block) if entry.strip()]


# Three languages, mixed alphabets, no Kazakh letters, by ear in Latin, decorated; for words that
# read, with typos too.
_FORMS = {
    Action.JOIN: """
        1|1.|1!|(1)|"1"|#1|№1|1|1️⃣|１|①|1 подписка|1 - ЖАЗЫЛУ|1 join|Подписка|подписка.|ПОДПИСКA
        podpiska|PODPISKA|«Подписка»|подписаться|podpisatsya|ЖАЗЫЛУ|жазылу|zhazylu|jazylu|jazilu
        JOIN|join|Join!|JОIN|subscribe|SUBSCRIBE please|Здравствуйте! Подписка
        подписка пожалуйста|хочу подписаться|sign up|start|СТАРТ|Сәлем, жазылу|жазылғым келеді
        жазылгым келеди|тіркелу|👍 подписка|подписать|жазылу!|jazılu|zhazilu|жaзылу|подписка
        podpisyvayus|подпишите меня пожалуйста|подпишите пожалуйста|ПОДПИCКА|pодписка
        join please|1 пожалуйста|хочу подписку|Жазылу өтінемін|subscribe me
    """,
    Action.STOP: """
        0|0.|0!|0️⃣|0 стоп|0 тоқтату|СТОП|стоп|Стоп!!!|cтоп|CTOП|стооооп|СТ0П|стоп стоп стоп
        STOP|stop|Stop.|ST0P|stop please|please stop|S\u200bTOP|ОТПИСКА|отписка|otpiska
        отписаться|otpisatsya|отпишите меня|unsubscribe|UNSUBSCRIBE|Тоқтату|токтату|toqtatu
        toktatu|тоқта|токта|TOQTA|toktа|ТОҚТАТЫҢЫЗ|стоп смс|stop sms|cancel|отключить|"STOP"
        'стоп'|🛑 стоп|стоп.|Стоп, пожалуйста|стоп пж|stop!|"0"|тоқтату!|toqtatý|тоқтатыңызшы
        отпишись|отписка!|отпишите пожалуйста|unsubscribe please|Stop stop|сtоp|остановить
        otpisat|тоқтатыңыз өтінемін
    """,
    Action.FORGET: """
        ЖОЮ|жою|zhoyu|joyu|удалить|УДАЛИТЬ|udalit|udalit'|удалить меня|стереть|FORGET|forget
        Forget me|delete|erase|ERASE MY DATA|мені жою|мени жою|удалите, пожалуйста|стереть всё
        УДAЛИТЬ|жою!|jоyu|удалить.|удалить все|удали меня|удалите мои данные|forget me please
        delete my number|joiu
    """,
    Action.LANG: """
        7|7.|71|72|73|74|75|76|7 ru|72 русский|ТІЛ|тіл|тил|til|TIL|язык|ЯЗЫК|yazyk|iazyk|jazyk
        lang|LANG|language|LANG RU|lang kk|язык русский|тіл қазақша|тил казакша|қазақша|казакша
        qazaqsha|по-русски|русский|орысша|english|English|латиница|latin|#71|тiл|ТIЛ|tıl|язык?
        языk|казахский|по казахски|russkiy|russkij|inglish|english please|язык 72|на русском
        қазақ тілінде|kazaksha|kazakhsha|тіл орысша
    """,
    Action.NEWS: """
        2|2.|2️⃣|2 новости|новости|НОВОСТИ|Новости?|новоcти|HOBOCTИ|novosti|NOVOSTI|novosty
        нововсти|навости|новсти|новоти|новосит|новости алматы|novosti almaty|последние новости
        дайте новости|жаңалық|ЖАҢАЛЫҚ|жаналык|жаналық|жанaлык|zhanalyq|zhanalyk|jangalyq|janalyk
        janalyq|zhangalyq|janalik|jañalyq|žaŋalyq|zhanalygk|жаңалықтар|жаналыктар
        соңғы жаңалықтар|жаңалык|жангалык|хабар|ХАБАР|habar|khabar|xabar|хабaр|news|NEWS|News.
        newss|nwes|neews|latest news|news pls|новости, пожалуйста|какие новости|что нового
        what's new|маған жаңалық керек|📰 новости|новост|НОВАСТЬ|новостт|nowosti|nowosty|novasti
        hовости|Нoвocти|жанылык|жаналых|жаналик|жанғалық|жаңалығы|жаңалықты|zhanaliq|jhanalyk
        zhangalyk|janalıq|jañalıq|hаbаr|ХАБАРЛАРЫ|нуовсти|новостей|newws|nevs|NEWS NOW
        Новости Шымкент|2)|новости сегодня|қандай жаңалық бар|жаңалық бар ма|"новости"|*новости*
        _новости_|<новости>|новости 🙏
    """,
    Action.DANGER: """
        3|3.|опасно|ОПАСНО|опасно?|apasno|апасно|opasno|опастно|опасность|oпacно|где опасно
        қауіп|ҚАУІП|кауип|кауіп|qauip|kauip|qawip|qauyp|каип|danger|DANGER|dangr|danjer|curfew
        комендантский час|3 опасно|опасна|коменданттық сағат|опасность!|опостно|oпасность|qauıp
        қауып|кауып|ҚАУIП|qayip|kauyp|danger?|dangerr|curfew?|опасна ли|3?|комендантский чяс
        блок пост
    """,
    Action.PHONES: """
        4|телефоны|ТЕЛЕФОНЫ|телефон|тел|telefony|telefon|тилефоны|телефны|телеыоны|анықтама
        аныктама|ANYQTAMA|anyktama|аныктма|анықтма|phones|PHONES|fones|phonse|hotline
        горячая линия|тилифоны|телифоны|teletony|тлефоны|анктама|anıqtama|anıktama|anyqtama
        phonez|phone|fone numbers|hotlines
    """,
    Action.PROXY: """
        5|прокси|ПРОКСИ|proxy|PROXY|proksi|прокcи|проски|proxi|5 прокси
    """,
    Action.TOPICS: """
        6|61|69|61 63|61, 62, 68|61 опасно|темы|ТЕМЫ|тема|temy|TEMЫ|тақырып|такырып|taqyryp
        takyrip|такрып|topics|TOPICS|topic|topisc|темы опасно|тақрып|taqırıp|тэмы|topix
        такырыптар|63|64 65
    """,
    Action.STATUS: """
        8|связь|СВЯЗЬ|svyaz|svyaz'|sviaz|свясь|связ|байланыс|БАЙЛАНЫС|bailanys|baylanys|bajlanys
        байланс|баланыс|status|STATUS|stаtus|statsu|статус|интернет|байланыз|байланыс?|свзяь
        связь?|svyas|стaтус|statuss|интернет есть?|есть интернет?
    """,
    Action.MENU: """
        9|меню|МЕНЮ|menyu|meniu|menju|MEHЮ|MENU|menu|мәзір|мазир|мазір|mazir|mäzir|мезир|мeню
        менью|mеnu|меню!|мәзыр|мазыр|mazır|məzir|mäzır|мязир|menyu pls|9)
    """,
    Action.HELP: """
        помощь|ПОМОЩЬ|помощ|памощь|pomosh|pomosch|помогите|Помогите!!!|көмек|комек|komek|kömek
        КОМЕК|help|HELP|Help me|helpp|SOS|sos!|112|нужна помощь|көмек керек|хелп|памагите
        помогите пожалуйста|помошь|pomoshch|көмектесіңізші|көмек!!!|кумек|heelp|hlep|help!!
    """,
    Action.NUMBER: """
        417|#417|№417|# 417|№ 417|417.|417!|"417"|N417|N 417|No. 417|номер 417|417?
        417 подробнее|４１７|толық 417|200|999|٤١٧|417 👍|417,|(417)|[417]|417)|nomer 417|хабар 417
        417-ші|№ 417.|N°417|подробнее 417|еще 417|#４１７|нөмір 417|more 417
    """,
}

FORMS = [(form, action) for action, block in _FORMS.items() for form in _split(block)]

SENTENCES = _split("""
    Привет, как дела?|Стоп, я не понял, кто это пишет|Остановите машину у поворота|Хватит уже
    Мама, я дома, не волнуйся|Скажи всем, что я жив|Подписка на журнал закончилась в декабре
    Я не хочу удалить фотографии|Удалите, пожалуйста, мой номер из справочника соседей
    Купи хлеб и молоко|Язык мой - враг мой|Мне нужен русский учебник|Не подписка, а обман
    Подписался бы, да не знаю зачем|Стоп-кран сломан|стоп машина|1 января|1 час назад
    0 тенге на счету|0%|0 градусов|7 человек приехали|7 утра|1:1|1+1|:0|О чем речь?|Кто это?
    Где ты?|Перезвони мне|У нас нет света с утра|На площади стреляют, не выходи
    Абай 12, подъезд 1|Бензин кончился на заправке|Когда включат интернет?|Спасибо большое|Нет
    Да|Ок|Хорошо|Понял|Не пишите мне ночью, я сплю|Старт забега перенесли|Отмена рейса в Астану?
    Забыть бы все это|Начало в 7|буду к 0|Встретимся у магазина в 10|Твой английский лучше моего
    Переведи на русский, пожалуйста, это письмо|Удалить аппендикс срочно
    Отключить свет обещали в 7|Сотрите пыль|Отпустите их|Подписание договора|Остановка у рынка
    Стопка книг|Стоп 1|подписка 0|удалить стоп|Язык до Киева доведет|Сәлем, қалайсың?
    Анам үйде, алаңдама|Тоқтаған көлік жолда тұр|Жазылма|ЖАЗЫЛМА|Жазылмаймын
    Жазылған хатты алдым|Мен жазылдым ба?|Тоқтатпа|Тоқтамаңыз|Жоғалған бала табылды ма?
    Жою керек емес|Тілің бар ма?|Тіл алатын бала|Тілек айтамын|Қазақ тілі сабағы ертең
    Ағылшын тілін үйреніп жүрмін|Бұл кім?|Қайдасың?|Нан алып кел|Жол жабық па?
    Бүгін дүкен ашық па?|Маған хабарласшы|Иә|Жоқ|Жарайды|Рақмет сізге|Суық болып тұр
    Су жоқ, жарық жоқ|Көшеде атыс болды|Үйден шықпа|Балалар мектепте|1 сағаттан кейін келемін
    0 теңге қалды|7 адам жараланды|Әкем ауруханада жатыр|Азық|Тыл|Жойдық|Өшіріп тастадым
    Бастауыш мектеп|Тоқта, сен кімсің?|Жазылу мерзімі бітті ме?|ТІЛ ЖОҚ|Жазу|Kalaisyn, bauyrym?
    Uide bolamyn|Ne boldy?|Kayda zhursin?|Apam amandykta|Zhazylma|Toktama|Tilek|Privet, ty gde?
    Mama doma|Perezvoni mne|Stop mashina|Podpiska na zhurnal|Ya ne podpisalsya|azyk
    Hello, how are you?|Stop the car at the corner|Please stop calling my wife|Do not stop
    Non-stop|Don't forget the bread|Forget about it|I will join you at 7
    Join us for dinner tonight|Joint|Delete the photos from your phone|I cannot start the engine
    The end of the road is blocked|We quit our jobs|Cancel the meeting at 5
    My language teacher is here|Language barrier|English breakfast|I speak Russian and Kazakh
    Is the bridge open?|Who is this?|Call me back|Ok|Yes|No|1 person is hurt|0 problems
    7 days without water|I am safe, tell my mother|Stopped|Stops|Joined|Stoop|till|tilt
    Lang may yer lum reek|Subscribers|Long|Land|Step|Shop|Top|Endless|Quite|Starting|Stork
    Meet at 10 at the bus stop|Unsubscribed already yesterday, why do you write?|Ends|Erased it
    Я остановился у сестры|СТОП-слово какое?|стопудово|столп|стой|подпись|подписано|удалось
    удалил|языкам|ланч|тоқ|тоқты|жазу-сызу|жоюшы|тілсіз|тиль|жой|joy|jo|Join?No|start-up
    end user|0-0|1/2|1 из 3|+77010000017|8 701 000 00 17|23:00-07:00|01.01|Код 1077|+1|1%
    7-я больница|7 ноября|0 или 1|2+2|Остановите!|Стоп! Не ходи туда|Стоп, а деньги?
    Мне отключили свет|Стереть пот со лба|Начать бы сначала|Где взять воду?
    Русский дом на Абая закрыт|English teacher needed|Қазақша сөйле|Латын әліпбиі қашан енеді
    Подпишись на мой канал|Отписались уже все|Конец связи|Конец|Отбой|Алло|Слушай, тут такое
    Мы на Сейфуллина|Пробки нет|Дай денег|Удали это фото|Удали|Сотри|Забудь|Забудьте об этом
    Тоқтатайық|Жазылыңыз|Жазып жібер|Жоғал|Жой оны|Өшір|Өшірші телефонды|Тілің ұзын
    Тілде сүйек жоқ|Starting now|Start the car|Started|Cancel culture|Cancelled|Quit it|Quite so
    End of story|The end|Delete it|Forget it|Forget that|Never forget|Join me|Join the army
    Joining fee|Subscribe to my channel|Sign here|Signing off|Opt in|Out|Stop it|Stop that
    Stop lying|Stop by|Stop sign|Bus stop|Full stop|Languages are hard|Номер 417 дом|Цена 500
    500|250 тенге|300|Я на 7 этаже|7 этаж|0.5|1 л|1 кг|1-й|2-й подъезд|0:0|1 - 0|счёт 1:0
    Код: 4471|Ваш код 1234|PIN 0000|112 звонил|101|Позвони 112|Bas tartamyn|Tokta bala|Zhoiyldy
    Udali foto|Otpiska byla|Stop nado|Yazyk moi|Til bilesin be|start bolsyn|Qazaq eli
    Russkiy mir|Angliskiy yazik uchu
""")
