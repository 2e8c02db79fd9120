"""The linear parameters of a formula, found by tracing them through its operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..functions.arithmetic import Mathematics

Term = frozenset[int]


class Trace:
    """A value known only by its dependence on the parameters.

    Attributes
    ----------
    terms : set of frozenset of int
        Products of parameters whose sum it is.
    hard : set of int
        Parameters on which it depends in any other way.
    """

    def __init__(self, terms: Iterable[Term], hard: Iterable[int] = ()) -> None:
        self.terms, self.hard = frozenset(terms), frozenset(hard)

    @property
    def all(self) -> frozenset[int]:
        """All parameters that the value depends on."""
        return self.hard.union(*self.terms)

    def __add__(self, other: Any) -> Trace:
        other = traced(other)
        return Trace(self.terms | other.terms, self.hard | other.hard)

    def __mul__(self, other: Any) -> Trace:
        other = traced(other)
        twice = [s & t for s in self.terms for t in other.terms]
        return Trace(
            [s | t for s in self.terms for t in other.terms],
            self.hard.union(other.hard, *twice),
        )

    def __truediv__(self, other: Any) -> Trace:
        return Trace(self.terms, self.hard | traced(other).all)

    def __rtruediv__(self, other: Any) -> Trace:
        return Trace(traced(other).terms, traced(other).hard | self.all)

    def __neg__(self) -> Trace:
        return self

    def __pow__(self, other: Any) -> Trace:
        return hard(self, other)

    def __abs__(self) -> Trace:
        return hard(self)

    def __invert__(self) -> Trace:
        return hard(self)

    def __eq__(self, other: object) -> Any:
        return hard(self, other)

    def __bool__(self) -> bool:
        raise TypeError("a formula that branches on its parameters cannot be followed")

    __radd__ = __sub__ = __rsub__ = __add__
    __rmul__ = __mul__
    __rpow__ = __mod__ = __rmod__ = __pow__
    __and__ = __rand__ = __or__ = __ror__ = __pow__
    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __pos__ = __neg__
    __hash__ = None  # type: ignore[assignment]

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Trace:
        """Follow a function of NumPy."""
        first, *others = [traced(value) for value in inputs]
        if ufunc in (np.add, np.subtract):
            return first + others[0]
        if ufunc is np.multiply:
            return first * others[0]
        if ufunc is np.divide:
            return first / others[0]
        if ufunc in (np.negative, np.positive):
            return first
        return hard(*inputs)

    def __array_function__(
        self, function: Any, types: Any, args: Sequence[Any], kwargs: Any
    ) -> Any:
        """Follow ``np.where`` and other functions of conditions."""
        if function is np.where and len(args) == 3:
            condition, first, second = args
            return traced(first) + second + Trace([], traced(condition).all)
        if function is np.any:
            return False
        return hard(*args)


def traced(value: Any) -> Trace:
    """Return a value as a `Trace`; a number depends on nothing."""
    return value if isinstance(value, Trace) else Trace([frozenset()])


def hard(*values: Any) -> Trace:
    """Return a value that depends on others in any way."""
    return Trace([frozenset()], frozenset().union(*(traced(value).all for value in values)))


TRACING = Mathematics(*[hard] * len(Mathematics.__dataclass_fields__))


def linear_params(
    value: Callable[[list[Any]], Any], n_params: int, among: Sequence[int]
) -> list[int]:
    """Return indices of parameters in which a formula is jointly linear.

    Parameters
    ----------
    value : callable
        ``value(params)``, of operations that a `Trace` can follow; if it cannot, none is linear.
    n_params : int
    among : sequence of int
        Parameters to choose from.
    """
    try:
        found = traced(value([Trace([frozenset([i])]) for i in range(n_params)]))
    except (TypeError, ValueError, AttributeError):
        return []
    chosen: list[int] = []
    for i in among:
        partners = frozenset().union(*(term for term in found.terms if i in term)) - {i}
        if i not in found.hard and not partners & set(chosen):
            chosen.append(i)
    return chosen
