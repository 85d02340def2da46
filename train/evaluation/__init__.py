"""Base against tuned: answers, measures with intervals, errors, slices, guardrails, and the page that shows them."""

from train.evaluation.config import EvaluateConfig
from train.evaluation.errors import Answered, Check, ErrorCount
from train.evaluation.evaluate import evaluate
from train.evaluation.guardrails import Guardrails
from train.evaluation.measures import MEASURES, Comparison, compare, paired
from train.evaluation.record import Section, put_section, read_record, show
from train.evaluation.report import EvaluationReport
from train.evaluation.table import ANSWERS_SCHEMA, Embedder

__all__ = [
    "ANSWERS_SCHEMA",
    "MEASURES",
    "Answered",
    "Check",
    "Comparison",
    "Embedder",
    "ErrorCount",
    "EvaluateConfig",
    "EvaluationReport",
    "Guardrails",
    "Section",
    "compare",
    "evaluate",
    "paired",
    "put_section",
    "read_record",
    "show",
]
