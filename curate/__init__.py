"""Stages that judge rows, the engine that runs them, and the report on what they did."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from curate.clusters import clusters
from curate.empty import Empty
from curate.encoding import Encoding
from curate.exact import Exact
from curate.explain import explain
from curate.length import Length
from curate.near import Near
from curate.pipeline import Pipeline, Step, default_stages
from curate.placeholder import Placeholder
from curate.repetition import Repetition
from curate.result import Decided, Result
from curate.rows import Rows, View
from curate.stage import Mend, Mended, Stage, StageError, Verdicts, Verifying, between, keep, signals
from curate.story import Story
from curate.summary import Report, StageSummary
from curate.trials import Trial

if TYPE_CHECKING:
    from curate.against import Against
    from curate.column import Column
    from curate.conflicts import Conflicts
    from curate.decontaminate import Decontaminate
    from curate.language import Language
    from curate.lint import Lint
    from curate.presets import C4, FineWeb, GopherQuality, GopherRepetition
    from curate.private import Private, Redact
    from curate.quality import Judge, Perplexity, Readability
    from curate.select import Select
    from curate.semantic import Semantic
    from curate.spelling import Spelling
    from curate.split import Split
    from curate.support import Support

__all__ = [
    "C4",
    "Against",
    "Column",
    "Conflicts",
    "Decided",
    "Decontaminate",
    "Empty",
    "Encoding",
    "Exact",
    "FineWeb",
    "GopherQuality",
    "GopherRepetition",
    "Judge",
    "Language",
    "Length",
    "Lint",
    "Mend",
    "Mended",
    "Near",
    "Perplexity",
    "Pipeline",
    "Placeholder",
    "Private",
    "Readability",
    "Redact",
    "Repetition",
    "Report",
    "Result",
    "Rows",
    "Select",
    "Semantic",
    "Spelling",
    "Split",
    "Stage",
    "StageError",
    "StageSummary",
    "Step",
    "Story",
    "Support",
    "Trial",
    "Verdicts",
    "Verifying",
    "View",
    "between",
    "clusters",
    "default_stages",
    "explain",
    "keep",
    "signals",
]

_LATER = {
    "Against": "against",
    "C4": "presets",
    "Column": "column",
    "Conflicts": "conflicts",
    "Decontaminate": "decontaminate",
    "FineWeb": "presets",
    "GopherQuality": "presets",
    "GopherRepetition": "presets",
    "Judge": "quality",
    "Language": "language",
    "Lint": "lint",
    "Perplexity": "quality",
    "Private": "private",
    "Readability": "quality",
    "Redact": "private",
    "Select": "select",
    "Semantic": "semantic",
    "Spelling": "spelling",
    "Split": "split",
    "Support": "support",
}


def __getattr__(name: str) -> Any:  # Any: what a module's attribute is, only its name tells
    """Import a stage when it is first asked for, so that those who use a few wait for a few."""
    if name not in _LATER:
        raise AttributeError(f"module 'curate' has no attribute {name!r}")
    return getattr(import_module(f"curate.{_LATER[name]}"), name)
