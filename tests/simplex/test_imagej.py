"""Every field that was recorded from ImageJ comes out the same, to the bit."""

from __future__ import annotations

import pytest
from quick import slow_unless
from vectors import Vector, load, numbers, replay

VECTORS = load()


def name(vector: Vector) -> str:
    given = vector["input"]
    return f"{given['function']}-{given['n']}-{given['call']}-{given['threads']}-{given['seed']}"


def is_short(vector: Vector) -> bool:
    return int(vector["expected"]["iterations"]) < 300


def hexes(values: object) -> list[str]:
    """Write numbers so that NaN equals NaN, and -0.0 does not equal 0.0."""
    return [float(value).hex() for value in values]  # type: ignore[attr-defined]


def test_all_vectors_are_here() -> None:
    assert len(VECTORS) == 521


def is_quick(vector: Vector) -> bool:
    """Return whether this is one of every five short ones."""
    return is_short(vector) and VECTORS.index(vector) % 5 == 0


@pytest.mark.parametrize("vector", slow_unless(is_quick, VECTORS), ids=name)
def test_same_bits_as_imagej(vector: Vector) -> None:
    expected = vector["expected"]
    m, recorder = replay(vector["input"])
    got = {
        "status": int(m.status),
        "iterations": m.iterations,
        "completed_minimizations": m.completed_minimizations,
        "function_value": hexes([m.function_value]),
        "params": hexes(m.params),
        "max_iterations": m.max_iterations,
        "extra": hexes(m.extra),
        "evaluations": recorder.evaluations,
        "digest": recorder.digest,
        "first_evaluations": [hexes(row) for row in recorder.first],
    }
    wanted = dict(expected)
    wanted["function_value"] = hexes(numbers([expected["function_value"]]))
    wanted["params"] = hexes(numbers(expected["params"]))
    if "extra" in expected:
        wanted["extra"] = hexes(numbers(expected["extra"]))
    if "first_evaluations" in expected:
        wanted["first_evaluations"] = [hexes(numbers(row)) for row in expected["first_evaluations"]]
    assert {key: got[key] for key in wanted} == wanted
    assert m.evaluations == recorder.evaluations
