"""Equations in ImageJ's macro language, such as ``y = a + b*exp(-c*x)``: parsed, never executed."""
