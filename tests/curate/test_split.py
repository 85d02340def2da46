import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from curate.arrow import indices
from curate.rows import Rows
from curate.split import Split
from curate.stage import Verdicts
from schemas.errors import InputError
from schemas.example import Example, Message, Source, examples_table

TEXT = "Travel costs are paid back within two weeks once the form is complete and signed by the lead of the team."


def judge(table: pa.Table, stage: Split) -> tuple[pa.Table, Verdicts]:
    """Run the stage as the engine does, and give the signals beside the verdicts."""
    batches = table.combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
    rows = Rows(batches[0], indices(np.arange(1, table.num_rows + 1)))
    signals = pa.Table.from_batches([stage.measure(rows)])
    signals = signals.append_column("row", rows.numbers).append_column("id", rows.ids)
    wanted = stage.candidates(signals)
    texts = stage.verify(rows).column(0)
    seen = pa.array([text.as_py() if see else None for text, see in zip(texts, wanted, strict=True)], pa.large_string())
    signals = signals.append_column("text", seen)
    return signals, stage.decide(signals)


def labels(table: pa.Table, stage: Split) -> list[Any]:
    columns = judge(table, stage)[1].columns
    assert columns is not None
    return columns.column(0).to_pylist()


def words(rng: random.Random, count: int) -> str:
    return " ".join("".join(rng.choices("abcdefghijklmnop", k=6)) for _ in range(count))


def rows_apart(count: int, seed: int = 1) -> list[tuple[str, str]]:
    rng = random.Random(seed)
    return [(words(rng, 6), words(rng, 12)) for _ in range(count)]


def test_rows_that_have_nothing_in_common_meet_the_shares(table_of: Callable[..., pa.Table]) -> None:
    found = Counter(labels(table_of(rows_apart(200)), Split()))
    assert found == {"train": 180, "validation": 10, "test": 10}


def test_every_row_stays_with_the_size_of_its_group(table_of: Callable[..., pa.Table]) -> None:
    texts = [*rows_apart(5), ("same", "a one"), ("Same!", "b two")]
    _, verdicts = judge(table_of(texts), Split())
    assert verdicts.keep.to_pylist() == [True] * 7
    assert verdicts.score.to_pylist() == [1, 1, 1, 1, 1, 2, 2]


def groups_of(table: pa.Table, stage: Split) -> list[float]:
    return judge(table, stage)[1].score.to_pylist()  # type: ignore[return-value]  # no score is null


@pytest.mark.parametrize(
    "pair",
    [
        [("What is it?", "one thing"), ("what is it", "another thing")],
        [("First of all?", "The Answer."), ("Second of all?", "the answer")],
        [("Tell me", TEXT), ("Tell me", TEXT.replace("complete", "ready"))],
    ],
    ids=["prompt", "answer", "near"],
)
def test_rows_that_give_each_other_away_stay_together(
    table_of: Callable[..., pa.Table], pair: list[tuple[str, str]]
) -> None:
    assert groups_of(table_of([*rows_apart(3), *pair]), Split()) == [1, 1, 1, 2, 2]


def test_rows_hang_together_through_others(table_of: Callable[..., pa.Table]) -> None:
    chain = [("One?", "a b c"), ("one", "d e f"), ("Two?", "D, E, F"), ("two", "g h i")]
    assert groups_of(table_of([*chain, *rows_apart(2)]), Split()) == [4, 4, 4, 4, 1, 1]


def test_rows_of_one_section_stay_together() -> None:
    def example(place: int, document: str, section: str) -> Example:
        source = Source(document=document, section=section, start=0, end=1, quote="x")
        question, answer = rows_apart(6)[place]
        return Example(messages=(Message("user", question), Message("assistant", answer)), source=source)

    table = examples_table(
        [example(0, "a", "1"), example(1, "a", "1"), example(2, "a", "2"), example(3, "b", "1"), example(4, "a1", "")]
    )
    assert groups_of(table, Split()) == [2, 2, 1, 1, 1]


