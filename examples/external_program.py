"""The values come from another program: ask for a point, run it, tell the value.

Here the program is a child process that reads a line of parameters and answers with a line: a
number, or "failed". Run ``python examples/external_program.py``. It prints::

    SUCCESS, 115 runs of the program
    length 2.8845, width 2.8845, surface 24.961006
    known: 2.8845, 2.8845, 24.961006
"""

from __future__ import annotations

import math
import subprocess
import sys

from minimizer import Minimizer

PROGRAM = """
import sys
for line in sys.stdin:
    length, width = map(float, line.split())
    if length <= 0 or width <= 0:
        print("failed", flush=True)
    else:
        height = 12.0 / (length * width)  # of a box that holds 12 litres, without a lid
        print(length * width + 2 * height * (length + width), flush=True)
"""


def main() -> None:
    """Find the box of the least surface."""
    m = Minimizer(None, 2)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        point = m.ask([1.0, 5.0])
        while point is not None:
            program.stdin.write(" ".join(map(str, point.tolist())) + "\n")
            program.stdin.flush()
            answer = program.stdout.readline()
            m.tell(math.nan if answer.startswith("failed") else float(answer))
            point = m.ask()
        program.stdin.close()
    length, width = m.params
    print(f"{m.status}, {m.evaluations} runs of the program")
    print(f"length {length:.4f}, width {width:.4f}, surface {m.function_value:.6f}")
    print(f"known: {24 ** (1 / 3):.4f}, {24 ** (1 / 3):.4f}, {3 * 24 ** (2 / 3):.6f}")


if __name__ == "__main__":
    main()
