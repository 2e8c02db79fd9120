"""SciPy's interface, translated: `minimize`, `fmin` and `nelder_mead`."""
