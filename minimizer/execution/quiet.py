"""Arithmetic that may overflow or meet NaN, without NumPy's warnings."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np

A = TypeVar("A")
R = TypeVar("R")

# What NumPy does about warnings belongs to the context since NumPy 2, before that to the thread.
_IN_CONTEXT = int(np.__version__.partition(".")[0]) >= 2


def quietly(function: Callable[[A], R]) -> Callable[[A], R]:
    """Return a function that does the same without warnings.

    Its context is made once. Entering ``np.errstate`` for every evaluation takes longer than
    anything else that is done between two evaluations, save the centroid.
    """
    if not _IN_CONTEXT:
        return np.errstate(all="ignore")(function)
    context = contextvars.copy_context()
    context.run(np.seterr, all="ignore")
    run: Callable[[Callable[[A], R], A], R] = context.run
    return partial(run, function)
