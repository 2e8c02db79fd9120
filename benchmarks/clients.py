"""Client packages of SciPy's Nelder-Mead, tested with this package in its place.

``python -m benchmarks.clients`` makes a virtual environment for each package of ``clients.ini``,
runs the package's own tests with SciPy, counting which of them reach `fmin` or
``minimize(method="Nelder-Mead")``, and these again with the functions of this package. It prints
how many tests passed, why the others did not, evaluations and processor time, and how many
minimizations ended lower or higher. It needs the network, once, and some gigabytes.

What a test may fail for is written down in ``clients.ini``; anything else is UNEXPECTED, and makes
the command fail.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from .client_environment import Client, Environment, read_clients
from .table import Cell, Table

DIRECTORY = Path("build/clients")
SECONDS = 300.0  # per test
HIGHER = 1e-4  # of a value, or absolute: SciPy's `fatol`
HEADER = (
    *("client", "tests reached", "passed, SciPy", "passed, this package"),
    *("evaluations, SciPy", "this package", "ratio", "lower", "higher"),
    *("CPU s, SciPy", "CPU s, this package", "median ratio of a test"),
)


@dataclass
class Outcome:
    """What became of the tests of a client, by either package.

    Attributes
    ----------
    client : Client
    scipy, ours : dict
        As the plugin wrote them: outcomes of tests and notes of calls.
    """

    client: Client
    scipy: dict[str, Any]
    ours: dict[str, Any]
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Find the tests that passed with SciPy alone."""
        passed = {name for name, test in self.scipy["tests"].items() if is_passed(test)}
        ours = self.ours["tests"]
        lost = [name for name in self.reached if name in passed and not is_passed(ours.get(name))]
        self.failures = [self.failure(name, ours.get(name, {})) for name in lost]

    @property
    def reached(self) -> list[str]:
        """The tests that made a call."""
        called = {call["test"] for call in self.scipy["calls"]}
        return [name for name in self.scipy["tests"] if name in called]

    def failure(self, name: str, test: dict[str, Any]) -> str:
        """Return a line on a test that passed with SciPy alone."""
        reasons = [why for end, why in self.client.reasons if end in name]
        why = " ".join(test.get("why", "not run").split())[:200]
        return f"{name}: {reasons[0] if reasons else f'UNEXPECTED: {why}'}"

    def row(self) -> list[Cell]:
        """Return the line of the table."""
        theirs, ours = evaluations(self.scipy), evaluations(self.ours)
        compared = self.compared()
        return [
            f"{self.client.name} {self.client.version}",
            len(self.reached),
            sum(is_passed(self.scipy["tests"][name]) for name in self.reached),
            sum(is_passed(self.ours["tests"].get(name)) for name in self.reached),
            theirs,
            ours,
            round(ours / max(theirs, 1), 2),
            compared["lower"],
            compared["higher"],
            round(seconds(self.scipy, self.reached)),
            round(seconds(self.ours, self.reached)),
            round(median(self.ratios() or [1.0]), 2),
        ]

    def ratios(self) -> list[float]:
        """Return how many times SciPy's evaluations each test took."""
        theirs, ours = by_test(self.scipy), by_test(self.ours)
        return [ours[name] / theirs[name] for name in self.reached if theirs[name]]

    def compared(self) -> Counter[str]:
        """Count values that are lower or higher than SciPy's, in tests with as many calls."""
        counts: Counter[str] = Counter()
        for name in self.reached:
            both = values(self.scipy, name), values(self.ours, name)
            if len(both[0]) == len(both[1]):
                counts.update(comparison(a, b) for a, b in zip(*both, strict=True))
        return counts


def is_passed(test: dict[str, Any] | None) -> bool:
    """Return whether a test passed, or failed as it says that it will."""
    return test is not None and test.get("outcome") in ("passed", "xfailed")


