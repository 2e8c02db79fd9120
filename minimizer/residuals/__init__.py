"""Least squares of residual functions: the engine with its settings, and the simplex as its heir."""
