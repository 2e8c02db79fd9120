"""The benchmark of client packages: its list, its plugin, and how both ways are compared."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("scipy")

from benchmarks import clients
from benchmarks.client_environment import Client, read_clients

ROOT = Path(__file__).parents[2]

CLIENT_TESTS = """
import pytest
from scipy.optimize import fmin, minimize

def bowl(x):
    return (x[0] - 1.0) ** 2 + 5.0

def test_fmin():
    assert fmin(bowl, 3.0, disp=False).shape == (1,)
    x, value, *_, vectors = fmin(bowl, [3.0], (), 1e-3, 1e-3, None, None, 1, 0, 1)
    assert len(vectors) > 1

def test_minimize():
    assert minimize(bowl, [3.0], method="Nelder-Mead").success
    assert minimize(bowl, [3.0], method="BFGS").success

def test_without():
    assert True

def test_pinned():
    assert minimize(bowl, [3.0], method="nelder-mead").nfev > 30

@pytest.mark.xfail
def test_expected():
    fmin(bowl, 3.0, disp=False)
    raise ValueError
"""


def plugged(folder: Path, way: str, only: str | None = None) -> dict[str, Any]:
    """Return what the plugin writes of made-up tests."""
    (folder / "test_client.py").write_text(CLIENT_TESTS)
    variables = {"NM_WITH": way, "NM_OUT": str(folder / f"{way}.json")}
    if only is not None:
        (folder / "only.txt").write_text(only)
        variables["NM_ONLY"] = str(folder / "only.txt")
    path = os.pathsep.join([str(ROOT), str(ROOT / "benchmarks" / "client_plugin")])
    options = ["-q", "-p", "nelder_mead_plugin", "-p", "no:cacheprovider"]
    subprocess.run(
        [sys.executable, "-m", "pytest", *options, "test_client.py"],
        cwd=folder,
        env={**os.environ, **variables, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        check=False,
        timeout=120,
    )
    written: dict[str, Any] = json.loads((folder / f"{way}.json").read_text())
    return written


def test_every_client_is_pinned_and_has_tests() -> None:
    found = read_clients()
    assert len({client.name for client in found}) == len(found) == 8
    for client in found:
        assert client.version, client.name
        assert client.paths, client.name
        assert all(end and why for end, why in client.reasons)


@pytest.mark.slow
def test_both_ways_with_the_plugin(tmp_path: Path) -> None:
    """Four of five tests make a call; one is pinned to SciPy's count of evaluations."""
    client = Client("made-up", "made-up==1", (), False, ("x",), "", (("test_pinned", "pinned"),))
    scipy = plugged(tmp_path, "scipy")
    names = [f"test_client.py::test_{name}" for name in ("fmin", "minimize", "pinned", "expected")]
    ours = plugged(tmp_path, "minimizer", "\n".join(names))
    assert set(ours["tests"]) == set(names)
    outcome = clients.Outcome(client, scipy, ours)
    assert outcome.reached == names
    assert outcome.failures == ["test_client.py::test_pinned: pinned"]
    name, reached, theirs, own, *_ = outcome.row()
    assert (name, reached, theirs, own) == ("made-up 1", 4, 4, 3)
    assert len(scipy["calls"]) == len(ours["calls"]) == 5
    assert all(call["success"] and call["evaluations"] > 5 for call in ours["calls"])
    assert outcome.compared() == {"same": 5}


def made_up(value: float | None, outcome: str = "passed", why: str = "") -> dict[str, Any]:
    """Return notes of one test with one call."""
    call = {"test": "t", "value": value, "success": True, "evaluations": 10}
    return {"tests": {"t": {"outcome": outcome, "why": why, "seconds": 1.0}}, "calls": [call]}


def test_a_failure_without_a_reason_is_unexpected() -> None:
    client = Client("c", "c==1", (), False, ("x",), "", ())
    outcome = clients.Outcome(client, made_up(1.0), made_up(1.0, "failed", "assert  False"))
    assert outcome.failures == ["t: UNEXPECTED: assert False"]
    both = clients.Outcome(client, made_up(1.0, "failed"), made_up(1.0, "failed"))
    assert both.failures == []


@pytest.mark.parametrize(
    ("theirs", "ours", "expected"),
    [
        (1.0, 1.00009, "same"),
        (1.0, 1.0002, "higher"),
        (1.0, 0.9998, "lower"),
        (1e6, 1e6 + 50.0, "same"),
        (1.0, math.inf, "higher"),
        (math.inf, 1.0, "lower"),
        (math.inf, math.inf, "same"),
        (-math.inf, 1.0, "higher"),
    ],
)
def test_values_are_compared_within_scipys_fatol(theirs: float, ours: float, expected: str) -> None:
    assert clients.comparison(theirs, ours) == expected


def test_calls_in_another_order_are_compared_by_their_values() -> None:
    calls = [{"test": "t", "value": v} for v in (2.0, None, math.nan, 1.0)]
    assert clients.values({"calls": calls}, "t") == [1.0, 2.0, math.inf, math.inf]


def test_the_table_adds_up() -> None:
    client = Client("c", "c==1", (), False, ("x",), "", ())
    outcomes = [clients.Outcome(client, made_up(1.0), made_up(2.0))] * 2
    table = clients.table_of(outcomes, ["d is left out: no network"])
    assert table.rows[-1] == ["all", 2, 2, 2, 20, 20, 1.0, 0, 2, 2, 2, 1.0]
    assert table.notes == ["d is left out: no network"]
