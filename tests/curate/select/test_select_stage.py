import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from curate.pipeline import Pipeline
from curate.rows import Rows
from curate.select import Select
from curate.select.stage import TOKENS_PER_WORD
from schemas.errors import InputError
from schemas.example import Example, Message, Origin, Source, examples_table

THINGS = ["whale", "engine", "poem", "tax", "bread", "river", "laptop", "violin", "castle", "vaccine"]


def rows_about(count: int) -> list[tuple[str, str]]:
    return [(f"Tell me about the {THINGS[n % 10]} number {n}.", "word " * (n % 7 + 1)) for n in range(count)]


def asked(table: pa.Table) -> list[str]:
    return sorted(row["messages"][0]["content"] for row in table.to_pylist())


def sourced(documents: list[str]) -> pa.Table:
    return examples_table(
        [
            Example(
                messages=(Message("user", f"What of {name} {n}?"), Message("assistant", f"{THINGS[n % 10]} {n}")),
                source=Source(document=name, section="s", start=0, end=1, quote="x"),
                origin=Origin(strategy="question" if n % 2 else "template", model="m", prompt="", seed=0),
            )
            for n, name in enumerate(documents)
        ]
    )


@pytest.mark.parametrize("by", ["k_centre", "quality_diversity"])
@pytest.mark.parametrize("stratify", ["", "topic", "source", "document"])
@pytest.mark.parametrize("equal", [False, True], ids=["proportional", "equal"])
def test_exactly_as_many_rows_stay(table_of: Callable[..., pa.Table], by: Any, stratify: str, equal: bool) -> None:
    result = Pipeline([Select(rows=37, by=by, stratify=stratify, equal=equal, seed=1)]).table(table_of(rows_about(100)))
    assert result.kept.num_rows == 37
    assert set(result.dropped["reason"].to_pylist()) == {"not_selected"}


def test_different_things_are_chosen_first(table_of: Callable[..., pa.Table]) -> None:
    rows = [(f"Tell me about the {thing}.", "") for thing in ("whale", "engine", "tax")]
    rows += [(f"Tell me about the whales {'please ' * n}.", "") for n in range(30)]
    kept = asked(Pipeline([Select(rows=4, seed=3)]).table(table_of(rows)).kept)
    assert "Tell me about the engine." in kept
    assert "Tell me about the tax." in kept


@pytest.mark.parametrize(
    "stage",
    [
        Select(rows=20, seed=5),
        Select(tokens=300, seed=5),
        Select(rows=20, by="quality_diversity", tau=0.8, seed=5),
        Select(rows=20, stratify="topic", seed=5),
    ],
    ids=["k-centre", "tokens", "quality", "topics"],
)
def test_the_choice_does_not_depend_on_order_or_batches(table_of: Callable[..., pa.Table], stage: Select) -> None:
    rows = [*rows_about(90), ("Tell me about the same.", "twice"), ("Tell me about the same.", "twice")]
    kept = asked(Pipeline([stage]).table(table_of(rows)).kept)
    for seed in range(3):
        shuffled = random.Random(seed).sample(rows, len(rows))
        assert asked(Pipeline([stage]).table(table_of(shuffled), batch_rows=7 + seed).kept) == kept


def test_another_seed_is_another_choice(table_of: Callable[..., pa.Table]) -> None:
    table = table_of(rows_about(100))
    first, second = (asked(Pipeline([Select(rows=10, seed=seed)]).table(table).kept) for seed in (1, 2))
    assert first != second


def test_tokens_are_a_budget(rows_of: Callable[..., Rows]) -> None:
    stage = Select(tokens=200, seed=0)
    rows = rows_of(rows_about(100))
    signals = pa.Table.from_batches([stage.measure(rows)])
    signals = signals.append_column("row", rows.numbers).append_column("id", rows.ids)
    kept = stage.decide(signals).keep.to_numpy(zero_copy_only=False)
    tokens = signals["tokens"].to_numpy()
    # Seven words ask and one to seven answer: 12 tokens at least. Whatever is left is less than that.
    assert tokens.min() == np.ceil(8 * TOKENS_PER_WORD)
    assert 200 - tokens.min() < tokens[kept].sum() <= 200


