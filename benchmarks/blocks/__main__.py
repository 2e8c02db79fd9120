"""``python -m benchmarks.blocks``: what blocks of parameters can do, in one table.

Cases of ten spheres, ten seeds of each; lattices of 12 to 10,000 spheres, beside SciPy's trf up to
1,000, in processes of their own (processor time, largest memory); each feature turned off; kills
and workers. Without arguments it takes an hour of processor time; ``--sizes 12 100`` a few minutes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence

from ..table import Cell, Table
from . import ablation, accuracy, interrupted, sizes
from .accuracy import Row
from .cases import LATTICES

PARTS = ("accuracy", "sizes", "ablation", "interrupted")
HEADER = ("what", "measured", "wanted", "so")


def main(argv: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="seed of the first small case")
    parser.add_argument("--sizes", type=int, nargs="+", default=sorted(LATTICES))
    options = parser.parse_args(argv)
    parts: dict[str, Callable[[], Iterator[Row]]] = {
        "accuracy": lambda: accuracy.rows(options.first, options.seeds),
        "sizes": lambda: sizes.rows(options.sizes),
        "ablation": lambda: ablation.rows(options.seeds),
        "interrupted": interrupted.rows,
    }
    rows: list[Sequence[Cell]] = []
    for part in options.only:
        for row in parts[part]():
            rows.append(row)
            print(" | ".join(row), file=sys.stderr, flush=True)
    arguments = " ".join(sys.argv[1:] if argv is None else argv)
    command = f"python -m benchmarks.blocks {arguments}".rstrip()
    print(
        Table(
            "blocks", "Blocks of parameters: spheres in a volume", command, HEADER, rows
        ).markdown()
    )


if __name__ == "__main__":
    main()
