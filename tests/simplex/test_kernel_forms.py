"""All forms of a kernel give the same bits: in lists, in arrays, and compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scripted import INF, NAN, bits, make_problem

from minimizer import Rules
from minimizer.common.tolerances import Tolerances
from minimizer.simplex import initial_state
from minimizer.simplex.initial_state import state_of
from minimizer.simplex.run_spec import RunSpec
from minimizer.simplex.state import RunState

LISTS, ARRAYS = 10**9, 0
TRIALS = ["trial"]

# What each kernel is called with, and what it may change.
KERNELS: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "rank": ((), ["best", "next_worst", "worst"]),
    "try_on_line": (("t",), TRIALS),
    "try_params": (("vector", "v"), TRIALS),
    "is_outside": ((), []),
    "put": (("v", "point", "t"), ["points", "values", "true_values"]),
    "vertex": (("v",), []),
    "coordinate": (("v", "first"), []),
    "swap": (("v", "best"), ["points", "values", "true_values"]),
    "is_flat": ((), []),
    "orthogonalize": ((), ["step"]),
    "length": (("vector",), []),
}


class Case:
    """A state, and what a kernel is called with."""

    def __init__(self, draw: Any, n: int, extra: int) -> None:
        self.number = draw(st.sampled_from([PLAIN, PLAIN, ODD, ZEROS]))
        self.n, self.extra = n, extra
        width = n + extra
        self.points = self._rows(draw, n + 1, width)
        if draw(st.booleans()):  # vertices near each other
            share = draw(st.sampled_from([0.0, 1e-12, 1e-7, 1e-3]))
            first = self.points[0]
            self.points = [
                [b + share * (x - b) for x, b in zip(row, first, strict=True)]
                for row in self.points
            ]
        value = st.sampled_from([0.0, -0.0, 1.0, 2.0, INF, -INF, NAN])
        self.values = draw(st.lists(value, min_size=n + 1, max_size=n + 1))
        self.places = draw(st.tuples(*[st.integers(0, n)] * 3))
        self.v = draw(st.integers(0, n))
        self.vertex_index = draw(st.integers(1, n))
        self.t = draw(st.sampled_from([-1.0, -2.0, -0.5, 0.5, 0.03, 1e-8, 1.0, 0.0, NAN, INF]))
        self.rows = {
            name: self._row(draw, size)
            for name, size in (
                ("point", width),
                ("reflected", width),
                ("origin", n),
                ("vector", n),
                ("middle", n),
                ("step", n),
                ("ranges", n),
                ("run_ranges", n),
            )
        }
        size = st.sampled_from([1.0, 0.1, 3.0, 1e-100, 1e200, INF])  # never 0 or NaN
        self.rows["sizes"] = draw(st.lists(size, min_size=n, max_size=n))
        self.shrink = draw(st.sampled_from([0.5, 0.9]))
        self.fixed_only = draw(st.booleans())
        box = None
        if draw(st.booleans()):
            side = st.sampled_from([-INF, -10.0, 0.0, -0.0, 0.5, 10.0, INF])
            pairs = [sorted(draw(st.tuples(side, side))) for _ in range(n)]
            box = tuple(list(side) for side in zip(*pairs, strict=True))
        rules = Rules(nan_ranks_worst=draw(st.booleans()), clip_to_bounds=draw(st.booleans()))
        tolerance = draw(st.sampled_from([0.0, 1e-6, 1.0, 1e300]))
        self.problem = make_problem(
            n, extra=extra, rules=rules, box=box, tolerances=Tolerances(tolerance, 1.0)
        )

    def _row(self, draw: Any, size: int) -> list[float]:
        row: list[float] = draw(st.lists(self.number, min_size=size, max_size=size))
        return row

    def _rows(self, draw: Any, rows: int, size: int) -> list[list[float]]:
        if rows * size > 60:  # of many, only a few are drawn
            random = np.random.default_rng(draw(st.integers(0, 2**32)))
            array = random.normal(size=(rows, size))
            for _ in range(draw(st.integers(0, 3))):
                array[draw(st.integers(0, rows - 1)), draw(st.integers(0, size - 1))] = draw(ODD)
            points: list[list[float]] = array.tolist()
            return points
        return [self._row(draw, size) for _ in range(rows)]

    def suits(self, kernel: str) -> bool:
        """Return whether a kernel may be called."""
        return kernel != "is_outside" or self.problem.box is not None

    def state(self, few: int) -> RunState:
        """Return the state in a form."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(initial_state, "FEW", few)
            s = state_of(self.problem, RunSpec(0), 0)
        is_list = isinstance(s.points, list)
        s.points = np.array(self.points)
        s.points = s.points.tolist() if is_list else s.points
        s.values = [INF if v != v and s.nan_ranks_worst else v for v in self.values]
        s.true_values, s.told = s.values.copy(), 1e4
        s.best, s.next_worst, s.worst = self.places
        s.vertex_index, s.shrink, s.fixed_only = self.vertex_index, self.shrink, self.fixed_only
        for name, row in self.rows.items():
            if name in ("reflected", "point"):
                row = list(row) if is_list else np.array(row)
            if name not in ("point", "vector"):
                setattr(s, name, row if not isinstance(row, list) else list(row))
        s.trial = list(self.rows["point"]) if is_list else np.array(self.rows["point"])
        return s

    def arguments(self, kernel: str, s: RunState) -> list[Any]:
        """Return what to call a kernel with."""
        known = {
            "t": self.t,
            "v": self.v,
            "best": s.best,
            "first": 0,
            "vector": list(self.rows["vector"]),
            "point": s.trial,
        }
        return [known[name] for name in KERNELS[kernel][0]]


