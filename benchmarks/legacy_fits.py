"""Least squares as legacy code has them: data, model and first guess."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .case import Array


@dataclass(frozen=True)
class Recipe:
    """What a piece of legacy code minimizes, and from where."""

    name: str
    fun: Callable[[Array], float]
    start: tuple[float, ...]


def squares(name: str, model: Callable[[Array], Array], y: Array, *start: float) -> Recipe:
    """Return the sum of the squared differences between a model and data."""
    return Recipe(name, lambda p: float(((model(p) - y) ** 2).sum()), start)


def noise(seed: int, size: int, level: float) -> Array:
    """Return normal noise."""
    values: Array = level * np.random.default_rng(seed).normal(size=size)
    return values


def exponential_decay() -> Recipe:
    t = np.linspace(0.0, 10.0, 40)
    y = 5.0 * np.exp(-0.7 * t) + 1.2 + noise(1, 40, 0.05)
    return squares("exponential decay", lambda p: p[0] * np.exp(-p[1] * t) + p[2], y, 4, 0.3, 0)


def michaelis_menten() -> Recipe:
    s = np.array([0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0])
    y = 212.0 * s / (0.064 + s) + noise(2, 8, 4.0)
    return squares("Michaelis-Menten", lambda p: p[0] * s / (p[1] + s), y, 150, 0.5)


def dose_response() -> Recipe:
    d = np.logspace(-3.0, 2.0, 24)

    def model(p: Array) -> Array:
        bottom, top, half, hill = p
        curve: Array = bottom + (top - bottom) / (1.0 + np.exp(-hill * (np.log10(d) - half)))
        return curve

    y = model(np.array([4.0, 98.0, -0.4, 2.3])) + noise(3, 24, 2.0)
    return squares("dose response", model, y, 0, 100, 0, 1)


def circle() -> Recipe:
    angle = np.linspace(0.2, 2.6, 30)
    x = 12.0 + 7.0 * np.cos(angle) + noise(4, 30, 0.1)
    y = -3.0 + 7.0 * np.sin(angle) + noise(5, 30, 0.1)
    zero = np.zeros(30)
    return squares("circle", lambda p: np.hypot(x - p[0], y - p[1]) - p[2], zero, 10, 0, 5)


def ellipse() -> Recipe:
    angle = np.linspace(0.0, 2.0 * math.pi, 50)
    u = 4.0 * np.cos(angle) + noise(6, 50, 0.05)
    v = 1.5 * np.sin(angle) + noise(7, 50, 0.05)
    x = 1.0 + u * math.cos(0.5) - v * math.sin(0.5)
    y = 2.0 + u * math.sin(0.5) + v * math.cos(0.5)

    def radii(p: Array) -> Array:
        dx, dy, c, s = x - p[0], y - p[1], np.cos(p[4]), np.sin(p[4])
        radius: Array = ((dx * c + dy * s) / p[2]) ** 2 + ((dy * c - dx * s) / p[3]) ** 2
        return radius

    return squares("ellipse", radii, np.ones(50), x.mean(), y.mean(), 3, 2, 0.2)


def nelson_siegel() -> Recipe:
    t = np.array([0.25, 0.5, 1, 2, 3, 5, 7, 10, 15, 20, 30])

    def model(p: Array) -> Array:
        load = (1.0 - np.exp(-t / p[3])) / (t / p[3])
        rates: Array = p[0] + p[1] * load + p[2] * (load - np.exp(-t / p[3]))
        return rates

    y = model(np.array([4.2, -2.1, -1.5, 1.8])) + noise(8, 11, 0.03)
    return squares("Nelson-Siegel yield curve", model, y, 4, -1, 0, 1)


def camera_pose() -> Recipe:
    points = np.random.default_rng(9).uniform(-1.0, 1.0, (12, 3))

    def model(p: Array) -> Array:
        a, b, c = np.cos(p[:3])
        d, e, f = np.sin(p[:3])
        turn = (
            np.array([[1, 0, 0], [0, a, -d], [0, d, a]])
            @ np.array([[b, 0, e], [0, 1, 0], [-e, 0, b]])
            @ np.array([[c, -f, 0], [f, c, 0], [0, 0, 1]])
        )
        seen = points @ turn.T + p[3:]
        pixels: Array = (320.0 + 800.0 * seen[:, :2] / seen[:, 2:]).ravel()
        return pixels

    y = model(np.array([0.2, -0.3, 0.4, 0.1, -0.2, 6.0])) + noise(10, 24, 0.5)
    return squares("camera pose", model, y, 0, 0, 0.2, 0, 0, 5)


def two_compartments() -> Recipe:
    t = np.array([0.1, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 24])

    def model(p: Array) -> Array:
        curve: Array = p[0] * np.exp(-p[1] * t) + p[2] * np.exp(-p[3] * t)
        return curve

    y = model(np.array([20.0, 1.9, 6.0, 0.12])) * np.exp(noise(11, 12, 0.04))
    return squares("two compartments", model, y, 10, 1, 5, 0.1)


def spring() -> Recipe:
    t = np.linspace(0.0, 6.0, 80)

    def model(p: Array) -> Array:
        damped: Array = p[0] * np.exp(-p[1] * t) * np.cos(2.0 * math.pi * t / p[2] + p[3])
        return damped

    y = model(np.array([2.5, 0.2, 1.4, 0.3])) + noise(12, 80, 0.05)
    return squares("period of a spring", model, y, 2, 0.1, 1.5, 0)


def runoff() -> Recipe:
    rain = np.random.default_rng(13).gamma(0.3, 12.0, 150)

    def model(p: Array) -> Array:
        capacity, rate, losses = p
        stored, flows = 10.0, np.zeros(len(rain))
        for day, fallen in enumerate(rain):
            stored += max(fallen - losses, 0.0)
            spilled = max(stored - capacity, 0.0)
            stored = min(stored, capacity)
            drained = rate * max(stored, 0.0)
            stored -= drained
            flows[day] = spilled + drained
        return flows

    y = np.maximum(model(np.array([40.0, 0.08, 1.5])) * np.exp(noise(14, 150, 0.1)), 0.0)
    return squares("rainfall and runoff", model, y, 60, 0.2, 1)


FITS = (
    exponential_decay,
    michaelis_menten,
    dose_response,
    circle,
    ellipse,
    nelson_siegel,
    camera_pose,
    two_compartments,
    spring,
    runoff,
)
