"""Pictures of examples that only print: each function draws into a figure what one computes."""

ALL = {}
