"""Optional dependencies, imported where they are used."""

from __future__ import annotations

import importlib
from importlib.metadata import PackageNotFoundError, requires
from types import ModuleType


def require(module: str, extra: str) -> ModuleType:
    """Import an optional module.

    Raises
    ------
    ImportError
        If it is not installed; the message says which extra brings it, and what to install.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ImportError(
            f'{package} is needed here (extra "{extra}"): pip install {needed(extra)}', name=package
        ) from error


def needed(extra: str) -> str:
    """Return what an extra consists of, as pip takes it.

    Not the extra itself by name: the index may have another project called minimizer.
    """
    try:
        lines = [line.partition(";") for line in requires("minimizer") or []]
    except PackageNotFoundError:
        lines = []
    wanted = {f'extra == "{extra}"', f"extra == '{extra}'"}
    found = [f'"{name.strip()}"' for name, _, marker in lines if marker.strip() in wanted]
    return " ".join(found) or f'".[{extra}]", in the directory of minimizer\'s source'
