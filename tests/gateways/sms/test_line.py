"""The line over a real pty: what comes in pieces, dirty, late, unasked, or not at all."""

import threading
import time
from pathlib import Path

import pytest
from gsmmodem.exceptions import CommandError, TimeoutException

from gateways.sms.dialogue import Unsolicited
from gateways.sms.line import LINE_OCTETS, PROMPT, Line, LineLost, LineSilent, PortRefused
from tests.gateways.sms.peer import GONE, SILENCE, Peer

WAIT_S = 3.0
SHORT_S = 0.05
OPEN = Path("/proc/self/fd")


class Hints:
    """Counts hints, and lets a test wait for them."""

    def __init__(self):
        self._arrived = threading.Semaphore(0)

    def __call__(self):
        self._arrived.release()

    def wait(self):
        assert self._arrived.acquire(timeout=WAIT_S)


@pytest.fixture
def peer():
    peer = Peer()
    yield peer
    peer.close()


@pytest.fixture
def hints():
    return Hints()


@pytest.fixture
def line(peer, hints):
    line = Line(peer.port, 115200, WAIT_S, hints)
    line.open()
    yield line
    line.close()


def sorted_out(*reads, command=""):
    """What a line makes of these reads: answers, and what was said unasked."""
    line = Line("", 115200, 0, lambda: None)
    line.listen_for(command)
    pending = b""
    for octets in reads:
        pending = line._sort(pending + octets)
    answers, unasked = [], []
    while not line._heard.empty():
        answers.append(line._heard.get())
    while not line.unsolicited.empty():
        unasked.append(line.unsolicited.get())
    return answers, unasked


def test_a_command_gets_its_answer_without_its_echo(line, peer):
    peer.answers["AT+CSQ"] = b"AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n"
    assert line.ask("AT+CSQ") == ["+CSQ: 20,99", "OK"]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n", id="as-the-book-says"),
        pytest.param(b"+CSQ: 20,99\nOK\n", id="bare-line-feeds"),
        pytest.param(b"\xff\xfe\r\n+CSQ: 20,99\r\n\x80\r\nOK\r\n", id="trap-7-no-utf-8"),
        pytest.param(b"\r\n+CS\xc3Q: 20,99\x00\r\n\r\nO\x00K\r\n", id="noise-inside-of-lines"),
        pytest.param(
            b'\r\n+CSQ: 20,99\r\n\r\n+CMTI: "SM",1\r\n\r\nOK\r\n', id="trap-2-unsolicited-inside"
        ),
        pytest.param(
            b"\r\n+CDS: 25\r\n0006070B\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n", id="direct-report-before"
        ),
        pytest.param(b"\r\nNO CARRIER\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n", id="call-ends-before"),
        pytest.param(b"x" * 70000 + b"\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n", id="endless-line-before"),
    ],
)
def test_an_answer_is_understood_in_any_company(line, peer, said):
    peer.answers["AT+CSQ"] = said
    answer = line.ask("AT+CSQ")
    assert answer[-2:] == ["+CSQ: 20,99", "OK"]
    assert line.ask("AT") == ["OK"]


TRANSCRIPT = (
    b'\r\n+CMTI: "SM",3\r\n\r\n+CDS: 25\r\n0006070B\r\n\r\n+CSQ: 20,99\r\n'
    b"\r\n+CMT: ,9\r\n0004AA\r\n\r\nRING\r\n\r\n\xff\x80> \r\n+CMGS: 7\r\n\r\nOK\r\n"
)


@pytest.mark.parametrize("cut", range(len(TRANSCRIPT) + 1))
def test_where_a_read_ends_changes_nothing(cut):
    answers, unasked = sorted_out(TRANSCRIPT[:cut], TRANSCRIPT[cut:])
    assert answers == ["+CSQ: 20,99", PROMPT, "+CMGS: 7", "OK"]
    assert unasked == [
        Unsolicited('+CMTI: "SM",3'),
        Unsolicited("+CDS: 25", tpdu="0006070B"),
        Unsolicited("+CMT: ,9", tpdu="0004AA"),
        Unsolicited("RING"),
    ]


