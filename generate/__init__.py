"""Documents become grounded instruction pairs: loaders, sections, strategies, clients, journal, grounding.

The embedded model is a client too, but lives in `train` (`train.LocalModel`) and is handed in by `gristmill`.
"""

from generate.budget import Budget
from generate.clients import OpenAICompatible
from generate.config import GenerateConfig
from generate.journal import Journal, journalled
from generate.report import GenerationReport
from generate.run import generate
from generate.strategies import Extract, Pairs, Paraphrase, Question, Summarise, Template

__all__ = [
    "Budget",
    "Extract",
    "GenerateConfig",
    "GenerationReport",
    "Journal",
    "OpenAICompatible",
    "Pairs",
    "Paraphrase",
    "Question",
    "Summarise",
    "Template",
    "generate",
    "journalled",
]
