import pytest

from gateways.sms.verdicts import VerdictKind, classify

CMS = {
    VerdictKind.PERMANENT_RECIPIENT: [1, 28, 30, 195, 196],
    VerdictKind.TRANSIENT_RECIPIENT: [27],
    VerdictKind.OUR_MISTAKE: [81, 95, 96, 97, 98, 99, 111, 198, 199, 302, 303, 304, 305, 321, 340],
    VerdictKind.SIM: [8, 10, 29, 50, 69, 193, 330],
    VerdictKind.HARDWARE: [300, 310, 311, 312, 313, 315, 316, 317, 318],
    VerdictKind.BUSY: [301, 314, 512, 515],
    VerdictKind.TRANSIENT_NETWORK: [17, 21, 22, 41, 42, 47, 192, 194, 331, 514],
    VerdictKind.OUTAGE: [38],
    VerdictKind.STORAGE: [208, 211, 320, 322],
    VerdictKind.UNKNOWN: [197, 255, 332, 500, 513],
}
CME = {
    VerdictKind.OUR_MISTAKE: [3, 4, 24, 25, 26, 27],
    VerdictKind.SIM: [32],
    VerdictKind.HARDWARE: [5, 10, 11, 12, 13, 15, 16, 17, 18],
    VerdictKind.BUSY: [14],
    VerdictKind.TRANSIENT_NETWORK: [30, 31],
    VerdictKind.STORAGE: [20, 23],
    VerdictKind.UNKNOWN: [100],
}
CODES = [
    pytest.param(family, code, kind, id=f"{family}-{code}")
    for family, table in (("CMS", CMS), ("CME", CME))
    for kind, codes in table.items()
    for code in codes
]


@pytest.mark.parametrize(("family", "code", "kind"), CODES)
def test_each_code_is_of_the_kind_that_was_judged(family, code, kind):
    verdict = classify(f"+{family} ERROR: {code}")
    assert (verdict.kind, verdict.code) == (kind, code)
    assert verdict.reason not in {"", "code not listed"}


def test_every_other_code_may_mean_that_the_message_is_out():
    listed = {code for codes in CMS.values() for code in codes}
    for code in set(range(1000)) - listed:
        assert classify(f"+CMS ERROR: {code}").kind is VerdictKind.UNKNOWN


@pytest.mark.parametrize(
    ("line", "kind", "code"),
    [
        pytest.param("+CMS ERROR:38", VerdictKind.OUTAGE, 38, id="no-space"),
        pytest.param("  +CMS ERROR: 38 \r\n", VerdictKind.OUTAGE, 38, id="space-around"),
        pytest.param("+cms error: 38", VerdictKind.OUTAGE, 38, id="lower-case"),
        pytest.param("+CMS ERROR: SIM busy", VerdictKind.BUSY, 314, id="words"),
        pytest.param(
            "+CMS ERROR: (U)SIM PUK required", VerdictKind.HARDWARE, 316, id="newer-words"
        ),
        pytest.param(
            "+CMS ERROR: no network service",
            VerdictKind.TRANSIENT_NETWORK,
            331,
            id="lower-case-words",
        ),
        pytest.param(
            "+CMS ERROR: Network timeout", VerdictKind.UNKNOWN, 332, id="words-that-mean-unknown"
        ),
        pytest.param(
            "+CME ERROR: network timeout",
            VerdictKind.TRANSIENT_NETWORK,
            31,
            id="same-words-of-the-other-family",
        ),
        pytest.param("+CME ERROR: SIM PIN required", VerdictKind.HARDWARE, 11, id="pin"),
        pytest.param("+CME ERROR: SIM not inserted", VerdictKind.HARDWARE, 10, id="no-sim"),
        pytest.param("+CMS ERROR: Memory capacity exceeded", VerdictKind.STORAGE, 211, id="full"),
        pytest.param("ERROR", VerdictKind.UNKNOWN, None, id="bare"),
        pytest.param("+CMS ERROR: something new", VerdictKind.UNKNOWN, None, id="unlisted-words"),
        pytest.param("+CMS ERROR:", VerdictKind.UNKNOWN, None, id="nothing-behind"),
        pytest.param("+CMS ERROR: 999999999999", VerdictKind.UNKNOWN, None, id="absurd-number"),
        pytest.param("+CMS ERROR: ٣٨", VerdictKind.UNKNOWN, None, id="digits-of-another-script"),
        pytest.param("", VerdictKind.UNKNOWN, None, id="empty"),
        pytest.param("+CMGS: 5", VerdictKind.UNKNOWN, None, id="no-error-at-all"),
    ],
)
def test_modems_say_it_in_many_ways(line, kind, code):
    verdict = classify(line)
    assert (verdict.kind, verdict.code) == (kind, code)


@pytest.mark.parametrize(
    ("in_a_row", "kind"),
    [(1, "TRANSIENT_NETWORK"), (2, "TRANSIENT_NETWORK"), (3, "SIM"), (9, "SIM")],
)
def test_rejected_three_times_in_a_row_is_the_sim(in_a_row, kind):
    assert classify("+CMS ERROR: 21", in_a_row=in_a_row).kind is VerdictKind[kind]


def test_no_service_while_out_of_the_network_is_an_outage():
    assert classify("+CMS ERROR: 331", registered=False).kind is VerdictKind.OUTAGE
    assert classify("+CMS ERROR: 42", registered=False).kind is VerdictKind.TRANSIENT_NETWORK


def test_a_reason_never_repeats_what_the_line_held():
    assert "5550123" not in classify("+CMS ERROR: to +77015550123").reason
