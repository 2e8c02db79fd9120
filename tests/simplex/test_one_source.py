"""The algorithm is what it was: its one source, interpreted, against the oracle; and compiled.

What the oracle does not know, R16 to R24, is off where it is asked, and drawn where two forms are
compared.

The environment variable MINIMIZER_EXAMPLES says how many calls are compared.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.call import Call, call, problem_like
from quick import examples
from random_calls import Drawn, calls, facts, former_rules, numbers_of_a_function, value_at
from scripted import bits

from minimizer import Minimizer, minimize_many
from minimizer.settings import plan_of, problem_of
from minimizer.simplex import initial_state

EXAMPLES = settings(max_examples=examples(100))
FORMS = {"either": initial_state.FEW, "lists": 10**9, "arrays": 0}


@pytest.mark.slow
@EXAMPLES
@given(calls(former_rules), st.sampled_from(sorted(FORMS)))
def test_interpreted_it_is_the_oracle(drawn: Drawn, form: str) -> None:
    """Every point that is evaluated, every value, record, status and count, to the bit.

    The oracle has R1 to R15; the rules after them are compared with the compiled form only.
    """
    p = np.array(drawn.p)
    count = 0

    def fun(x: Any) -> float:
        nonlocal count
        count += 1
        if count == drawn.abort_at:
            m.abort()
        return value_at(x, p)

    m = drawn.minimizer(fun, trace=True)
    problem = problem_like(problem_of(m, drawn.start, drawn.variations, drawn.simplex))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(initial_state, "FEW", FORMS[form])
        drawn.make(m)

    count_of_oracle = 0

    def told(x: Any, this: Call) -> float:
        nonlocal count_of_oracle
        count_of_oracle += 1
        if count_of_oracle == drawn.abort_at:
            this.abort()
        return value_at(x, p)

    expected = call(problem, SimpleNamespace(once=drawn.once, **plan_of(m)), told)
    assert isinstance(m.trace, list)
    points = [(e.run, e.move, bits(e.point), bits([e.value])) for e in m.trace]
    assert points == [(e.run, e.move, bits(e.point), bits([e.value])) for e in expected.trace]
    runs = [record for record in expected.records if record.evaluations]
    assert [facts(run) for run in m.runs] == [facts(run) for run in runs]
    assert expected.outcome is not None
    status, best = expected.outcome
    assert m.status is status
    assert count == count_of_oracle == m.evaluations
    assert m.iterations == sum(run.iterations for run in runs)
    if best is not None:
        assert bits([m.function_value, *m.params, *m.extra]) == bits(
            [best.function_value, *best.params, *best.extra]
        )
    else:
        assert np.isnan(m.params).all()


@pytest.fixture(scope="module")
def compiled() -> Any:
    """Return the function, compiled."""
    return pytest.importorskip("numba").njit(value_at)


def outcome(m: Minimizer) -> Any:
    counts = m.iterations, m.evaluations, m.nan_evaluations, m.completed_minimizations
    best = bits([m.function_value, *m.params, *m.extra])
    return m.status, best, counts, [facts(run) for run in m.runs]


@pytest.mark.slow
@EXAMPLES
@given(calls())
def test_compiled_it_is_the_interpreted(compiled: Any, drawn: Drawn) -> None:
    """All but the points, of which only the best and the last are known."""
    p = np.array(drawn.p)
    one = drawn.minimizer(compiled, args=(p,))
    two = drawn.minimizer(lambda x: compiled(x, p))
    for m in (one, two):
        drawn.make(m)
    assert outcome(one) == outcome(two)


@st.composite
def many(draw: Any) -> tuple[Drawn, list[list[float]], list[list[float]]]:
    """Draw a call for several functions, from several starts."""
    drawn = draw(calls())
    n = drawn.n
    functions = draw(st.lists(numbers_of_a_function(n), min_size=1, max_size=4))
    shifts = draw(st.lists(st.floats(-1.0, 1.0), min_size=len(functions), max_size=len(functions)))
    starts = [[x + shift for x in drawn.start] for shift in shifts]
    if "bounds" in drawn.settings:
        bounds = np.array(drawn.settings["bounds"]).T
        starts = np.clip(starts, *bounds).tolist()
    return drawn, functions, starts


@pytest.mark.slow
@EXAMPLES
@given(many())
def test_many_compiled_are_each_the_interpreted_one(
    compiled: Any, case: tuple[Drawn, list[list[float]], list[list[float]]]
) -> None:
    drawn, functions, starts = case
    got = minimize_many(
        compiled,
        np.array(starts),
        (np.array(functions),),
        initial_param_variations=drawn.variations,
        n_jobs=1,
        **drawn.settings,
    )
    for i, (numbers, start) in enumerate(zip(functions, starts, strict=True)):
        p = np.array(numbers)
        m = drawn.minimizer(lambda x, p=p: compiled(x, p))
        status = m.minimize(start, drawn.variations)
        assert got.status[i] == status
        assert bits([got.function_value[i], *got.params[i]]) == bits([m.function_value, *m.params])
        assert got.counts[i].tolist() == [m.iterations, m.evaluations]
