"""How sections become examples, one strategy a file."""

from generate.strategies.pairs import Pairs
from generate.strategies.question import Question
from generate.strategies.strategy import Draft, Steps, Strategy, ToJudge, Unit
from generate.strategies.template import Template

__all__ = ["Draft", "Pairs", "Question", "Steps", "Strategy", "Template", "ToJudge", "Unit"]
