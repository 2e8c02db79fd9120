"""How states lie in memory: scalars in a record, vectors and matrices in a block of floats."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..agreement import N_COLUMNS
from ..method import N_RESULTS
from ..state import ZEROS, RoundsState, RunState

_KINDS = {"int": np.int64, "float": np.float64, "bool": np.bool_}


class Layout(NamedTuple):
    """Where the fields of a state are.

    The record has its scalars and, at the end, the address of the block. In the block, `rows` lie
    one after another, n + extra floats each; then the `matrices`, `values` and what else there is.
    """

    scalars: np.dtype
    rows: tuple[str, ...]
    matrices: tuple[str, ...]


def _scalars(state: type) -> np.dtype:
    kinds = {name: kind for name, kind in state.__annotations__.items() if kind in ZEROS}
    fields = [(name, _KINDS[kind]) for name, kind in kinds.items()]
    return np.dtype([*fields, ("base", np.int64)], align=True)


RUN = Layout(
    _scalars(RunState),
    [
        "trial",
        "best_point",
        "result",
        "before",
        "reflected",
        "origin",
        "middle",
        "target",
        "centroid",
        "handed",
        "start",
        "variations",
        "lower",
        "upper",
        "resolutions",
        "ranges",
        "run_ranges",
        "sizes",
        "step",
        "inwards",
    ],  # type: ignore[arg-type]
    ("points", "given", "values", "edges"),
)
ROUNDS = Layout(_scalars(RoundsState), ("target",), ("results",))


def shapes(layout: Layout, n: int, width: int) -> list[tuple[int, int]]:
    """Return the shapes of the arrays of a block: the rows, then each matrix."""
    known = {
        "points": (n + 1, width),
        "given": (n + 1, width),
        "values": (1, n + 1),
        "edges": (n, width),
        "results": (N_RESULTS, width + N_COLUMNS),
    }
    return [(len(layout.rows), width), *(known[name] for name in layout.matrices)]
