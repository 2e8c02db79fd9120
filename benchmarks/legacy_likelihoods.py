"""Likelihoods as legacy code has them: data, negative logarithm and first guess."""

from __future__ import annotations

import math

import numpy as np

from .case import Array
from .legacy_fits import Recipe

PENALTY = 1e10  # where a parameter is not allowed


def logistic_regression() -> Recipe:
    rng = np.random.default_rng(21)
    x = np.column_stack([np.ones(120), rng.normal(size=(120, 2))])
    y = rng.uniform(size=120) < 1.0 / (1.0 + np.exp(-x @ [0.4, 1.5, -0.8]))

    def minus_log(b: Array) -> float:
        z = x @ b
        return float(np.logaddexp(0.0, z).sum() - z[y].sum())

    return Recipe("logistic regression", minus_log, (0, 0, 0))


def kalman() -> Recipe:
    """Return that of a first-order process, observed with noise."""
    rng = np.random.default_rng(22)
    state, seen = 0.0, []
    for _ in range(150):
        state = 0.85 * state + rng.normal()
        seen.append(state + 0.5 * rng.normal())

    def minus_log(p: Array) -> float:
        phi, process, observation = math.tanh(p[0]), math.exp(2.0 * p[1]), math.exp(2.0 * p[2])
        mean, variance = 0.0, process / (1.0 - phi * phi + 1e-12)
        total = 0.0
        for value in seen:
            spread = variance + observation
            off = value - mean
            total += 0.5 * (math.log(2.0 * math.pi * spread) + off * off / spread)
            gain = variance / spread
            mean, variance = (
                phi * (mean + gain * off),
                phi * phi * (1.0 - gain) * variance + process,
            )
        return total

    return Recipe("AR(1) with a Kalman filter", minus_log, (0.5, 0, 0))


def garch() -> Recipe:
    rng = np.random.default_rng(23)
    variance, returns = 1.0, [0.0]
    for _ in range(400):
        variance = 0.1 + 0.12 * returns[-1] ** 2 + 0.8 * variance
        returns.append(math.sqrt(variance) * rng.normal())
    r = returns[1:]

    def minus_log(p: Array) -> float:
        omega, alpha, beta = p
        if omega <= 0.0 or alpha < 0.0 or beta < 0.0 or alpha + beta >= 1.0:
            return PENALTY
        h, total = float(np.var(r)), 0.0
        for value in r:
            total += 0.5 * (math.log(h) + value * value / h)
            h = omega + alpha * value * value + beta * h
        return total

    return Recipe("GARCH(1, 1)", minus_log, (0.2, 0.1, 0.7))


def weibull() -> Recipe:
    t = 30.0 * np.random.default_rng(24).weibull(1.7, 80)

    def minus_log(p: Array) -> float:
        k, scale = np.exp(p)
        z = t / scale
        return float(-(math.log(k / scale) + (k - 1.0) * np.log(z) - z**k).sum())

    return Recipe("Weibull", minus_log, (0, 3))


def gamma() -> Recipe:
    x = np.random.default_rng(25).gamma(2.5, 4.0, 100)

    def minus_log(p: Array) -> float:
        shape, scale = p.tolist()
        if shape <= 0.0 or scale <= 0.0:
            return PENALTY
        constant = math.lgamma(shape) + shape * math.log(scale)
        return float((constant - (shape - 1.0) * np.log(x) + x / scale).sum())

    return Recipe("gamma, with a penalty", minus_log, (1, 1))


def mixture() -> Recipe:
    rng = np.random.default_rng(26)
    x = np.concatenate([rng.normal(54.0, 6.0, 90), rng.normal(80.0, 6.0, 160)])

    def minus_log(p: Array) -> float:
        share = 1.0 / (1.0 + math.exp(-p[0]))
        one = share * np.exp(-0.5 * ((x - p[1]) / p[2]) ** 2) / abs(p[2])
        two = (1.0 - share) * np.exp(-0.5 * ((x - p[3]) / p[4]) ** 2) / abs(p[4])
        return float(-np.log(one + two + 1e-300).sum())

    return Recipe("mixture of two normals", minus_log, (0, 50, 5, 75, 5))


def profile() -> Recipe:
    """Return that of a growth curve of which one of four parameters is held."""
    t = np.linspace(0.0, 12.0, 25)
    clean = 10.0 / (1.0 + np.exp(-0.8 * (t - 5.0)))
    y = clean + 0.3 * np.random.default_rng(27).normal(size=25)

    def minus_log(free: Array) -> float:
        rate, middle, sigma = free
        top = 10.4  # held
        if sigma <= 0.0:
            return math.inf
        off = y - top / (1.0 + np.exp(-rate * (t - middle)))
        return float(25.0 * math.log(sigma) + 0.5 * (off @ off) / sigma**2)

    return Recipe("profile likelihood, one held", minus_log, (1, 4, 1))


LIKELIHOODS = (logistic_regression, kalman, garch, weibull, gamma, mixture, profile)
