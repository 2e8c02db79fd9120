"""SciPy's words, translated: `minimize`, `fmin` and `nelder_mead`."""
