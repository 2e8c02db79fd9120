"""The model as the algorithm sees it: residual vectors in units of sigma, checked, counted."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..common.arrays import Array, Indices
from ..common.bounds import Box
from .windows import Window, window_of

SHAPE_RULE = "the number of residuals must not change (return NaN where they are not defined)"


class Measured:
    """A model with the names of its parameters.

    Parameters
    ----------
    model : Model
    names : list of str
        One per parameter.
    shape : tuple of int
        Shape of all residuals.

    Attributes
    ----------
    calls, count : int
        Calls of ``model.residuals`` so far, and residuals that they returned.
    eps : float
        Precision of the residuals' type.
    """

    def __init__(self, model: Any, names: list[str], shape: tuple[int, ...]) -> None:
        self.model, self.names, self.shape = model, names, shape
        self.groups = [np.asarray(group, dtype=np.intp) for group in model.groups]
        self.shared: Indices = np.asarray(model.shared, dtype=np.intp).ravel()
        self.has_jacobian = callable(getattr(model, "jacobian", None))
        self.has_restricted = callable(getattr(model, "restricted", None))
        sigma = getattr(model, "sigma", None)
        self._sigma: Array | None = None
        if sigma is not None:
            self._sigma = np.broadcast_to(np.asarray(sigma, dtype=np.float64), shape)
        self.calls = self.count = 0
        self.eps = float(np.finfo(np.float64).eps)

    def residuals(self, params: Array, window: Window) -> Array:
        """Return residuals (size,) in a window; non-finite ones are left to the caller."""
        return self.residuals_from(params.copy(), window)

    def residuals_from(self, params: Array, window: Window) -> Array:
        """Return residuals (size,) in a window; the model may keep or change `params`."""
        return self.taken(self.model.residuals(params, window.index), window)

    def taken(self, value: Any, window: Window, what: str = "residuals") -> Array:
        """Return residuals (size,) as the model returned them, checked and counted."""
        r = _real(value, what).ravel()
        if getattr(value, "dtype", None) == np.float32:
            self.eps = float(np.finfo(np.float32).eps)
        self.calls += 1
        self.count += r.size
        if r.size != window.size:
            raise ValueError(
                f"model.{what} returned {r.size} residuals at {_text(window)}, which are "
                f"{window.size}; {SHAPE_RULE}"
            )
        return self._in_sigmas(r, window)

    def jacobian(self, params: Array, which: Indices, window: Window) -> Array:
        """Return the model's own derivatives (size, k)."""
        value = self.model.jacobian(params.copy(), which.copy(), window.index)
        return self.taken_jacobian(value, which, window)

    def taken_jacobian(
        self, value: Any, which: Indices, window: Window, what: str = "jacobian"
    ) -> Array:
        """Return derivatives (size, k) as the model returned them, checked."""
        J = _real(value, what)
        right = window.size, which.size
        if J.size != window.size * which.size or J.shape[-1] != which.size:
            raise ValueError(
                f"model.{what} returned an array of shape {J.shape} at {_text(window)}; it must "
                f"be {right}, one row per residual and one column for each of "
                f"{self.names_of(which)}"
            )
        J = J.reshape(right)
        return J if self._sigma is None else J / self._sigmas(window)[:, None]

    def relocate(self, params: Array) -> None:
        """Call the model's `relocate`, if it has one."""
        relocate = getattr(self.model, "relocate", None)
        if relocate is not None:
            relocate(params.copy())

    def window(self, k: int) -> Window:
        """Return the window of a group."""
        return window_of(self.model.window(k), self.shape, self.name_of_group(k))

    def position(self, params: Array, k: int, window: Window) -> Array:
        """Return the position of a component, by default the middle of its window."""
        position = getattr(self.model, "position", None)
        if position is not None:
            return np.atleast_1d(np.asarray(position(params.copy(), k), dtype=np.float64))
        if window.box is None:
            return np.array([0.5 * (window.index[0] + window.index[-1])] if window.size else [0.0])
        return np.array([0.5 * (side.start + side.stop) for side in window.box])

    def name_of_group(self, k: int) -> str:
        """Return the name of a group: the common part of the names of its parameters."""
        group = self.groups[k]
        first = self.names[group[0]].rpartition(" / ")[0] if group.size else ""
        return first or f"component {k}"

    def names_of(self, which: Indices) -> str:
        """Return the names of parameters for a message; of many only the first few."""
        names = [self.names[j] for j in which[:4].tolist()]
        return " and ".join(names) + (f" and {which.size - 4} more" if which.size > 4 else "")

    def _in_sigmas(self, r: Array, window: Window) -> Array:
        return r if self._sigma is None else r / self._sigmas(window)

    def _sigmas(self, window: Window) -> Array:
        assert self._sigma is not None
        if window.box is None:
            part: Array = self._sigma[window.index]
        else:
            part = self._sigma[window.box]
        return part.ravel()


def _real(value: Any, what: str) -> Array:
    """Return real numbers as float64, in their own shape."""
    if value is None:
        raise TypeError(f"model.{what} returned None (is a return statement missing?)")
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        kind = "complex numbers" if array.dtype.kind == "c" else repr(value)[:80]
        raise TypeError(f"model.{what} returned {kind}; it must return an array of real numbers")
    return array.astype(np.float64, copy=False)


def _text(window: Window) -> str:
    if window.index is None:
        return "all of them (at=None)"
    if window.box is None:
        return f"{window.size} indices from {window.index[0]} to {window.index[-1]}"
    sides = ", ".join(f"{side.start}:{side.stop}" for side in window.box)
    return f"[{sides}]"


def shape_of(model: Any, params: Array) -> tuple[int, ...]:
    """Return the shape of the residuals: as the model states it, or that of one evaluation."""
    shape = getattr(model, "shape", None)
    if shape is not None:
        return tuple(int(n) for n in np.atleast_1d(shape))
    value = model.residuals(params.copy())
    if value is None:
        raise TypeError("model.residuals returned None (is a return statement missing?)")
    return np.shape(np.atleast_1d(value))


def part_box(box: Box, which: Indices) -> Box:
    """Return the bounds of some parameters."""
    return Box(box.lower[which], box.upper[which])
