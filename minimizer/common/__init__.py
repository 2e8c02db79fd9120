"""Shared by all methods and interfaces: statuses, bounds, tolerances, checks, progress."""
