"""Checks of the blocks of a model: each parameter must be in exactly one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..common.arrays import Array, Indices, Mask
from ..common.bounds import Box
from ..residuals.problem_of import box_of, start_of
from .measured import Measured, shape_of
from .parameter_table import ParameterTable, default_names
from .windows import Window

NEEDED = ("groups", "shared", "window", "residuals")


@dataclass(frozen=True)
class Prepared:
    """A model with its parameters, bounds and names, all checked.

    Attributes
    ----------
    measured : Measured
    start : ndarray (n,)
        The start, within the box.
    box : Box
    held : ndarray (n,) of bool
        Parameters that keep their values.
    table : ParameterTable
    windows : list of Window
        Windows of the groups, at the start.
    """

    measured: Measured
    start: Array
    box: Box
    held: Mask
    table: ParameterTable
    windows: list[Window]


def prepare(model: Any, params: Any, table: ParameterTable | None, bounds: Any) -> Prepared:
    """Check a model, the start, and the bounds (those of the table if none are given)."""
    start = start_of(params)
    known = table_of(model, start.size, table)
    box = box_of(known.box if bounds is None else bounds, start, known.names)
    held = known.held | (box.lower == box.upper)
    measured = Measured(model, known.names, shape_of(model, start))
    check_blocks(measured, held)
    measured.relocate(start)
    windows = [measured.window(k) for k in range(len(measured.groups))]
    return Prepared(measured, start, box, held, known, windows)


def table_of(model: Any, n: int, given: ParameterTable | None) -> ParameterTable:
    """Return the given table, the model's, or one of default names."""
    for name in NEEDED:
        if not hasattr(model, name):
            raise TypeError(f"the model has no {name}; see minimizer.blocks.Model")
    table = given if given is not None else getattr(model, "table", None)
    if table is None:
        return ParameterTable(default_names(n, [_indices(group) for group in model.groups]))
    if not isinstance(table, ParameterTable):
        raise TypeError(f"table is {table!r}; it must be a ParameterTable")
    if len(table) != n:
        raise ValueError(f"the table has {len(table)} parameters, and params has {n} elements")
    return table


def check_blocks(measured: Measured, held: Mask) -> None:
    """Refuse indices out of range, parameters in two blocks, and those in none."""
    n, names = held.size, measured.names
    owner = np.full(n, -1)
    for k, group in enumerate(measured.groups):
        who = f"component {k}"
        _check_range(group, n, who)
        if not group.size:
            raise ValueError(f"{who} has no parameters; leave it out of model.groups")
        taken = group[owner[group] >= 0]
        if taken.size or np.unique(group).size < group.size:
            j = int(taken[0]) if taken.size else int(group[0])
            other = f"component {owner[j]}" if taken.size else "it twice"
            raise ValueError(f"{names[j]} is in {who} and in {other}; groups must not overlap")
        owner[group] = k
    _check_range(measured.shared, n, "model.shared")
    twice = measured.shared[owner[measured.shared] >= 0]
    if twice.size:
        j = int(twice[0])
        raise ValueError(
            f"{names[j]} is shared and in component {owner[j]}; it must be in one of them"
        )
    owner[measured.shared] = n
    missing = np.flatnonzero((owner < 0) & ~held)
    if missing.size:
        raise ValueError(
            f"{measured.names_of(missing)} is in no block; add it to model.groups or model.shared, "
            "or hold it"
        )


def _indices(group: Any) -> Indices:
    return np.asarray(group, dtype=np.intp).ravel()


def _check_range(which: Indices, n: int, who: str) -> None:
    if which.ndim != 1:
        raise ValueError(f"{who} has shape {which.shape}; it must be an array of indices")
    if which.size and not (which.min() >= 0 and which.max() < n):
        raise ValueError(
            f"{who} has the parameters {which.min()} to {which.max()}; there are {n}, numbered "
            "from 0"
        )
