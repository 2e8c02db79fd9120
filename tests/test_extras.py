"""What is missing is named, with a command that installs nothing else."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from typing import Any

import pytest

from minimizer import extras


def listed(_: str) -> list[str]:
    return ["numpy>=1.24", 'asteval>=1.0.6; extra == "fit"', "lmfit; extra == 'test'"]


def missing(name: str) -> list[str]:
    raise PackageNotFoundError(name)


@pytest.mark.parametrize(
    ("requires", "command"),
    [
        (listed, 'pip install "asteval>=1.0.6"'),
        (lambda _: None, 'pip install ".[fit]", in the directory of'),
        (missing, 'pip install ".[fit]", in the directory of'),
    ],
)
def test_the_packages_of_the_extra_are_named(
    requires: Any, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not ``minimizer[fit]``, which may be somebody else's project on the index."""
    monkeypatch.setattr(extras, "requires", requires)
    with pytest.raises(ImportError) as caught:
        extras.require("no_such_module.inside", extra="fit")
    assert str(caught.value).startswith('no_such_module is needed here (extra "fit"): ' + command)
    assert caught.value.name == "no_such_module"


def test_the_extras_of_this_package_are_found() -> None:
    assert '"matplotlib>=' in extras.needed("plot")
