"""From coarse to fine: where to start, what to refine, what to believe."""
