"""Transcripts of modems: what each odd one says, and what it means."""

import pytest

from gateways.sms.dialogue import (
    CTRL_Z,
    ESC,
    End,
    Sending,
    Step,
    Stored,
    carries_tpdu,
    is_final,
    is_unsolicited,
    parse_list,
    says_restart,
)
from gateways.sms.line import PROMPT

HEX = "0011000B917710999999F90000AA05E8329BFD06"
SILENCE = None


def play(said):
    """Feed a transcript to a sending, as the gateway does; the sending and what was written."""
    sending = Sending(HEX, len(HEX) // 2 - 1)
    written = []
    for line in said:
        if sending.end is not None:
            break
        if line is SILENCE:
            written.append(sending.silent())
        elif line == PROMPT:
            written.append(sending.prompted())
        else:
            sending.heard(line)
    return sending, [octets for octets in written if octets]


TEXT = HEX + CTRL_Z


@pytest.mark.parametrize(
    ("said", "end", "reference", "written"),
    [
        pytest.param([PROMPT, "+CMGS: 5", "OK"], End.TAKEN, 5, [TEXT], id="as-the-book-says"),
        pytest.param([PROMPT, "+CMGS:5", "OK"], End.TAKEN, 5, [TEXT], id="no-space"),
        pytest.param(
            [PROMPT, '+CMGS: 5,"26/01/05,14:20:00+20"', "OK"],
            End.TAKEN,
            5,
            [TEXT],
            id="trap-6-time-behind-the-reference",
        ),
        pytest.param([PROMPT, "+CMGS: 5,07914", "OK"], End.TAKEN, 5, [TEXT], id="ack-pdu-behind"),
        pytest.param(
            ["AT+CMGS=19", PROMPT, HEX, "+CMGS: 0", "OK"], End.TAKEN, 0, [TEXT], id="echo-of-both"
        ),
        pytest.param(
            [PROMPT, "~x~", "", "+CMGS: 255", "~~", "OK"], End.TAKEN, 255, [TEXT], id="noise"
        ),
        pytest.param([PROMPT, PROMPT, "+CMGS: 5", "OK"], End.TAKEN, 5, [TEXT], id="prompt-twice"),
        pytest.param(["OK", PROMPT, "+CMGS: 5", "OK"], End.TAKEN, 5, [TEXT], id="late-ok-before"),
        pytest.param(
            ["+CMGS: 4", "OK", PROMPT, "+CMGS: 5", "OK"],
            End.TAKEN,
            5,
            [TEXT],
            id="late-verdict-before-the-prompt-is-not-ours",
        ),
        pytest.param(
            ["+CMGS: 4", SILENCE], End.NOT_ASKED, None, [ESC], id="late-verdict-then-silence"
        ),
        pytest.param(
            ["+CMGS: 4", PROMPT, "OK"], End.UNKNOWN, None, [TEXT], id="late-reference-never-ours"
        ),
        pytest.param([PROMPT, "OK"], End.UNKNOWN, None, [TEXT], id="ok-without-reference"),
        pytest.param([PROMPT, "+CMGS:", "OK"], End.UNKNOWN, None, [TEXT], id="reference-left-out"),
        pytest.param([PROMPT, "+CMGS: 5", SILENCE], End.TAKEN, 5, [TEXT], id="no-ok-then-silence"),
        pytest.param([SILENCE], End.NOT_ASKED, None, [ESC], id="trap-5-no-prompt-is-answered-esc"),
        pytest.param(["AT+CMGS=19", SILENCE], End.NOT_ASKED, None, [ESC], id="echo-then-silence"),
        pytest.param([PROMPT, SILENCE], End.UNKNOWN, None, [TEXT], id="silence-after-the-text"),
        pytest.param(
            [PROMPT, HEX, SILENCE], End.UNKNOWN, None, [TEXT], id="echo-of-the-text-then-silence"
        ),
        pytest.param(["ERROR"], End.REFUSED, None, [], id="error-before-the-prompt"),
        pytest.param(["+CMS ERROR: 302"], End.REFUSED, None, [], id="cms-before-the-prompt"),
        pytest.param([PROMPT, "ERROR"], End.REFUSED, None, [TEXT], id="error-after-the-text"),
        pytest.param(
            [PROMPT, "+CMS ERROR: 38"], End.REFUSED, None, [TEXT], id="cms-after-the-text"
        ),
        pytest.param([PROMPT, "+CME ERROR: 30"], End.REFUSED, None, [TEXT], id="cme"),
        pytest.param(
            [PROMPT, "+CMS ERROR: SIM busy"], End.REFUSED, None, [TEXT], id="verbose-error"
        ),
        pytest.param(["COMMAND NOT SUPPORT"], End.REFUSED, None, [], id="trap-16-old-huawei"),
    ],
)
def test_a_transcript_ends_as_the_promise_says(said, end, reference, written):
    sending, wrote = play(said)
    assert (sending.end, sending.reference, wrote) == (end, reference, written)
    assert sending.verdict == (said[-1] if end is End.REFUSED else "")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param([], id="nothing"),
        pytest.param([PROMPT], id="prompt"),
        pytest.param([PROMPT, "+CMGS: 5"], id="reference"),
        pytest.param(["NO CARRIER"], id="a-call-ended-before-the-prompt"),
        pytest.param([PROMPT, "NO CARRIER"], id="a-call-ended-after-the-text"),
        pytest.param([PROMPT, "OKAY", "NO ERROR AT ALL", "+CMS ERR"], id="what-only-looks-final"),
    ],
)
def test_nothing_but_a_final_result_or_silence_ends_it(said):
    sending, _ = play(said)
    assert sending.end is None


