"""What each word does, in each language; what is said to a person first, and once."""

import pytest

from config.topics import DEFAULT_TOPICS
from relay import mode
from relay.store.sources import SourceState
from relay.values import BulletinState, Mode, PersonState
from tests.relay.world import AIGUL, BOLAT, DAY, HOUR, NOW, SECOND, SETTINGS, World, draft

FIRST = {
    "ru": "Автомат: новости, если нет интернета.",
    "kk": "Автомат: интернетсіз жаңалық.",
    "en": "Automatic: news when there is no internet.",
}


@pytest.fixture
def known(world):
    """A person who reads English letters and was told what this is."""
    world.hears("MENU")
    world.send_all()
    return world


# First contact.


@pytest.mark.parametrize(
    ("words", "language", "messages"),
    [
        pytest.param("ПОДПИСКА", "ru", 1, id="join-ru"),
        pytest.param("ЖАЗЫЛУ", "kk", 1, id="join-kk"),
        pytest.param("JOIN", "en", 1, id="join-en"),
        pytest.param("1", "kk", 1, id="join-by-digit-in-the-node's-language"),
        pytest.param("МӘЗІР", "kk", 1, id="menu"),
        pytest.param("НОВОСТИ", "ru", 2, id="news"),
        pytest.param("блаблабла", "kk", 1, id="not-understood"),
    ],
)
def test_the_first_message_says_what_this_is(world, words, language, messages):
    answers = world.hears(words)

    assert len(answers) == messages
    assert answers[0].startswith(FIRST[language])
    assert world.hears(words)[:1] != answers[:1]


def test_who_calls_for_help_reads_112_first(world):
    first, second = world.hears("ПОМОЩЬ")

    assert first.startswith("112")
    assert second.startswith(FIRST["ru"])


@pytest.mark.parametrize("words", ["ОТПИСКА", "УДАЛИТЬ"])
def test_who_leaves_at_once_is_told_nothing_but_that(world, words):
    (answer,) = world.hears(words)

    assert "больше не пишем" in answer.lower()


def test_an_invited_person_who_says_yes_is_confirmed(world):
    world.enrol(consented=False)

    (answer,) = world.hears("1")

    assert answer.startswith("Подписка есть")
    assert world.person().state is PersonState.ACTIVE


# Each word.


@pytest.mark.parametrize(
    ("words", "beginning"),
    [
        ("НОВОСТИ", "Проверенных новостей нет"),
        ("ЖАҢАЛЫҚ", "Тексерілген жаңалық жоқ"),
        ("ОПАСНО", "Проверенных сведений об опасности нет"),
        ("ҚАУІП", "Қауіп туралы тексерілген мәлімет жоқ"),
        ("ТЕЛЕФОНЫ", "Проверенных телефонов нет"),
        ("АНЫҚТАМА", "Тексерілген телефондар жоқ"),
        ("ТЕМЫ", "Вкл. или выкл."),
        ("ТАҚЫРЫП", "Қосу не өшіру"),
        ("ЯЗЫК", "71 Қазақша, 72 Русский"),
        ("СВЯЗЬ", "Сейчас: интернета нет"),
        ("БАЙЛАНЫС", "Қазір: интернет жоқ"),
        ("МЕНЮ", "1 подписка"),
        ("МӘЗІР", "1 жазылу"),
        ("ПОМОЩЬ", "112"),
        ("КӨМЕК", "112"),
        ("СООБЩИТЬ у нас пожар", "Сообщения для редакции не принимаем"),
        ("ЖЕТКІЗУ өрт", "Редакцияға хабар қабылданбайды"),
        ("417", "#417: "),
        ("ПОДПИСКА", "Подписка есть"),
        ("ЖАЗЫЛУ", "Жазылдыңыз"),
        ("СТОП", "Больше не пишем"),
        ("ЖОЮ", "Деректеріңіз өшірілді"),
    ],
)
def test_each_word_is_answered_in_its_language(world, words, beginning):
    world.hears("НОВОСТИ")

    (answer,) = world.hears(words)

    assert answer.startswith(beginning)


