"""What the user typed, or gave in a file, is wrong."""

from __future__ import annotations


class BadInput(ValueError):  # noqa: N818
    """Bad input: the message goes to standard error, and the exit code is 2, as argparse's."""
