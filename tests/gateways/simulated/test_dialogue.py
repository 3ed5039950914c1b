"""What the modem answers: transcripts, without a tty and without waiting."""

import pytest

from gateways.simulated import fields, tpdu
from tests.gateways.simulated.bench import NUMBER, PHONE, START, Bench, submit


@pytest.fixture
def bench():
    bench = Bench()
    bench.at("ATE0")
    return bench


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        pytest.param(b"AT\r", b"\r\nOK\r\n", id="at"),
        pytest.param(b"at\r\n", b"\r\nOK\r\n", id="lower-case-and-line-feed"),
        pytest.param(b"\xff\x00~noiseAT\r", b"\r\nOK\r\n", id="noise-before-at"),
        pytest.param(b"ATX\x08\r", b"\r\nOK\r\n", id="backspace"),
        pytest.param(b"\x1b\r", b"", id="escape-alone-is-nothing"),
        pytest.param(b"hello\r", b"", id="no-at-no-answer"),
        pytest.param(b"AT+NOSUCH\r", b"\r\nERROR\r\n", id="unknown"),
        pytest.param(b"AT+CM", b"", id="half-a-line"),
        pytest.param(b"ATE0V1&C1+CMEE=1;+CMEE?\r", b"\r\n+CMEE: 1\r\n\r\nOK\r\n", id="many-in-one"),
        pytest.param(b"AT+CMEE=1;+NO;+CMEE?\r", b"\r\nERROR\r\n", id="stops-at-the-first-error"),
        pytest.param(b"AT+CMGF=1\r", b"\r\n+CMS ERROR: 303\r\n", id="no-text-mode"),
        pytest.param(b"AT+CMGR=1\r", b"\r\n+CMS ERROR: 321\r\n", id="empty-slot"),
        pytest.param(b"AT+CMGD=1\r", b"\r\nOK\r\n", id="deleting-nothing-is-fine"),
        pytest.param(b"AT+CMGD=4\r", b"\r\n+CMS ERROR: 321\r\n", id="no-such-slot"),
        pytest.param(
            b"AT+CPMS?\r", b'\r\n+CPMS: "SM",0,3,"SM",0,3,"SM",0,3\r\n\r\nOK\r\n', id="cpms"
        ),
        pytest.param(b'AT+CPMS="ME","XX"\r', b"\r\n+CMS ERROR: 302\r\n", id="no-such-memory"),
        pytest.param(b"AT+CNMI=2,9\r", b"\r\n+CMS ERROR: 302\r\n", id="cnmi-out-of-range"),
        pytest.param(b"AT+CMGS=x\r", b"\r\n+CMS ERROR: 304\r\n", id="length-is-no-number"),
        pytest.param(b"AT+CREG?\r", b"\r\n+CREG: 0,1\r\n\r\nOK\r\n", id="registered"),
        pytest.param(b"AT+CCLK?\r", b'\r\n+CCLK: "26/01/05,13:00:00+20"\r\n\r\nOK\r\n', id="clock"),
        pytest.param(b"ATD+77010000002;\r", b"\r\nERROR\r\n", id="it-calls-nobody"),
    ],
)
def test_the_modem_answers(bench, said, answer):
    assert bench.ask(said) == answer


def test_echo_is_on_until_it_is_switched_off():
    bench = Bench()
    assert bench.ask(b"AT\r") == b"AT\r\r\nOK\r\n"
    assert bench.ask(b"ATE0\r") == b"ATE0\r\r\nOK\r\n"
    assert bench.ask(b"AT\r") == b"\r\nOK\r\n"
    assert bench.ask(b"ATZ\r") == b"\r\nOK\r\n"
    assert bench.ask(b"AT\r") == b"AT\r\r\nOK\r\n"


def test_every_listed_command_has_a_form_that_is_no_error(bench):
    names = bench.at("AT+CLAC")[:-1]
    assert "+CMGS" in names
    for name in names:
        forms = [bench.at(f"AT{name}{form}")[-1] for form in ("=?", "?")]
        assert "OK" in forms or name in {"+CHUP", "+CNUM"}, name


