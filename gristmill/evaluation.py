"""Evaluation with what the other packages know: their checks of answers, and an embedder."""

from pathlib import Path
from typing import TYPE_CHECKING

from schemas.progress import Progress, silent

if TYPE_CHECKING:
    from train import EvaluateConfig, EvaluationReport


def evaluate_run(run: Path, out: Path, *, config: "EvaluateConfig", progress: Progress = silent) -> "EvaluationReport":
    """Compare the base model of a run with its tuned model, with every check that we have.

    Raises:
        InputError: `run` is no finished run, there is nothing to ask, or another process writes into `out`.
        LLMError: A question cannot be answered.
        OutputError: A file cannot be written.
    """
    from gristmill.answer_checks import answer_checks, offline_embedder
    from gristmill.steps import alone_in
    from schemas.parquet import read_table
    from train import evaluate

    file = run / "train.parquet"
    trained = read_table(file) if file.is_file() else None
    with alone_in(out):
        return evaluate(
            run, out, config=config, checks=answer_checks(trained), embedder=offline_embedder(), progress=progress
        )
