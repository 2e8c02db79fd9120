"""The file of a call under way: written whole after each loop, read to resume after a kill."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..execution import checkpoint_file
from ..levenberg_marquardt.damping import Damping
from .block_step import Memory
from .convergence import Course
from .loops import Fit, Stage
from .result import BlockStatistics
from .wide_block import Wide


def fingerprint(fit: Fit) -> str:
    """Return a hash that identifies a call: start, bounds, blocks, sizes of tiles."""
    made = hashlib.sha256()
    for array in (fit.params, fit.box.lower, fit.box.upper, fit.held):
        made.update(np.ascontiguousarray(array).tobytes())
    for stage in fit.stages:
        made.update(stage.name.encode())
        for _, which in _memories(stage):
            made.update(which.astype("<i8").tobytes())
    made.update(repr((fit.measured.shape, fit.max_memory, fit.along_steps)).encode())
    return made.hexdigest()


def data_of(fit: Fit, mark: str, statistics: dict[str, BlockStatistics]) -> dict[str, Any]:
    """Return the content of the file."""
    first = fit.lost if fit.first_lost is None else fit.first_lost
    vectors = np.array([fit.params, fit.best, fit.lost, first, *fit.steps])
    return {
        "kind": "blocks",
        "mark": mark,
        "vectors": checkpoint_file.as_text(vectors),
        "stage": fit.stage,
        "costs": fit.costs,
        "best_cost": fit.best_cost,
        "was_nan": fit.was_nan,
        "begins": fit.first_lost is None,
        "is_inconsistent": fit.is_inconsistent,
        "calls": fit.measured.calls,
        "count": fit.measured.count,
        "stages": [_as_data(stage) for stage in fit.stages],
        "statistics": [asdict(each) for each in statistics.values()],
    }


def resume(path: Path, fit: Fit, mark: str, statistics: dict[str, BlockStatistics]) -> bool:
    """Resume a call from its file; return whether there is one.

    Raises
    ------
    ValueError
        If the file is damaged, or belongs to another call.
    """
    if not path.exists():
        return False
    data = checkpoint_file.read(path)
    if data.get("kind") != "blocks" or data.get("mark") != mark:
        raise ValueError(
            f"checkpoint {str(path)!r} belongs to another call (other start, bounds, blocks or "
            "settings); give another path, or delete it"
        )
    try:
        _take(data, fit, statistics)
    except (ValueError, TypeError, LookupError) as error:
        raise checkpoint_file.damaged(path) from error
    return True


def _take(data: dict[str, Any], fit: Fit, statistics: dict[str, BlockStatistics]) -> None:
    fit.params, fit.best, lost, first, *steps = checkpoint_file.from_text(data["vectors"])
    fit.lost, fit.steps = lost != 0.0, steps
    fit.first_lost = None if data["begins"] else first != 0.0
    fit.stage, fit.costs, fit.best_cost = data["stage"], data["costs"], data["best_cost"]
    fit.was_nan, fit.is_inconsistent = data["was_nan"], data["is_inconsistent"]
    fit.measured.calls, fit.measured.count = data["calls"], data["count"]
    for stage, saved in zip(fit.stages, data["stages"], strict=True):
        stage.loops, stage.course = saved["loops"], Course(**saved["course"])
        blocks = zip(_memories(stage), _of_data(saved), strict=True)
        for (memory, _), (rows, damping, norm) in blocks:
            memory.top, memory.steps, memory.scale = rows
            memory.damping, memory.norm = damping, norm
    for each in data["statistics"]:
        statistics[each["name"]] = BlockStatistics(**each)


def _memories(stage: Stage) -> list[tuple[Memory, Any]]:
    return [
        (part.memory, part.which)
        for block in stage.order
        for part in ([block] if isinstance(block, Wide) else block)
    ]


def _as_data(stage: Stage) -> dict[str, Any]:
    """Return the memory of all blocks: three rows for all their parameters, and their damping."""
    memories = [memory for memory, _ in _memories(stage)]
    rows = np.hstack([np.array([m.top, m.steps, m.scale]) for m in memories])
    dampings = [None if m.damping is None else list(vars(m.damping).values()) for m in memories]
    return {
        "loops": stage.loops,
        "course": asdict(stage.course),
        "sizes": [memory.top.size for memory in memories],
        "rows": checkpoint_file.as_text(rows.T) if rows.size else None,
        "dampings": dampings,
        "norms": [memory.norm for memory in memories],
    }


def _of_data(saved: dict[str, Any]) -> list[tuple[Array, Damping | None, float]]:
    sizes = saved["sizes"]
    whole = (
        np.zeros((3, 0)) if saved["rows"] is None else checkpoint_file.from_text(saved["rows"]).T
    )
    parts = np.split(whole, np.cumsum(sizes)[:-1].tolist(), axis=1)
    dampings = [None if values is None else Damping(*values) for values in saved["dampings"]]
    return list(zip(parts, dampings, saved["norms"], strict=True))
