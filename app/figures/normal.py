"""Tail areas of the distributions the tests need: a few lines each, so no web process loads scipy.

Source: normal and chi-square (one degree) by the complementary error function; Student's t by
the regularised incomplete beta function with Lentz's continued fraction (Numerical Recipes 6.4).
"""

from math import erfc, exp, lgamma, log, log1p, sqrt

TINY = 1e-300


def two_sided_normal(z: float) -> float:
    """Return P(|Z| >= |z|)."""
    return erfc(abs(z) / sqrt(2))


def chi_square_1(x: float) -> float:
    """Return P(X >= x) for chi-square with one degree of freedom."""
    return erfc(sqrt(max(x, 0.0) / 2))


def two_sided_t(t: float, df: float) -> float:
    """Return P(|T| >= |t|) for Student's t."""
    return incomplete_beta(df / 2, 0.5, df / (df + t * t))


def incomplete_beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1.0 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 / _safe(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 500):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            d = 1 / _safe(1 + step * d)
            c = _safe(1 + step / c)
            value *= d * c
        if abs(d * c - 1) < 1e-14:
            break
    return value


def _safe(x: float) -> float:
    return x if abs(x) > TINY else TINY
