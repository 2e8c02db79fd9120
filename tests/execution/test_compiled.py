"""Runs compiled around a numba function: the bits of ImageJ's and of the interpreted path's."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from quick import slow_unless
from scripted import FORMER, bits
from vectors import FUNCTIONS, Vector, load, numbers

from minimizer import Minimizer, Rules, Status, fmin, minimize

numba = pytest.importorskip("numba")

from minimizer.execution import compiled_driver  # noqa: E402
from minimizer.simplex.compiled import entry_points as entries  # noqa: E402

NAN, INF = math.nan, math.inf


def nan_orthant(x: Any) -> float:
    s = 0.0
    for i in range(len(x)):
        if x[i] < 0:
            return math.nan
    for i in range(len(x)):
        s += math.sqrt(x[i]) * (i + 1) + x[i] * x[i]
    return s


def nan_needle(x: Any) -> float:
    for xi in x[1:]:
        if abs(xi) > x[0] * 0.001:
            return math.nan
    s = 1 + x[0]
    for xi in x[1:]:
        s += xi * xi
    return s


def nan_disc(x: Any) -> float:
    r = s = 0.0
    for xi in x:
        r += xi * xi
    if r > 4:
        return math.nan
    for xi in x:
        d = xi - 3
        s += d * d
    return s


# Generator expressions and calls of Python functions cannot be compiled.
OWN = {"nan_orthant": nan_orthant, "nan_needle": nan_needle, "nan_disc": nan_disc}
PYTHON = FUNCTIONS | OWN
ALL = {name: numba.njit(function) for name, function in PYTHON.items()}


ABORTED = int(Status.ABORTED)


def recorded(function: Any) -> Any:
    """Return a compiled function that counts, aborts and keeps a digest as `vectors.Recorder`."""

    @numba.njit
    def recorder(x, n, extra, abort_at, flag, log, item):  # type: ignore[no-untyped-def]
        log[1] += np.uint64(1)
        if log[1] == abort_at:
            flag[0] = ABORTED
        params = x[:n].copy()
        value = function(params)
        for j in range(extra):
            x[n + j] = value * (j + 1)
        for i in range(n + 1):
            item[0] = (params[i] if i < n else value) + 0.0
            code = np.uint64(0x7FF8000000000000)
            if item[0] == item[0]:
                code = item.view(np.uint64)[0]
            log[0] = (log[0] ^ code) * np.uint64(1099511628211)
        return value

    return recorder


VECTORS = load()
NAMES = sorted({vector["input"]["function"] for vector in VECTORS})


@pytest.mark.parametrize("name", slow_unless({"rosenbrock"}.__contains__, NAMES))
def test_same_bits_as_imagej(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All 521 vectors; the digest is of every point and value."""
    function = recorded(ALL[name])
    for vector in VECTORS:
        if vector["input"]["function"] == name:
            replay(vector, function, monkeypatch)


