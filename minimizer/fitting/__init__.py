"""Curve fits: a table, a formula, their fit with uncertainties, report and plot."""
