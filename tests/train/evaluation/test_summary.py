"""The Markdown summary."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from schemas.parquet import read_table
from train.evaluation.record import read_record
from train.evaluation.summary import render_summary


def test_it_has_the_measures_and_what_they_rest_on(evaluation: Path) -> None:
    text = (evaluation / "summary.md").read_text(encoding="utf-8")
    assert text.startswith("## Base against tuned: model\n")
    assert "| measure | base | tuned | difference | tuned is |" in text
    assert "| chrF |" in text
    assert "| perplexity of gold |" in text
    assert "only 8 rows are held out" in text
    assert text.endswith("clear difference.\n")


def test_the_slices_that_lose_are_named(evaluation: Path) -> None:
    record = read_record(evaluation)
    lost = {"base": [0.5] * 3, "tuned": [0.25] * 3, "difference": [-0.25, -0.5, -0.125], "verdict": "worse"}
    record["slices"] = [{"by": "document", "name": "a|b.md", "rows": 5, "measures": {"f1": lost, "nll": lost}}]
    text = render_summary(record, read_table(evaluation / "answers.parquet").to_pylist())
    assert "| document: a\\|b.md | 5 | \u221225.0 [\u221250.0, \u221212.5] |" in text


def test_one_row_neither_gains_nor_loses_most(evaluation: Path, row_with: Callable[..., dict[str, Any]]) -> None:
    assert "gained most" not in render_summary(read_record(evaluation), [row_with()])
