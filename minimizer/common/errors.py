"""The error for wrong user input, typed or in a file."""

from __future__ import annotations


class BadInput(ValueError):  # noqa: N818
    """Bad input: a command prints the message and ends with exit code 2."""
