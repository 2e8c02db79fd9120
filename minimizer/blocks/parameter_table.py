"""`ParameterTable`: the parameters' names, their bounds, and which of them are held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..common import checks
from ..common.arrays import Array, Indices, Mask
from ..common.bounds import Box
from ..residuals.problem_of import held_of, names_of


class ParameterTable:
    """Names of parameters, their bounds, and which of them keep their values.

    Parameters
    ----------
    names : sequence of str
        One per parameter, all different.
    bounds : mapping of str to (lower, upper), or sequence of (lower, upper), optional
        Pairs by name, or one per parameter; None and infinities mean no bound.
    held : sequence of str or int
        Parameters that are not fitted.

    Raises
    ------
    ValueError
        If names are not unique, or if `bounds` or `held` refers to a parameter that does not exist.

    Examples
    --------
    >>> from minimizer.blocks import ParameterTable
    >>> table = ParameterTable(["offset", "zscale"], bounds={"zscale": (0.5, 2)}, held=["offset"])
    >>> table.names, table.held.tolist(), table.box.lower.tolist()
    (['offset', 'zscale'], [True, False], [-inf, 0.5])
    """

    def __init__(self, names: Sequence[str], bounds: Any = None, held: Any = ()) -> None:
        self.names = names_of(names, len(names))
        self._numbers = {name: j for j, name in enumerate(self.names)}
        self.box = self._box_of(bounds)
        self.held: Mask = held_of(held, self.names)

    @classmethod
    def of_components(
        cls,
        shared: Sequence[str],
        parts: Sequence[str],
        n: int,
        *,
        component: str = "component",
        bounds: Mapping[str, tuple[float | None, float | None]] | None = None,
        held: Sequence[str] = (),
    ) -> ParameterTable:
        """Return the table of shared parameters, then of n components with the same parts.

        Parameters
        ----------
        shared, parts : sequence of str
            Names of the shared parameters, and of those of a component.
        n : int
            Number of components.
        component : str
            Name of a component, to which its number is added.
        bounds : mapping of str to (lower, upper), optional
            Pairs by the name of a shared parameter, of a part (for all components), or of a single
            component's parameter.
        held : sequence of str
            Parameters that are not fitted, by the same names.

        Examples
        --------
        >>> from minimizer.blocks import ParameterTable
        >>> table = ParameterTable.of_components(
        ...     ["zscale"], ["z", "radius"], 2, component="particle", bounds={"radius": (0, None)}
        ... )
        >>> table.names
        ['zscale', 'particle 0 / z', 'particle 0 / radius', 'particle 1 / z', 'particle 1 / radius']
        >>> table.box.lower.tolist()
        [-inf, -inf, 0.0, -inf, 0.0]
        """
        names = [*shared, *(f"{component} {k} / {part}" for k in range(n) for part in parts)]

        def of_all(name: str) -> list[str]:
            if name in parts and name not in shared:
                return [f"{component} {k} / {name}" for k in range(n)]
            return [name]

        pairs = {each: pair for name, pair in (bounds or {}).items() for each in of_all(name)}
        return cls(names, pairs, [each for name in held for each in of_all(name)])

    def __len__(self) -> int:
        return len(self.names)

    def indices(self, chosen: Any) -> Indices:
        """Return the indices of parameters, given by names or numbers (one, or a sequence)."""
        one = isinstance(chosen, str | int | np.integer)
        return np.array([self._index(each) for each in ([chosen] if one else chosen)], np.intp)

    def _index(self, chosen: Any) -> int:
        if isinstance(chosen, str):
            if chosen not in self._numbers:
                hint = checks.did_you_mean(chosen, self.names)
                raise ValueError(f"there is no parameter {chosen!r}{hint}")
            return self._numbers[chosen]
        j = checks.integer("the number of a parameter", chosen, 0)
        if j >= len(self):
            raise ValueError(f"there is no parameter {j}; there are {len(self)}, numbered from 0")
        return j

    def _box_of(self, bounds: Any) -> Box:
        n = len(self)
        if isinstance(bounds, Mapping):
            pairs: list[tuple[Any, Any]] = [(None, None)] * n
            for name, pair in bounds.items():
                pairs[self._index(name)] = pair
            bounds = pairs
        box = checks.bounds("bounds", bounds)
        if box is None or not n:
            return Box(np.full(n, -np.inf), np.full(n, np.inf))
        sides: list[Array] = [
            checks.of_length("bounds", side, n) for side in (box.lower, box.upper)
        ]
        return Box(*sides)


def default_names(n: int, groups: Sequence[Indices]) -> list[str]:
    """Return default names of parameters; those of components have the component's number."""
    names = [f"x[{j}]" for j in range(n)]
    for k, group in enumerate(groups):
        for i, j in enumerate(group[(group >= 0) & (group < n)].tolist()):
            names[j] = f"component {k} / {i}"
    return names
