"""Statements of ImageJ's macro language, with its loose syntax.

Statements need no ``;`` between them as long as no ``if`` has been run; from then on, in all
further runs, they do (`strict`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import operations as op
from .expressions import RESERVED, Expression, ExpressionParser
from .operations import Run
from .tokens import END, NUMBER, WORD, MacroError

Statement = Callable[[Run], None]


class Parser(ExpressionParser):
    """Parses the tokens of a whole text."""

    has_if = False

    def program(self) -> list[Statement]:
        """Return all statements."""
        found: list[Statement] = []
        while self.token.kind != END:
            if self.take(";"):
                continue
            found.append(self.statement())
            if self.token.kind != END and not self.ended:
                self.needs_separator()
        return found

    @property
    def ended(self) -> bool:
        """Whether the last token was a semicolon or closed a block."""
        return self.tokens[self.i - 1].text in (";", "}")

    def needs_separator(self) -> None:
        """Note a statement that begins without a semicolon; after an ``if`` it is an error."""
        if self.take(";"):
            return
        if self.strict:
            raise MacroError(f"';' is missing before {self.token.text!r}")
        self.traps.append(
            f"a second statement begins at {self.token.text!r}, and its result is lost"
        )

    def statement(self) -> Statement:
        """Parse one statement, with its semicolon if it has one."""
        if self.take("{"):
            return self.block()
        if self.take("if"):
            return self.conditional()
        if self.token.kind == WORD and self.tokens[self.i + 1].text in op.ASSIGNMENTS:
            assign = self.assignment()
            self.end_of_statement()
            return lambda run: void(assign(run))
        if self.token.kind in (WORD, NUMBER) or self.token.text == "(":
            alone = self.sum()
            self.end_of_statement()
            return lambda run: void(alone(run))
        raise MacroError(f"no statement begins with {self.token.text!r}")

    def end_of_statement(self) -> None:
        """Skip the semicolon of a statement, if it has one."""
        if not self.take(";") and self.strict and self.token.kind != END:
            raise MacroError(f"';' is missing before {self.token.text!r}")

    def block(self) -> Statement:
        """Parse the statements of a block, after its opening brace."""
        parts: list[Statement] = []
        while not self.take("}"):
            if self.token.kind == END:
                raise MacroError("'}' is missing")
            if not self.take(";"):
                parts.append(self.statement())
        return lambda run: void([part(run) for part in parts])

    def conditional(self) -> Statement:
        """Parse an ``if``, after that word."""
        self.has_if = self.strict = True
        self.expect("(")
        condition = self.expression()
        self.expect(")")
        first = self.statement()
        second: Statement = void
        before = self.i
        self.take(";")
        if self.take("else"):
            second = self.statement()
        else:
            self.i = before

        def run_one(run: Run) -> None:
            (first if bool(op.as_boolean(np.asarray(condition(run))).all()) else second)(run)

        return run_one

    def assignment(self) -> Expression:
        """Parse an assignment, whose value may be assigned to another variable."""
        name, sign = self.token.text, self.tokens[self.i + 1].text
        if name in RESERVED or name in op.FUNCTIONS or name in op.CONSTANTS:
            raise MacroError(f"nothing can be assigned to {name}")
        self.i += 2
        chained = self.token.kind == WORD and self.tokens[self.i + 1].text in op.ASSIGNMENTS
        value = self.assignment() if chained else self.expression()
        self.assigned.add(name)
        change = op.ASSIGNMENTS[sign]

        def assign(run: Run) -> Any:
            run.variables[name] = change(run.variables.get(name, np.float64(0.0)), value(run))
            return run.variables[name]

        return assign


def void(*ignored: Any) -> None:
    """Return nothing."""
