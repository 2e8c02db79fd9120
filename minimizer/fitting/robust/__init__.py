"""Curve fits that find good starts themselves, and say when they are not to be trusted."""
