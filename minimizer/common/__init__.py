"""What every method and every face shares: statuses, bounds, tolerances, checks, progress."""
