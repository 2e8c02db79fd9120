"""Tiles: components that are near each other make one block on one window.

References
----------
M. Bierbaum, B. D. Leahy, A. A. Alemi, I. Cohen, J. P. Sethna, Light microscopy at maximal
precision, Phys. Rev. X 7 (2017) 041007 (groups of particles by regions of the image).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..common.arrays import Array, Indices, Mask
from ..common.bounds import Box
from .block_step import Memory, Step, damped_step, new_memory, sum_of_squares
from .columns import columns
from .measured import Measured, part_box
from .restricted import Restricted, restricted_to_components
from .windows import Window, overlap, part_of, union

COPIES = 3  # of J while it is made: values, slopes, and itself


@dataclass
class Tile:
    """A block of components.

    Attributes
    ----------
    groups : list of int
    which : ndarray (k,)
        Their parameters.
    """

    groups: list[int]
    which: Indices
    memory: Memory


@dataclass
class Task:
    """A step of a tile as a worker is given it, as plain data."""

    number: int
    parts: list[Indices]
    windows: list[Window]
    box: Box
    held: Mask
    memory: Memory

    @property
    def which(self) -> Indices:
        """The parameters (k,)."""
        return np.concatenate(self.parts)


def tiles_of(
    measured: Measured,
    params: Array,
    windows: Sequence[Window],
    region_size: float | None,
    max_memory: float,
) -> list[Tile]:
    """Collect components in regions of a size; without one, each component is a tile."""
    regions: dict[tuple[int, ...], list[int]] = {}
    for k, window in enumerate(windows):
        key: tuple[int, ...] = (k,)
        if region_size is not None:
            place = measured.position(params, k, window)
            key = tuple(np.floor(place / region_size).astype(int).tolist())
        regions.setdefault(key, []).append(k)
    return [
        Tile(part, which, new_memory(params[which]))
        for region in regions.values()
        for part in _that_fit(measured, region, windows, max_memory)
        for which in [np.concatenate([measured.groups[k] for k in part])]
    ]


def _that_fit(
    measured: Measured, region: list[int], windows: Sequence[Window], max_memory: float
) -> list[list[int]]:
    """Split a region such that the Jacobian of each part fits into the memory."""
    parts: list[list[int]] = []
    used = np.inf
    for k in region:
        need = 8.0 * windows[k].size * (COPIES * measured.groups[k].size + 2)
        if need > max_memory:
            raise ValueError(
                f"max_memory is {max_memory:.0f} bytes; the derivatives of "
                f"{measured.name_of_group(k)} at its {windows[k].size} residuals need "
                f"{need:.0f}: raise it, or make the window smaller"
            )
        if used + need > max_memory:
            parts.append([])
            used = 0.0
        parts[-1].append(k)
        used += need
    return parts


def task_of(
    number: int, tile: Tile, windows: Sequence[Window], measured: Measured, box: Box, held: Mask
) -> Task:
    """Return the next step of a tile as a task."""
    return Task(
        number,
        [measured.groups[k] for k in tile.groups],
        [windows[k] for k in tile.groups],
        part_box(box, tile.which),
        held[tile.which],
        tile.memory,
    )


def run_tile(measured: Measured, params: Array, task: Task) -> Step:
    """Make a step of a tile; `params` (n,) are not changed, the task's memory is."""
    which, window = task.which, union(task.windows)
    if not window.size:
        return Step(params[which], without_influence=~task.held)
    tile = restricted_to_components(measured, params, which, window)
    gram = _normal_matrix(tile, params, task)

    def sum_at(x: Array) -> float:
        return sum_of_squares(tile.residuals(x))

    return damped_step(gram, tile.x, task.box, task.held, task.memory, sum_at)


def _normal_matrix(tile: Restricted, params: Array, task: Task) -> Array:
    """Return the normal matrix (k + 1, k + 1) of [J, r]: each component only in its window."""
    r = tile.residuals(tile.x)
    sizes = [part.size for part in task.parts]
    ends = np.cumsum([0, *sizes])
    gram = np.zeros((ends[-1] + 1, ends[-1] + 1))
    gram[-1, -1] = r @ r
    known: list[Array] = []
    for i, (part, inner) in enumerate(zip(task.parts, task.windows, strict=True)):
        own = slice(ends[i], ends[i + 1])
        r_own = part_of(r, tile.window, inner) if inner.size else np.zeros(0)
        about = task.memory.part(own)
        box = Box(task.box.lower[own], task.box.upper[own])
        J = np.zeros((0, part.size))
        if inner.size:
            is_all = len(task.parts) == 1
            one = tile if is_all else restricted_to_components(tile.measured, params, part, inner)
            J = columns(one, r_own, box, task.held[own], about)
        task.memory.take_part(own, about)
        gram[own, own] = J.T @ J
        gram[-1, own] = gram[own, -1] = J.T @ r_own
        for j, other in enumerate(known):
            both = overlap(task.windows[j], inner)
            if both is not None:
                there = slice(ends[j], ends[j + 1])
                product = _rows(other, task.windows[j], both[0]).T @ _rows(J, inner, both[1])
                gram[there, own], gram[own, there] = product, product.T
        known.append(J)
    return gram


def _rows(J: Array, window: Window, where: Any) -> Array:
    """Return the rows of J (size, k) at a part of its window."""
    part: Array = J.reshape(*window.shape, J.shape[1])[where]
    return part.reshape(-1, J.shape[1])
