"""Each fault does what its line in the table says."""

import pytest

from gateways.simulated.faults import KINDS, Faults, UnknownFaultError, arguments_of
from tests.gateways.simulated.bench import NUMBER, PHONE, Bench, submit


@pytest.fixture
def bench():
    bench = Bench()
    bench.at("ATE0", "AT+CMEE=1", "AT+CNMI=2,1,0,2,0")
    return bench


TAKEN, REFUSED = 1, 0


@pytest.mark.parametrize(
    ("fault", "given", "said", "taken"),
    [
        pytest.param("silent", {"point": "verdict"}, [], REFUSED, id="silent-verdict"),
        pytest.param("verdict_lost", {}, [], TAKEN, id="verdict-lost"),
        pytest.param("cms_error", {"code": 42}, ["+CMS ERROR: 42"], REFUSED, id="cms-error"),
        pytest.param("cms_error", {"to": PHONE}, ["+CMS ERROR: 500"], REFUSED, id="one-number"),
        pytest.param(
            "cms_error", {"to": "+77010000009"}, ["+CMGS: 0", "OK"], TAKEN, id="other-number"
        ),
        pytest.param(
            "cms_error_after_taking", {"code": 38}, ["+CMS ERROR: 38"], TAKEN, id="after-taking"
        ),
        pytest.param("no_credit", {}, ["+CMS ERROR: 38"], REFUSED, id="no-credit"),
        pytest.param("not_registered", {}, ["+CMS ERROR: 331"], REFUSED, id="not-registered"),
        pytest.param(
            "verdict_extra", {}, ['+CMGS: 0,"26/01/05,14:20:00+20"', "OK"], TAKEN, id="extra"
        ),
    ],
)
def test_a_verdict_can_go_wrong(bench, fault, given, said, taken):
    bench.fault(fault, **given)
    assert bench.send() == said
    assert len(bench.of("submit")) == taken
    bench.control("clear_faults", modem="one")
    assert bench.send()[-1] == "OK"


def test_a_fault_acts_as_often_as_was_asked(bench):
    bench.fault("cms_error", times=2, code=500)
    assert [bench.send()[-1] for _ in range(3)] == ["+CMS ERROR: 500", "+CMS ERROR: 500", "OK"]


def test_a_late_verdict_comes_late(bench):
    bench.fault("late_verdict", times=1, delay_s=30)
    assert bench.send() == []
    assert bench.wait(29) == b""
    assert bench.wait(1) == b"\r\n+CMGS: 0\r\n\r\nOK\r\n"
    assert bench.at("AT") == ["OK"]


def test_a_silent_modem_answers_nothing(bench):
    bench.fault("silent", times=1)
    assert bench.at("AT") == []
    assert bench.at("AT") == ["OK"]


def test_a_silent_prompt_waits_for_the_text_all_the_same(bench):
    bench.fault("silent", times=1, point="prompt")
    octets = submit(PHONE, "hello")
    assert bench.ask(b"AT+CMGS=%d\r" % len(octets)) == b""
    assert bench.ask(b"AT\r") == b""
    assert bench.ask(b"\x1b") == b"\r\nOK\r\n"


@pytest.mark.parametrize(("point", "command"), [("list", "AT+CMGL=4"), ("delete", "AT+CMGD=1")])
def test_silence_at_one_command_leaves_the_others(bench, point, command):
    bench.text("hi")
    bench.fault("silent", times=1, point=point)
    assert bench.at(command) == []
    assert bench.at("AT") == ["OK"]


def test_what_a_silent_modem_was_told_to_delete_is_deleted(bench):
    bench.text("hi")
    bench.fault("silent", times=1, point="delete")
    bench.at("AT+CMGD=1")
    assert len(bench.of("deleted")) == 1


def test_a_hung_modem_goes_on_where_it_was(bench):
    bench.fault("hang", for_s=20)
    assert bench.ask(b"AT\r") == b""
    assert bench.wait(19) == b""
    assert bench.wait(1) == b"\r\nOK\r\n"


def test_a_named_command_is_refused(bench):
    bench.fault("cme_error", times=1, command="+CSQ", code=14)
    assert bench.at("AT+CREG?")[-1] == "OK"
    assert bench.at("AT+CSQ") == ["+CME ERROR: 14"]
    assert bench.at("AT+CSQ")[-1] == "OK"


def test_echo_comes_on_whatever_was_set(bench):
    bench.fault("echo")
    assert bench.ask(b"AT\r") == b"AT\r\r\nOK\r\n"


def test_noise_is_written_at_once(bench):
    bench.heard.clear()
    bench.fault("noise", octets_hex="ff00fe")
    assert bytes(bench.heard) == b"\xff\x00\xfe"


def test_one_octet_of_an_answer_is_garbled(bench):
    bench.fault("garble", times=1)
    said = bench.ask(b"AT\r")
    assert sum(was != now for was, now in zip(b"\r\nOK\r\n", said, strict=True)) == 1


def test_a_prompt_may_lack_its_space(bench):
    bench.fault("prompt_without_space", times=1)
    assert bench.ask(b"AT+CMGS=20\r") == b"\r\n>"