def test_octet_by_octet_nothing_is_lost():
    answers, unasked = sorted_out(*(bytes([octet]) for octet in TRANSCRIPT))
    assert (len(answers), len(unasked)) == (4, 4)


@pytest.mark.parametrize(
    "reads",
    [
        pytest.param([b"\r\n> "], id="as-the-book-says"),
        pytest.param([b"\r\n>"], id="without-space"),
        pytest.param([b"\r\n", b">", b" "], id="in-three-reads"),
        pytest.param([b"AT+CMGS=20\r\r\n> "], id="behind-the-echo"),
        pytest.param([b'> \r\n+CMTI: "SM",1\r\n'], id="before-something-unasked"),
        pytest.param([b"\r\n\xf0\x00> "], id="behind-noise"),
    ],
)
def test_a_prompt_is_seen_once(reads):
    answers, _ = sorted_out(*reads)
    assert answers.count(PROMPT) == 1


def test_a_prompt_without_a_line_end_is_seen_at_once(line, peer):
    peer.answers["AT+CMGS=20"] = b"\r\n>"
    line.listen_for("AT+CMGS=20")
    line.put("AT+CMGS=20\r")
    assert line.next(WAIT_S) == PROMPT


def test_a_line_that_never_ends_takes_no_memory():
    line = Line("", 115200, 0, lambda: None)
    pending = b""
    for _ in range(100):
        pending = line._sort(pending + b"x" * 1000)
        assert len(pending) < LINE_OCTETS


def test_a_direct_message_is_hinted_at_when_its_tpdu_is_there(line, peer, hints):
    peer.say(b"\r\n+CDS: 25\r\n0006")
    peer.say(b"070B\r\n")
    hints.wait()
    assert line.unsolicited.get_nowait() == Unsolicited("+CDS: 25", tpdu="0006070B")


def test_trap_2_of_several_notifications_in_a_burst_each_is_handed_on(line, peer, hints):
    peer.answers["AT"] = b'\r\n+CMTI: "SM",1\r\n+CMTI: "SM",2\r\n\r\n+CMTI: "SM",3\r\nOK\r\n'
    assert line.ask("AT") == ["OK"]
    for _ in range(3):
        hints.wait()
    assert line.unsolicited.qsize() == 3


def test_trap_5_a_late_answer_does_not_answer_the_next_command(line, peer, hints):
    peer.answers["AT+CSQ"] = SILENCE
    with pytest.raises(LineSilent):
        line.ask("AT+CSQ", SHORT_S)
    # The notification behind it tells that the late answer was read.
    peer.say(b'\r\n+CSQ: 7,99\r\n\r\nOK\r\n\r\n+CMTI: "SM",1\r\n')
    hints.wait()
    peer.answers["AT+CREG?"] = b"\r\n+CREG: 0,1\r\n\r\nOK\r\n"
    assert line.ask("AT+CREG?") == ["+CREG: 0,1", "OK"]


def test_draining_takes_what_comes_until_it_is_quiet(line, peer):
    peer.say(b"\r\nERROR\r\n")
    line.drain(SHORT_S)
    assert line.ask("AT") == ["OK"]


def test_an_answer_without_end_is_silence_though_the_modem_talks(line, peer):
    peer.answers["AT+CSQ"] = b"\r\n+CSQ: 20,99\r\n"
    with pytest.raises(LineSilent):
        line.ask("AT+CSQ", SHORT_S)


def test_a_port_that_goes_is_noticed_at_once_and_hinted_at(line, peer, hints):
    peer.vanish()
    hints.wait()
    with pytest.raises(LineLost):
        line.next(WAIT_S)
    with pytest.raises(LineLost):
        line.put("AT\r")


def test_a_port_that_goes_inside_an_answer_does_not_use_up_the_wait(line, peer):
    peer.answers["AT+CSQ"] = GONE
    began = time.monotonic()
    with pytest.raises(LineLost):
        line.ask("AT+CSQ", 30)
    assert time.monotonic() - began < WAIT_S