@pytest.mark.parametrize(
    ("verbosity", "said"),
    [("0", "ERROR"), ("1", "+CME ERROR: 16"), ("2", "+CME ERROR: incorrect password")],
)
def test_errors_are_as_wordy_as_was_asked(verbosity, said):
    bench = Bench(pin="1234")
    assert bench.at("ATE0", f"AT+CMEE={verbosity}", 'AT+CPIN="0000"') == [said]


def test_three_wrong_pins_lock_the_sim_until_the_puk():
    bench = Bench(pin="1234")
    bench.at("ATE0", "AT+CMEE=1")
    assert bench.at("AT+CPIN?") == ["+CPIN: SIM PIN", "OK"]
    assert bench.at("AT+CMGL=4") == ["+CMS ERROR: 311"]
    codes = [bench.at('AT+CPIN="9999"') for _ in range(3)]
    assert codes == [["+CME ERROR: 16"], ["+CME ERROR: 16"], ["+CME ERROR: 12"]]
    assert bench.at("AT+CPIN?") == ["+CPIN: SIM PUK", "OK"]
    bench.control("reboot", modem="one")
    assert bench.at("ATE0", "AT+CPIN?") == ["+CPIN: SIM PUK", "OK"]
    assert bench.at('AT+CPIN="12345678","4321"') == ["OK"]
    assert bench.at("AT+CPIN?") == ["+CPIN: READY", "OK"]


def test_the_sim_asks_for_its_pin_again_after_a_restart():
    bench = Bench(pin="1234")
    assert bench.at("ATE0", 'AT+CPIN="1234"') == ["OK"]
    bench.control("reboot", modem="one")
    assert bench.at("ATE0", "AT+CPIN?") == ["+CPIN: SIM PIN", "OK"]


def test_a_text_goes_out_after_the_prompt(bench):
    octets = submit(PHONE, "hello")
    assert bench.ask(b"AT+CMGS=%d\r" % len(octets)) == b"\r\n> "
    assert bench.ask(b"00" + octets.hex().encode()) == b""
    assert bench.ask(b"\x1a") == b"\r\n+CMGS: 0\r\n\r\nOK\r\n"
    (event,) = bench.of("submit")
    assert (event["to"], event["from"], event["text"], event["mr"]) == (PHONE, NUMBER, "hello", 0)


def test_references_count_to_255_and_begin_again(bench):
    said = [bench.send()[0] for _ in range(257)]
    assert said[254:] == ["+CMGS: 254", "+CMGS: 255", "+CMGS: 0"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"zz", id="no-hex"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"0001", id="shorter-than-announced"),
        pytest.param(b"00" + b"00" * 18, id="no-submit"),
    ],
)
def test_a_malformed_text_is_refused_and_not_taken(bench, body):
    bench.ask(b"AT+CMGS=18\r")
    assert bench.ask(body + b"\x1a") == b"\r\n+CMS ERROR: 304\r\n"
    assert not bench.of("submit")
    assert bench.at("AT") == ["OK"]


def test_escape_ends_a_text_that_a_dead_host_began(bench):
    bench.ask(b"AT+CMGS=20\r")
    assert bench.ask(b"AT\r") == b""
    assert bench.ask(b"\x1b") == b"\r\nOK\r\n"
    assert bench.at("AT") == ["OK"]


def test_the_verdict_takes_its_time_and_the_modem_reads_nothing_meanwhile():
    bench = Bench(latency_s=2.0)
    bench.at("ATE0")
    assert bench.send() == []
    assert bench.of("submit")
    assert bench.ask(b"AT\r") == b""
    assert bench.wait(2.0) == b"\r\n+CMGS: 0\r\n\r\nOK\r\n\r\nOK\r\n"


def test_a_message_is_stored_listed_read_and_deleted(bench):
    bench.at("AT+CNMI=2,1,0,2,0")
    bench.text("hi")
    assert bytes(bench.heard) == b'\r\n+CMTI: "SM",1\r\n'
    listed = bench.at("AT+CMGL=0")
    assert listed[0] == "+CMGL: 1,0,,21"
    assert listed[1].startswith("07917710000090F9040B917710999999F90000")
    assert bench.at("AT+CMGL=0") == ["OK"]
    assert bench.at("AT+CMGR=1") == ["+CMGR: 1,,21", listed[1], "OK"]
    assert bench.at("AT+CMGD=1") == ["OK"]
    assert bench.at("AT+CMGL=4") == ["OK"]
    assert [event["slot"] for event in bench.of("deleted")] == [1]


