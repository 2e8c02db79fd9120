"""The models of NIST's nonlinear regressions: functions of parameters b and predictors x."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..case import Array

Model = Callable[[Array, Array], Any]  # an array (m,); numpy types a power as Any


def power_with_offset(b: Array, x: Array) -> Any:
    return b[0] * (b[1] + x) ** (-1.0 / b[2])


def saturation(b: Array, x: Array) -> Any:
    return b[0] * (1.0 - np.exp(-b[1] * x))


def damped_hyperbola(b: Array, x: Array) -> Any:
    return np.exp(-b[0] * x) / (b[1] + b[2] * x)


def power(b: Array, x: Array) -> Any:
    return b[0] * x ** b[1]


def three_cycles(b: Array, x: Array) -> Any:
    turn = 2.0 * math.pi * x
    return (
        b[0]
        + b[1] * np.cos(turn / 12.0)
        + b[2] * np.sin(turn / 12.0)
        + b[4] * np.cos(turn / b[3])
        + b[5] * np.sin(turn / b[3])
        + b[7] * np.cos(turn / b[6])
        + b[8] * np.sin(turn / b[6])
    )


def peak(b: Array, x: Array) -> Any:
    return (b[0] / b[1]) * np.exp(-0.5 * ((x - b[2]) / b[1]) ** 2)


def decay_and_two_peaks(b: Array, x: Array) -> Any:
    first = b[2] * np.exp(-((x - b[3]) ** 2) / b[4] ** 2)
    second = b[5] * np.exp(-((x - b[6]) ** 2) / b[7] ** 2)
    return b[0] * np.exp(-b[1] * x) + first + second


def cubic_by_cubic(b: Array, x: Array) -> Any:
    above = b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3
    return above / (1.0 + b[4] * x + b[5] * x**2 + b[6] * x**3)


def square_by_square(b: Array, x: Array) -> Any:
    return (b[0] + b[1] * x + b[2] * x**2) / (1.0 + b[3] * x + b[4] * x**2)


def three_decays(b: Array, x: Array) -> Any:
    return b[0] * np.exp(-b[1] * x) + b[2] * np.exp(-b[3] * x) + b[4] * np.exp(-b[5] * x)


def kinetics(b: Array, x: Array) -> Any:
    return b[0] * (x**2 + x * b[1]) / (x**2 + x * b[2] + b[3])


def resistance(b: Array, x: Array) -> Any:
    return b[0] * np.exp(b[1] / (x + b[2]))


def level_and_two_decays(b: Array, x: Array) -> Any:
    return b[0] + b[1] * np.exp(-x * b[3]) + b[2] * np.exp(-x * b[4])


def misra_b(b: Array, x: Array) -> Any:
    return b[0] * (1.0 - (1.0 + b[1] * x / 2.0) ** -2.0)


def misra_c(b: Array, x: Array) -> Any:
    return b[0] * (1.0 - (1.0 + 2.0 * b[1] * x) ** -0.5)


def misra_d(b: Array, x: Array) -> Any:
    return b[0] * b[1] * x / (1.0 + b[1] * x)


def degradation(b: Array, x: Array) -> Any:
    time, temperature = x
    return b[0] - b[1] * time * np.exp(-b[2] * temperature)


def logistic(b: Array, x: Array) -> Any:
    return b[0] / (1.0 + np.exp(b[1] - b[2] * x))


def skewed_logistic(b: Array, x: Array) -> Any:
    return b[0] / (1.0 + np.exp(b[1] - b[2] * x)) ** (1.0 / b[3])


def quantum_defect(b: Array, x: Array) -> Any:
    return b[0] - b[1] * x - np.arctan(b[2] / (x - b[3])) / math.pi


MODELS: dict[str, Model] = {
    "Bennett5": power_with_offset,
    "BoxBOD": saturation,
    "Chwirut1": damped_hyperbola,
    "Chwirut2": damped_hyperbola,
    "DanWood": power,
    "ENSO": three_cycles,
    "Eckerle4": peak,
    "Gauss1": decay_and_two_peaks,
    "Gauss2": decay_and_two_peaks,
    "Gauss3": decay_and_two_peaks,
    "Hahn1": cubic_by_cubic,
    "Kirby2": square_by_square,
    "Lanczos1": three_decays,
    "Lanczos2": three_decays,
    "Lanczos3": three_decays,
    "MGH09": kinetics,
    "MGH10": resistance,
    "MGH17": level_and_two_decays,
    "Misra1a": saturation,
    "Misra1b": misra_b,
    "Misra1c": misra_c,
    "Misra1d": misra_d,
    "Nelson": degradation,
    "Rat42": logistic,
    "Rat43": skewed_logistic,
    "Roszman1": quantum_defect,
    "Thurber": cubic_by_cubic,
}
