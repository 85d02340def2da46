"""The preflight in lines: every code with its rows, every dataset of a mix, and lengths that line up."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from schemas import Message
from train import PartCounts, Preflight, Renderer, check_rows
from train.preflight_text import code_lines, length_lines, part_lines

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@pytest.fixture
def seen(tokenizer: "PreTrainedTokenizerBase") -> Preflight:
    """Give the preflight of seven rows, six of which are empty."""
    rows = [
        (number, "a", [Message("user", "q"), Message("assistant", "" if number < 7 else "a")]) for number in range(1, 8)
    ]
    return check_rows(rows, Renderer(tokenizer), context=512).report


def test_a_code_names_its_count_and_its_first_rows(seen: Preflight) -> None:
    assert code_lines(seen) == ["  left out: 6 empty answer (rows 1, 2, 3, 4, 5 ...)"]


def test_a_template_that_is_not_the_models_is_told(seen: Preflight) -> None:
    assert "Alpaca's is used" in code_lines(replace(seen, template_origin="alpaca"))[-1]
    injected = replace(seen, injected_system="Be kind.", noted={"injected_system": 1})
    assert code_lines(injected)[-1].endswith("puts its own system prompt first: 'Be kind.'")


def test_rows_of_a_mix_are_named_by_their_dataset(seen: Preflight) -> None:
    counts = {"rows": 4, "trained": 3, "held_out": 1, "rows_an_epoch": 6, "tokens_an_epoch": 1234}
    parts = [PartCounts(name="a", weight=2, first=1, **counts), PartCounts(name="b", weight=0, first=5, **counts)]
    mixed = replace(seen, parts=parts, examples={"empty_answer": [4, 5]})
    assert code_lines(mixed) == ["  left out: 6 empty answer (rows a:4, b:1)"]
    assert part_lines(mixed) == [
        "  a: 4 rows, 3 trained, 1 held out; weight 2: 6 rows and 1,234 tokens an epoch",
        "  b: 4 rows, 3 trained, 1 held out",
    ]


def test_lengths_of_rows_prompts_and_completions_line_up(seen: Preflight) -> None:
    lines = length_lines(seen, ascii_only=True)
    assert lines[0] == "  tokens of a row, and rows (max_length is 64, chosen from the rows; longer ones: drop):"
    # start, user (4), line end; q, end, line end; start, assistant (9), line end; then a and its end
    assert lines[-4:] == [
        "    row          50 % 22   95 % 22   99 % 22",
        "    prompt       50 % 20   95 % 20   99 % 20",
        "    completion   50 %  2   95 %  2   99 %  2",
        "  20 tokens are read alone and 2 are learnt",
    ]


def test_no_rows_have_no_lengths(seen: Preflight) -> None:
    assert length_lines(replace(seen, histogram=[])) == []


def test_a_length_above_what_the_model_reads_is_told(tokenizer: "PreTrainedTokenizerBase") -> None:
    rows = [(1, "a", [Message("user", "q"), Message("assistant", "a")])]
    for asked, said in ((512, "512, given"), (4096, "512, all that the model reads")):
        report = check_rows(rows, Renderer(tokenizer), context=512, max_length=asked).report
        assert f"max_length is {said};" in length_lines(report)[0]
