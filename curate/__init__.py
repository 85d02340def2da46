"""Stages that judge rows, the engine that runs them, and the report on what they did."""

from curate.clusters import clusters
from curate.empty import Empty
from curate.exact import Exact
from curate.length import Length
from curate.near import Near
from curate.pipeline import Pipeline, Result, Step, default_stages
from curate.placeholder import Placeholder
from curate.repetition import Repetition
from curate.rows import Rows, View
from curate.stage import Mend, Mended, Stage, StageError, Verdicts, Verifying, between, keep, signals
from curate.summary import Report, StageSummary

__all__ = [
    "Empty",
    "Exact",
    "Length",
    "Mend",
    "Mended",
    "Near",
    "Pipeline",
    "Placeholder",
    "Repetition",
    "Report",
    "Result",
    "Rows",
    "Stage",
    "StageError",
    "StageSummary",
    "Step",
    "Verdicts",
    "Verifying",
    "View",
    "between",
    "clusters",
    "default_stages",
    "keep",
    "signals",
]
