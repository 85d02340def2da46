"""Documents become grounded instruction pairs: loaders, sections, strategies, clients, journal, grounding.

The embedded model is a client too, but lives in `train` (`train.LocalModel`) and is handed in by `gristmill`.
"""

from generate.askers import Resources
from generate.clients import OpenAICompatible
from generate.config import GenerateConfig
from generate.journal import Journal, journalled
from generate.planning import Assumptions, Plan, plan
from generate.report import GenerationReport
from generate.run import generate
from generate.spending.budget import Budget
from generate.strategies import (
    Across,
    Converse,
    Evolve,
    Extract,
    Pairs,
    Paraphrase,
    Question,
    Refuse,
    SelfInstruct,
    Summarise,
    Template,
)

__all__ = [
    "Across",
    "Assumptions",
    "Budget",
    "Converse",
    "Evolve",
    "Extract",
    "GenerateConfig",
    "GenerationReport",
    "Journal",
    "OpenAICompatible",
    "Pairs",
    "Paraphrase",
    "Plan",
    "Question",
    "Refuse",
    "Resources",
    "SelfInstruct",
    "Summarise",
    "Template",
    "generate",
    "journalled",
    "plan",
]
