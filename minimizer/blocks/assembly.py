"""A model and its parameters, with operations that add and remove components."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..common.arrays import Array, Indices
from .block_step import new_memory
from .measured import Measured, part_box, shape_of
from .parameter_table import ParameterTable
from .restricted import fixed
from .structure import table_of
from .tiles import Task, run_tile
from .windows import Window, overlap, union

NEEDED = ("add", "remove", "propose")
SETTLED = 1e-2  # fall of the sum of squares: the last step of what is being settled
NEAR = 1.0 / 3.0  # of the smaller window is common: neighbours


@dataclass(frozen=True)
class Assembly:
    """A model and its parameters; every change returns a new object.

    Attributes
    ----------
    model : Model
        With `add`, `remove` and `propose`.
    params : ndarray (n,)
    known : ParameterTable, optional
        The table of the model, if it is known.
    """

    model: Any
    params: Array
    known: ParameterTable | None = None

    @cached_property
    def table(self) -> ParameterTable:
        """Names and bounds of the parameters."""
        return self.known or table_of(self.model, self.params.size, None)

    @cached_property
    def measured(self) -> Measured:
        """The model, checked."""
        return Measured(self.model, self.table.names, shape_of(self.model, self.params))

    @cached_property
    def windows(self) -> list[Window]:
        """The windows of all components at their present positions."""
        self.measured.relocate(self.params)
        return [self.measured.window(k) for k in range(self.number)]

    @property
    def number(self) -> int:
        """Number of components."""
        return len(self.model.groups)

    def component(self, k: int) -> Array:
        """Return the parameters of a component."""
        return self.params[self.measured.groups[k]]

    def position(self, k: int) -> Array:
        """Return the position of a component."""
        return self.measured.position(self.params, k, self.windows[k])

    def residuals(self, window: Window) -> Array:
        """Return residuals (size,) in units of their standard deviations."""
        return self.measured.residuals(self.params, window)

    def sum_of_squares(self, window: Window) -> float:
        """Return the sum of squares in a window."""
        r = self.residuals(window)
        return float(r @ r)

    def at(self, params: Array) -> Assembly:
        """Return the assembly with other parameters."""
        return replace(self, params=params, known=self.table)

    def added(self, component: Array) -> Assembly:
        """Return the assembly with one more component, the last."""
        return Assembly(*_checked(self.model.add(self.params.copy(), component), self.number + 1))

    def removed(self, k: int) -> Assembly:
        """Return the assembly without component k; those after it move up."""
        return Assembly(*_checked(self.model.remove(self.params.copy(), k), self.number - 1))

    def change_without(self, k: int) -> Array:
        """Return the change of the residuals in the window of component k without it."""
        model, params = _checked(self.model.remove(self.params.copy(), k), self.number - 1)
        names = self.table.names[: params.size]
        without = Measured(model, names, self.measured.shape)
        return without.residuals(params, self.windows[k]) - self.residuals(self.windows[k])

    def neighbours(self, k: int) -> list[int]:
        """Return the components whose windows overlap largely with that of component k."""
        own = self.windows[k]
        return [
            i
            for i, other in enumerate(self.windows)
            if i != k and common_size(own, other) > NEAR * min(own.size, other.size) > 0.0
        ]

    def settled(self, groups: list[int], steps: int = 10) -> Assembly:
        """Return the assembly with some components fitted together, everything else fixed."""
        which: Indices = np.concatenate([self.measured.groups[k] for k in groups])
        box, held = part_box(self.table.box, which), self.table.held[which]
        params = self.params.copy()
        params[which] = box.clip(params[which])
        parts = [self.measured.groups[k] for k in groups]
        windows = [self.windows[k] for k in groups]
        task = Task(0, parts, windows, box, held, new_memory(params[which]))
        for _ in range(steps):
            step = run_tile(self.measured, fixed(params), task)
            params[which] = step.end
            if step.fall <= SETTLED:
                break
        return self.at(params)

    def is_out_of_range(self, k: int) -> bool:
        """Return whether a parameter of component k has run into its bound."""
        which = self.measured.groups[k]
        box, x = part_box(self.table.box, which), self.params[which]
        return bool(((x <= box.lower) | (x >= box.upper)).any())


def common_size(a: Window, b: Window) -> int:
    """Return the number of residuals that two windows have in common."""
    both = overlap(a, b)
    if both is None:
        return 0
    if a.box is None:
        return int(both[0].size)
    return int(np.prod([side.stop - side.start for side in both[0]]))


def around(windows: list[Window]) -> Window:
    """Return a window that contains several others."""
    return union([window for window in windows if window.size] or windows)


def _checked(changed: Any, number: int) -> tuple[Any, Array]:
    """Return a changed model and its parameters, or refuse a wrong number of components."""
    model, params = changed
    if len(model.groups) != number:
        raise ValueError(
            f"the changed model has {len(model.groups)} components; it must have {number}: add and "
            "remove must return a new model with one component more or less"
        )
    return model, np.array(params, dtype=np.float64)


def assembly_of(model: Any, params: Any, who: str) -> Assembly:
    """Return a user's model and parameters, or refuse a model without a member needed."""
    missing = [name for name in NEEDED if not callable(getattr(model, name, None))]
    if missing:
        raise TypeError(f"the model has no {' and no '.join(missing)}; {who} needs them")
    return Assembly(model, np.array(params, dtype=np.float64))