def test_the_text_counts_as_given_from_the_moment_it_is_handed_out():
    sending = Sending(HEX, 19)
    assert (sending.command, sending.had_text) == ("AT+CMGS=19", False)
    assert sending.prompted() == TEXT
    assert (sending.step, sending.had_text) == (Step.VERDICT, True)


@pytest.mark.parametrize(
    ("line", "final"),
    [
        ("OK", True),
        ("ERROR", True),
        ("+CMS ERROR: 500", True),
        ("+CME ERROR: SIM busy", True),
        ("COMMAND NOT SUPPORT", True),
        ("OKAY", False),
        ("+CMGS: 5", False),
        ("NO CARRIER", False),
        ("", False),
    ],
)
def test_a_final_result_ends_a_response_and_nothing_else_does(line, final):
    assert is_final(line) is final


@pytest.mark.parametrize(
    ("line", "command", "unsolicited"),
    [
        ('+CMTI: "SM",3', "AT+CMGL=4", True),
        ('+CDSI: "SR",3', "AT+CMGS=20", True),
        ("+CDS: 25", "AT+CMGS=20", True),
        ("+CMT: ,24", "", True),
        ("RING", "AT+CSQ", True),
        ('+CLIP: "+77015550123",145', "AT", True),
        ("NO CARRIER", "AT+CMGS=20", True),
        ("^RSSI:20", "AT+CSQ", True),
        ("^SYSSTART", "", True),
        ("+CREG: 2", "AT+CMGL=4", True),
        ("+CREG: 0,1", "AT+CREG?", False),
        ("+CPIN: READY", "AT+CSQ", True),
        ("+CPIN: READY", "AT+CPIN?", False),
        ('+CUSD: 0,"100",15', "at+cusd=1", False),
        ("+CMGL: 1,1,,24", "AT+CMGL=4", False),
        ("OK", "AT", False),
        ("", "", False),
    ],
)
def test_an_unsolicited_line_is_told_from_an_answer_by_the_command(line, command, unsolicited):
    assert is_unsolicited(line, command) is unsolicited


@pytest.mark.parametrize(
    ("line", "carries"),
    [("+CDS: 25", True), ("+CMT: ,24", True), ("+CBM: 88", True), ('+CMTI: "SM",1', False)],
)
def test_direct_messages_are_followed_by_their_tpdu(line, carries):
    assert carries_tpdu(line) is carries


@pytest.mark.parametrize(
    ("line", "restart"),
    [("^SYSSTART", True), ("RDY", True), ("NORMAL POWER DOWN", True), ("^RSSI:20", False)],
)
def test_a_start_banner_tells_of_a_restart(line, restart):
    assert says_restart(line) is restart


@pytest.mark.parametrize(
    ("lines", "stored"),
    [
        pytest.param(["OK"], [], id="empty"),
        pytest.param(["+CMGL: 1,1,,2", "AABB", "OK"], [Stored(1, "AABB")], id="one"),
        pytest.param(['+CMGL: 12,0,"",2', "AABB", "OK"], [Stored(12, "AABB")], id="alpha-field"),
        pytest.param(
            ["+CMGL: 1,1,,2", "AA", "BB", "OK"], [Stored(1, "AABB")], id="broken-into-lines"
        ),
        pytest.param(
            ["+CMGL: 1,1,,2", "no hex", "+CMGL: 3,1,,1", "CC", "OK"],
            [Stored(1, "no hex"), Stored(3, "CC")],
            id="trap-3-undecodable-shifts-no-index",
        ),
        pytest.param(
            ["+CMGL: 1,1,,0", "+CMGL: 2,1,,1", "CC", "OK"],
            [Stored(1, ""), Stored(2, "CC")],
            id="trap-3-empty-slot-shifts-no-index",
        ),
        pytest.param(
            ["+CMGL: 1,1,,2", "+XYZ: 7", "AABB", "^BOOT:1", "OK"],
            [Stored(1, "AABB")],
            id="unknown-lines-said-unasked",
        ),
        pytest.param(
            ["late", "+CMGL: 1,1,,1", "CC", "+CMS ERROR: 320"], [Stored(1, "CC")], id="cut-short"
        ),
        pytest.param(["+CMS ERROR: 310"], [], id="refused"),
    ],
)
def test_a_list_gives_each_index_its_own_octets(lines, stored):
    assert parse_list(lines) == stored
