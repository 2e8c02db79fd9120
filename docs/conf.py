"""How Sphinx makes the documentation: ``python -m sphinx -W -b html docs build/docs``."""

from __future__ import annotations

import re
from typing import Any

import minimizer

project = "minimizer"
author = "The minimizer developers"
project_copyright = author
version = release = minimizer.__version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.viewcode", "numpydoc"]
default_role = "obj"  # `params` in a docstring is a link where there is something to link to
exclude_patterns = ["_build"]

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings have the types, with shapes and units
autodoc_default_options = {"members": True}
python_use_unqualified_type_names = True

numpydoc_show_class_members = False  # the pages list them
numpydoc_validation_checks = {
    "all",
    "ES01",  # an extended summary is not needed everywhere
    "EX01",  # nor an example for every method
    "GL01",  # the summary begins beside the quotes
    "SA01",  # nor a section of what to see also
    "SA04",
    "PR01",  # arguments "as `minimize`" are not repeated
    "PR02",
    "PR03",
    "PR04",  # "func, x0, args: as in `minimize`"
    "RT03",  # "Returns Status" needs no description
    "RT01",
    "YD01",
}
numpydoc_validation_exclude = {r"\.__", r"\._"}

html_theme = "alabaster"
html_theme_options = {
    "description": minimizer.__doc__.splitlines()[0] if minimizer.__doc__ else "",
    "fixed_sidebar": True,
    "page_width": "1100px",
    "sidebar_width": "240px",
}
html_static_path: list[str] = []
html_show_sourcelink = False


def keep_initials(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Keep the initials of an author from being read as numbers of a list: "M. Schmid"."""
    lines[:] = [re.sub(r"^(\s*[A-Z])\. (?=[A-Z])", r"\1\\. ", line) for line in lines]


def setup(app: Any) -> None:
    """Connect what is above; after numpydoc, which has 500."""
    app.connect("autodoc-process-docstring", keep_initials, priority=900)


# Two classes have an attribute of the same name, "message": no reference is meant.
suppress_warnings = ["ref.python"]
