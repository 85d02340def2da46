"""How sections become examples, one strategy a file."""

from generate.strategies.across import Across
from generate.strategies.converse import Converse
from generate.strategies.evolve import Evolve
from generate.strategies.extract import Extract
from generate.strategies.pairs import Pairs
from generate.strategies.paraphrase import Paraphrase
from generate.strategies.question import Question
from generate.strategies.refuse import Refuse
from generate.strategies.self_instruct import SelfInstruct
from generate.strategies.strategy import Draft, Memory, Remembers, Steps, Strategy, ToJudge, Unit
from generate.strategies.summarise import Summarise
from generate.strategies.template import Template

__all__ = [
    "Across",
    "Converse",
    "Draft",
    "Evolve",
    "Extract",
    "Memory",
    "Pairs",
    "Paraphrase",
    "Question",
    "Refuse",
    "Remembers",
    "SelfInstruct",
    "Steps",
    "Strategy",
    "Summarise",
    "Template",
    "ToJudge",
    "Unit",
]
