"""Curve fits by the rules of ImageJ: the same numbers, bit for bit."""
