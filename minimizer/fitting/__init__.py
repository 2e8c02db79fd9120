"""Curve fits from the command line: table, expression, fit, report, picture."""
