"""NIST's regressions by ``python -m minimizer fit``, compared with the certified values.

Usage: ``python -m benchmarks.fit [NAME ...]``; all 27 from both starts take about a minute.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minimizer.__main__ import main as minimizer_main

from .case import Array
from .sets.nist import datasets, observed, orders

RIGHT = 4.0  # digits of the worst parameter
MOST = 11.0  # that are certified


class Line(NamedTuple):
    """One fit: how it ended, and how many digits of the worst are right."""

    name: str
    start: int
    status: str
    evaluations: int
    rss: float
    parameters: float
    uncertainties: float


def main(names: Sequence[str]) -> None:
    """Print a table, and how many fits are claimed and right."""
    print(
        f"{'':<11}{'start':>5}{'evaluations':>13}   digits of sum  parameter  uncertainty  status"
    )
    lines = []
    for name in names or datasets():
        for start in (1, 2):
            line = fit(name, start)
            lines.append(line)
            shown = f"{line.rss:>16.1f}{line.parameters:>11.1f}{line.uncertainties:>13.1f}"
            print(f"{name:<11}{start:>5}{line.evaluations:>13}{shown}  {line.status}", flush=True)
    claimed = [line for line in lines if line.status == "SUCCESS"]
    right = [line for line in claimed if line.parameters >= RIGHT]
    found = [line for line in lines if line.parameters >= RIGHT]
    print(
        f"\n{len(lines)} fits: {len(right)} claimed and right, {len(claimed) - len(right)} claimed "
        f"and wrong, {len(found) - len(right)} right and not claimed; right is {RIGHT:g} digits of "
        f"every parameter. Of those claimed and right the uncertainties have at least "
        f"{min((line.uncertainties for line in right), default=math.nan):.1f} digits, and "
        f"{sum(line.uncertainties >= 6.0 for line in right)} have 6."
    )


def fit(name: str, start: int) -> Line:
    """Fit a data set from one of its starts, as from the command line."""
    row = datasets()[name]
    x, y = observed(name)
    columns = [*np.atleast_2d(x), y]
    names = ["x"] if len(columns) == 2 else ["x1", "x2"]
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "data.csv"
        rows = [",".join(map(repr, map(float, cells))) for cells in zip(*columns, strict=True)]
        path.write_text("\n".join([",".join([*names, "response"]), *rows]), encoding="utf-8")
        begin = ",".join(f"b{i}={value!r}" for i, value in enumerate(row[f"start{start}"], 1))
        asked = ["fit", str(path), row["formula"], "--start", begin, "--y", "response", "--json"]
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            minimizer_main(asked)
    found = json.loads(printed.getvalue())
    parameters, uncertainties = judged(name, list(found["parameters"].values()))
    rss = digits([found["residual_sum_of_squares"]], [row["certified_rss"]])
    return Line(name, start, found["status"], found["evaluations"], rss, parameters, uncertainties)


def judged(name: str, found: list[dict[str, Any]]) -> tuple[float, float]:
    """Return right digits of parameters and uncertainties, in the order that fits best."""
    row = datasets()[name]
    values, errors = (
        np.array([math.nan if one[key] is None else one[key] for one in found])
        for key in ("value", "uncertainty")
    )
    if name.startswith("Gauss"):
        values[[4, 7]] = np.abs(values[[4, 7]])  # only their squares are in the model
    return max(
        (digits(values[order], row["certified"]), digits(errors[order], row["certified_stdev"]))
        for order in orders(name, len(values))
    )


def digits(found: Array | list[float], certified: list[float]) -> float:
    """Return how many digits of the worst are right, 0 to 11."""
    off = float(np.max(np.abs(np.array(found) / np.array(certified) - 1.0)))
    return min(MOST, max(0.0, -math.log10(off))) if 0.0 < off < math.inf else MOST * (off == 0.0)


if __name__ == "__main__":
    main(sys.argv[1:])
