"""Arithmetic that Python refuses and IEEE 754 defines."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import INF, NAN, same

from minimizer.common import ieee

SPECIAL = [0.0, -0.0, 1.0, -1.0, 1e308, -1e308, 5e-324, INF, -INF, NAN]


@pytest.mark.parametrize("a", SPECIAL)
@pytest.mark.parametrize("b", SPECIAL)
def test_division_is_that_of_the_hardware(a: float, b: float) -> None:
    with np.errstate(all="ignore"):
        expected = float(np.float64(a) / np.float64(b))
    assert same(ieee.divide(a, b), expected)


@pytest.mark.slow
@given(st.floats(), st.floats())
def test_division_of_any_numbers_is_that_of_the_hardware(a: float, b: float) -> None:
    with np.errstate(all="ignore"):
        expected = float(np.float64(a) / np.float64(b))
    assert same(ieee.divide(a, b), expected)


@pytest.mark.parametrize(
    ("a", "expected"),
    [(1.0, 0.0), (0.0, -INF), (-0.0, -INF), (-1.0, NAN), (-INF, NAN), (INF, INF), (NAN, NAN)],
)
def test_logarithm_at_its_edges(a: float, expected: float) -> None:
    assert same(ieee.log(a), expected)


def test_logarithm_inside_is_the_natural_one() -> None:
    assert ieee.log(math.e) == pytest.approx(1.0, rel=1e-15)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [(1.0, 2.0, 2.0), (2.0, 1.0, 2.0), (NAN, 1.0, NAN), (1.0, NAN, NAN), (-INF, INF, INF)],
)
def test_maximum_is_nan_if_either_side_is(a: float, b: float, expected: float) -> None:
    assert same(ieee.maximum(a, b), expected)
