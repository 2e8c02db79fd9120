"""How much is tried: parameters in the quick loop, and examples of what takes long."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def slow_unless(is_quick: Callable[[Any], bool], values: Iterable[Any]) -> list[Any]:
    """Return values for ``parametrize``, marked as slow where `is_quick` says no."""
    return [v if is_quick(v) else pytest.param(v, marks=pytest.mark.slow) for v in values]


def examples(few: int) -> int:
    """Return how many examples Hypothesis tries: MINIMIZER_EXAMPLES says it, else a few."""
    return int(os.environ.get("MINIMIZER_EXAMPLES", few))
