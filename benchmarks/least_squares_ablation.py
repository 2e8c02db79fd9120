"""What each option of Levenberg-Marquardt is worth: one of them changed at a time.

``python -m benchmarks.least_squares_ablation [SET ...] [--seed N ...]``; sets as in
`benchmarks.least_squares`. The engine alone, without the simplex that takes over.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from .least_squares import SETS, SOLVERS, ours, table

CHANGES: dict[str, dict[str, Any]] = {
    "default": {},
    "update: nielsen": {"update": "nielsen"},
    "update: factors": {"update": "factors"},
    "scaling: levenberg": {"scaling": "levenberg"},
    "no acceleration": {"acceleration": 0.0},
    "no Broyden updates": {"broyden": False},
    "no further runs": {"further_runs": 0},
    "central differences": {"jacobian": "central"},
    "Richardson differences": {"jacobian": "richardson"},
    "offset 1e-3": {"offset": 1e-3},
    "offset 1e-6": {"offset": 1e-6},
    "no last digits": {"precision": float(np.inf)},
    "damping 1": {"damping": 1.0},
    "radius 0.1": {"radius": 0.1},
}


def main(words: Sequence[str] | None = None) -> None:
    """Print a table per set."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.least_squares_ablation")
    parser.add_argument("sets", nargs="*", choices=[*SETS, []], default=list(SETS))
    parser.add_argument("--seed", type=int, nargs="+", default=[11, 12, 13])
    asked = parser.parse_args(words)
    warnings.simplefilter("ignore")
    for name, options in CHANGES.items():
        SOLVERS[name] = partial(ours, method="trf", options=options)
    for name in asked.sets or SETS:
        seeds = asked.seed if name in ("perturbed", "hard") else [0]
        cases = [case for seed in seeds for case in SETS[name](seed)]
        print(table(name, cases, list(CHANGES)).markdown(), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
