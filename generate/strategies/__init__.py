"""How sections become examples, one strategy a file."""

from generate.strategies.extract import Extract
from generate.strategies.pairs import Pairs
from generate.strategies.paraphrase import Paraphrase
from generate.strategies.question import Question
from generate.strategies.strategy import Draft, Steps, Strategy, ToJudge, Unit
from generate.strategies.summarise import Summarise
from generate.strategies.template import Template

__all__ = [
    "Draft",
    "Extract",
    "Pairs",
    "Paraphrase",
    "Question",
    "Steps",
    "Strategy",
    "Summarise",
    "Template",
    "ToJudge",
    "Unit",
]
