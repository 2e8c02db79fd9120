"""The benchmark of fits judges by NIST's certified values."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("asteval")

from benchmarks.fit import digits, fit, main


def test_a_fit_is_judged() -> None:
    line = fit("Misra1a", 2)
    assert (line.name, line.start, line.status) == ("Misra1a", 2, "SUCCESS")
    assert min(line.rss, line.parameters, line.uncertainties) > 6


@pytest.mark.slow
def test_peaks_may_be_exchanged_and_there_may_be_two_predictors() -> None:
    assert fit("Gauss1", 1).parameters > 6
    assert fit("Nelson", 2).parameters > 6


def test_the_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["BoxBOD"])
    printed = capsys.readouterr().out
    assert printed.count("BoxBOD") == 2
    assert "2 fits: 2 claimed and right, 0 claimed and wrong" in printed


def test_digits() -> None:
    assert digits([1.001, 2.0], [1.0, 2.0]) == pytest.approx(3.0)
    assert digits([2.0], [2.0]) == 11.0
    assert digits([5.0], [1.0]) == 0.0
    assert digits([math.nan], [1.0]) == 0.0
