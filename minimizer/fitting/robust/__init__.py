"""Curve fits that find good starts themselves, and say when they cannot be trusted."""
