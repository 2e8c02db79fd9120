"""Whether a model's `restricted` is the model itself with a few parameters filled in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..common.arrays import Array, norm_of
from .measured import Measured
from .restricted import Restricted, RestrictedByModel, fixed
from .windows import Window

SAME = 1e-6  # of the norm


def check_restriction(
    measured: Measured,
    start: Array,
    moved: Array,
    numbers: Sequence[int],
    windows: Sequence[Window],
) -> None:
    """Refuse a model whose `restricted` differs from it, of some components.

    It is restricted at `start` (n,); residuals are compared there and at `moved` (n,), and the
    Jacobian at the start.
    """
    params = fixed(start)
    for k in numbers:
        if not windows[k].size:
            continue
        which = measured.groups[k]
        own = RestrictedByModel(measured, params, which, windows[k])
        right = Restricted(measured, params, which, windows[k])
        _compare(measured, k, "residuals", own.residuals(own.x), right.residuals(own.x))
        there = moved[which]
        with np.errstate(all="ignore"):
            _compare(measured, k, "residuals", own.residuals(there), right.residuals(there))
        if measured.has_jacobian:
            _compare(measured, k, "jacobian", own.jacobian(), right.jacobian())


def _compare(measured: Measured, k: int, what: str, own: Array, right: Array) -> None:
    """Refuse values that differ where they are finite."""
    is_finite = np.isfinite(right)
    if not norm_of(own[is_finite] - right[is_finite]) <= SAME * norm_of(right[is_finite]):
        raise ValueError(
            f"model.restricted(params, which, at).{what}(x) differs from model.{what} for "
            f"{measured.name_of_group(k)}; it must return the same with x in place of params[which]"
        )
