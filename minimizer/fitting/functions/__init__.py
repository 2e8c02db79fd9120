"""The 25 functions of ImageJ's CurveFitter: one row per function, one module per family."""
