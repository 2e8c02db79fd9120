"""Tests have the same names every time: processes that share them out must find the same ones."""

from __future__ import annotations

import pytest


def test_no_name_has_an_address_in_it(request: pytest.FixtureRequest) -> None:
    """As the ``repr`` of a function or an object has."""
    assert [item.nodeid for item in request.session.items if " at 0x" in item.nodeid] == []
