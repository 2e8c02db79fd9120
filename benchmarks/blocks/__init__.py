"""Blocks of parameters on spheres in a volume: ``python -m benchmarks.blocks``."""
