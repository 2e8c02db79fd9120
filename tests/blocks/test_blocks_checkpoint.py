"""A fit that was killed goes on from its file, and ends with the bits of one that was not."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from peak_world import scene

from minimizer import Status
from minimizer.blocks import alternate, fit_blocks

SCRIPT = """
import os, signal, sys
sys.path.insert(0, {folder!r})
from peak_world import scene
from minimizer.blocks import {function}

def kill(record):
    if record.loop == {loop}:
        os.kill(os.getpid(), signal.SIGKILL)

model, _, start = scene((2, 3))
{function}(model, start, checkpoint={path!r}, callback=kill, **{settings!r})
"""


@pytest.mark.slow
@pytest.mark.parametrize("loop", [2, 4])
@pytest.mark.parametrize(
    ("function", "settings"),
    [("fit_blocks", {}), ("alternate", {"separate": ["width"], "loops": 3})],
)
def test_killed_and_resumed(
    tmp_path: Path, loop: int, function: str, settings: dict[str, Any]
) -> None:
    path = str(tmp_path / "fit")
    folder = str(Path(__file__).parent)
    script = SCRIPT.format(
        folder=folder, function=function, loop=loop, path=path, settings=settings
    )
    done = subprocess.run([sys.executable, "-c", script], timeout=120)
    assert done.returncode == -signal.SIGKILL
    assert [file.name for file in tmp_path.iterdir()] == ["fit"]
    run = {"fit_blocks": fit_blocks, "alternate": alternate}[function]
    model, _, start = scene((2, 3))
    whole = run(model, start, **settings)
    seen: list[Any] = []
    resumed = run(model, start, checkpoint=path, callback=seen.append, **settings)
    assert seen[0].loop == loop  # the loop that was cut off is made again
    assert resumed.x.tobytes() == whole.x.tobytes()
    assert resumed.cost_per_loop == whole.cost_per_loop
    assert resumed.blocks == whole.blocks
    assert resumed.loops == whole.loops
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_file_stays_when_loops_run_out_and_more_of_them_go_on(tmp_path: Path) -> None:
    path = str(tmp_path / "fit")
    model, _, start = scene((2, 2))
    whole = fit_blocks(model, start)
    with pytest.warns(RuntimeWarning, match="Out of loops"):
        fit_blocks(model, start, checkpoint=path, max_loops=2)
    with pytest.warns(RuntimeWarning, match="Out of loops"):
        again = fit_blocks(model, start, checkpoint=path, max_loops=2)
    assert again.loops == 2
    result = fit_blocks(model, start, checkpoint=path)
    assert result.success
    assert result.x.tobytes() == whole.x.tobytes()
    assert not Path(path).exists()


@pytest.mark.slow
def test_after_an_abort_it_can_go_on(tmp_path: Path) -> None:
    path = str(tmp_path / "fit")
    model, _, start = scene((2, 2))

    def stop(record: Any) -> None:
        raise StopIteration

    aborted = fit_blocks(model, start, checkpoint=path, callback=stop)
    assert aborted.status is Status.ABORTED
    result = fit_blocks(model, start, checkpoint=path)
    assert result.success
    assert result.x.tobytes() == fit_blocks(model, start).x.tobytes()


def test_a_file_of_another_call_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "fit")
    model, _, start = scene((2, 2))
    with pytest.warns(RuntimeWarning, match="Out of loops"):
        fit_blocks(model, start, checkpoint=path, max_loops=1)
    with pytest.raises(ValueError, match="belongs to another call"):
        fit_blocks(model, start + 0.01, checkpoint=path)
    Path(path).write_text("anything")
    with pytest.raises(ValueError, match="is no checkpoint"):
        fit_blocks(model, start, checkpoint=path)


def test_a_file_that_cannot_be_written_is_warned_of_once(tmp_path: Path) -> None:
    model, _, start = scene((2, 2))
    with pytest.warns(RuntimeWarning, match="cannot be written") as caught:
        result = fit_blocks(model, start, checkpoint=str(tmp_path / "no" / "fit"))
    assert result.success
    assert len(caught) == 1
