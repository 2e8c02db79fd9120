"""Uncertainties of parameters, from the curvature at the minimum."""

from .fitting.uncertainty import correlations, covariance, uncertainties

__all__ = ["correlations", "covariance", "uncertainties"]
