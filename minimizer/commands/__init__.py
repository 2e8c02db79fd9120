"""The commands of ``python -m minimizer``, one module each.

A command has `EXAMPLE`, a line to copy, and `add`, which adds its parser and sets `run` there: a
function of the arguments that returns the exit code.
"""

from . import demo, fit, register, register_stack

COMMANDS = (
    demo,
    fit,
    register,
    register_stack,
)
