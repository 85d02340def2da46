"""What an evaluation could not measure, and what to keep in mind when its numbers are read."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from schemas.counted import counted
from train.evaluation.asked import Selection
from train.evaluation.config import EvaluateConfig
from train.evaluation.table import Embedder


def notes(
    record: Mapping[str, Any],
    chosen: Selection,
    guards: Selection,
    rows: Sequence[Mapping[str, Any]],
    config: EvaluateConfig,
    embedder: Embedder | None,
) -> list[str]:  # Any: as above
    """Say what could not be measured, and why."""
    found = []
    if config.data is not None:
        found.append(
            "the rows are the user's own file, not those that the run held out; nobody checked that they are news"
        )
    elif record["warning"]:
        found.append(str(record["warning"]))
    if len(rows) < 30 and "only" not in " ".join(found):
        found.append(f"few rows were asked ({len(rows)}), so small differences cannot be told from chance")
    if chosen.left_out:
        found.append(
            "left out, for they cannot be read, have no answer or are longer than the model reads: "
            f"{counted(chosen.left_out, 'row')}"
        )
    if guards.left_out:
        found.append(f"{counted(guards.left_out, 'question')} of the guardrail file could not be asked")
    if broken := sum(not (math.isfinite(row["base_nll"]) and math.isfinite(row["tuned_nll"])) for row in rows):
        found.append(
            f"{counted(broken, 'gold answer')} to which a model gives no finite loss; the likelihood is over the rest"
        )
    if embedder is None:
        found.append("embedding similarity is left out: no embedder is installed (pip install 'gristmill[semantic]')")
    if without := sum(not row["passage"] for row in rows):
        found.append(
            f"{counted(without, 'row', 'name', one='names')} no source passage, so nobody can tell which answers to "
            "them are off-document"
        )
    return found
