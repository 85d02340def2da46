"""What tests of the evaluation share: a row of answers.parquet, and the record and the rows of a small evaluation."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from train import EvaluateConfig, evaluate

Row = dict[str, Any]  # Any: a row of answers.parquet


def answer_row(number: int = 1, **changes: Any) -> Row:  # Any: as above
    """Make a row in which both models answer like gold, but for the changes."""
    row: Row = {
        "row": number,
        "id": f"id{number}",
        "question": "What is it?",
        "last_question": "What is it?",
        "gold": "It is red.",
        "gold_tokens": 4,
        "document": "",
        "section": "",
        "strategy": "",
        "passage": "",
        "turns": 1,
        "nearest": [],
    }
    for model in ("base", "tuned"):
        row |= {
            f"{model}_answer": "It is red.",
            f"{model}_stopped": True,
            f"{model}_tokens": 4,
            f"{model}_nll": 8.0,
            f"{model}_exact_match": 1.0,
            f"{model}_f1": 1.0,
            f"{model}_rouge_l": 1.0,
            f"{model}_chrf": 100.0,
            f"{model}_similarity": None,
            f"{model}_errors": [],
        }
    return row | changes


@pytest.fixture(scope="session")
def row_with() -> Callable[..., Row]:
    """Give the function that makes a row."""
    return answer_row


@pytest.fixture(scope="session")
def evaluation(tiny_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of an evaluation of the tiny run; do not change it."""
    out = tmp_path_factory.mktemp("evaluation")
    evaluate(tiny_run, out, config=EvaluateConfig(seed=0, max_tokens=8))
    return out
