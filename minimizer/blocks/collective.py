"""`Reparametrized`: a few collective parameters that act on many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..common import checks
from ..common.arrays import Array
from .parameter_table import ParameterTable

Mapping = Callable[[Array, Array], Any]


class Reparametrized:
    """A model with collective parameters in front of its own.

    Where many parameters are wrong in the same way, such as all radii by a factor that drifts with
    depth, blocks approach the answer slowly: each component moves a little per loop. A collective
    parameter moves them all in one step.

    Parameters
    ----------
    model : Model
        Its parameters come after the collective ones.
    mapping : callable
        ``mapping(params, c)`` returns the model's parameters (n,) from its parameters (n,) and the
        collective ones, c (size,). At ``c = 0`` it returns `params` as they are. Each component
        must depend on its own parameters and c only.
    size : int
        Number of collective parameters.
    names : sequence of str, optional
        Their names.

    Attributes
    ----------
    groups, shared : list of ndarray, ndarray
        The collective parameters, which come first, are shared.

    Notes
    -----
    Bounds of the model's own parameters hold before the mapping. The Jacobian is computed by
    differences. Collective parameters are redundant with the others and have no uncertainties; to
    obtain these, continue with the model itself.

    Examples
    --------
    >>> import numpy as np
    >>> from minimizer.blocks import Reparametrized
    >>> class Model:  # the radius of ball k is parameter 2 k + 1, its depth 2 k
    ...     groups, shared = [np.array([0, 1]), np.array([2, 3])], np.array([], int)
    >>> def drift(params, c):
    ...     z = params[0::2]
    ...     params[1::2] *= np.exp(c[0] + c[1] * z / 100)
    ...     return params
    >>> wrapped = Reparametrized(Model(), drift, 2, names=["log size", "drift"])
    >>> x = wrapped.wrap([0.0, 4.0, 50.0, 4.0])
    >>> x.tolist()
    [0.0, 0.0, 0.0, 4.0, 50.0, 4.0]
    >>> x[1] = 0.2
    >>> wrapped.unwrap(x).round(3).tolist()
    [0.0, 4.0, 50.0, 4.421]
    """

    def __init__(
        self, model: Any, mapping: Mapping, size: int, *, names: Sequence[str] | None = None
    ) -> None:
        self.model = model
        self.mapping = checks.function("mapping", mapping)
        self.size = checks.size("size", size)
        self.names = list(names or (f"collective {j}" for j in range(size)))
        if len(self.names) != size:
            raise ValueError(f"names has {len(self.names)} elements; it must have {size}")
        self.groups = [np.asarray(group, dtype=np.intp) + size for group in model.groups]
        own = np.asarray(model.shared, dtype=np.intp).ravel() + size
        self.shared = np.concatenate([np.arange(size), own])
        for name in ("shape", "sigma"):
            if hasattr(model, name):
                setattr(self, name, getattr(model, name))
        for name in ("relocate", "position"):
            if hasattr(model, name):
                setattr(self, name, getattr(self, f"_{name}"))
        table = getattr(model, "table", None)
        if table is not None:
            self.table = self._with_collective(table)

    def wrap(self, params: Any) -> Array:
        """Return parameters (size + n,) from the model's (n,), the collective ones being zero."""
        own = np.array(params, dtype=np.float64, ndmin=1)
        if not np.array_equal(self._mapped(own, np.zeros(self.size)), own):
            raise ValueError("mapping(params, 0) differs from params; it must change nothing there")
        return np.concatenate([np.zeros(self.size), own])

    def unwrap(self, params: Any) -> Array:
        """Return the model's parameters (n,), whose residuals are the same to the bit."""
        given = np.array(params, dtype=np.float64)
        return self._mapped(given[self.size :], given[: self.size])

    def window(self, k: int) -> Any:
        """Return the window of a component."""
        return self.model.window(k)

    def residuals(self, params: Array, at: Any = None) -> Any:
        """Return the model's residuals."""
        return self.model.residuals(self.unwrap(params), at)

    def _mapped(self, own: Array, c: Array) -> Array:
        value = np.array(self.mapping(own.copy(), c.copy()), dtype=np.float64)
        if value.shape != own.shape:
            raise ValueError(
                f"mapping returned an array of shape {value.shape}; it must be {own.shape}, one "
                "element per parameter of the model"
            )
        return value

    def _relocate(self, params: Array) -> None:
        self.model.relocate(self.unwrap(params))

    def _position(self, params: Array, k: int) -> Any:
        return self.model.position(self.unwrap(params), k)

    def _with_collective(self, table: ParameterTable) -> ParameterTable:
        free = [(None, None)] * self.size
        sides = [*free, *table.box.sides]
        held = np.flatnonzero(table.held) + self.size
        return ParameterTable([*self.names, *table.names], sides, held.tolist())
