"""Cholesky's factorization, against NumPy, and to the same bits in all its forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import bits, make_problem

from minimizer.simplex import initial_state
from minimizer.simplex.initial_state import state_of
from minimizer.simplex.run_spec import RunSpec
from minimizer.simplex.state import RunState

FORMS = {"lists": 10**9, "arrays": 0}  # up to how many parameters a state has lists


class Case:
    """A symmetric matrix of `m` edges in n dimensions, their directions, and two vectors."""

    def __init__(self, n: int, m: int, seed: int, condition: float, lowest: float) -> None:
        random = np.random.default_rng(seed)
        self.n, self.m, self.shift, self.floor = n, m, 0.0, 0.0
        basis = np.linalg.qr(random.normal(size=(m, m)))[0]
        eigenvalues = condition ** random.uniform(-1.0, 0.0, m)
        eigenvalues[0] = lowest
        hessian = basis * eigenvalues @ basis.T
        self.hessian = 0.5 * (hessian + hessian.T)
        self.frame = random.normal(size=(m, n))
        self.v, self.t = random.normal(size=(2, m))

    @property
    def shifted(self) -> Any:
        return self.hessian + self.shift * np.eye(self.m)

    def state(self, few: int) -> RunState:
        """Return a state that knows all this, in a form."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(initial_state, "FEW", few)
            s = state_of(make_problem(self.n), RunSpec(0), 0)
        s.n_edges = self.m
        for i, row in enumerate(self.hessian.tolist()):
            s.bent[i][: self.m] = row
        for i, row in enumerate(self.frame.tolist()):
            s.frame[i][:] = row
        s.direction[: self.m] = s.minimum_step[: self.m] = self.v.tolist()
        s.changes[: self.m] = self.t.tolist()
        return s


def worked(s: Any, shift: float, floor: float) -> bool:
    """Use all there is; the function is compiled as it stands."""
    if not s.factorize(shift, floor):
        return False
    s.solve_lower(s.direction)
    s.solve_lower(s.minimum_step)
    s.solve_upper(s.minimum_step)
    s.combine(s.changes, 2.0)
    return True


def outcome(done: bool, m: int, lower: Any, solution: Any, step: Any) -> Any:
    return done, bits(lower[:m]), bits(solution[:m]), bits(step)


def in_python(case: Case, few: int) -> Any:
    s = case.state(few)
    with np.errstate(all="ignore"):
        done = worked(s, case.shift, case.floor)
    return outcome(done, case.m, s.direction, s.minimum_step, s.step)


@st.composite
def cases(draw: Any, positive: bool = True) -> Case:
    n = draw(st.integers(1, 12))
    lowest = st.floats(1e-8, 1.0) if positive else st.floats(-1.0, -1e-8)
    condition = draw(st.sampled_from([1.0, 1e3, 1e8]))
    return Case(n, draw(st.integers(1, n)), draw(st.integers(0, 2**32)), condition, draw(lowest))


@pytest.mark.slow
@pytest.mark.parametrize("few", FORMS.values(), ids=FORMS)
@given(cases(), st.sampled_from([0.0, 0.5, 100.0]))
def test_systems_are_solved(few: int, case: Case, shift: float) -> None:
    """L⁻¹ v has the length that the inverse gives v, and L⁻ᵀ L⁻¹ v solves the system."""
    case.shift = shift
    s = case.state(few)
    assert worked(s, case.shift, case.floor)
    solution = np.array(s.minimum_step[: case.m])
    residual = case.shifted @ solution - case.v
    scale = np.abs(case.shifted).sum() * np.abs(solution).max()
    assert np.abs(residual).max() <= 1e-13 * scale
    square = np.square(s.direction[: case.m]).sum()
    assert square == pytest.approx(case.v @ np.linalg.solve(case.shifted, case.v), rel=1e-5)
    assert s.step == pytest.approx((2.0 * case.t @ case.frame).tolist(), rel=1e-12, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("few", FORMS.values(), ids=FORMS)
@given(cases(positive=False))
def test_a_matrix_with_a_negative_eigenvalue_is_refused_until_it_is_shifted(
    few: int, case: Case
) -> None:
    assert not case.state(few).factorize(0.0, 0.0)
    lowest = np.linalg.eigvalsh(case.hessian)[0]
    assert case.state(few).factorize(-lowest + 1e-6, 0.0)


@pytest.mark.parametrize("few", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(
    ("entry", "shift", "floor", "is_factorized"),
    [
        (2.0, 0.0, 0.0, True),
        (2.0, 0.0, 2.0, False),  # not above the floor
        (2.0, -2.0, 0.0, False),
        (2.0, -1.0, 0.5, True),
        (0.0, 0.0, 0.0, False),
        (np.nan, 0.0, 0.0, False),
        (np.inf, 0.0, 0.0, False),
    ],
)
def test_all_pivots_are_to_be_above_the_floor_and_finite(
    entry: float, shift: float, floor: float, is_factorized: bool, few: int
) -> None:
    for n in (1, 2, 3):
        case = Case(n, n, 0, 1.0, 1.0)
        case.hessian = np.diag([4.0] * (n - 1) + [entry])
        with np.errstate(all="ignore"):
            assert case.state(few).factorize(shift, floor) is is_factorized


@pytest.mark.slow
@given(cases() | cases(positive=False), st.sampled_from([0.0, 0.5]))
def test_lists_and_arrays_give_the_same_bits(case: Case, shift: float) -> None:
    case.shift = shift
    assert in_python(case, FORMS["lists"]) == in_python(case, FORMS["arrays"])


@pytest.fixture(scope="module")
def compiled() -> Callable[[Case], Any]:
    """Return what calls the compiled kernels."""
    numba = pytest.importorskip("numba")
    from minimizer.simplex.compiled import kernels  # noqa: F401
    from minimizer.simplex.compiled.packing import packed_run
    from minimizer.simplex.compiled.state_type import run_state

    number = numba.types.float64
    entry = numba.njit(error_model="numpy")(worked).compile((run_state, number, number))

    def call(case: Case) -> Any:
        s, n = case.state(FORMS["arrays"]), case.n
        packed = packed_run(s)
        for name in ("bent", "frame"):
            packed.matrix(name)[:n, :n] = getattr(s, name)
        for name in ("direction", "minimum_step", "changes"):
            packed.row(name)[:n] = getattr(s, name)
        done = entry(packed.address, case.shift, case.floor)
        rows = (packed.row(name)[:n] for name in ("direction", "minimum_step", "step"))
        return outcome(done, case.m, *rows)

    return call


@pytest.mark.slow
@settings(max_examples=200)
@given(cases() | cases(positive=False), st.sampled_from([0.0, 0.5]))
def test_compiled_it_gives_the_same_bits(
    compiled: Callable[[Case], Any], case: Case, shift: float
) -> None:
    case.shift = shift
    assert compiled(case) == in_python(case, FORMS["arrays"])
