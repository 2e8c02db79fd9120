"""Where and when the function is evaluated, and by whom: the same machinery for every method."""
