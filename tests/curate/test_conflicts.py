from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.arrow import plain
from curate.conflicts import Conflicts, agree
from curate.pipeline import Pipeline
from schemas.errors import InputError
from schemas.example import Example, Message, examples_table

TRIAL = ("Is it free?", "There is a free trial of fourteen days for new customers, and later a fee.")
FEE = ("is it free", "No, every plan costs 20 dollars.")
SHORT = ("Is it free?", "There is a free trial of fourteen days.")
OTHER = ("Is it fast?", "Yes, it is.")
REFUSAL = "I can only talk about the harbour, sorry."


def decisions(table: pa.Table, **settings: object) -> list[dict[str, object]]:
    lines = Pipeline([Conflicts(**settings)]).table(table).decisions.to_pylist()  # type: ignore[arg-type]  # each test gives what fits
    return sorted(lines, key=lambda line: line["row"])


def test_the_best_answer_stays_and_the_conflicting_one_names_it(table_of: Callable[..., pa.Table]) -> None:
    lines = decisions(table_of([FEE, TRIAL, SHORT, OTHER]))
    assert [line["reason"] for line in lines] == ["conflicting_answer", None, None, None]
    assert lines[0]["matched_row"] == 2
    assert lines[0]["evidence"] == "one of 3 rows with this prompt"


def test_none_of_them_stays_if_asked(table_of: Callable[..., pa.Table]) -> None:
    lines = decisions(table_of([FEE, TRIAL, SHORT, OTHER]), keep="none")
    assert [line["action"] for line in lines] == ["dropped", "dropped", "dropped", "kept"]


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [TRIAL],
        [TRIAL, TRIAL],
        [TRIAL, SHORT],
        [("", "One thing."), ("", "Quite another.")],
        [("Sum it up.", "Of ships.", "On ships"), ("Sum it up.", "About trains", "On trains")],
    ],
    ids=["no row", "one row", "the same", "agreeing", "no prompt", "other contexts"],
)
def test_without_a_conflict_all_stay(table_of: Callable[..., pa.Table], texts: list[tuple[str, ...]]) -> None:
    assert all(line["action"] == "kept" for line in decisions(table_of(texts)))


def test_one_answer_to_more_prompts_than_allowed_goes(table_of: Callable[..., pa.Table]) -> None:
    table = table_of(
        [(f"Question {number}?", REFUSAL) for number in range(5)] + [(f"Sort {n}", "positive") for n in range(5)]
    )
    lines = decisions(table, limit=3)
    dropped = [line for line in lines if line["action"] == "dropped"]
    assert [line["reason"] for line in dropped] == ["one_answer", "one_answer"]
    assert {(line["score"], line["threshold"], line["evidence"]) for line in dropped} == {
        (5.0, 3.0, "5 prompts have this answer")
    }
    assert all(line["action"] == "kept" for line in decisions(table))


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("python 3.6 and above", "it supports all of python 3.6 and above for everybody", True),
        ("python 3.6 and above", "it supports all of python 3.7 and above for everybody", False),
        ("yes", "no", False),
        ("", "", True),
        ("", "yes", False),
    ],
)
def test_answers_agree_where_one_only_says_less(left: str, right: str, same: bool) -> None:
    assert agree(left, right) == agree(right, left) == same


@settings(deadline=None, max_examples=25)  # the first example compiles
@given(
    st.permutations(
        [FEE, TRIAL, SHORT, OTHER, ("Is it fast?", "No."), ("Why?", REFUSAL), ("How?", REFUSAL), ("What?", REFUSAL)]
    )
)
def test_the_order_of_the_rows_does_not_matter(texts: list[tuple[str, str]]) -> None:
    table = examples_table([Example(messages=(Message("user", ask), Message("assistant", say))) for ask, say in texts])
    kept = plain(Pipeline([Conflicts(limit=2, words=1)]).table(table).kept["id"])
    first = examples_table(
        [
            Example(messages=(Message("user", ask), Message("assistant", say)))
            for ask, say in [
                FEE,
                TRIAL,
                SHORT,
                OTHER,
                ("Is it fast?", "No."),
                *((ask, REFUSAL) for ask in ("Why?", "How?", "What?")),
            ]
        ]
    )
    assert sorted(kept) == sorted(plain(Pipeline([Conflicts(limit=2, words=1)]).table(first).kept["id"]))


@pytest.mark.parametrize("settings", [{"keep": "all"}, {"limit": 0}, {"words": 0}], ids=str)
def test_wrong_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Conflicts(**settings)  # type: ignore[arg-type]  # the point
