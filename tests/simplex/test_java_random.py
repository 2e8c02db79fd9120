"""Random numbers: what the Java documentation's algorithm gives in a Java virtual machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import JavaRandom

from minimizer.simplex.java_random import wrap_seed


def next_int(random: JavaRandom) -> int:
    """Return ``nextInt()``, a signed 32-bit integer."""
    return wrap_seed(random.next_bits(32))


@pytest.mark.parametrize(
    ("seed", "integers"),
    [
        (0, [-1155484576, -723955400, 1033096058, -1690734402]),
        (42, [-1170105035, 234785527, -1360544799, 205897768]),
        (-1, [1155099827]),
    ],
)
def test_next_int_of_a_java_virtual_machine(seed: int, integers: list[int]) -> None:
    random = JavaRandom(seed)
    assert [next_int(random) for _ in integers] == integers


@pytest.mark.parametrize(
    ("seed", "doubles"),
    [
        (0, [0.730967787376657, 0.24053641567148587, 0.6374174253501083]),
        (42, [0.7275636800328681, 0.6832234717598454, 0.30871945533265976]),
    ],
)
def test_next_double_of_a_java_virtual_machine(seed: int, doubles: list[float]) -> None:
    random = JavaRandom(seed)
    assert [random.next_double() for _ in doubles] == doubles


def test_next_float_of_a_java_virtual_machine() -> None:
    """Java prints the float 0.7275637, the top 24 bits of the first 48-bit state."""
    value = JavaRandom(42).next_float()
    assert value == pytest.approx(0.7275637, abs=2**-25)
    assert value * 2**24 == int(value * 2**24)


def test_a_float_draws_once_and_a_double_twice() -> None:
    one, two = JavaRandom(7), JavaRandom(7)
    one.next_float()
    two.next_bits(1)
    assert one.next_bits(48) == two.next_bits(48)
    one.next_double()
    two.next_bits(1)
    two.next_bits(1)
    assert one.next_bits(48) == two.next_bits(48)


def test_a_negative_seed_is_taken_in_two_s_complement_of_48_bits() -> None:
    """Java widens an int seed to a long with its sign, so -1 is not 2**32 - 1."""
    assert JavaRandom(-1).next_bits(32) == JavaRandom(2**48 - 1).next_bits(32)
    assert JavaRandom(-1).next_bits(32) != JavaRandom(2**32 - 1).next_bits(32)


@given(st.integers(-(2**31), 2**31 - 1))
def test_numbers_are_in_the_unit_interval_and_repeatable(seed: int) -> None:
    a, b = JavaRandom(seed), JavaRandom(seed)
    for _ in range(20):
        assert 0.0 <= a.next_float() < 1.0
        assert 0.0 <= a.next_double() < 1.0
        b.next_float()
        b.next_double()
    assert a.next_double() == b.next_double()


@pytest.mark.parametrize(
    ("seed", "wrapped"),
    [
        (0, 0),
        (-1, -1),
        (2**31 - 1, 2**31 - 1),
        (2**31, -(2**31)),
        (-(2**31) - 1, 2**31 - 1),
        (2**31 - 1 + 1_000_000, -(2**31) + 999_999),
    ],
)
def test_seeds_wrap_like_a_java_int(seed: int, wrapped: int) -> None:
    assert wrap_seed(seed) == wrapped
