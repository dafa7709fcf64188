"""Rates: how far a record is from a reference."""

from hattama.engine.scoring.reference import load
from hattama.engine.scoring.score import Scores, score

__all__ = ["Scores", "load", "score"]
