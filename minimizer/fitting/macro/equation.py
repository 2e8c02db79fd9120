"""An equation as ImageJ fits it: its parameters and its values."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...common.arrays import Array
from ..functions.arithmetic import JAVA, Mathematics
from .operations import Run
from .parser import Parser
from .tokens import WORD, MacroError, tokens_of

LETTERS = "abcdef"


class Equation:
    """A text such as ``y = a + b*x``, or several statements.

    As in ImageJ, the parameters are the first `n_params` letters, whichever the text uses.

    Parameters
    ----------
    text : str

    Attributes
    ----------
    n_words : int
        How many of the letters a to f occur.
    n_params : int
        The number of parameters: the same, or 0 if the text is no equation.
    error : str
        The reason, if it is none.
    traps : list of str
        Parts that ImageJ reads differently from what people expect.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.traps: list[str] = []
        self.error = ""
        tokens = tokens_of(text, self.traps)
        words = {token.text for token in tokens if token.kind == WORD}
        self.n_words = 0
        if {"x", "y"} <= words:
            self.n_words = len(words & set(LETTERS))
        self.n_params = self.n_words
        if not self.n_words:
            self.error = "it must have x, y and at least one of the letters a to f"
            return
        self._left: dict[str, Any] = {}
        try:
            first = Parser(tokens, False, self.traps)
            self._program = first.program()
            self._fails_later = ""
            self._needs_points = first.has_if or bool(
                first.assigned & set(LETTERS[self.n_params :])
            )
            self._once(np.zeros(self.n_params), np.zeros(1), JAVA)
        except MacroError as error:
            self.n_params, self.error = 0, str(error)
            return
        if first.has_if:
            try:
                self._program = Parser(tokens, True, []).program()
            except MacroError as error:
                self._fails_later = str(error)
        if not set(LETTERS[: self.n_params]) <= words:
            self.traps.append(
                f"the parameters are {', '.join(LETTERS[: self.n_params])}, the first letters, "
                "whichever the text uses"
            )

    @property
    def doubt(self) -> str:
        """Why the text should not be fitted, empty if it may be."""
        return self.error or next(iter(self.traps), "")

    def values(self, params: Any, x: Array, m: Mathematics = JAVA) -> Array:
        """Return y at x (m,); NaN where it was not assigned.

        Raises
        ------
        MacroError
            If the text cannot be evaluated: a condition is neither 0 nor 1, or a variable is
            undefined in a branch.
        """
        if self._fails_later:
            raise MacroError(self._fails_later)
        with np.errstate(all="ignore"):
            if not self._needs_points:
                return self._once(params, x, m)
            return np.concatenate(
                [x[:0], *(self._once(params, x[i : i + 1], m) for i in range(x.size))]
            )

    @property
    def takes_many(self) -> bool:
        """Whether many sets of parameters can be evaluated at once, as arrays (k, 1)."""
        return not self._needs_points

    def follow(self, params: list[Any], m: Mathematics) -> Any:
        """Return y for symbolic parameters."""
        if self._needs_points:
            raise ValueError("a text with branches cannot be followed")
        return self._run(params, np.ones(1), m).get("y", np.nan)

    def _once(self, params: Any, x: Array, m: Mathematics) -> Array:
        """Return y of one run."""
        variables = self._run(params, x, m)
        if self._needs_points:
            self._left = {letter: variables[letter] for letter in LETTERS[self.n_params :]}
        value = np.asarray(variables.get("y", np.nan), dtype=np.float64)
        return np.array(np.broadcast_to(value, np.broadcast_shapes(value.shape, x.shape)))

    def _run(self, params: Any, x: Array, m: Mathematics) -> dict[str, Any]:
        """Run the text once, and return its variables."""
        variables = dict.fromkeys(LETTERS, np.float64(0.0)) | self._left
        variables |= dict(zip(LETTERS, params, strict=False))
        variables["x"] = x
        run = Run(variables, m)
        with np.errstate(all="ignore"):
            for statement in self._program:
                statement(run)
        return variables
