"""The command ``demo --spheres``: how many spheres there are in a volume, where, and how large."""

from __future__ import annotations

from .run import spheres_demo

__all__ = ["spheres_demo"]
