"""The functions that are compiled find each other by name."""

import pytest

from minimizer.common.one_source import COMPILABLE, compilable
from minimizer.simplex import search


def test_two_functions_of_one_name_are_refused() -> None:
    """Else a compiled run would call the wrong one, and say nothing."""
    before = list(COMPILABLE)

    def begin_search() -> None:
        """Stand for a function of another module."""

    with pytest.raises(ValueError, match=r"minimizer\.simplex\.search has a compilable"):
        compilable(begin_search)
    assert before == COMPILABLE


def test_a_marked_function_is_itself() -> None:
    assert search.begin_search in COMPILABLE
