"""Values by name on the command line: ``a=1,b=2``, and with two ends ``b=0:10,c=:5``."""

from __future__ import annotations

import math
import re
from unicodedata import normalize

from ..common.errors import BadInput

Ends = tuple[float | None, float | None]


def parse_values(option: str, text: str, example: str) -> dict[str, float]:
    """Return names and numbers of ``a=1,b=2``."""
    values: dict[str, float] = {}
    for name, value in _pairs(option, text, example):
        if name in values:
            raise BadInput(f"{option} has {name} twice")
        values[name] = _number(f"{option} {name}", value)
    return values


def parse_ends(option: str, text: str, example: str) -> dict[str, Ends]:
    """Return lower and upper ends of ``b=0:10,c=:5``; an empty side has no bound."""
    bounds: dict[str, Ends] = {}
    for name, value in _pairs(option, text, example):
        low, colon, high = value.partition(":")
        if not colon:
            raise BadInput(f"{option} {name}={value}: write lower:upper, as in {example}")
        lower, upper = (_number(f"{option} {name}", end) if end else None for end in (low, high))
        if lower is not None and upper is not None and lower > upper:
            raise BadInput(
                f"{option} {name}={value}: the lower bound exceeds the upper; write lower:upper"
            )
        bounds[name] = lower, upper
    return bounds


def _pairs(option: str, text: str, example: str) -> list[tuple[str, str]]:
    close = re.sub(r"\s*([=:])\s*", r"\1", text)
    parts = [part for part in re.split(r"[,\s]+", close) if part]
    for part in parts:
        if "=" not in part:
            raise BadInput(f"{option} has {part!r}; write name=value, as in {option} {example}")
    pairs = [part.partition("=") for part in parts]
    return [(normalize("NFKC", name), value) for name, _, value in pairs]


def _number(option: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadInput(f"{option} is {text!r}; it must be a number")
    return value
