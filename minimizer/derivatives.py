"""Derivatives by differences, with estimates of their errors."""

from .common.ridders import gradient, hessian, jacobian

__all__ = ["gradient", "hessian", "jacobian"]
