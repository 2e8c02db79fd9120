"""Which of many parameters are tried in the quick loop; the tests with the others are slow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def slow_unless(is_quick: Callable[[Any], bool], values: Iterable[Any]) -> list[Any]:
    """Return values for ``parametrize``, marked as slow where `is_quick` says no."""
    return [v if is_quick(v) else pytest.param(v, marks=pytest.mark.slow) for v in values]
