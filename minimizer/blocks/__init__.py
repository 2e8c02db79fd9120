"""Least squares with thousands of parameters: blocks in turn, in bounded memory.

A model is an object that the user provides, see `Model`. It has components with a few parameters,
each of which touches a window of the residuals, and shared parameters that touch all of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .collective import Reparametrized
    from .components import add_and_remove
    from .components_result import ComponentsResult, Move
    from .fitting import alternate, fit_blocks
    from .model_check import check_model
    from .parameter_table import ParameterTable
    from .protocol import Model
    from .result import BlocksResult

__all__ = [
    "BlocksResult",
    "ComponentsResult",
    "Model",
    "Move",
    "ParameterTable",
    "Reparametrized",
    "add_and_remove",
    "alternate",
    "check_model",
    "fit_blocks",
]

_MODULES = {
    "BlocksResult": "result",
    "ComponentsResult": "components_result",
    "Model": "protocol",
    "Move": "components_result",
    "ParameterTable": "parameter_table",
    "Reparametrized": "collective",
    "add_and_remove": "components",
    "alternate": "fitting",
    "check_model": "model_check",
    "fit_blocks": "fitting",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
