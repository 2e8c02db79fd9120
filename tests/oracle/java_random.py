"""The random numbers of ``java.util.Random``, a 48-bit linear congruential generator."""

from __future__ import annotations

_MULTIPLIER = 0x5DEECE66D
_INCREMENT = 0xB
_MASK = (1 << 48) - 1


class JavaRandom:
    """Generator with the sequence of ``java.util.Random(seed)``; `seed` may be negative."""

    def __init__(self, seed: int) -> None:
        self._state = (seed ^ _MULTIPLIER) & _MASK

    def next_bits(self, bits: int) -> int:
        """Return the next `bits` random bits, at most 48."""
        self._state = (self._state * _MULTIPLIER + _INCREMENT) & _MASK
        return self._state >> (48 - bits)

    def next_float(self) -> float:
        """Return a multiple of 2**-24 in [0, 1)."""
        return self.next_bits(24) / (1 << 24)

    def next_double(self) -> float:
        """Return a multiple of 2**-53 in [0, 1)."""
        high = self.next_bits(26) << 27
        return (high + self.next_bits(27)) * 2.0**-53


def wrap_seed(seed: int) -> int:
    """Wrap an integer to Java's 32-bit ``int``."""
    return (seed + 2**31) % 2**32 - 2**31
