"""The residuals in a window as functions of a few parameters, the others fixed.

A step of a tile costs as much as its window, however many parameters there are, if the model has
`restricted`. Without it, each evaluation copies all parameters.
"""

from __future__ import annotations

from ..common.arrays import Array, Indices
from .measured import Measured
from .windows import Window


class Restricted:
    """A model in a window, restricted to a few parameters.

    Parameters
    ----------
    measured : Measured
    params : ndarray (n,)
        They are not changed, neither here nor by the caller.
    which : ndarray (k,)
        The parameters that vary.
    window : Window

    Attributes
    ----------
    x : ndarray (k,)
        Their values in `params`.
    """

    def __init__(self, measured: Measured, params: Array, which: Indices, window: Window) -> None:
        self.measured, self.which, self.window = measured, which, window
        self._params = params
        self.x = params[which]

    def residuals(self, x: Array) -> Array:
        """Return residuals (size,) where the parameters are x (k,)."""
        there = self._params.copy()
        there[self.which] = x
        return self.measured.residuals_from(there, self.window)

    def jacobian(self) -> Array:
        """Return the model's own derivatives (size, k) at `x`."""
        return self.measured.jacobian(self._params, self.which, self.window)


class RestrictedByModel(Restricted):
    """The same by the model's `restricted`."""

    def __init__(self, measured: Measured, params: Array, which: Indices, window: Window) -> None:
        super().__init__(measured, params, which, window)
        self._own = measured.model.restricted(params, which.copy(), window.index)
        needed = ("residuals", "jacobian") if measured.has_jacobian else ("residuals",)
        for name in needed:
            if not callable(getattr(self._own, name, None)):
                raise TypeError(
                    f"model.restricted returned {self._own!r:.80}, which has no {name}(x); it must "
                    "return an object with this method, or leave out restricted"
                )

    def residuals(self, x: Array) -> Array:
        """Return residuals (size,) where the parameters are x (k,)."""
        value = self._own.residuals(x.copy())
        return self.measured.taken(value, self.window, "restricted(...).residuals")

    def jacobian(self) -> Array:
        """Return the model's own derivatives (size, k) at `x`."""
        value, what = self._own.jacobian(self.x.copy()), "restricted(...).jacobian"
        return self.measured.taken_jacobian(value, self.which, self.window, what)


def restricted_to_components(
    measured: Measured, params: Array, which: Indices, window: Window
) -> Restricted:
    """Return the model restricted to the parameters of one component or of several."""
    kind = RestrictedByModel if measured.has_restricted else Restricted
    return kind(measured, params, which, window)


def fixed(params: Array) -> Array:
    """Return a copy that nobody can change."""
    copy: Array = params.copy()
    copy.flags.writeable = False
    return copy
