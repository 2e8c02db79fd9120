"""Transforms and their parameters."""
