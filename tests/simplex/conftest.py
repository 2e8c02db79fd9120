"""Tests of the algorithm are made with both forms of its kernels in Python."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from minimizer.simplex import initial_state

FORMS = {"lists": 10**9, "arrays": 0}  # up to how many parameters a state has lists


@pytest.fixture(scope="module", params=FORMS)
def form(request: pytest.FixtureRequest) -> Iterator[str]:
    """Let all states be in one form, whatever their number of parameters."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(initial_state, "FEW", FORMS[request.param])
        yield request.param
