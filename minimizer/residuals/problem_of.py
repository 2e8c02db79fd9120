"""The checked problem that the arguments describe."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..common import checks
from ..common.arrays import Array, Mask
from ..common.bounds import Box
from ..levenberg_marquardt.losses import LOSSES, Loss
from ..levenberg_marquardt.options import Options
from ..levenberg_marquardt.problem import Problem

EVALUATIONS = 500  # times (n + 1): the limit if none is given


def start_of(value: Any) -> Array:
    """Return the start (n,), finite."""
    if value is None:
        raise TypeError("x0 is None; it must be numbers")
    if np.ndim(value) > 1:
        raise ValueError(f"x0 has shape {np.shape(value)}; it must have one dimension (ravel it)")
    start = checks.elements(lambda x: ~np.isfinite(x), "parameters must be finite")("x0", value)
    assert start is not None
    return start


def names_of(names: Sequence[str] | None, n: int) -> list[str]:
    """Return the names of n parameters."""
    if names is None:
        return [f"x[{j}]" for j in range(n)]
    found = [str(name) for name in names]
    if len(found) != n:
        raise ValueError(f"names has {len(found)} elements; it must have {n}, one per parameter")
    if len(set(found)) < n:
        raise ValueError(f"names is {found}; names must differ")
    return found


def held_of(held: Any, names: list[str]) -> Mask:
    """Return which parameters are held, (n,), from a mask, from numbers or from names."""
    n = len(names)
    mask = np.zeros(n, dtype=bool)
    if held is None:
        return mask
    given = [held] if isinstance(held, str) else list(held)
    if len(given) == n and all(isinstance(one, bool | np.bool_) for one in given):
        mask[:] = given
        return mask
    for one in given:
        if isinstance(one, str):
            if one not in names:
                near = difflib.get_close_matches(one, names, n=1)
                hint = f" (did you mean {near[0]!r}?)" if near else ""
                raise ValueError(f"held has {one!r}; it must be one of {', '.join(names)}{hint}")
            mask[names.index(one)] = True
        else:
            j = checks.integer("held", one, 0)
            if j >= n:
                raise ValueError(f"held has {j}; there are {n} parameters, numbered from 0")
            mask[j] = True
    return mask


def box_of(bounds: Any, start: Array, names: list[str]) -> Box:
    """Return the bounds of n parameters; the start must be within."""
    n = start.size
    box = checks.bounds("bounds", bounds)
    if box is None:
        return Box(np.full(n, -np.inf), np.full(n, np.inf))
    box = Box(*(checks.of_length("bounds", side, n) for side in (box.lower, box.upper)))
    for j in np.flatnonzero((start < box.lower) | (start > box.upper)):
        raise ValueError(
            f"x0: {names[j]} is {start[j]}, out of its bounds ({box.lower[j]}, {box.upper[j]}); "
            "start within them"
        )
    return box


def loss_of(loss: Any) -> Loss | None:
    """Return a loss by name, or the user's with its values checked."""
    if loss is None or loss == "linear":
        return None
    if isinstance(loss, str):
        if loss not in LOSSES:
            known = ", ".join(map(repr, ["linear", *LOSSES]))
            raise ValueError(f"loss is {loss!r}; it must be one of {known}, or a function")
        return LOSSES[loss]
    if callable(loss):
        return _Checked(loss)
    raise TypeError(f"loss is {loss!r}; it must be a name or a function")


class _Checked:
    """A user's loss: ``loss(z)`` returns rho, rho' and rho'', (3, m)."""

    def __init__(self, loss: Callable[[Array], Any]) -> None:
        self._loss = loss

    def __call__(self, z: Array) -> tuple[Array, Array, Array]:
        rho = np.asarray(self._loss(z), dtype=np.float64)
        if rho.shape != (3, z.size):
            raise ValueError(
                f"loss returned an array of shape {rho.shape}; it must return rho, rho' and rho'' "
                f"of each of the {z.size} squared residuals, shape (3, {z.size})"
            )
        return rho[0], rho[1], rho[2]


def problem_of(
    start: Array,
    *,
    names: list[str],
    bounds: Any = None,
    held: Any = None,
    loss: Any = None,
    f_scale: float = 1.0,
    has_jacobian: bool = False,
    options: Options | None = None,
    max_evaluations: int | None = None,
    diff_step: Any = None,
) -> Problem:
    """Return the problem of checked arguments."""
    n = start.size
    box = box_of(bounds, start, names)
    fixed = held_of(held, names) | (box.lower == box.upper)
    if fixed.all():
        raise ValueError("held: all parameters are held, or have equal bounds; leave one free")
    scale = checks.real("f_scale", f_scale)
    if not 0.0 < scale < np.inf:
        raise ValueError(f"f_scale is {f_scale}; it must be positive and finite")
    limit = EVALUATIONS * (n + 1)
    if max_evaluations is not None:
        limit = checks.size("max_evaluations", max_evaluations)
    steps = None
    if diff_step is not None:
        steps = checks.of_length("diff_step", checks.vector("diff_step", diff_step), n)
        if not (np.isfinite(steps) & (steps != 0.0)).all():
            raise ValueError("diff_step: relative steps must be finite and not 0")
        steps = abs(steps)
    return Problem(
        start=start,
        box=box,
        held=fixed,
        options=options or Options(),
        loss=loss_of(loss),
        f_scale=scale,
        has_jacobian=has_jacobian,
        max_evaluations=limit,
        diff_step=steps,
    )