def test_empty_prompts_and_answers_are_nothing_in_common(table_of: Callable[..., pa.Table]) -> None:
    assert groups_of(table_of([("", "some answer"), ("", "other one"), ("a b", ""), ("c d", "")]), Split()) == [1] * 4


def test_labels_for_answers_need_not_tie_rows_together(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([(question, "Yes") for question, _ in rows_apart(4)])
    assert groups_of(table, Split()) == [4] * 4
    assert groups_of(table, Split(answers=False)) == [1] * 4


def test_near_duplicates_can_be_left_aside(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("Tell me", TEXT), ("Say it", TEXT.replace("complete", "ready"))])
    assert groups_of(table_of([("Tell me", TEXT), ("Tell us", TEXT + " So.")]), Split(near=None)) == [1, 1]
    assert groups_of(table, Split(near=None)) == [1, 1]


def test_the_order_of_the_rows_does_not_matter(table_of: Callable[..., pa.Table]) -> None:
    texts: Sequence[tuple[str, str]] = [
        *rows_apart(60),
        *(("Tell me", TEXT.replace("form", word)) for word in ("paper", "sheet", "note")),
        ("same", "x y"),
        ("same", "y z"),
    ]
    order = random.Random(3).sample(range(len(texts)), len(texts))
    first = labels(table_of(texts), Split(train=0.6, validation=0.2, test=0.2))
    second = labels(table_of([texts[place] for place in order]), Split(train=0.6, validation=0.2, test=0.2))
    assert [first[place] for place in order] == second


def test_another_seed_draws_other_rows(table_of: Callable[..., pa.Table]) -> None:
    table = table_of(rows_apart(100))
    assert labels(table, Split(seed=0)) == labels(table, Split(seed=0))
    assert labels(table, Split(seed=0)) != labels(table, Split(seed=1))


def test_names_and_shares_are_the_users(table_of: Callable[..., pa.Table]) -> None:
    stage = Split(train=0.5, validation=0, test=0.5, names=("learn", "check", "exam"), column="part")
    columns = judge(table_of(rows_apart(40)), stage)[1].columns
    assert columns is not None
    assert columns.schema.names == ["part"]
    assert Counter(columns.column(0).to_pylist()) == {"learn": 20, "exam": 20}


def test_a_group_too_large_raises_an_alarm(table_of: Callable[..., pa.Table]) -> None:
    stage = Split(train=0.5, validation=0, test=0.5)
    signals, verdicts = judge(table_of([*rows_apart(20), *[("same question", f"{n} x") for n in range(80)]]), stage)
    first, *rest = stage.alarms(signals, verdicts)
    assert first.startswith("train has 80 of 100 rows where 50.0% were wanted")
    assert "that of row 21, has 80" in first
    assert len(rest) == 1


def test_a_small_split_raises_an_alarm(table_of: Callable[..., pa.Table]) -> None:
    stage = Split()
    alarms = stage.alarms(*judge(table_of(rows_apart(100)), stage))
    assert alarms == [
        f"{name} has only 5 rows, so small differences cannot be told from chance" for name in ("validation", "test")
    ]


@pytest.mark.parametrize("texts", [[], [("q", "a")], [("q", "a")] * 9], ids=["none", "one", "equal"])
def test_small_sets_are_all_train(table_of: Callable[..., pa.Table], texts: list[tuple[str, str]]) -> None:
    assert labels(table_of(texts), Split()) == ["train"] * len(texts)


@pytest.mark.parametrize(
    "settings",
    [
        {"train": 0.8},
        {"train": 1.2, "validation": -0.1, "test": -0.1},
        {"train": 0.0, "validation": 0.5, "test": 0.5},
        {"names": ("a", "a", "b")},
        {"column": ""},
        {"near": 0.4},
    ],
    ids=["sum", "negative", "no train", "names", "column", "near"],
)
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Split(**settings)
