"""A model for demonstrations and tests of blocks: dark spheres in a bright volume."""

from __future__ import annotations

from .bound import cramer_rao
from .model import Spheres

__all__ = ["Spheres", "cramer_rao"]
