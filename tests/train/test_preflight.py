"""Each trap is found, with the number of its row."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from schemas import InputError, Message
from schemas.parquet import read_table
from train import Checked, Renderer, check_rows
from train.preflight import choose_length

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Make = Callable[..., "PreTrainedTokenizerBase"]


def chat(question: str, answer: str) -> list[Message]:
    return [Message("user", question), Message("assistant", answer)]


def checked(renderer: Renderer, *conversations: Sequence[Message], **settings: object) -> Checked:
    rows = [(number, f"id{number}", messages) for number, messages in enumerate(conversations, start=1)]
    return check_rows(rows, renderer, **{"context": 512, **settings})  # type: ignore[arg-type] # each test passes its own


def test_clean_rows_pass_whole(tokenizer: "PreTrainedTokenizerBase") -> None:
    found = checked(Renderer(tokenizer), chat("a", "b"), chat("c", "dd"))
    report = found.report
    assert (report.rows, report.kept, report.left_out, report.noted, report.refuses) == (2, 2, {}, {}, "")
    # answer and end-of-turn: 2 and 3 tokens
    assert found.table["completion_tokens"].to_pylist() == [2, 3]
    assert report.completion_tokens == 5
    assert report.max_length == 64
    assert sum(rows for _, _, rows in report.histogram) == 2


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(chat("q", ""), "empty_answer", id="empty answer"),
        pytest.param([Message("user", "q")], "no_answer", id="no answer"),
        pytest.param(chat("q", "stop<|im_end|>here"), "doubled_eos", id="end inside the answer"),
        pytest.param(chat("q", "twice<|im_end|>"), "doubled_eos", id="end twice"),
        pytest.param(chat("q" * 600, "a"), "over_length", id="too long"),
        pytest.param([Message("user", None), Message("assistant", "a")], "null_content", id="null"),  # type: ignore[arg-type] # what a dirty file holds
    ],
)
def test_a_bad_row_is_named_and_its_neighbours_stay(
    tokenizer: "PreTrainedTokenizerBase", bad: list[Message], reason: str
) -> None:
    found = checked(Renderer(tokenizer), chat("a", "b"), bad, chat("c", "d"))
    assert found.report.left_out == {reason: 1}
    assert found.report.examples[reason] == [2]
    assert [row.row for row in found.rendered] == [1, 3]
    assert found.table["id"].to_pylist() == ["id1", "id2", "id3"]
    assert found.table["action"].to_pylist()[1] != "kept"
    assert found.table["reason"].to_pylist() == [None, reason, None]


def test_a_doubled_start_is_named(tokenizer_with: Make) -> None:
    tokenizer = tokenizer_with(
        "{% for message in messages %}{{ bos_token + message['content'] + '<|im_end|>' }}{% endfor %}"
    )
    tokenizer.bos_token = "<|endoftext|>"
    found = checked(Renderer(tokenizer), chat("a", "b"), chat("<|endoftext|>a", "b"))
    assert found.report.examples["doubled_bos"] == [2]


def test_truncation_says_that_the_end_is_lost(tokenizer: "PreTrainedTokenizerBase") -> None:
    found = checked(Renderer(tokenizer), chat("a", "b"), chat("c", "d" * 90), max_length=64, over_length="truncate")
    assert found.report.noted == {"lost_end_of_turn": 1, "truncated": 1}
    assert found.report.examples["lost_end_of_turn"] == [2]
    assert [len(row.ids) for row in found.rendered][1] == 64


def test_a_prompt_that_fills_the_length_leaves_nothing_to_train(tokenizer: "PreTrainedTokenizerBase") -> None:
    found = checked(Renderer(tokenizer), chat("c" * 90, "d"), chat("a", "b"), max_length=64, over_length="truncate")
    assert found.report.left_out == {"nothing_to_train": 1}
    assert found.report.examples["nothing_to_train"] == [1]


def test_too_long_can_be_an_error(tokenizer: "PreTrainedTokenizerBase") -> None:
    with pytest.raises(InputError, match=r"1 row has more than 64 tokens: row 2\. Raise max_length"):
        checked(Renderer(tokenizer), chat("a", "b"), chat("c", "d" * 90), max_length=64, over_length="error")


def test_rows_of_an_injecting_template_are_noted(tokenizer_with: Make, injecting: str) -> None:
    own = [Message("system", "Mine."), *chat("a", "b")]
    found = checked(Renderer(tokenizer_with(injecting)), own, chat("a", "b"))
    assert found.report.examples["injected_system"] == [2]
    assert found.report.injected_system == "Be kind."


def test_a_control_token_in_a_question_is_noted(tokenizer: "PreTrainedTokenizerBase") -> None:
    found = checked(Renderer(tokenizer), chat("a<|im_start|>system", "b"), chat("a", "b"))
    assert found.report.examples["control_token"] == [1]


def test_answers_that_the_tokenizer_cannot_spell_are_refused(tokenizer_with: Make) -> None:
    from tokenizers import normalizers

    tokenizer = tokenizer_with()
    tokenizer.backend_tokenizer.normalizer = normalizers.Lowercase()
    some = checked(Renderer(tokenizer), chat("a", "Upper"), chat("a", "lower"))
    assert some.report.examples["labels_differ"] == [1]
    assert some.report.refuses == ""
    assert "decode to another text" in checked(Renderer(tokenizer), chat("a", "Upper")).report.refuses


def test_rows_that_could_not_be_read_are_counted(tokenizer: "PreTrainedTokenizerBase") -> None:
    found = check_rows(
        [(1, "a", chat("a", "b")), (3, "c", chat("a", "b"))],
        Renderer(tokenizer),
        context=512,
        unreadable=[(2, "no question in it")],
    )
    assert found.table["row"].to_pylist() == [1, 2, 3]
    assert found.report.left_out == {"unreadable": 1}


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        pytest.param([], "there are no rows", id="none"),
        pytest.param(
            [chat("q", "")],
            "the only row cannot be trained: empty_answer; turn 2 is an empty answer",
            id="all empty",
        ),
        pytest.param(
            [chat("q" * 600, "a"), chat("q", "")],
            "none of the 2 rows can be trained: 1 over_length, 1 empty_answer; the first: 621 tokens, 512 allowed",
            id="all too long or empty",
        ),
    ],
)
def test_what_would_teach_nothing_is_refused(
    tokenizer: "PreTrainedTokenizerBase", rows: list[list[Message]], why: str
) -> None:
    assert checked(Renderer(tokenizer), *rows).report.refuses == why


def test_cutting_every_end_is_refused(tokenizer: "PreTrainedTokenizerBase") -> None:
    found = checked(Renderer(tokenizer), chat("a", "d" * 90), max_length=64, over_length="truncate")
    assert "never learn to stop" in found.report.refuses


@pytest.mark.parametrize(
    ("lengths", "context", "chosen"),
    [
        pytest.param([10, 20], 2048, 64, id="short"),
        pytest.param([65], 2048, 128, id="rounded up"),
        pytest.param([100] * 999 + [1000], 2048, 1024, id="a rare long row below 1,024 is kept"),
        pytest.param([100] * 999 + [1900], 2048, 1024, id="a rare longer one is not"),
        pytest.param([1500] * 10, 2048, 1536, id="99th percentile"),
        pytest.param([1500] * 10, 512, 512, id="never more than the model reads"),
        pytest.param([], 512, 64, id="no rows"),
    ],
)
def test_the_length_is_chosen_from_the_rows(lengths: list[int], context: int, chosen: int) -> None:
    assert choose_length(np.array(lengths, np.int64), context) == chosen


def test_it_is_written_as_json_and_parquet(tokenizer: "PreTrainedTokenizerBase", tmp_path: Path) -> None:
    import json

    found = checked(Renderer(tokenizer), chat("a", "b"), chat("c", ""))
    found.write(tmp_path)
    assert json.loads((tmp_path / "preflight.json").read_text())["left_out"] == {"empty_answer": 1}
    assert read_table(tmp_path / "preflight.parquet").num_rows == 2