@pytest.mark.parametrize(
    ("words", "beginning"),
    [
        ("NEWS", "No verified news"),
        ("DANGER", "No verified information about danger"),
        ("PHONES", "No verified phone numbers"),
        ("PROXY", "Not understood"),
        ("TOPICS", "On or off"),
        ("LANG", "71 "),
        ("STATUS", "Now: no internet"),
        ("MENU", "1 join"),
        ("HELP", "112: ambulance"),
        ("TELL us", "Messages to the editors are not taken"),
        ("JOIN", "You have joined"),
        ("STOP", "We will not write again"),
        ("FORGET", "Your data are erased"),
        ("wibble wobble", "Not understood"),
    ],
)
def test_each_word_is_answered_in_english(known, words, beginning):
    (answer,) = known.hears(words)

    assert answer.startswith(beginning)


@pytest.mark.parametrize(
    ("digit", "word"),
    [
        ("1", "JOIN"),
        ("2", "NEWS"),
        ("3", "DANGER"),
        ("4", "PHONES"),
        ("6", "TOPICS"),
        ("7", "LANG"),
        ("8", "STATUS"),
        ("9", "MENU"),
        ("0", "STOP"),
    ],
)
def test_a_digit_is_the_same_as_its_word(world, digit, word):
    for number in (AIGUL, BOLAT):
        world.hears("MENU", number)

    assert world.hears(digit, AIGUL) == world.hears(word, BOLAT) != []


def test_to_join_enrols_for_what_matters_and_once(known):
    known.hears("JOIN")
    person = known.person()

    assert (person.state, person.topics) == (PersonState.ACTIVE, frozenset(DEFAULT_TOPICS))
    assert "already" in known.hears("JOIN")[0]


def test_topics_are_switched_one_by_one(known):
    known.hears("JOIN")

    (answer,) = known.hears("62")
    assert known.person().topics == {*DEFAULT_TOPICS, "medical"}
    assert "medical" in answer
    known.hears("61")
    assert "danger" not in known.person().topics


def test_a_chosen_language_stays_however_one_writes(known):
    (answer,) = known.hears("LANG RU")
    assert answer.startswith("Vybrano")

    assert known.hears("NEWS")[0].startswith("Proverennyh")
    assert (known.person().language, known.person().chose_language) == ("ru", True)
    known.hears("76")
    assert known.person().script == "cyrillic"
    assert known.hears("2")[0].startswith("Проверенных")


@pytest.mark.parametrize(
    ("words", "language", "script"),
    [
        ("новости", "ru", "cyrillic"),
        ("novosti", "ru", "latin"),
        ("жаңалық", "kk", "cyrillic"),
        ("жаналык", "kk", "plain"),
        ("news", "en", "latin"),
    ],
)
def test_people_are_answered_as_they_write(world, words, language, script):
    world.hears(words)

    assert (world.person().language, world.person().script) == (language, script)


def test_a_stop_is_confirmed_in_the_language_that_one_reads(world):
    world.enrol(language="ru")

    (answer,) = world.hears("ТОҚТАТУ")

    assert answer.startswith("Больше не пишем")


def test_a_stop_of_a_stranger_is_confirmed_in_the_language_of_the_word(world):
    assert world.hears("ТОҚТАТУ")[0].startswith("Енді жазбаймыз")


# Bulletins.


def test_news_are_told_in_one_message_with_their_numbers(known):
    bulletins = [known.publish(draft(words)) for words in ("Мост закрыт.", "Метро открыто.")]

    (answer,) = known.hears("НОВОСТИ")

    assert all(f"#{bulletin.number}" in answer for bulletin in bulletins)


@pytest.mark.parametrize(
    ("topic", "word"), [("danger", "3"), ("lines", "4"), ("medical", "4"), ("supplies", "2")]
)
def test_each_topic_is_told_where_it_is_asked_for(known, topic, word):
    bulletin = known.publish(draft(topic=topic))

    answers = {digit: known.hears(digit)[0] for digit in "234"}

    assert f"#{bulletin.number}" in answers[word]


