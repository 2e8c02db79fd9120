"""The problem sets of the benchmarks: by name, what returns the cases of a seed."""

from __future__ import annotations

from collections.abc import Callable

from ..case import Case
from . import (
    boxes,
    classics,
    constants,
    morewild,
    nan_edges,
    nist,
    noisy,
    offsets,
    penalties,
    piecewise,
    scales,
    spectra,
    steps,
    transformed,
)

__all__ = ["SETS", "TITLES"]

_MODULES = (
    morewild,
    piecewise,
    noisy,
    transformed,
    nist,
    nan_edges,
    boxes,
    classics,
    steps,
    offsets,
    scales,
    spectra,
    constants,
    penalties,
)

SETS: dict[str, Callable[[int, bool], list[Case]]] = {
    module.NAME: module.cases for module in _MODULES
}
TITLES: dict[str, str] = {module.NAME: module.TITLE for module in _MODULES}
