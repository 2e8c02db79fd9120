"""Expressions of ImageJ's macro language, with its precedence, as functions of a `Run`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import operations as op
from .operations import Run
from .tokens import NUMBER, SIGN, WORD, MacroError, Token

Expression = Callable[[Run], Any]

RESERVED = {"if", "else", "for", "while", "do", "var", "function", "return", "random", "macro"}


class ExpressionParser:
    """Parses tokens; `traps` collects what ImageJ reads differently from what people expect."""

    def __init__(self, tokens: list[Token], strict: bool, traps: list[str]) -> None:
        self.tokens, self.strict, self.traps = tokens, strict, traps
        self.i = 0
        self.assigned: set[str] = set()

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.i]

    def take(self, *texts: str) -> str:
        """Skip the next token if it is one of these, and return it."""
        text = self.token.text
        if self.token.kind in (SIGN, WORD) and text in texts:
            self.i += 1
            return text
        return ""

    def expect(self, text: str) -> None:
        """Skip a token that must be there."""
        if not self.take(text):
            raise MacroError(f"{text!r} is missing before {self.token.text!r}")

    def expression(self) -> Expression:
        """Parse a condition with ``? :``, or anything of higher precedence."""
        condition = self.logical()
        if not self.take("?"):
            return condition
        first = self.sum()
        self.expect(":")
        second = self.sum()
        return lambda run: op.choose(condition(run), first(run), second(run))

    def logical(self) -> Expression:
        """Parse ``&&`` and ``||``, whose right operand may be another condition (D16)."""
        left = self.comparison()
        sign = self.take(*op.LOGICAL)
        if not sign:
            return left
        before = self.i
        right, combine = self.expression(), op.LOGICAL[sign]
        if any(token.text == "?" for token in self.tokens[before : self.i]):
            self.traps.append(f"? : belongs to what follows {sign}, not to the whole condition")
        return lambda run: combine(left(run), right(run))

    def comparison(self) -> Expression:
        """Parse at most one comparison."""
        left = self.sum()
        sign = self.take(*op.COMPARISONS)
        if not sign:
            return left
        right, compare = self.sum(), op.COMPARISONS[sign]
        return lambda run: compare(left(run), right(run))

    def sum(self) -> Expression:
        """Parse terms, from left to right."""
        return self.chain(op.SUMS, self.product)

    def product(self) -> Expression:
        """Parse factors, from left to right."""
        return self.chain(op.PRODUCTS, self.factor)

    def chain(self, signs: dict[str, op.Operation], part: Callable[[], Expression]) -> Expression:
        """Parse operands of operators of the same precedence."""
        left = part()
        while sign := self.take(*signs):
            if sign == "^":
                self.traps.append("^ is the exclusive or of integers, not a power; write pow(x,b)")
            left = _combined(signs[sign], left, part())
        return left

    def factor(self) -> Expression:
        """Parse a sign and its factor, a number, a variable, a function or parentheses."""
        token = self.token
        self.i += 1
        if token.kind == NUMBER:
            number = np.float64(token.value)
            return lambda run: number
        if token.kind == WORD:
            return self.word(token.text)
        if token.text == "(":
            inner = self.expression()
            self.expect(")")
            return inner
        if token.kind == SIGN and token.text in op.SIGNS:
            sign, one = op.SIGNS[token.text], self.factor()
            return lambda run: sign(one(run))
        if token.text in ("++", "--"):
            return self.step(token, before=True)
        raise MacroError(f"{token.text!r} stands where a value is needed")

    def word(self, name: str) -> Expression:
        """Parse a factor that begins with a word."""
        if name in op.FUNCTIONS:
            return self.call(*op.FUNCTIONS[name], name)
        if name == "Math":
            self.expect(".")
            function = self.token.text
            if function not in op.WITH_PREFIX:
                raise MacroError(f"there is no Math.{function}")
            self.i += 1
            return self.call(*op.WITH_PREFIX[function], f"Math.{function}")
        if name in op.CONSTANTS:
            constant = np.float64(op.CONSTANTS[name])
            return lambda run: constant
        if name in RESERVED:
            raise MacroError(f"{name} is not for equations")
        if self.token.text in ("++", "--"):
            self.i -= 1
            return self.step(self.tokens[self.i + 1], before=False)
        return lambda run: run.get(name)

    def call(self, n_arguments: int, function: op.Operation, name: str) -> Expression:
        """Parse the arguments of a function; commas between them may be missing (until strict)."""
        self.expect("(")
        arguments = [self.sum()]
        for _ in range(n_arguments - 1):
            if not self.take(",") and self.strict:
                raise MacroError(f"a comma is missing in {name}()")
            arguments.append(self.sum())
        self.expect(")")
        return lambda run: function(run.m, *[argument(run) for argument in arguments])

    def step(self, sign: Token, before: bool) -> Expression:
        """Parse ``v++`` (or ``--``), whose value is the old one, or ``++v``, the new one."""
        name = self.token.text
        if self.token.kind != WORD:
            raise MacroError(f"{sign.text} needs a variable, not {name!r}")
        self.i += 1 if before else 2
        self.assigned.add(name)
        self.traps.append(f"{sign.text} changes {name}; write a-(-b*x) for a - -b*x")
        change = 1.0 if sign.text == "++" else -1.0

        def changed(run: Run) -> Any:
            old = run.get(name)
            run.variables[name] = old + change
            return run.variables[name] if before else old

        return changed


def _combined(combine: op.Operation, left: Expression, right: Expression) -> Expression:
    return lambda run: combine(left(run), right(run))
