"""Lattices of spheres beside SciPy's trf, each fit in a process of its own; and without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .accuracy import Row, said
from .one import run, told_by

TIME = {100: 0.55, 1000: 0.37}
MEMORY = {1000: 0.08}
LARGEST_BESIDE = 1000
SAME = 1e-6  # of χ²
GROWTH = 1.1


def rows(sizes: Sequence[int]) -> Iterator[Row]:
    """Yield lines of the table."""
    ours: dict[int, dict[str, Any]] = {}
    for size in sizes:
        ours[size] = told = run("blocks", size)
        yield f"{size:,} spheres", described(told), "", ""
        if size <= LARGEST_BESIDE:
            yield from beside(size, told)
        elif LARGEST_BESIDE in ours:
            yield from growth(size, ours[LARGEST_BESIDE], told)


def described(told: dict[str, Any]) -> str:
    text = f"{told['cpu']:.1f} s, {told['peak']:.0f} MB, {told['loops']} loops, "
    text += f"χ²/(N - n) {told['chi2']:.5f}"
    if "joint" in told:
        text += f", error/bound {told['positions']:.3f}, {told['radii']:.3f}; {told['joint']:.3f}"
    return text


def beside(size: int, ours: dict[str, Any]) -> Iterator[Row]:
    """Yield trf's line, and the ratios to it; both by differences and with derivatives, too."""
    theirs = run("trf", size)
    yield f"{size:,}: trf, lsmr, jac_sparsity", described(theirs), "", ""
    time, memory = ours["cpu"] / theirs["cpu"], ours["peak"] / theirs["peak"]
    for what, ratio, most in (("time", time, TIME), ("memory", memory, MEMORY)):
        limit = f"at most {most[size]}" if size in most else ""
        is_met = said(ratio <= most[size]) if size in most else ""
        yield f"{size:,}: {what} / trf's", f"{ratio:.3f}", limit, is_met
    apart = abs(ours["chi2"] / theirs["chi2"] - 1.0)
    yield f"{size:,}: χ² beside trf's", f"{apart:.1e} apart", f"{SAME:g}", said(apart < SAME)
    if size <= 100:
        same = run("blocks, differences", size)["cpu"] / theirs["cpu"]
        yield f"{size:,}: time / trf's, both by differences", f"{same:.3f}", "", ""
        exact = ours["cpu"] / run("trf, jacobian", size)["cpu"]
        yield f"{size:,}: time / trf's, both with derivatives", f"{exact:.3f}", "", ""


def growth(size: int, small: dict[str, Any], large: dict[str, Any]) -> Iterator[Row]:
    """Yield how time and memory grow from 1,000 spheres, per volume.

    Time is measured twice: in fits one after another, and loop by loop in turns under one load.
    """
    label = f"{size:,}: time per volume / that of 1,000, loops in turns"
    ratio = told_by("turns", str(size))["growth"]
    yield label, f"{ratio:.2f}", "1", said(ratio <= GROWTH)
    for what in ("cpu", "peak"):
        ratio = large[what] / small[what] / (size / LARGEST_BESIDE)
        label = {"cpu": "time", "peak": "memory"}[what]
        yield (
            f"{size:,}: {label} per volume / that of 1,000",
            f"{ratio:.2f}",
            "1",
            said(ratio <= GROWTH),
        )
