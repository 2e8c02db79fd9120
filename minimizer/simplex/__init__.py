"""The Nelder-Mead algorithm, pure: it asks for points and is told their values."""
