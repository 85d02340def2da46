"""How sections become examples, one strategy a file."""

from generate.strategies.across import Across
from generate.strategies.converse import Converse
from generate.strategies.question import Question
from generate.strategies.refuse import Refuse
from generate.strategies.strategy import Draft, Steps, Strategy, ToJudge, Unit
from generate.strategies.template import Template

__all__ = ["Across", "Converse", "Draft", "Question", "Refuse", "Steps", "Strategy", "Template", "ToJudge", "Unit"]
