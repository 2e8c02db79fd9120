"""The Levenberg-Marquardt algorithm, pure: a sibling of `simplex` that is told residuals."""
