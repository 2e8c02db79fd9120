"""The commands of ``python -m minimizer``, one module per command.

A command has `EXAMPLE`, a line to copy, and `add`, which adds its parser and sets `run` there: a
function of the arguments that returns the exit code. Commands parse and print; they may import
everything else, and nothing imports them but ``__main__``.
"""

from . import compile, demo, fit, register, register_stack, warp  # noqa: A004

COMMANDS = (
    compile,
    demo,
    fit,
    register,
    register_stack,
    warp,
)
