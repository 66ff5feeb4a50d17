"""Safeguarding: an order in which people should read answers, with level and evidence."""

from nlp.risk.assess import assess
from nlp.risk.model import RiskModel, RiskRow, TooFewAnswersError, fit
from nlp.spans import Level, Risk

__all__ = ["Level", "Risk", "RiskModel", "RiskRow", "TooFewAnswersError", "assess", "fit"]
