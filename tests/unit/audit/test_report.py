"""Every offender is counted, the first of each reason are kept."""

from streams.audit.report import KEPT, Reason, Report


def test_counts_all_and_keeps_some() -> None:
    report = Report(offsets_checked=500, seconds=2.0)
    for first in (0, 100):
        report.blame(Reason.NO_ROW, (("t", 0, first + n) for n in range(100)), 100)
    report.blame(Reason.NO_MESSAGE, [("t", 1, 7)], 1)
    told = report.as_json()
    assert (told["missing"], told["unexpected"]) == (200, 1)
    assert told["reasons"] == {"NO_ROW": 200, "NO_MESSAGE": 1}
    assert [o["offset"] for o in told["offenders"]] == [*range(KEPT), 7]
    assert told["offsets_per_second"] == 250
    assert not report.clean


def test_an_empty_report_is_clean() -> None:
    assert Report().clean
    assert Report().as_json()["offsets_per_second"] == 0
