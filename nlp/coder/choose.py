"""Which of several: a softmax over many inputs, held near a start that already makes sense."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax

from nlp.coder.calibrate import Doubles, log_softmax

PENALTY = 10.0  # best of 2 to 20 on gaps of writers left out, and flat there
STEPS = 80


@dataclass(frozen=True, slots=True)
class Choice:
    """Weights, shape (inputs + 1, classes)."""

    weights: Doubles

    def logs(self, inputs: Doubles) -> Doubles:
        """Log chances for inputs of shape (..., inputs), shape (..., classes)."""
        return log_softmax(inputs @ self.weights[:-1] + self.weights[-1])


def fit_choice(inputs: Doubles, chosen: NDArray[np.int64], start: Doubles) -> Choice:
    """Fit by likelihood, penalised for leaving `start` (shape (inputs + 1, classes))."""
    padded = np.hstack([inputs, np.ones((len(inputs), 1))])
    wanted = np.eye(start.shape[1])[chosen]

    def loss(flat: Doubles) -> tuple[float, Doubles]:
        w = flat.reshape(start.shape)
        z, away = padded @ w, w - start
        value = float((logsumexp(z, axis=1) - (z * wanted).sum(axis=1)).sum())
        slope = padded.T @ (softmax(z, axis=1) - wanted) + PENALTY * away
        return value + 0.5 * PENALTY * float((away**2).sum()), slope.ravel()

    options = {"maxiter": STEPS}
    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options=options).x
    return Choice(found.reshape(start.shape))


def fit_weights(
    inputs: Doubles, marks: NDArray[np.bool_], start: Doubles, penalty: float
) -> Doubles:
    """Weights that make the marked alternatives the likeliest of all; a conditional logit.

    `inputs` has shape (answers, alternatives, weights), `marks` (answers, alternatives).
    Source: McFadden (1974).
    """
    if not len(inputs):
        return start

    def loss(w: Doubles) -> tuple[float, Doubles]:
        z = inputs @ w
        right = softmax(np.where(marks, z, -np.inf), axis=1)
        value = (logsumexp(z, axis=1) - logsumexp(z, axis=1, b=marks)).sum()
        slope = np.einsum("rp,rpi->i", softmax(z, axis=1) - right, inputs)
        away = w - start
        return float(value + 0.5 * penalty * away @ away), slope + penalty * away

    found: Doubles = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return found
