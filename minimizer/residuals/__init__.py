"""Least squares of residuals: the engine with its settings, and the simplex that takes over."""