def test_trap_7_whatever_octets_come_the_reader_lives(line, peer, hints):
    peer.say(bytes(range(256)) * 4 + b'\r\n+CMTI: "SM",1\r\n')
    hints.wait()
    assert line.alive
    assert line.ask("AT") == ["OK"]


def test_a_port_belongs_to_one_at_a_time(line, peer):
    with pytest.raises(PortRefused, match="exclusively lock"):
        Line(peer.port, 115200, WAIT_S, lambda: None).open()
    assert line.ask("AT") == ["OK"]
    line.close()
    following = Line(peer.port, 115200, WAIT_S, lambda: None)
    following.open()
    assert following.ask("AT") == ["OK"]
    following.close()


def test_a_port_that_is_not_there_is_refused_with_its_errno(tmp_path):
    with pytest.raises(PortRefused) as refused:
        Line(str(tmp_path / "nothing"), 115200, WAIT_S, lambda: None).open()
    assert refused.value.errno == 2


def test_closing_is_quick_and_may_be_done_twice_and_unopened(peer):
    Line(peer.port, 115200, WAIT_S, lambda: None).close()
    line = Line(peer.port, 115200, WAIT_S, lambda: None)
    line.open()
    began = time.monotonic()
    line.close()
    line.close()
    assert time.monotonic() - began < 0.5
    assert not line.rxThread.is_alive()
    with pytest.raises(LineLost):
        line.put("AT\r")


def test_no_descriptor_is_left_behind_by_ports_that_come_and_go():
    before = len(list(OPEN.iterdir()))
    for _ in range(3):
        peer = Peer()
        line = Line(peer.port, 115200, WAIT_S, lambda: None)
        line.open()
        peer.vanish()
        line.close()
        peer.close()
    assert len(list(OPEN.iterdir())) == before


def test_the_library_reads_its_properties_over_this_line(line, peer):
    peer.answers |= {
        "AT+CGSN": b"\r\n860000000000001\r\n\r\nOK\r\n",
        "AT+CIMI": b"\r\n401010000000001\r\n\r\nOK\r\n",
        "AT+CSQ": b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n",
        "AT+COPS?": b'\r\n+COPS: 0,0,"Net"\r\n\r\nOK\r\n',
        "AT+CGMI": b"\r\nMaker\r\n\r\nOK\r\n",
    }
    assert line.imei == "860000000000001"
    assert line.imsi == "401010000000001"
    assert line.signalStrength == 20
    assert line.networkName == "Net"
    assert line.manufacturer == "Maker"


def test_the_library_gets_the_errors_that_it_knows(line, peer):
    peer.answers |= {"AT+CSQ": b"\r\nERROR\r\n", "AT+CGSN": SILENCE}
    with pytest.raises(CommandError):
        _ = line.signalStrength
    with pytest.raises(TimeoutException):
        line.write("AT+CGSN", timeout=SHORT_S)


@pytest.mark.parametrize("code", ["+CMS ERROR: 515", "+CME ERROR: 14"])
def test_trap_14_a_busy_modem_is_not_asked_again_and_again(line, peer, code):
    peer.answers["AT+CGSN"] = f"\r\n{code}\r\n".encode()
    with pytest.raises(CommandError):
        _ = line.imei
    assert peer.heard.count("AT+CGSN") == 1


def test_trap_16_nothing_said_or_heard_is_logged(line, peer, caplog):
    caplog.set_level("DEBUG")
    peer.answers["AT+CMGL=4"] = b"\r\n+CMGL: 1,1,,2\r\n0791448720\r\n\r\nOK\r\n"
    line.ask("AT+CMGL=4")
    line.write("AT+CMGL=4")
    assert caplog.text == ""


def test_a_hung_up_write_is_a_lost_line(line, peer, hints):
    peer.vanish()
    hints.wait()
    line.alive = True  # as if the reader had not noticed yet
    with pytest.raises(LineLost):
        line.put("AT\r")
    line.alive = False
