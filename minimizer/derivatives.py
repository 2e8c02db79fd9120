"""Derivatives by differences, with estimates of their errors."""

from .common.derivatives import check_jacobian, gradient, hessian, jacobian

__all__ = ["check_jacobian", "gradient", "hessian", "jacobian"]
