"""What a minimizer kept goes into a table of pandas as it is, a column for each field."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from problems import rosenbrock

from minimizer import Evaluation, Minimizer, RunRecord, minimize

pandas = pytest.importorskip("pandas")


def test_a_trace_has_a_column_for_each_field() -> None:
    m = Minimizer(rosenbrock, trace=True)
    m.minimize([-1.2, 1.0])
    assert isinstance(m.trace, list)
    frame = pandas.DataFrame(m.trace)
    assert list(frame.columns) == list(Evaluation._fields)
    assert len(frame) == m.evaluations
    assert frame.value.min() == m.function_value
    assert frame.run.dtype.kind == "i"
    assert np.stack(list(frame.point)).shape == (m.evaluations, 2)


def test_runs_have_a_column_for_each_field() -> None:
    m = Minimizer(rosenbrock)
    m.minimize([-1.2, 1.0])
    frame = pandas.DataFrame(m.runs)
    assert list(frame.columns) == [field.name for field in fields(RunRecord)]
    assert frame.evaluations.sum() == m.evaluations
    assert frame.function_value.min() == m.function_value
    assert frame.status.tolist() == [0] * len(m.runs)
    assert frame.params[0].tolist() == m.runs[0].params.tolist()


def test_the_same_from_a_result() -> None:
    result = minimize(rosenbrock, [-1.2, 1.0], options={"trace": True})
    assert len(pandas.DataFrame(result.trace)) == result.nfev
    assert pandas.DataFrame(result.runs).evaluations.sum() == result.nfev
