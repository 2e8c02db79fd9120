"""A fit that is killed and gone on with; the same bits with any workers; no file is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib

from minimizer.blocks import fit_blocks

from .accuracy import Row, said
from .cases import lattice

CELLS = (3, 4, 4)
CHILD = """
import sys
from benchmarks.blocks.cases import lattice
from minimizer.blocks import fit_blocks
case = lattice(tuple(map(int, sys.argv[2:])))
fit_blocks(case.model, case.guess, checkpoint=sys.argv[1])
"""
KILLS = 3


def rows() -> Iterator[Row]:
    """Yield lines of the table."""
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        before = leftovers()
        yield from resumed(Path(name))
        yield from workers()
        yield from after_an_exception()
        new = leftovers() - before
    left = f"{len(new)} left" + (f": {sorted(new)[0]}" if new else "")
    yield "temporary files, also after an exception", left, "none", said(not new)


def leftovers() -> set[str]:
    """Return the files of joblib's workers of this process; folders stay until its end."""
    mine = f"joblib_memmapping_folder_{os.getpid()}_*"
    places = [Path(tempfile.gettempdir()), Path("/dev/shm")]
    folders = [folder for place in places if place.exists() for folder in place.glob(mine)]
    return {str(path) for folder in folders for path in folder.rglob("*") if path.is_file()}


def resumed(folder: Path) -> Iterator[Row]:
    """Kill fits after their first loops, go on with them, and compare with an undisturbed one."""
    case = lattice(CELLS)
    plain = fit_blocks(case.model, case.guess)
    alike = 0
    for i in range(KILLS):
        path = folder / f"checkpoint{i}"
        killed_after(path, i + 1)
        went_on = fit_blocks(lattice(CELLS).model, case.guess, checkpoint=str(path))
        alike += went_on.x.tobytes() == plain.x.tobytes() and went_on.loops == plain.loops
    what = f"{alike} of {KILLS} killed fits ended as if undisturbed, to the bit"
    yield "kill -9, resume from the checkpoint", what, "all", said(alike == KILLS)


def killed_after(path: Path, writings: int) -> None:
    """Run a fit in another process, and kill it when its checkpoint was written so many times."""
    paths = os.pathsep.join(map(os.path.abspath, sys.path))
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), *map(str, CELLS)],
        env=os.environ | {"PYTHONPATH": paths},
        start_new_session=True,
    )
    seen: set[int] = set()
    while len(seen) < writings and child.poll() is None:
        if path.exists():
            seen.add(path.stat().st_mtime_ns)
        time.sleep(0.001)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def workers() -> Iterator[Row]:
    """Compare results of one worker, two threads, two processes."""
    found = set()
    for n_jobs, backend in ((None, "threading"), (1, "threading"), (2, "threading"), (2, "loky")):
        case = lattice((2, 2, 3))
        with joblib.parallel_config(backend):
            found.add(fit_blocks(case.model, case.guess, n_jobs=n_jobs).x.tobytes())
    what = f"{len(found)} different result{'s' * (len(found) > 1)}"
    yield "no, 1, 2 workers; threads, processes", what, "the same bits", said(len(found) == 1)


def after_an_exception() -> Iterator[Row]:
    """Let a model raise in a worker process."""
    case = lattice((2, 2, 3))
    raised: Any = None
    try:
        with joblib.parallel_config("loky"):
            fit_blocks(Failing(case.model), case.guess, n_jobs=2, check=False)
    except ArithmeticError as error:
        raised = error
    has_best = getattr(raised, "best_params", None) is not None
    what = "the best parameters are kept" if has_best else "nothing is kept"
    yield "an exception in a worker process", what, "kept", said(has_best)


class Failing:
    """A model that raises at its twentieth evaluation in a process."""

    def __init__(self, model: Any) -> None:
        self.model, self.calls = model, 0
        self.groups, self.shared, self.shape = model.groups, model.shared, model.shape
        self.table, self.relocate, self.window = model.table, model.relocate, model.window

    def residuals(self, params: Any, at: Any = None) -> Any:
        """Return residuals, nineteen times."""
        self.calls += 1
        if self.calls == 20:
            raise ArithmeticError("the model fails here")
        return self.model.residuals(params, at)
