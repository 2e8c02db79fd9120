"""One function, many data sets: `minimize_many`."""