def test_a_number_tells_where_a_bulletin_comes_from_and_the_rest_of_it(known):
    bulletin = known.publish()

    (answer,) = known.hears(f"{bulletin.number}")

    assert answer.startswith(f"#{bulletin.number}: source Akimat (official)")
    assert "until 05.01 20:20" in answer
    assert "Doroga zakryta" in answer


@pytest.mark.parametrize(
    ("how", "says"),
    [
        pytest.param("pending", "no such message", id="nobody-has-approved-it"),
        pytest.param("exercise", "no such message", id="an-exercise"),
        pytest.param("expired", "no longer valid", id="expired"),
        pytest.param("withdrawn", "is withdrawn", id="withdrawn"),
        pytest.param("never live", "no such message", id="given-up-before-it-was-live"),
    ],
)
def test_a_number_tells_nothing_that_is_not_true_any_more(known, how, says):
    unpublished = how in {"pending", "never live"}
    bulletin = known.desk.add(
        draft(exercise=how == "exercise", expires_ms=NOW + HOUR), NOW, publish=not unpublished
    )
    if how == "expired":
        known.clock.passes(2 * HOUR)
    elif how == "withdrawn":
        known.desk.withdraw(bulletin.number, NOW)
    elif how == "never live":
        known.store.bulletins.set_state(bulletin.id, BulletinState.EXPIRED)

    (answer,) = known.hears(f"{bulletin.number}", sent_ms=known.clock.now_ms() + SECOND)

    assert says in answer
    assert "zakryta" not in answer


def test_exercises_are_not_told_to_who_asks(known):
    known.publish(draft(exercise=True))

    assert known.hears("DANGER")[0].startswith("No verified")


def test_status_says_the_mode_and_how_fresh_news_are(known):
    mode.choose(known.store, Mode.STANDBY, NOW)
    assert "never received yet" in known.hears("STATUS")[0]

    known.store.sources.note("akimat", SourceState(NOW - DAY))

    (answer,) = known.hears("STATUS")
    assert "04.01 14:20" in answer
    assert "there is internet" in answer


def test_what_an_editor_wrote_counts_as_fresh_news(known):
    known.store.sources.note("akimat", SourceState(NOW - DAY))
    known.clock.passes(HOUR)
    known.publish()

    assert "05.01 15:20" in known.hears("STATUS")[0]


# Proxies.


@pytest.fixture
def giving(tmp_path):
    world = World(tmp_path, SETTINGS + "[proxies]\nenabled = true\nper_person = 2\n")
    world.hears("MENU")
    world.hears("MENU", BOLAT)
    yield world
    world.store.close()


def links(world):
    made = [f"https://t.me/proxy?server=n{n}.example.org&port=443&secret=00" for n in range(9)]
    for link in made:
        world.store.proxies.add(link, "mtproto", NOW)
    return made


def test_proxies_are_offered_only_where_they_are_switched_on(giving, known):
    assert "5 proxy" in giving.hears("MENU")[0]
    assert "5 proxy" not in known.hears("MENU")[0]
    assert giving.hears("PROXY")[0].startswith("No tested proxy")


def test_each_link_stands_alone_in_one_message_so_that_it_can_be_tapped(giving):
    made = links(giving)

    answers = giving.hears("5")

    assert len(answers) == 2
    assert set(answers) <= set(made)
    assert all(giving.of(parcel, "parts") == 1 for parcel in giving.parcels()[-2:])


def test_a_person_gets_the_same_links_each_time_and_a_dead_one_is_replaced_alone(giving):
    links(giving)
    first = giving.hears("5")
    assert giving.hears("5") == first

    (gone,) = [proxy.id for proxy in giving.store.proxies.all() if proxy.link == first[0]]
    giving.store.proxies.remove(gone)

    again = giving.hears("5")
    assert first[1] in again
    assert first[0] not in again
    assert len(again) == 2
