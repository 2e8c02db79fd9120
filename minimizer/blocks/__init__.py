"""Thousands of parameters: blocks in turn, components that come and go."""