def test_every_document_gives_its_share() -> None:
    table = sourced(["a.md"] * 60 + ["b.md"] * 30 + ["c.md"] * 10)
    for equal, expected in ((False, [6, 3, 1]), (True, [4, 3, 3])):
        kept = Pipeline([Select(rows=10, stratify="document", equal=equal, seed=0)]).table(table).kept
        names = [row["source"]["document"] for row in kept.to_pylist()]
        assert [names.count(name) for name in ("a.md", "b.md", "c.md")] == expected


def test_groups_may_be_a_column_or_who_made_the_rows() -> None:
    table = sourced(["a.md"] * 40)
    made = [
        row["origin"]["strategy"]
        for row in Pipeline([Select(rows=8, stratify="source", seed=0)]).table(table).kept.to_pylist()
    ]
    assert made.count("question") == made.count("template") == 4
    table = table.append_column("team", pa.array([1] * 30 + [2] * 10))
    teams = Pipeline([Select(rows=8, stratify="team", seed=0)]).table(table).kept["team"].to_pylist()
    assert teams.count(1) == 6


def test_the_best_rows_of_a_column_stay(table_of: Callable[..., pa.Table]) -> None:
    table = table_of(rows_about(10)).append_column("score", pa.array([None, 9, 1, 8, 2, 7, 3, 6, 4, 5], pa.float64()))
    stage = Select(rows=4, by="quality_diversity", quality="score", tau=1, seed=0)
    result = Pipeline([stage]).table(table)
    assert set(result.kept["score"].to_pylist()) == {6, 7, 8, 9}


def test_too_few_rows_all_stay_and_it_is_said(table_of: Callable[..., pa.Table]) -> None:
    result = Pipeline([Select(rows=50, seed=0)]).table(table_of(rows_about(20)))
    assert result.kept.num_rows == 20
    assert result.report.alarms == ("50 rows were wanted and there are 20: all of them stay",)


def test_too_few_that_differ_are_filled_up_and_it_is_said(table_of: Callable[..., pa.Table]) -> None:
    rows = [("Why is it so?", "Because." + " very" * n) for n in range(20)]
    stage = Select(rows=10, by="quality_diversity", tau=0.2, seed=0)
    result = Pipeline([stage]).table(table_of(rows))
    assert result.kept.num_rows == 10
    assert result.report.alarms[0].startswith("9 of the 10 rows selected are closer than 0.2")


@pytest.mark.parametrize("rows", [[], [("", "")], [("a", "b")] * 5], ids=["no rows", "an empty row", "all equal"])
def test_edges_are_no_error(rows_of: Callable[..., Rows], rows: list[tuple[str, str]]) -> None:
    for stage in (Select(rows=3, stratify="topic", seed=0), Select(tokens=5, by="quality_diversity", seed=0)):
        given = rows_of(rows)
        signals = pa.Table.from_batches([stage.measure(given)])
        signals = signals.append_column("row", given.numbers).append_column("id", given.ids)
        assert len(stage.decide(signals)) == len(rows)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({}, "rows is 0"),
        ({"rows": 1, "tokens": 1}, "tokens is 1"),
        ({"rows": -1}, "rows is -1"),
        ({"rows": 1, "by": "luck"}, "by is"),
        ({"rows": 1, "tau": 0}, "tau is"),
        ({"rows": 1, "of": "answer"}, "of is"),
        ({"rows": 1, "tokenizer": "x"}, "no tokens"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], word: str) -> None:
    with pytest.raises(InputError, match=word):
        Select(seed=0, **settings)


@pytest.mark.parametrize("settings", [{"quality": "nowhere", "by": "quality_diversity"}, {"stratify": "nowhere"}])
def test_a_column_that_is_not_there_is_named(table_of: Callable[..., pa.Table], settings: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="nowhere"):
        Pipeline([Select(rows=1, seed=0, **settings)]).table(table_of(rows_about(3)))
