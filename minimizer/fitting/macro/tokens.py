"""The words of ImageJ's macro language, as its tokenizer reads them, with its traps."""

from __future__ import annotations

import re
from dataclasses import dataclass

WORD, NUMBER, SIGN, END = "word", "number", "sign", "end"
PAIRS = {"++", "--", "==", "<=", ">=", "!=", "&&", "||", "<<", ">>", "+=", "-=", "*=", "/="}

_COMMENT = re.compile(r"//[^\n]*|/\*.*?(\*/|$)", re.DOTALL)
_PIECE = re.compile(r"\s*(?:(?P<word>[^\W\d]\w*)|(?P<number>\d+(?:\.\d*)?)|(?P<sign>\S))")
_EXPONENT = re.compile(r"[eE]\d+")


class MacroError(ValueError):
    """An equation cannot be read, or cannot be evaluated."""


@dataclass(frozen=True)
class Token:
    """A word, a number or a sign; `apart` if a sign of two characters was written apart."""

    kind: str
    text: str
    value: float = 0.0
    apart: bool = False


def tokens_of(text: str, traps: list[str]) -> list[Token]:
    """Return the tokens of a text; `traps` collects what ImageJ reads differently."""
    pieces = _pieces(_COMMENT.sub(" ", text))
    found: list[Token] = []
    i = 0
    while i < len(pieces):
        kind, piece, start = pieces[i]
        i += 1
        if kind == NUMBER:
            value, i = _number(pieces, i, traps)
            found.append(Token(NUMBER, piece, value))
        elif kind == SIGN and i < len(pieces) and piece + pieces[i][1] in PAIRS:
            found.append(Token(SIGN, piece + pieces[i][1], apart=pieces[i][2] > start + 1))
            i += 1
        else:
            found.append(Token(kind, piece))
    return [*found, Token(END, "the end")]


def _pieces(text: str) -> list[tuple[str, str, int]]:
    """Return (kind, text, position) of words, numbers and single characters."""
    found = []
    for match in _PIECE.finditer(text):
        kind = match.lastgroup or SIGN
        found.append((kind, match[kind], match.start(kind)))
    return found


def _number(pieces: list[tuple[str, str, int]], i: int, traps: list[str]) -> tuple[float, int]:
    """Return the number that ends before piece `i`, and the index of the piece after it."""
    digits = pieces[i - 1][1]
    value = _plain(digits)
    if i == len(pieces) or pieces[i][0] != WORD:
        return value, i
    word = pieces[i][1]
    if value == 0.0:
        if digits == "0" and re.fullmatch(r"[xX][0-9a-fA-F]+", word):
            return float(int(word[1:], 16)), i + 1
        return value, i
    if word[0] not in "eE":
        return value, i
    if _EXPONENT.fullmatch(word):
        return float(digits + word), i + 1
    if len(word) > 1:
        traps.append(f"{digits}{word}: the word after a number is lost, as it begins with e")
        return value, i + 1
    if i + 2 < len(pieces) and pieces[i + 1][1] in "+-" and pieces[i + 2][0] == NUMBER:
        return float(f"{digits}e{pieces[i + 1][1]}{pieces[i + 2][1]}"), i + 3
    lost = pieces[i + 1][1] if i + 1 < len(pieces) else ""
    traps.append(f"{digits}e{lost}: e and what follows it are lost, as there is no exponent")
    return value, min(i + 2, len(pieces))


def _plain(digits: str) -> float:
    """Return a number without an exponent: digits as a whole number, divided once."""
    whole, _, decimals = digits.partition(".")
    value = 0.0
    for digit in whole + decimals:
        value = value * 10.0 + int(digit)
    power = 1.0
    for _ in decimals:
        power *= 10.0
    return value / power
