"""How well two images agree."""