PLAIN, ZEROS = st.floats(-100.0, 100.0), st.sampled_from([0.0, -0.0])
ODD = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, 1e300, -1e300, 1e-300, 5e-324, NAN, INF, -INF]),
    st.floats(-10.0, 10.0),
)


@st.composite
def cases(draw: Any, extras: Sequence[int] = (0,), most: int = 9) -> Case:
    return Case(draw, draw(st.integers(1, most)), draw(st.sampled_from(extras)))


def outcome(kernel: str, s: RunState, returned: Any) -> list[Any]:
    """Return what a kernel has returned and changed, to the bit."""
    changed = [np.ravel(getattr(s, name)) for name in KERNELS[kernel][1]]
    if kernel in ("length", "vertex", "coordinate"):
        returned = np.ravel(returned)
        changed.append(returned)
        returned = None
    return [returned, *(bits(numbers) for numbers in changed)]


def called(kernel: str, case: Case, few: int) -> list[Any]:
    """Call a kernel in a form in Python."""
    s = case.state(few)
    with np.errstate(all="ignore"):
        if kernel == "try_on_line":
            s.find_centroid()
        returned = getattr(s, kernel)(*case.arguments(kernel, s))
    return outcome(kernel, s, returned)


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS)
@settings(max_examples=40)
@given(cases())
def test_lists_and_arrays_give_the_same_bits(kernel: str, case: Case) -> None:
    """Up to six parameters a state computes with lists, which only are faster."""
    assume(case.suits(kernel))
    assert called(kernel, case, LISTS) == called(kernel, case, ARRAYS)


class Compiled:
    """The compiled kernels, to be called with states."""

    def __init__(self) -> None:
        numba = pytest.importorskip("numba")
        from minimizer.simplex.compiled import kernels  # noqa: F401
        from minimizer.simplex.compiled.state_type import run_state

        number, integer = numba.types.float64, numba.types.intp
        kinds = {"t": number, "v": integer, "best": integer, "first": integer}
        self._entries: dict[str, Callable[..., Any]] = {}
        for kernel, (names, _) in KERNELS.items():
            given = [name for name in names if name in kinds]
            arguments = {
                "vector": "s.variations",  # where the test puts it
                "point": "s.target",
            }
            parts = ", ".join(arguments.get(name, name) for name in names)
            before = "s.find_centroid(); " if kernel == "try_on_line" else ""
            after = f"return s.{kernel}({parts})"
            if kernel == "vertex":
                after = f"s.result = s.{kernel}({parts})"
            scope: dict[str, Any] = {}
            exec(f"def {kernel}({', '.join(['s', *given])}):\n    {before}{after}\n", scope)
            signature = (run_state, *(kinds[name] for name in given))
            self._entries[kernel] = numba.njit(scope[kernel]).compile(signature)

    def call(self, kernel: str, case: Case) -> list[Any]:
        """Call a compiled kernel."""
        from minimizer.simplex.compiled.packing import packed_run, take_over

        s = case.state(ARRAYS)
        s.variations, s.target = list(case.rows["vector"]), list(case.rows["point"])
        packed = packed_run(s)
        for name in ("reflected", "step", "sizes", "trial"):
            row = getattr(s, name)
            packed.row(name)[: len(row)] = row
        packed.matrix("points")[:] = s.points
        known = {"t": case.t, "v": case.v, "best": s.best, "first": 0}
        given = [known[name] for name in KERNELS[kernel][0] if name in known]
        returned = self._entries[kernel](packed.address, *given)
        take_over(packed, s)
        s.trial, s.step = packed.row("trial").copy(), packed.row("step")[: case.n].tolist()
        return outcome(kernel, s, s.result if kernel == "vertex" else returned)

    def length(self, s: RunState, vector: list[float]) -> float:
        """Return the length of a vector by the compiled kernel, which no matrix is copied for."""
        from minimizer.simplex.compiled.packing import packed_run

        s.variations = vector
        packed = packed_run(s)  # for as long as the kernel runs
        found: float = self._entries["length"](packed.address)
        return found


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return Compiled()


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS)
@settings(max_examples=40)
@given(cases(extras=(0, 0, 1, 3)))
def test_arrays_and_compiled_give_the_same_bits(
    compiled: Compiled, kernel: str, case: Case
) -> None:
    assume(case.suits(kernel))
    assert called(kernel, case, ARRAYS) == compiled.call(kernel, case)


