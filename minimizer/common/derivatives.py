"""Derivatives by differences: the public names."""

from __future__ import annotations

from .jacobian_check import check_jacobian
from .ridders import gradient, hessian, jacobian

__all__ = ["check_jacobian", "gradient", "hessian", "jacobian"]
