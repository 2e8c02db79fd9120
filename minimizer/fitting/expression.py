"""Expressions such as ``a*exp(-b*x)+c``: arithmetic only, parsed and evaluated by asteval.

asteval walks the syntax tree itself and never compiles or evaluates Python code. Here it knows only
the names below, and only arithmetic nodes reach it: every node is checked first and refused unless
it is on the list of allowed ones.
"""

from __future__ import annotations

import ast
import difflib
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.errors import BadInput
from ..common.extras import require

LONGEST = 1000  # characters
CONSTANTS = {"pi": math.pi, "e": math.e}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": np.abs,
    "arccos": np.arccos,
    "arcsin": np.arcsin,
    "arctan": np.arctan,
    "arctan2": np.arctan2,
    "cos": np.cos,
    "cosh": np.cosh,
    "exp": np.exp,
    "expm1": np.expm1,
    "ln": np.log,
    "log": np.log,
    "log10": np.log10,
    "log1p": np.log1p,
    "log2": np.log2,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "pow": np.power,
    "sign": np.sign,
    "sin": np.sin,
    "sinh": np.sinh,
    "sqrt": np.sqrt,
    "tan": np.tan,
    "tanh": np.tanh,
    "where": np.where,
}
_TAKEN = {*FUNCTIONS, *CONSTANTS}
NODES = (
    ast.BinOp,
    ast.Call,
    ast.Compare,
    ast.Constant,
    ast.Name,
    ast.UnaryOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.Mod,
    ast.Pow,
    ast.UAdd,
    ast.USub,
    ast.Gt,
    ast.GtE,
    ast.Lt,
    ast.LtE,
    ast.Load,
)
HANDLERS = ("binop", "call", "compare", "constant", "name", "unaryop")


class Expression:
    """An expression of named parameters and variables.

    Parameters
    ----------
    text : str
        The operators + - * / % ** and comparisons, numbers, the functions and constants above.
        ``^`` stands for ``**``.
    known : iterable of str
        Names that may occur.

    Raises
    ------
    BadInput
        If the text is anything else; the message names the wrong part.
    """

    def __init__(self, text: str, known: Iterable[str]) -> None:
        self.text = text
        tree = _parse(text)
        names = set(known)
        self._node = _checked(tree, text, names)
        self.names = {
            node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in names
        }
        asteval = require("asteval", extra="fit")
        nodes = dict.fromkeys(asteval.asteval.ALL_NODES, False)
        self._table: dict[str, Any] = {}
        self._interpreter = asteval.Interpreter(
            symtable=self._table,
            use_numpy=False,
            config=nodes | dict.fromkeys(HANDLERS, True),
        )

    def __call__(self, values: Mapping[str, Any]) -> Any:
        """Return the value; where it is not defined it is NaN or infinite, as in numpy."""
        self._table.clear()
        self._table.update(FUNCTIONS)
        self._table.update(CONSTANTS)
        self._table.update(values)
        self._interpreter.error, self._interpreter.error_msg = [], None
        self._interpreter.expr = self.text  # without this it would return None for an error
        try:
            with np.errstate(all="ignore"):
                return self._interpreter.run(self._node)
        except Exception as error:
            reason = " ".join(str(error).split()) or "exponents above 10000 are refused"
            raise BadInput(f"{self.text!r} cannot be evaluated: {reason}") from None


def names_of(text: str) -> list[str]:
    """Return the names in an expression that are neither functions nor constants, in order."""
    nodes = [node for node in ast.walk(_parse(text)) if isinstance(node, ast.Name)]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    return [name for name in dict.fromkeys(node.id for node in nodes) if name not in _TAKEN]


def evaluate(expression: Expression, values: Mapping[str, Any], m: int) -> Array:
    """Return an expression's values at m points, (m,)."""
    found = np.asarray(expression(values), dtype=np.float64)
    return np.array(np.broadcast_to(found, (m,)))


def _parse(text: str) -> ast.AST:
    """Return the syntax tree of an expression, without running it."""
    if len(text) > LONGEST:
        raise BadInput(f"the expression has {len(text)} characters; {LONGEST} are allowed")
    try:
        return ast.parse(text.strip().replace("^", "**"), mode="eval").body
    except SyntaxError as error:
        raise BadInput(
            f"{text!r} is not an expression ({error.msg}); write it like a*exp(-b*x)+c"
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise BadInput(f"{text!r} is not an expression, or nested too deeply") from None


def _checked(tree: ast.AST, text: str, known: set[str]) -> ast.AST:
    """Return the tree with numpy's numbers, whose powers overflow instead of growing forever."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            _check_call(node, text)
        elif not isinstance(node, NODES):
            raise BadInput(f"{_text(node, text)} is not allowed in an expression")
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, bool) or not isinstance(node.value, int | float):
                raise BadInput(f"{_text(node, text)} is not a real number")
            node.value = np.float64(node.value)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and id(node) not in called:
            _check_name(node.id, known)
    return tree


def _check_call(node: ast.Call, text: str) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else None
    if name is None or name not in FUNCTIONS:
        shown = f"{name}()" if name else _text(node.func, text)
        raise BadInput(f"{shown} is not a function here; there are {', '.join(FUNCTIONS)}")
    if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
        raise BadInput(f"{name}() takes plain arguments only")
    takes = getattr(FUNCTIONS[name], "nin", 3)  # where has three
    if len(node.args) != takes:
        raise BadInput(f"{name}() takes {takes} argument{'s' * (takes > 1)}, not {len(node.args)}")


def _check_name(name: str, known: set[str]) -> None:
    if name in known or name in CONSTANTS:
        return
    if name in FUNCTIONS:
        raise BadInput(f"{name} is a function; write {name}(...)")
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise BadInput(f"{name!r} is neither a parameter of start nor a column{hint}")


def _text(node: ast.AST, text: str) -> str:
    """Return a node as text."""
    try:
        return repr(ast.unparse(node)) if isinstance(node, ast.expr) else type(node).__name__
    except (ValueError, RecursionError):
        return repr(text)
