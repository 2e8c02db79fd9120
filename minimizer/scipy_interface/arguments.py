"""The arguments of SciPy's `minimize`, checked and warned about in SciPy's words."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ..common import checks
from ..common.arrays import Array
from ..common.bounds import Box
from .options import optimize_warning


def start_of(x0: Any) -> Array:
    """Return the start (n,), in its own floating-point type if it has one, else as float64."""
    if x0 is None:
        raise TypeError("x0 is None; it must be numbers")
    array = np.atleast_1d(np.asarray(x0))
    if array.ndim != 1:
        raise ValueError("'x0' must only have one dimension.")
    start = checks.initial_params("x0", array)
    assert start is not None
    return start.astype(array.dtype) if array.dtype.kind == "f" else start


def box_of(bounds: Any, n: int) -> Box | None:
    """Return the bounds of n parameters."""
    try:
        box = checks.bounds("bounds", bounds)
    except ValueError as error:
        if "exceed" not in str(error):
            raise
        why = "An upper bound is less than the corresponding lower bound."
        raise ValueError(f"{why} ({error})") from None
    if box is not None and len(box.lower) not in (1, n):
        raise ValueError(
            "The number of bounds is not compatible with the length of `x0`. "
            f"(There are {len(box.lower)} bounds and {n} parameters.)"
        )
    return box


def moved_in(start: Array, box: Box) -> Array:
    """Return the start moved into the box, with a warning if it lay outside."""
    if not box.contains(start.astype(np.float64)):
        text = "Initial guess is not within the specified bounds; it is moved in"
        warnings.warn(text, optimize_warning(), stacklevel=4)
    return box.clip(start).astype(start.dtype)


def adapted(fun: Callable[..., Any], dtype: DTypeLike, with_gradient: bool) -> Callable[..., Any]:
    """Pass the floating-point type of the start to `fun`, and drop the gradient it returns."""
    if not callable(fun) or (dtype == np.float64 and not with_gradient):
        return fun

    def adapted_fun(x: Any, *args: Any) -> Any:
        value = fun(x.astype(dtype), *args)
        return value[0] if with_gradient else value

    return adapted_fun


def check_method(method: Any) -> None:
    """Refuse any method except Nelder-Mead, however it is spelt."""
    name = "neldermead" if method is None else method
    if isinstance(name, str):
        name = "".join(filter(str.isalpha, name.lower()))
    if name != "neldermead":
        raise ValueError(
            f"method is {method!r}; this package has only 'Nelder-Mead', "
            "use scipy.optimize.minimize for other methods"
        )


def check_unused(jac: Any, hess: Any, hessp: Any, constraints: Any) -> None:
    """Warn of derivatives, which are unused, and refuse constraints."""
    unused = {
        "gradient information (jac)": bool(jac),
        "Hessian information (hess)": hess is not None,
        "Hessian-vector product information (hessp)": hessp is not None,
    }
    for name in filter(unused.get, unused):
        warnings.warn(f"Method Nelder-Mead does not use {name}.", RuntimeWarning, stacklevel=3)
    if constraints is not None and getattr(constraints, "__len__", lambda: 1)():
        raise ValueError(
            "constraints must be empty: Nelder-Mead has none. Let fun return NaN where they are "
            "violated, or use scipy.optimize.minimize with COBYQA or SLSQP"
        )
