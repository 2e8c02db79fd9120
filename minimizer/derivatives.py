"""Derivatives by differences, with estimates of their errors."""

from .common.ridders import Estimate, gradient, hessian, jacobian

__all__ = ["Estimate", "gradient", "hessian", "jacobian"]
