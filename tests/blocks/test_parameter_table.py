"""`ParameterTable`: names, bounds by name, held parameters."""

from __future__ import annotations

import numpy as np
import pytest

from minimizer.blocks import ParameterTable


def test_bounds_may_be_a_list_or_by_name() -> None:
    by_name = ParameterTable(["a", "b"], {"b": (None, 2)})
    listed = ParameterTable(["a", "b"], [(None, None), (-np.inf, 2)])
    for table in (by_name, listed):
        assert table.box.lower.tolist() == [-np.inf, -np.inf]
        assert table.box.upper.tolist() == [np.inf, 2.0]
    assert ParameterTable([]).names == []


def test_components_share_bounds_and_what_is_held() -> None:
    table = ParameterTable.of_components(
        ["blur"],
        ["z", "radius"],
        3,
        component="particle",
        bounds={"radius": (0, 9), "particle 1 / z": (2, 3), "blur": (1, None)},
        held=["z", "blur"],
    )
    assert table.names[3:5] == ["particle 1 / z", "particle 1 / radius"]
    assert table.box.lower.tolist() == [1, -np.inf, 0, 2, 0, -np.inf, 0]
    assert np.flatnonzero(table.held).tolist() == [0, 1, 3, 5]


def test_parameters_are_found_by_name_or_number() -> None:
    table = ParameterTable(["a", "b", "c"])
    assert table.indices("c").tolist() == [2]
    assert table.indices(["c", 0]).tolist() == [2, 0]
    assert len(table) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["a", "a"],), "names must differ"),
        ((["a", "b"], {"c": (0, 1)}), "there is no parameter 'c'"),
        ((["a", "b"], {"a": (2, 1)}), r"bounds\[0\] is \(2.0, 1.0\)"),
        ((["a", "b"], [(0, 1)] * 3), "bounds has 3 elements; it must have 2"),
        ((["radius", "b"], None, ["radios"]), "did you mean 'radius'"),
    ],
)
def test_mistakes_are_named(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ParameterTable(*arguments)  # type: ignore[arg-type]