def test_an_unsolicited_line_may_stand_inside_an_answer(bench):
    bench.text("a")
    bench.fault("urc_inside", times=1)
    bench.text("b")
    assert [line[:5] for line in bench.at("AT+CMGL=4")] == [
        "+CMGL",
        "+CMTI",
        "07917",
        "+CMGL",
        "07917",
        "OK",
    ]


def test_a_sim_may_be_full_whatever_is_free(bench):
    bench.fault("storage_full")
    bench.text("a")
    assert bench.of("dropped_full")
    bench.control("clear_faults", modem="one")
    assert bench.of("deliver")


def test_a_sim_may_lock_itself(bench):
    bench.fault("pin_required", pin="7777")
    assert bench.at("AT+CPIN?")[0] == "+CPIN: SIM PIN"
    assert bench.at("AT+CMGS=20") == ["+CMS ERROR: 311"]
    assert bench.at('AT+CPIN="7777"') == ["OK"]


def test_a_slow_modem_writes_octet_by_octet(bench):
    bench.fault("slow", octet_s=0.5)
    assert bench.ask(b"AT\r") == b""
    assert bench.wait(1) == b"\r\n"
    assert bench.wait(2) == b"OK\r\n"


def test_an_index_may_be_refused(bench):
    bench.text("hi")
    bench.fault("bad_index", times=1)
    assert bench.at("AT+CMGR=1") == ["+CMS ERROR: 321"]
    assert bench.at("AT+CMGR=1")[-1] == "OK"


def test_a_segment_may_be_lost_or_doubled_on_the_air(bench):
    bench.fault("lost_in_air", times=1)
    bench.send(text="lost")
    bench.fault("twice_in_air", times=1)
    bench.send(text="twice")
    shown = bench.control("phone", number=PHONE)
    assert [message["text"] for message in shown] == ["twice", "twice"]


@pytest.mark.parametrize(
    ("fault", "given", "statuses"),
    [
        pytest.param("report_status", {"status": 33}, [33], id="status"),
        pytest.param("report_lost", {}, [], id="lost"),
        pytest.param("report_twice", {}, [0, 0], id="twice"),
        pytest.param("report_late", {"delay_s": 60}, [], id="late"),
    ],
)
def test_a_report_can_go_wrong(bench, fault, given, statuses):
    bench.fault(fault, times=1, **given)
    bench.send(report=True)
    bench.wait(1)
    assert [event["status"] for event in bench.of("report")] == statuses


def test_what_a_report_calls_failed_never_arrived(bench):
    bench.fault("report_status", status=70)
    bench.send(report=True)
    assert bench.control("phone", number=PHONE) == []


@pytest.mark.parametrize(
    ("point", "before", "taken"),
    [
        pytest.param("command", b"", 0, id="before-the-prompt"),
        pytest.param("prompt", b"\r\n> ", 0, id="after-the-prompt"),
        pytest.param("text", b"\r\n> ", 0, id="after-the-text"),
        pytest.param("taken", b"\r\n> ", 1, id="after-taking"),
    ],
)
def test_a_modem_can_be_held_at_a_point_and_released(bench, point, before, taken):
    bench.fault("hold", times=1, point=point)
    octets = submit(PHONE, "hello")
    assert bench.ask(b"AT+CMGS=%d\r00%s\x1a" % (len(octets), octets.hex().encode())) == before
    assert bench.control("wait_held", modem="one", timeout_s=0) == point
    assert len(bench.of("submit")) == taken
    bench.control("release", modem=NUMBER)
    assert bytes(bench.heard).endswith(b"\r\n+CMGS: 0\r\n\r\nOK\r\n")
    assert len(bench.of("submit")) == 1
    assert bench.control("wait_held", modem="one", timeout_s=0) is None


@pytest.mark.parametrize(
    ("point", "command"),
    [("list", b"AT+CMGL=4\r"), ("list", b"AT+CMGR=1\r"), ("delete", b"AT+CMGD=1\r")],
)
def test_a_modem_can_be_held_before_it_lists_or_deletes(bench, point, command):
    bench.text("hi")
    bench.fault("hold", times=1, point=point)
    assert bench.ask(command) == b""
    assert bench.control("wait_held", modem="one", timeout_s=0) == point
    assert bench.control("state", modem="one")["used"]["SM"] == 1
    bench.control("release", modem="one")
    assert bytes(bench.heard).endswith(b"OK\r\n")
    assert bench.control("state", modem="one")["used"]["SM"] == (point == "list")


def test_a_restart_frees_a_held_modem(bench):
    bench.fault("hold", times=1, point="taken")
    bench.send()
    bench.control("reboot", modem="one")
    assert bench.at("ATE0", "AT") == ["OK"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_fault_can_be_asked_for_with_its_defaults(kind):
    bench = Bench()
    bench.fault(kind.name)
    bench.wait(100)
    bench.control("clear_faults", modem="one")
    assert len(kind.says) < 80


def test_an_unknown_fault_is_refused_with_those_that_are_known():
    with pytest.raises(UnknownFaultError, match="verdict_lost"):
        Faults().add("explode", {})
    with pytest.raises(UnknownFaultError, match="code"):
        arguments_of("no_credit", {"colour": "red"})
