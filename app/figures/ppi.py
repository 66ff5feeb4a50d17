"""Shares from a reviewed random sample and a machine that read everything."""

from dataclasses import dataclass

from .intervals import Z95, Interval, wilson

SAMPLE_FROM = 100  # reviewed at random before a commissioner sees a share at all
POWERED_FROM = 300  # below it the normal interval is not to be trusted
POWERED_LOW, POWERED_HIGH = 0.15, 0.85
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Sample:
    """Counts of one theme: people's decision against the machine's.

    The four cells cover the answers reviewed at random; `machine_rest` of `rest` is what the
    machine says of the answers nobody drew.
    """

    both: int
    human_only: int
    machine_only: int
    neither: int
    machine_rest: int
    rest: int

    @property
    def n(self) -> int:
        """Return how many answers were reviewed at random."""
        return self.both + self.human_only + self.machine_only + self.neither

    @property
    def human_share(self) -> float:
        """Return the share among the answers reviewed at random."""
        return (self.both + self.human_only) / self.n


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share, its interval, and whether the machine's reading sharpened it."""

    share: float
    interval: Interval
    powered: bool


def estimate(sample: Sample) -> Estimate:
    """Return the share of answers holding a theme.

    Inside n >= 300 and shares of .15 to .85 the prediction-powered estimate, otherwise the
    reviewed sample with Wilson's interval (settled.md 33).
    """
    plain = sample.human_share
    if sample.n >= POWERED_FROM and POWERED_LOW <= plain <= POWERED_HIGH and sample.rest:
        return powered(sample)
    hits = sample.both + sample.human_only
    return Estimate(plain, wilson(hits, sample.n), powered=False)


def powered(sample: Sample, z: float = Z95) -> Estimate:
    """Return the power-tuned prediction-powered mean of a yes/no label, with Wilson's interval.

    share = m_rest*t + mean(y - t*f) with the weight t that makes the variance least. The interval
    is Wilson's for as many answers as would give this variance: the usual symmetric one leans at
    .15 and .85, where it meets the plain Wilson interval (tests/bench/bench_prevalence.py).
    Sources: Angelopoulos, Duchi and Zrnic 2023, "PPI++", section 6 (mean estimation); effective
    sample size: Korn and Graubard 1998, Survey Methodology 24:193-201.
    """
    n, rest = sample.n, sample.rest
    y = sample.human_share
    f = (sample.both + sample.machine_only) / n
    f_rest = sample.machine_rest / rest
    pooled = (sample.both + sample.machine_only + sample.machine_rest) / (n + rest)
    var_f = pooled * (1 - pooled)
    cov = sample.both / n - y * f
    t = min(1.0, max(0.0, cov / ((1 + n / rest) * var_f))) if var_f > 0 else 0.0
    share = min(1.0, max(0.0, t * f_rest + y - t * f))
    variance = t * t * f_rest * (1 - f_rest) / rest + _gap_variance(sample, t) / n
    worth = max(n, share * (1 - share) / variance) if variance > 0 else n + rest
    worth = min(worth, n + rest)  # a machine never tells more than if all had been read
    return Estimate(share, wilson(share * worth, worth, z), powered=True)


def _gap_variance(sample: Sample, t: float) -> float:
    """Return the variance of y - t*f, as if half an answer more stood in each cell.

    With a good machine a dozen answers of 300 are all that it and people see differently; by
    luck there are fewer, and the interval comes out too narrow. Source: Agresti and Min 2005,
    Statistics in Medicine 24:729-740 (half an answer a cell for matched proportions).
    """
    n = sample.n + 4 * HALF
    y = (sample.both + sample.human_only + 2 * HALF) / n
    f = (sample.both + sample.machine_only + 2 * HALF) / n
    cov = (sample.both + HALF) / n - y * f
    return max(0.0, y * (1 - y) + t * t * f * (1 - f) - 2 * t * cov)
