"""How a passage becomes a question and its answer, one file each."""

from generate.strategies.question import Question
from generate.strategies.strategy import Rejection, Strategy
from generate.strategies.template import Template

__all__ = ["Question", "Rejection", "Strategy", "Template"]
