"""The random numbers of ``java.util.Random``, a 48-bit linear congruential generator."""

from __future__ import annotations

from ..common.one_source import compilable
from .state import RunState

_MULTIPLIER = 0x5DEECE66D
_INCREMENT = 0xB
_MASK = (1 << 48) - 1


@compilable
def set_seed(s: RunState, seed: int) -> None:
    """Start the sequence of ``java.util.Random(seed)``; `seed` may be negative."""
    s.rng = (seed ^ _MULTIPLIER) & _MASK


@compilable
def next_bits(s: RunState, bits: int) -> int:
    """Return the next random bits, at most 48; the product may overflow in compiled code."""
    s.rng = (s.rng * _MULTIPLIER + _INCREMENT) & _MASK
    return s.rng >> (48 - bits)


@compilable
def next_float(s: RunState) -> float:
    """Return a multiple of 2**-24 in [0, 1)."""
    return next_bits(s, 24) / 16777216.0


@compilable
def next_double(s: RunState) -> float:
    """Return a multiple of 2**-53 in [0, 1)."""
    high = next_bits(s, 26) << 27
    return (high + next_bits(s, 27)) * 2.0**-53


@compilable
def wrap_seed(seed: int) -> int:
    """Wrap an integer to Java's 32-bit ``int``."""
    return (seed + 2**31) % 2**32 - 2**31
