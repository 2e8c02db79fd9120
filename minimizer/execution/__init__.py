"""Who evaluates, where and when: the same machinery for every method."""