MANY = [7, 8, 9, 15, 16, 17, 127, 128, 129, 150, 255, 256, 257, 300]


@pytest.mark.slow
@pytest.mark.parametrize("kernel", ["is_flat", "orthogonalize"])
@pytest.mark.parametrize("n", MANY)
def test_many_parameters_are_added_up_alike(compiled: Compiled, kernel: str, n: int) -> None:
    """In pairs where NumPy does so, and in index order elsewhere."""
    random = np.random.default_rng(n)
    for flat in (False, True):
        case = Many(n, random, flat)
        expected = called(kernel, case, ARRAYS)
        assert compiled.call(kernel, case) == expected
        if n < 20:
            assert called(kernel, case, LISTS) == expected
        if kernel == "is_flat":
            assert expected == [flat]


@pytest.mark.slow
@pytest.mark.parametrize("n", [*MANY, 488, 489, 500, 968])
def test_the_length_of_many_numbers_is_added_up_alike(compiled: Compiled, n: int) -> None:
    """Of forty vectors with one state: a different order may give the same."""
    random = np.random.default_rng(n)
    case = Many(n, random, flat=False)
    arrays, lists = case.state(ARRAYS), case.state(LISTS) if n < 20 else None
    for vector in random.normal(size=(40, n)).tolist():
        expected = bits([arrays.length(vector)])
        assert bits([compiled.length(arrays, vector)]) == expected
        if lists is not None:
            assert bits([lists.length(vector)]) == expected


class Many(Case):
    """Many parameters, of random numbers."""

    def __init__(self, n: int, random: np.random.Generator, flat: bool) -> None:
        self.n, self.extra = n, 0
        points = random.normal(size=(n + 1, n)) * 10.0 ** random.integers(-3, 3, n)
        if flat:
            points[-1] = points[0] + 0.5 * (points[1] - points[0]) + 0.25 * (points[2] - points[0])
        self.points = points
        self.values = random.normal(size=n + 1).tolist()
        self.places, self.v, self.vertex_index, self.t = (0, 1, n), 1, n, 0.5
        self.shrink, self.fixed_only = 0.5, False
        names = ("point", "reflected", "origin", "vector", "middle", "step", "ranges", "run_ranges")
        self.rows = {name: random.normal(size=n).tolist() for name in names}
        self.rows["sizes"] = (10.0 ** random.integers(-3, 3, n)).tolist()
        self.problem = make_problem(n)


@pytest.mark.slow
@pytest.mark.parametrize("flat", [True, False])
def test_a_vertex_that_is_nan_hides_no_flat_edge(compiled: Compiled, flat: bool) -> None:
    """Where an extent is NaN, edges keep their lengths: none is as long as the longest."""
    case = Many(2, np.random.default_rng(0), False)
    case.points = [[0.0, 0.0], [1e-9 if flat else 1.0, 0.0], [NAN, 1.0]]
    for few in (LISTS, ARRAYS):
        assert called("is_flat", case, few) == [flat]
    assert compiled.call("is_flat", case) == [flat]