def by_test(run: dict[str, Any]) -> Counter[str]:
    """Return the evaluations of each test."""
    counts: Counter[str] = Counter()
    for call in run["calls"]:
        counts[call["test"]] += call["evaluations"]
    return counts


def evaluations(run: dict[str, Any]) -> int:
    """Return the evaluations of all calls."""
    return sum(call["evaluations"] for call in run["calls"])


def seconds(run: dict[str, Any], names: list[str]) -> float:
    """Return the processor time of these tests."""
    return float(sum(run["tests"].get(name, {}).get("seconds", 0.0) for name in names))


def values(run: dict[str, Any], name: str) -> list[float]:
    """Return the values of the calls of a test; sorted, as the order of some is that of a set."""
    found = (call["value"] for call in run["calls"] if call["test"] == name)
    numbers = (math.inf if value is None or math.isnan(value) else value for value in found)
    return sorted(numbers)


def comparison(theirs: float, ours: float) -> str:
    """Return whether our value is lower or higher by more than counts; no value is infinite."""
    counts = HIGHER * max(1.0, abs(theirs)) if math.isfinite(theirs) else 0.0
    if theirs == ours or abs(ours - theirs) <= counts:
        return "same"
    return "lower" if ours < theirs else "higher"


def outcome_of(client: Client, directory: Path, limit: float) -> Outcome:
    """Run the tests of a client both ways."""
    environment = Environment(client, directory)
    environment.make()
    results = {way: environment.folder / f"{way}.json" for way in ("scipy", "minimizer")}
    if not (environment.has_tested and results["scipy"].exists()):
        environment.test("scipy", None, results["scipy"], limit)
        environment.note_tested()
    scipy = json.loads(results["scipy"].read_text())
    if not scipy["calls"]:
        raise ValueError(f"no test reached Nelder-Mead; see {results['scipy'].with_suffix('.log')}")
    only = environment.folder / "reached.txt"
    only.write_text("\n".join(dict.fromkeys(call["test"] for call in scipy["calls"])))
    environment.test("minimizer", only, results["minimizer"], limit)
    return Outcome(client, scipy, json.loads(results["minimizer"].read_text()))


def table_of(outcomes: list[Outcome], left_out: list[str]) -> Table:
    """Return the table of all clients."""
    rows: list[Sequence[Cell]] = [outcome.row() for outcome in outcomes]
    sums = [sum(row[i] for row in rows) for i in range(1, 6)]  # type: ignore[misc]
    more = [sum(row[i] for row in rows) for i in range(7, 11)]  # type: ignore[misc]
    ratios = [ratio for outcome in outcomes for ratio in outcome.ratios()] or [1.0]
    rows.append(
        ["all", *sums, round(sums[4] / max(sums[3], 1), 2), *more, round(median(ratios), 2)]
    )
    notes = [line for outcome in outcomes for line in outcome.failures]
    title = "Tests of client packages that reach Nelder-Mead, both ways"
    return Table("clients", title, "python -m benchmarks.clients", HEADER, rows, notes + left_out)


def main() -> int:
    """Print the table; return 0 if no test failed for a reason that is not known."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clients", nargs="*", help="which; by default all of clients.ini")
    parser.add_argument("--directory", type=Path, default=DIRECTORY, help="of the environments")
    parser.add_argument("--timeout", type=float, default=SECONDS, help="seconds per test")
    arguments = parser.parse_args()
    outcomes, left_out = [], []
    for client in read_clients():
        if arguments.clients and client.name not in arguments.clients:
            continue
        try:
            outcomes.append(outcome_of(client, arguments.directory, arguments.timeout))
        except (subprocess.SubprocessError, OSError, ValueError) as error:
            left_out.append(f"{client.name} is left out: {type(error).__name__}: {error}")
    table = table_of(outcomes, left_out)
    print(table.markdown())
    return int(any("UNEXPECTED" in note for note in table.notes))


if __name__ == "__main__":
    raise SystemExit(main())
