"""The page: what it shows, and that nothing shown is markup."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.parquet import read_table
from train.evaluation.page import number, render_page, signed
from train.evaluation.record import read_record
from train.evaluation.shown import markdown, visible
from train.evaluation.spans import compare_words

NASTY = "<script>alert(1)</script>\x1b[31mred\u202e {{ 7 * 7 }} | `a` @you https://x.example **b**\n# c"


def test_the_page_stands_alone_and_shows_every_row(evaluation: Path) -> None:
    page = (evaluation / "page.html").read_text(encoding="utf-8")
    assert page.count('<article id="row-') == 8
    assert page.count("<svg") == 3
    assert "http" not in page.replace("http://www.w3.org", "")  # names of SVG, not addresses
    assert "<script" not in page
    for part in ("numbers", "errors", "guardrails", "answers", "trained"):
        assert f'href="#{part}"' in page
        assert f'id="{part}"' in page


def test_what_documents_and_models_say_is_text(evaluation: Path) -> None:
    record, rows = read_record(evaluation), read_table(evaluation / "answers.parquet").to_pylist()
    near = {"row": 1, "question": NASTY, "answer": NASTY, "similarity": 0.5}
    for row in rows:
        row.update(dict.fromkeys(("question", "last_question", "gold", "base_answer", "tuned_answer"), NASTY))
        row.update(dict.fromkeys(("passage", "document", "section"), NASTY))
        row["nearest"] = [near]
    example = {"row": rows[0]["row"], "model": "tuned", "evidence": NASTY}
    record["errors"][0]["examples"] = [example]
    record["guardrails"]["failures"] = [{"kind": "unsafe", "question": NASTY, "answer": NASTY, "refused": False}]
    measures = {name: record["measures"][name] for name in ("f1", "nll")}
    record["slices"] = [{"by": "document", "name": NASTY, "rows": 5, "measures": measures}]
    record["notes"] = [NASTY]
    page = render_page(record, rows)
    assert "<script" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\x1b[31mred\\x202e {{ 7 * 7 }}" in page


def test_many_rows_are_shown_from_both_ends(evaluation: Path, row_with: Callable[..., dict[str, Any]]) -> None:
    rows = [row_with(number, tuned_f1=number / 100) for number in range(100)]
    page = render_page({**read_record(evaluation), "rows": 100}, rows)
    assert page.count('<article id="row-') == 60
    assert 'id="row-0"' in page
    assert 'id="row-99"' in page
    assert 'id="row-50"' not in page


@pytest.mark.parametrize(
    ("value", "percent", "plain", "with_sign"),
    [
        (0.125, True, "12.5\u00a0%", "+12.5"),
        (-0.5, False, "-0.50", "\u22120.50"),
        (0.0, False, "0.00", "+0.00"),
        (None, False, "\u2013", "\u2013"),
        (math.nan, True, "\u2013", "\u2013"),
    ],
)
def test_numbers_are_written_for_readers(value: float | None, percent: bool, plain: str, with_sign: str) -> None:
    assert number(value, percent=percent) == plain
    assert signed(value, percent=percent) == with_sign


def test_same_words_are_marked_in_their_order() -> None:
    spans = compare_words("It is, I think, the red house.", "So the Red House is")
    assert [(span.text, span.same) for span in spans] == [("It is, I think, ", False), ("the red house.", True)]
    assert compare_words("Blue, it is.", "blue")[0] == ("Blue, ", True)


@pytest.mark.parametrize("answer", ["", " ", "\n a \n b", "word"], ids=["empty", "blank", "spaces", "word"])
def test_cutting_into_spans_loses_nothing(answer: str) -> None:
    assert "".join(span.text for span in compare_words(answer, "a word")) == answer


def test_hidden_signs_are_written_out_wherever_they_are() -> None:
    assert visible({"a": ["x\x00\ty\n", 1, None]}) == {"a": ["x\\x00\ty\n", 1, None]}


def test_nothing_in_a_line_of_markdown_is_markup() -> None:
    line = markdown(NASTY)
    assert "\n" not in line
    assert line.startswith("&lt;script>alert(1)&lt;/script>\\\\x1b\\[31mred")
    assert "\\| \\`a\\` @\u200byou https:\u200b//x.example \\*\\*b\\*\\*" in line
    assert markdown("# a") == "\\# a"
    assert markdown("1. a") == "1\\. a"
    assert markdown("- a") == "\\- a"
    assert len(markdown("a" * 1_000, longest=10)) == 10


def test_rows_of_a_mix_are_named_by_their_dataset(evaluation: Path) -> None:
    record, rows = read_record(evaluation), read_table(evaluation / "answers.parquet").to_pylist()
    assert rows[0]["row"] == 6
    assert "gold · row 6<" in render_page(record, rows)
    parts = [{"name": "<a>.jsonl", "weight": 1.0, "first": 1}, {"name": "b.jsonl", "weight": 0.5, "first": 4}]
    record["preflight"]["parts"] = parts
    rows[0]["nearest"] = [{"row": 2, "question": "q", "answer": "a", "similarity": 0.5}]
    page = render_page(record, rows)
    assert "gold · row b.jsonl:3<" in page
    assert "training row &lt;a&gt;.jsonl:2 ·" in page
    assert "b.jsonl 0.5" in page
    record["settings"]["data"] = "mine.jsonl"  # then the rows that were asked are those of that file
    page = render_page(record, rows)
    assert "gold · row 6<" in page
    assert "training row &lt;a&gt;.jsonl:2 ·" in page


def test_a_run_of_before_mixes_were_known_is_shown(evaluation: Path) -> None:
    record, rows = read_record(evaluation), read_table(evaluation / "answers.parquet").to_pylist()
    del record["preflight"]["parts"]
    for name in ("mix", "data_weight", "lora_dora", "quantise", "leaks"):
        del record["training"]["settings"][name]
    assert "What was trained" in render_page(record, rows)


def test_all_weights_are_not_told_as_a_merge(evaluation: Path) -> None:
    record, rows = read_record(evaluation), read_table(evaluation / "answers.parquet").to_pylist()
    assert "of the adapter's logits in float32" in render_page(record, rows)
    record["training"]["result"]["drift"] |= {"mean": 0.0, "effect": 0.0}
    page = render_page(record, rows)
    assert "adapter" not in page[page.index('id="trained"') :].partition("Preflight")[0].replace("lora", "")
    assert "of the trained logits" in page
