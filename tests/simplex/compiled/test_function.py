"""What a function that numba cannot compile is said to lack."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

numba = pytest.importorskip("numba")

from minimizer.simplex.compiled.function import (  # noqa: E402
    NotCompilableError,
    _compiled,
    first_line,
)

BOLD, RED, OFF = "\x1b[1m", "\x1b[38;5;9m", "\x1b[0m"


def coloured(text: str) -> str:
    """Return a message as numba writes it where colorama is installed."""
    return f"{BOLD}{RED}Failed in nopython mode pipeline (step: x){OFF}\n{OFF}\n{BOLD}{text}{OFF}\n"


def test_colours_are_not_part_of_a_message() -> None:
    assert first_line(TypeError(coloured(f"No {RED}such{OFF} thing"))) == "No such thing"
    assert first_line(TypeError(f"{BOLD}{OFF}\n")) == "TypeError"
    assert first_line(TypeError("as [1m it was")) == "as [1m it was"


def test_the_error_for_the_user_has_no_colours() -> None:
    def compile_it(signature: Any) -> None:
        raise numba.core.errors.TypingError(coloured("Untyped global name 'f'"))

    fun = SimpleNamespace(targetoptions={}, compile=compile_it, overloads={})
    with pytest.raises(NotCompilableError) as caught:
        _compiled(fun, (), False)
    assert str(caught.value) == "Untyped global name 'f'"