def test_flags_delete_by_state(bench):
    bench.text("a")
    bench.at("AT+CMGL=0")
    bench.text("b")
    bench.at("AT+CMGD=1,1")
    assert bench.at("AT+CMGL=4")[0] == "+CMGL: 2,0,,20"
    bench.at("AT+CMGD=1,4")
    assert bench.at("AT+CMGL=4") == ["OK"]


def test_no_line_comes_unasked_while_a_text_is_typed(bench):
    bench.at("AT+CNMI=2,1,0,2,0")
    bench.ask(b"AT+CMGS=20\r")
    bench.text("hi")
    assert bytes(bench.heard) == b""
    assert bench.ask(b"\x1b") == b'\r\nOK\r\n\r\n+CMTI: "SM",1\r\n'


def test_a_direct_message_that_is_not_acknowledged_is_stored(bench):
    bench.at("AT+CSMS=1", "AT+CNMI=2,2,0,0,0")
    bench.text("one")
    assert bytes(bench.heard).startswith(b"\r\n+CMT: ,")
    assert bench.at("AT+CNMA") == ["OK"]
    bench.text("two")
    bench.wait(15)
    assert bench.at("AT+CNMI?")[0] == "+CNMI: 2,0,0,0,0"
    assert len(bench.at("AT+CMGL=4")) == 3


def test_a_report_comes_direct_or_is_stored_as_cnmi_says(bench):
    bench.at("AT+CNMI=2,1,0,1,0")
    bench.send(report=True)
    head, pdu = bench.wait(1).decode().split()[0::2][0], bench.heard.decode().split()[2]
    stamp, later = (fields.time_stamp(START + late, 20) for late in (0, 0))
    report = tpdu.status_report(0, PHONE, 0, stamp=stamp, discharged=later)
    assert (head, pdu) == ("+CDS:", "07917710000090F9" + report.hex().upper())
    bench.at("AT+CNMI=2,1,0,2,0")
    bench.send(report=True)
    assert bench.wait(1) == b'\r\n+CDSI: "SR",1\r\n'


def test_a_caller_rings_and_gives_up(bench):
    bench.at("AT+CLIP=1", "AT+CRC=1")
    bench.control("call", sender=PHONE, to="one")
    assert bytes(bench.heard) == (b'\r\n+CRING: VOICE\r\n\r\n+CLIP: "+77019999999",145,,,,0\r\n')
    assert bench.at("AT+CLCC")[0].startswith("+CLCC: 1,1,4,0,0")
    assert bench.wait(3) == b"\r\nNO CARRIER\r\n"
    assert bench.at("AT+CLCC") == ["OK"]


def test_a_ussd_code_is_answered_a_moment_later(bench):
    assert bench.at('AT+CUSD=1,"*100#",15') == ["OK"]
    assert bench.wait(1) == b'\r\n+CUSD: 0,"Balance 1000.00 KZT",15\r\n'
    bench.at('AT+CUSD=1,"*999#",15')
    assert bench.wait(1) == b"\r\n+CUSD: 4\r\n"


def test_without_radio_nothing_is_sent_and_nothing_comes(bench):
    bench.at("AT+CFUN=0")
    assert bench.send() == ["+CMS ERROR: 331"]
    bench.text("later")
    assert bench.at("AT+CMGL=4") == ["OK"]
    bench.at("AT+CFUN=1")
    assert len(bench.at("AT+CMGL=4")) == 3


def test_a_restart_forgets_settings_and_keeps_messages(bench):
    bench.text("kept")
    bench.at("AT+CNMI=2,1,0,2,0", "AT+CFUN=1,1")
    assert b"^SYSSTART" in bench.wait(0)
    assert bench.at("ATE0", "AT+CNMI?")[0] == "+CNMI: 0,0,0,0,0"
    assert len(bench.at("AT+CMGL=4")) == 3
