"""The protocol of a model: its components, its shared parameters, and its residuals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ..common.arrays import Array


@runtime_checkable
class Model(Protocol):
    """The model that `fit_blocks` fits: any object with these attributes and methods.

    Attributes
    ----------
    groups : sequence of integer arrays
        The parameters of each component. No parameter is in two groups.
    shared : integer array
        The parameters that touch all residuals; may be empty.

    Notes
    -----
    Residuals are an array of any shape, in units of their standard deviations, unless ``sigma``, an
    array of the same shape or a number, gives these. Further attributes and methods are optional:

    ``jacobian(params, which, at)``
        Derivatives (residuals, parameters) of the residuals at `at`, ravelled, by the parameters
        with the indices `which`. Without it they are computed by differences.
    ``restricted(params, which, at)``
        The model restricted to some parameters, those of one component or of several: an object
        with ``residuals(x)``, the residuals at `at` where the parameters `which` have the values x,
        and, if the model has a Jacobian, ``jacobian(x)``, its columns `which`. It is called once
        for each step of a component, which is where what other components contribute is computed
        once. Without it, each evaluation gets a copy of all parameters. `params` is read-only here,
        and the same object as long as no parameter has changed.
    ``relocate(params)``
        Called at the beginning of each loop, before the windows are read: for windows that depend
        on the parameters. Workers call it on their own copies of the model.
    ``shape``
        Shape of the residuals. Without it they are all evaluated at once, a single time.
    ``sigma``
        Standard deviations by which residuals are divided.
    ``position(params, k)``
        Position of component k, in pixels or other units, by which components are collected in
        regions. Without it the middle of the window is taken.
    ``table``
        A `ParameterTable`: names, bounds, held parameters.
    ``add(params, component)``, ``remove(params, k)``, ``propose(params, residuals)``
        For components that come and go: the first two return a new model and its parameters.

    Residuals may be of single precision (float32): derivatives are then central differences.

    A model may cache its computations, as long as residuals do not depend on earlier calls: only
    then are results the same to the bit for any number of workers. Workers have copies of the
    model, which must be picklable for this.

    Examples
    --------
    Peaks on a constant background; a peak touches the channels within five widths.

    >>> import numpy as np
    >>> from minimizer.blocks import fit_blocks
    >>> class Peaks:
    ...     def __init__(self, counts, n):
    ...         self.counts, self.channels = counts, np.arange(counts.size)
    ...         self.shared = np.array([0])
    ...         self.groups = [1 + 2 * k + np.arange(2) for k in range(n)]
    ...
    ...     def relocate(self, params):
    ...         self.places = params[2::2]
    ...
    ...     def window(self, k):
    ...         place = int(self.places[k])
    ...         return slice(max(place - 20, 0), max(place + 20, 0))
    ...
    ...     def residuals(self, params, at=None):
    ...         at = slice(None) if at is None else at
    ...         x, total = self.channels[at], params[0]
    ...         for height, place in params[1:].reshape(-1, 2):
    ...             total = total + height * np.exp(-(((x - place) / 4) ** 2))
    ...         return (total - self.counts[at]) / 3.0
    >>> truth = np.array([10.0, 50.0, 30.2, 70.0, 61.7, 40.0, 90.1])
    >>> model = Peaks(np.zeros(128), 3)
    >>> noise = np.random.default_rng(0).standard_normal(128)
    >>> model.counts = 3.0 * (model.residuals(truth) + noise)
    >>> result = fit_blocks(model, [8.0, 40.0, 29.0, 60.0, 60.0, 50.0, 91.0])
    >>> result.success, result.x[1:3].round(2).tolist(), result.uncertainties(0).round(2).tolist()
    (True, [48.73, 30.29], [1.41, 0.11])
    """

    groups: Sequence[Any]
    shared: Any

    def window(self, k: int) -> slice | tuple[slice, ...] | NDArray[np.integer[Any]]:
        """Return the window of group k: the residuals that it touches.

        A slice of the first axis, a tuple of slices (a box), or, if residuals have one dimension,
        increasing indices. It is read at the beginning of each loop, after `relocate`.
        """

    def residuals(self, params: Array, at: Any = None) -> Array:
        """Return the residuals at `at`, all of them if it is None.

        That is ``residuals(params)[at]``: `at` is of the kind that `window` returns.
        """
