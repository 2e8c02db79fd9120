"""From names of blocks to blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..common import checks
from ..common.arrays import Array, Indices
from .block_step import new_memory
from .loops import DIRECTIONS, Stage
from .measured import Measured
from .parameter_table import ParameterTable
from .tiles import Tile
from .wide_block import Wide, rows_that_fit

Entry = Any  # "shared", "groups", parameters; or a pair of one of these and a number of times


def stage_of(
    name: str,
    blocks: Sequence[Entry],
    most_loops: int,
    table: ParameterTable,
    measured: Measured,
    params: Array,
    tiles: Callable[[], list[Tile]],
    max_memory: float,
) -> Stage:
    """Return the blocks given by names; the first is a wide one, perhaps without parameters."""
    if isinstance(blocks, str) or not len(blocks):
        raise ValueError(f"blocks is {blocks!r}; it must be a list of blocks, such as ['shared']")
    order: list[Wide | list[Tile]] = []
    for entry in blocks:
        block, times = _times(entry)
        made: Wide | list[Tile]
        if isinstance(block, str) and block == "groups":
            made = tiles()
        else:
            which = _which(block, table, measured)
            check_memory(which, measured, max_memory)
            made = Wide(which, new_memory(params[which]))
        order += [made] * times
    if not isinstance(order[0], Wide):
        order.insert(0, Wide(np.zeros(0, np.intp), new_memory(np.zeros(0))))
    return Stage(name, [block for block in order if isinstance(block, Wide) or block], most_loops)


def finishing(measured: Measured, table: ParameterTable, separate: Any) -> list[Entry]:
    """Return the blocks of a finishing pass: all parameters, hard ones apart."""
    apart = np.zeros(0, np.intp) if separate is None else table.indices(separate)
    strangers = np.setdiff1d(apart, measured.shared)
    if strangers.size:
        raise ValueError(
            f"separate has {measured.names_of(strangers)}; it must have shared parameters only"
        )
    rest = np.setdiff1d(measured.shared, apart)
    found = [which for which in (rest, apart) if which.size]
    return [*found, "groups"] if measured.groups else found


def check_memory(which: Indices, measured: Measured, max_memory: float) -> None:
    """Refuse a memory that is too small for one row of residuals."""
    row = int(np.prod(measured.shape[1:]))
    k = which.size + DIRECTIONS
    if rows_that_fit(k, max_memory) < row:
        names = f" of {measured.names_of(which)}" if which.size else ""
        raise ValueError(
            f"max_memory is {max_memory:.0f} bytes; one row of {row} residuals with the "
            f"derivatives{names} needs {8 * row * (k + 5)}: raise it"
        )


def _times(entry: Entry) -> tuple[Any, int]:
    """Return a block, and the number of times that it is run per loop."""
    is_pair = isinstance(entry, tuple) and len(entry) == 2 and not isinstance(entry[0], int)
    if is_pair and isinstance(entry[1], int):
        return entry[0], checks.integer(f"how often {entry[0]!r} is run in a loop", entry[1], 1)
    return entry, 1


def _which(block: Any, table: ParameterTable, measured: Measured) -> Indices:
    if isinstance(block, str) and block == "shared":
        return measured.shared
    which = table.indices(block)
    if np.unique(which).size < which.size:
        raise ValueError(f"blocks has {measured.names_of(which)}, a parameter twice in one block")
    return which
