"""Fixtures for the tests of registration."""

import pytest


@pytest.fixture(scope="session")
def pair():
    """Return a scorer of two images of one scene, and the parameters of the truth."""
    from scorers import true_pair

    return true_pair()
