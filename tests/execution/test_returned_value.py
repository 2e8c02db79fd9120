"""What the user's function may return."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import INF, NAN, same

from minimizer.execution.returned_value import as_real

POINT = np.array([1.5, -2.0])

REAL_DTYPES = ["b", "h", "i", "l", "q", "B", "H", "I", "L", "Q", "e", "f", "d", "g", "?"]


@pytest.mark.parametrize("code", REAL_DTYPES)
def test_numpy_scalars_of_every_real_type(code: str) -> None:
    value = as_real(np.dtype(code).type(1), POINT)
    assert value == 1.0
    assert type(value) is float


@pytest.mark.parametrize("code", REAL_DTYPES)
@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (1, 1, 1)])
def test_arrays_of_one_element_of_every_real_type(code: str, shape: tuple[int, ...]) -> None:
    value = as_real(np.ones(shape, dtype=code), POINT)
    assert value == 1.0
    assert type(value) is float


@pytest.mark.parametrize(
    ("returned", "value"),
    [
        (3, 3.0),
        (True, 1.0),
        (Fraction(1, 4), 0.25),
        (Decimal("0.5"), 0.5),
        (10**300, 1e300),
        (10**400, INF),
        (-(10**400), -INF),
        (Fraction(10**400, 3), INF),
        (Decimal("1e999"), INF),
        (Decimal("-Infinity"), -INF),
        (Decimal("NaN"), NAN),
        (np.longdouble("0.5"), 0.5),
        ([2.0], 2.0),
        (((2,),), 2.0),
        (np.array([Fraction(1, 4)], dtype=object), 0.25),
        (np.array(10**400, dtype=object), INF),
        (-0.0, -0.0),
        (INF, INF),
        (-INF, -INF),
        (NAN, NAN),
        (np.float32(NAN), NAN),
        (np.array([-INF]), -INF),
    ],
)
def test_anything_that_is_one_real_number_is_a_value(returned: Any, value: float) -> None:
    result = as_real(returned, POINT)
    assert type(result) is float
    assert same(result, value)


@pytest.mark.parametrize(
    "returned",
    [
        None,
        1j,
        1.0 + 0j,
        np.complex128(1.0 + 1e-300j),
        np.array([1.0 + 1j]),
        "1.0",
        b"1",
        np.array(["1.0"]),
        np.datetime64("2000-01-01"),
        np.timedelta64(1, "s"),
        {},
        {1.0},
        object(),
        lambda: 1.0,
        np.array([None], dtype=object),
        np.array(["1"], dtype=object),
        np.array([1j], dtype=object),
    ],
    ids=lambda value: re.sub(" at 0x[0-9a-f]+", "", repr(value)),
)
def test_what_is_not_a_real_number_is_a_type_error_naming_point_and_return(returned: Any) -> None:
    with pytest.raises(TypeError, match=r"^fun returned .* at \[1\.5, -2\.0\]; it must") as caught:
        as_real(returned, POINT)
    assert repr(returned)[:20] in str(caught.value)


@pytest.mark.parametrize(
    "returned", [np.complex128(2.5), np.complex64(2.5), np.array(2.5 + 0j), np.array([[2.5 - 0j]])]
)
def test_a_complex_number_of_numpy_without_imaginary_part_is_cast_with_its_warning(
    returned: Any,
) -> None:
    warning = getattr(np, "exceptions", np).ComplexWarning
    with pytest.warns(warning, match="discards the imaginary part"):
        assert as_real(returned, POINT) == 2.5


@pytest.mark.parametrize(
    ("returned", "size"),
    [([1.0, 2.0], 2), ([], 0), (np.zeros((2, 3)), 6), (np.zeros((1, 0)), 0), ((1, 2, 3), 3)],
)
def test_several_values_or_none_are_a_value_error_naming_point_and_size(
    returned: Any, size: int
) -> None:
    with pytest.raises(ValueError, match=rf"^fun returned {size} values .* at \[1\.5, -2\.0\]; "):
        as_real(returned, POINT)


def test_a_ragged_list_names_the_point_too() -> None:
    with pytest.raises((TypeError, ValueError), match=r"fun returned .* at \[1\.5, -2\.0\]"):
        as_real([1.0, [2.0, 3.0]], POINT)


def test_a_signalling_nan_of_decimal_is_nan_or_names_the_point() -> None:
    try:
        assert math.isnan(as_real(Decimal("sNaN"), POINT))
    except (TypeError, ValueError) as error:
        assert "fun returned" in str(error)  # noqa: PT017


def test_a_masked_value_is_not_taken_for_the_number_under_the_mask() -> None:
    """NumPy gives 0 for it, the best value that a sum of squares can have."""
    try:
        assert math.isnan(as_real(np.ma.masked, POINT))
    except (TypeError, ValueError) as error:
        assert "fun returned" in str(error)  # noqa: PT017


@pytest.mark.slow
@given(st.floats())
def test_a_float_keeps_its_bits_whatever_it_comes_in(value: float) -> None:
    for returned in (value, np.float64(value), np.array(value), [value], np.array([[value]])):
        assert same(as_real(returned, POINT), value)
