"""Optional dependencies, imported where they are used."""

from __future__ import annotations

import importlib
from types import ModuleType

DISTRIBUTION = "imagej-minimizer"  # on the package index `minimizer` is another project


def require(module: str, extra: str) -> ModuleType:
    """Import an optional module.

    Raises
    ------
    ImportError
        If it is not installed; the message names the extra that brings it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ImportError(
            f'{package} is needed here: pip install "{DISTRIBUTION}[{extra}]" '
            f'(from a checkout: pip install ".[{extra}]")',
            name=package,
        ) from error