def replay(vector: Vector, function: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given, expected = vector["input"], vector["expected"]
    log = np.array([1469598103934665603, 0], np.uint64)
    flag = np.zeros(1, np.int64)
    share_flag(flag, monkeypatch)
    abort_at = np.uint64(given["abort_at"] or 0)
    m = Minimizer(
        function,
        given["n"],
        args=(given["n"], given["extra"], abort_at, flag, log, np.zeros(1)),
        rules="imagej",
        schedule="sequential" if given["threads"] == 1 else "pairs",
        random_seed=given["seed"],
        max_restarts=given["max_restarts"],
        max_rel_error=given["max_rel_error"],
        max_abs_error=given["max_abs_error"],
        max_iterations=given["max_iterations"],
        param_resolutions=numbers(given["param_resolutions"]),
        extra_array_elements=given["extra"],
    )
    call = m.minimize if given["call"] == "minimize" else m.minimize_once
    call(numbers(given["initial_params"]), numbers(given["initial_variations"]))
    got = {
        "status": int(m.status),  # type: ignore[arg-type]
        "iterations": m.iterations,
        "completed_minimizations": m.completed_minimizations,
        "function_value": bits([m.function_value]),
        "params": bits(m.params),
        "extra": bits(m.extra),
        "evaluations": int(log[1]),
        "digest": f"{int(log[0]):016x}",
    }
    wanted = {key: expected[key] for key in got if key in expected}
    for key in ("params", "extra"):
        if key in wanted:
            wanted[key] = bits(numbers(expected[key]))
    wanted["function_value"] = bits(numbers([expected["function_value"]]))  # type: ignore[arg-type]
    assert {key: got[key] for key in wanted} == wanted, given
    assert m.evaluations == got["evaluations"]


def share_flag(flag: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the function reach the flag that `abort` sets."""
    from minimizer import minimizer as core
    from minimizer.execution.call import Call

    class Shared(Call):
        def __post_init__(self) -> None:
            super().__post_init__()
            self.flag = flag

    monkeypatch.setattr(core, "Call", Shared)


SETTINGS: list[dict[str, Any]] = [
    {},
    {"bounds": (-0.5, 2.0)},
    {"bounds": (0.0, 0.5)},
    {"param_resolutions": 1e-3},
    {"tolerances": (1e-4, 1e-4)},
    {"schedule": "sequential"},
    {"rules": "imagej"},
    {"rules": "imagej", "bounds": (0.0, 0.5)},
    {"rules": Rules(clip_to_bounds=False), "bounds": (0.0, 0.5)},
    {"extra_array_elements": 2},
    {"max_iterations": 57},
    {"max_restarts": 0, "schedule": "sequential"},
]
PROBLEMS = ["sphere", "rosenbrock", "offset_quadratic", "nan_disc", "nan_orthant", "nan_slab"]


@pytest.mark.parametrize(
    "name",
    slow_unless({"nan_slab"}.__contains__, [*PROBLEMS, "nan_needle", "staircase", "constant"]),
)
def test_same_bits_as_interpreted(name: str) -> None:
    compiled = ALL[name]
    for n in (1, 2, 3, 8, 9, 12):
        for settings in SETTINGS:
            check_same(compiled, n, settings)


@pytest.mark.parametrize(
    "switch",
    slow_unless(
        {"independent_runs", "clip_to_bounds"}.__contains__, sorted(Rules.__dataclass_fields__)
    ),
)
def test_same_bits_with_any_switch_the_other_way(switch: str) -> None:
    for rules in (Rules(), Rules(nan_ranks_worst=False), Rules(independent_runs=False)):
        turned = Rules(**{**vars(rules), switch: not getattr(rules, switch)})
        for name in ("nan_disc", "rosenbrock"):
            check_same(ALL[name], 3, {"rules": turned})


def check_same(function: Any, n: int, settings: dict[str, Any]) -> None:
    """Compare everything that a compiled minimization says with an interpreted one."""
    settings = dict(settings, max_evaluations=400)
    if "bounds" in settings:
        settings["bounds"] = [settings["bounds"]] * n
    if "param_resolutions" in settings:
        settings["param_resolutions"] = [settings["param_resolutions"]] * n
    start = np.linspace(0.1, 0.5, n)
    one = Minimizer(function, n, **settings)
    two = Minimizer(lambda x: function(x), n, **settings)
    for call in ("minimize", "minimize_once"):
        getattr(one, call)(start)
        getattr(two, call)(start)
        assert everything(one) == everything(two), (n, settings)


def everything(m: Minimizer) -> list[Any]:
    rows: list[Any] = [m.status, bits(m.params), bits([m.function_value]), bits(m.extra)]
    for run in m.runs:
        numbers_of = (run.function_value, run.descent)
        counts = (run.iterations, run.evaluations, run.nan_evaluations, run.completed)
        points, values = run.simplex or (np.zeros(0), np.zeros(0))
        flags = (run.seed, run.status, run.has_result, run.at_edge, run.confirms)
        rows.append((bits(run.params), bits(numbers_of), counts, flags))
        hessian = np.zeros(0) if run.hessian is None else run.hessian
        rows.append((bits(points.ravel()), bits(values), bits(hessian.ravel())))
    return rows


@pytest.fixture
def driven(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list that the functions of compiled runs are noted in."""
    seen: list[Any] = []
    original = compiled_driver.drive

    def drive(driver: Any, fun: Any) -> None:
        seen.append(fun.fun)
        original(driver, fun)

    monkeypatch.setattr(compiled_driver, "drive", drive)
    return seen


@numba.njit
def shifted(x, shift, scale):  # type: ignore[no-untyped-def]
    s = 1.0
    for i in range(len(x)):
        s += scale * (x[i] - shift[i]) ** 2
    return s


SHIFT = np.array([1.0, -2.0])


@pytest.mark.slow
def test_arguments_and_all_three_entrances(driven: list[Any]) -> None:
    m = Minimizer(shifted, 2, args=(SHIFT, 3))
    assert m.minimize([0.0, 0.0]) is Status.SUCCESS
    assert m.params == pytest.approx(SHIFT)
    result = minimize(shifted, [0.0, 0.0], args=(SHIFT, 3.0))
    assert result.success
    assert result.x == pytest.approx(SHIFT)
    assert fmin(shifted, [0.0, 0.0], args=(SHIFT, 3.0), disp=False) == pytest.approx(SHIFT)
    assert driven.count(shifted) == len(driven) >= 6


@pytest.mark.slow
def test_those_who_watch_get_the_interpreted_path_and_the_same_result(driven: list[Any]) -> None:
    plain = Minimizer(shifted, 2, args=(SHIFT, 3.0))
    plain.minimize([0.0, 0.0])
    runs = len(driven)
    records: list[Any] = []
    for settings in ({"trace": True}, {"callback": records.append}):
        m = Minimizer(shifted, 2, args=(SHIFT, 3.0), **settings)  # type: ignore[arg-type]
        m.minimize([0.0, 0.0])
        assert everything(m) == everything(plain)
    assert len(driven) == runs
    assert records
    asking = Minimizer(shifted, 2)
    assert asking.ask([0.0, 0.0]) is not None


@pytest.mark.slow
def test_workers_do_not_feed_a_compiled_run(
    driven: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its points handed over one by one, it would take many times longer."""
    monkeypatch.setattr("minimizer.execution.executor.Background", None)  # nobody can be hired
    one, two = (Minimizer(shifted, 2, args=(SHIFT, 3.0), n_jobs=jobs) for jobs in (1, 2))
    one.minimize([3.0, 3.0])
    two.minimize([3.0, 3.0])
    assert repr(one) == repr(two)
    assert len(driven) == 4


@numba.njit
def restless(x, calls):  # type: ignore[no-untyped-def]
    """Never converge, and take some time."""
    calls[0] += 1.0
    s = 0.0
    for i in range(2000):
        s += math.sin(i * x[0])
    return x[0] * x[0] - 1e-3 * calls[0] + 1e-300 * s


@pytest.mark.slow
def test_abort_from_another_thread() -> None:
    m = Minimizer(restless, 1, args=(np.zeros(1),), max_iterations=10**12, max_evaluations=5)
    m.minimize([1.0], [1.0])  # compiles
    m.max_evaluations = None
    timer = threading.Timer(0.3, m.abort)
    timer.start()
    assert m.minimize([1.0], [1.0]) is Status.ABORTED
    assert m.evaluations > 10


def test_time_limit() -> None:
    """Of the time that a call takes once its function is compiled."""
    Minimizer(restless, 1, args=(np.zeros(1),), max_evaluations=1).minimize([1.0], [1.0])
    m = Minimizer(restless, 1, args=(np.zeros(1),), max_seconds=0.2, max_iterations=10**12)
    began = time.monotonic()
    assert m.minimize([1.0], [1.0]) is Status.MAX_SECONDS_EXCEEDED
    assert time.monotonic() - began < 5
    assert m.evaluations > 10


def test_a_budget_is_exact_across_slices() -> None:
    for rules, most in (("robust", 129), (FORMER, 500)):
        for limit in (1, 63, 64, 65, most):
            settings: Any = {"max_evaluations": limit, "max_restarts": 0, "rules": rules}
            m = Minimizer(ALL["rosenbrock"], 4, **settings)
            assert m.minimize(np.zeros(4)) is Status.MAX_EVALUATIONS_EXCEEDED
            assert m.evaluations == limit


def test_a_limit_may_be_any_integer() -> None:
    """Beyond 64 bits it is as good as none."""
    m = Minimizer(shifted, 2, args=(SHIFT, 3.0), max_evaluations=10**30, max_iterations=10**30)
    assert m.minimize([0.0, 0.0]) is Status.SUCCESS


@numba.njit
def breaks(x):  # type: ignore[no-untyped-def]
    if x[0] > 2:
        raise ValueError("too far")
    return -x[0]


def test_an_exception_carries_the_best_so_far() -> None:
    m, twin = Minimizer(breaks, 1), Minimizer(lambda x: breaks(x), 1)
    for one in (m, twin):
        with pytest.raises(ValueError, match="too far") as caught:
            one.minimize([1.0])
        assert caught.value.best_params.tolist() == one.params.tolist()  # type: ignore[attr-defined]
    assert m.params[0] > 1
    assert everything(m) == everything(twin)
    assert m.status is Status.ABORTED


@numba.njit
def vector(x):  # type: ignore[no-untyped-def]
    return x


@numba.njit
def unknown(x, other):  # type: ignore[no-untyped-def]
    return x[0] ** 2


@pytest.mark.parametrize(
    ("fun", "args", "why"),
    [
        (vector, (), "it returns array"),
        (unknown, (object(),), "args: Cannot determine Numba type"),
        (shifted, (), "function takes 3 arguments"),
    ],
)
def test_what_cannot_be_compiled_is_called_from_python(fun: Any, args: Any, why: str) -> None:
    m = Minimizer(fun, 2, args=args)
    with (
        pytest.warns(RuntimeWarning, match="a run cannot be compiled around it") as warned,
        pytest.raises(Exception, match=r"shape|type|argument"),
    ):
        m.minimize([1.0, 1.0])
    assert len(warned) == 1
    assert why in str(warned[0].message)
    assert warned[0].filename == __file__


@numba.njit
def integer(x):  # type: ignore[no-untyped-def]
    return int(np.floor(x[0] * 8)) ** 2


@numba.njit
def single(x):  # type: ignore[no-untyped-def]
    return np.float32((x[0] - 1) ** 2 + 1)


@pytest.mark.slow
@pytest.mark.parametrize("fun", [integer, single])
def test_other_real_numbers(fun: Any) -> None:
    check_same(fun, 1, {})


@pytest.mark.slow
def test_every_function_has_its_own_pointer_but_they_share_the_loop() -> None:
    """Nothing but the user's function is compiled for a new function."""
    before = entries.drive_entry.cache_info().currsize
    for name in ("wood", "beale", "himmelblau"):
        Minimizer(ALL[name], 4).minimize(np.zeros(4))
    assert entries.drive_entry.cache_info().currsize <= max(before, 1)


@pytest.mark.slow
def test_a_function_compiled_anew_is_called_anew() -> None:
    @numba.njit
    def moved(x):  # type: ignore[no-untyped-def]
        return (x[0] - PLACE) ** 2 + 1.0

    m = Minimizer(moved, 1)
    m.minimize([0.5])
    moved.recompile()
    m.minimize([0.5])
    assert m.params == pytest.approx([PLACE], abs=1e-6)


PLACE = 3.0


SCRIPT = """
import sys, numba
from pathlib import Path
from minimizer import Minimizer, minimize_many

@numba.njit(cache=True)
def bowl(x, a):
    return (x[0] - a) ** 2 + 1

Minimizer(bowl, 1, args=(2.0,)).minimize([1.0])
minimize_many(bowl, [1.0], ([2.0, 3.0],))
from minimizer.simplex.compiled.loops import drive, solve_many, step
for function in (bowl, drive, solve_many, step):
    print(sum(function.stats.cache_misses.values()), end=" ")
"""


@pytest.mark.slow
def test_a_second_process_compiles_nothing(tmp_path: Path) -> None:
    """The loops come from numba's cache, and so does a function that asks for it."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    again = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    assert again.stdout.split() == ["0", "0", "0", "0"]


@pytest.mark.slow
def test_without_a_place_for_the_cache() -> None:
    """It is compiled, but not kept; compiling it all would take long."""
    code = (
        "from minimizer.simplex.compiled.jit import entry, jit\n"
        "one = jit(lambda x: x + 1)\n"
        "print(entry(lambda x: one(x) + 1)(1))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"NUMBA_CACHE_DIR": "/dev/null/none"},
        timeout=60,
    )
    assert done.stdout.split() == ["3"]


@pytest.mark.slow
def test_numba_is_not_imported_unless_used() -> None:
    code = (
        "import sys, minimizer; minimizer.minimize(lambda x: x[0]**2, [1.0]);"
        "minimizer.minimize_many(lambda x: x[0]**2, [1.0]);"
        "print([m for m in ('numba', 'scipy', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_no_warning_where_nothing_is_wrong() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Minimizer(shifted, 2, args=(SHIFT, 3.0)).minimize([0.0, 0.0])
