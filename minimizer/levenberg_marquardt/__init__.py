"""The Levenberg-Marquardt algorithm, pure: a sibling of `simplex` for residuals."""
