"""Several datasets in one: numbers stay apart, weights repeat and thin out, and the same rows every time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import InputError
from train import MixPart, Rows
from train.mix import Part, find_row, join, label, parts_of, repeats, with_places

IDS = [f"{number:032x}" for number in range(400)]
NUMBERS = np.arange(1, 401, dtype=np.int64)


def part(weight: float) -> list[Part]:
    return [Part("a", weight, 1)]


def rows(table: pa.Table, unreadable: tuple[int, ...] = ()) -> Rows:
    taken = [number for number in range(1, table.num_rows + len(unreadable) + 1) if number not in unreadable]
    return Rows(table, np.array(taken, np.int64), [(row, "broken") for row in unreadable])


@pytest.fixture
def two(table_of: Callable[..., pa.Table]) -> Rows:
    """Give three rows, the second of which nobody can read, and two more."""
    first, second = table_of([("a", "1"), ("b", "2")]), table_of([("c", "3"), ("d", "4")])
    return join([("x/one.jsonl", 1.0, rows(first, (2,))), ("y/two.jsonl", 0.5, rows(second))])


def test_rows_of_all_datasets_have_numbers_of_their_own(two: Rows) -> None:
    assert two.numbers.tolist() == [1, 3, 4, 5]
    assert two.unreadable == [(2, "broken")]
    assert two.parts == (Part("one.jsonl", 1.0, 1), Part("two.jsonl", 0.5, 4))
    assert parts_of(two.numbers, two.parts).tolist() == [0, 0, 1, 1]


def test_a_last_row_that_nobody_can_read_keeps_its_number(table_of: Callable[..., pa.Table]) -> None:
    first, second = table_of([("a", "1")]), table_of([("c", "3")])
    assert join([("one", 1.0, rows(first, (2,))), ("two", 1.0, rows(second))]).numbers.tolist() == [1, 3]


def test_a_row_is_found_again_by_its_name(two: Rows) -> None:
    assert [label(row, two.parts) for row in (1, 3, 4, 5)] == [
        "one.jsonl:1",
        "one.jsonl:3",
        "two.jsonl:1",
        "two.jsonl:2",
    ]
    assert [find_row(label(row, two.parts), two.parts) for row in range(1, 6)] == [1, 2, 3, 4, 5]
    assert label(7, ()) == "7"
    assert find_row("3", ()) == find_row("3", two.parts) == 3


@pytest.mark.parametrize(
    "text", ["x", "three.jsonl:1", "one.jsonl:x", "", "-1", "one.jsonl:", "one.jsonl:0", "one.jsonl:4", "two.jsonl:0"]
)
def test_a_row_that_cannot_be_meant_is_refused(two: Rows, text: str) -> None:
    with pytest.raises(InputError, match="there is no row"):
        find_row(text, two.parts)


def test_each_row_says_where_it_comes_from(two: Rows) -> None:
    table = with_places(pa.table({"row": pa.array(two.numbers), "mix": ["own"] * 4}), two.parts)
    assert table.column_names == ["row", "mix", "mix_row", "mix_in_data"]
    assert table["mix"].to_pylist() == ["one.jsonl", "one.jsonl", "two.jsonl", "two.jsonl"]
    assert table["mix_row"].to_pylist() == [1, 3, 1, 2]


def test_one_dataset_alone_has_no_such_columns() -> None:
    table = pa.table({"row": [1]})
    assert with_places(table, ()) is table


def test_files_of_one_name_are_told_apart_by_their_paths(table_of: Callable[..., pa.Table]) -> None:
    parts = join([(f"{folder}/rows.jsonl", 1.0, rows(table_of([("a", "b")]))) for folder in ("x", "y")]).parts
    assert [part.name for part in parts] == ["x/rows.jsonl", "y/rows.jsonl"]


def test_a_dataset_that_is_named_twice_is_refused(table_of: Callable[..., pa.Table]) -> None:
    read = rows(table_of([("a", "b")]))
    for again in ("a.jsonl", "./x/../a.jsonl", str(Path("a.jsonl").resolve())):
        with pytest.raises(InputError, match=r"a\.jsonl: this dataset is named twice"):
            join([("a.jsonl", 1.0, read), (again, 1.0, read)])


def test_rows_that_are_trained_cannot_be_held_out_as_well(table_of: Callable[..., pa.Table]) -> None:
    read = rows(table_of([("a", "b")]))
    with pytest.raises(InputError, match=r"a\.jsonl: these rows would be trained and held out"):
        join([("a.jsonl", 1.0, read), ("a.jsonl", 0.0, read)])


def test_columns_of_different_types_become_text(table_of: Callable[..., pa.Table]) -> None:
    one = table_of([("a", "b")]).append_column("score", pa.array([3])).append_column("mine", pa.array([True]))
    two_ = table_of([("c", "d")]).append_column("score", pa.array(["high"]))
    joined = join([("one", 1.0, rows(one)), ("two", 1.0, rows(two_))]).table
    assert joined["score"].to_pylist() == ["3", "high"]
    assert joined["mine"].to_pylist() == [True, None]


def test_a_dataset_without_a_split_is_for_training_where_another_has_one(table_of: Callable[..., pa.Table]) -> None:
    one = table_of([("a", "b"), ("c", "d")]).append_column("split", pa.array(["train", "test"]))
    joined = join([("one", 1.0, rows(one)), ("two", 1.0, rows(table_of([("e", "f")])))]).table
    assert joined["split"].to_pylist() == ["train", "test", "train"]


@pytest.mark.parametrize(("weight", "times"), [(1, {1}), (2, {2}), (3.0, {3}), (1.5, {1, 2}), (0.25, {0, 1})])
def test_a_weight_says_how_often_a_row_is_read(weight: float, times: set[int]) -> None:
    found = repeats(IDS, NUMBERS, part(weight), seed=0)
    assert set(found.tolist()) == times
    assert found.sum() == 400 * weight


@pytest.mark.parametrize(
    ("weight", "rows", "drawn"), [(0.1, 30, 3), (0.1, 3, 1), (0.5, 5, 3), (0.01, 1, 1), (0.3, 10, 3)]
)
def test_a_share_is_rounded_up(weight: float, rows: int, drawn: int) -> None:
    assert repeats(IDS[:rows], NUMBERS[:rows], part(weight), seed=0).sum() == drawn


WEIGHT = st.floats(0.01, 4)


@given(weights=st.tuples(WEIGHT, WEIGHT), seed=st.integers(0, 5))
def test_a_smaller_weight_takes_rows_of_the_larger(weights: tuple[float, float], seed: int) -> None:
    small, large = (repeats(IDS, NUMBERS, part(weight), seed=seed) for weight in sorted(weights))
    assert (small <= large).all()


def test_a_draw_depends_on_the_rows_and_the_seed_and_on_no_order() -> None:
    whole = repeats(IDS, NUMBERS, part(0.5), seed=0)
    assert repeats(IDS[::-1], NUMBERS, part(0.5), seed=0).tolist() == whole[::-1].tolist()
    assert repeats(IDS, NUMBERS, part(0.5), seed=1).tolist() != whole.tolist()


def test_a_draw_does_not_depend_on_the_other_datasets() -> None:
    alone = repeats(IDS[:200], NUMBERS[:200], part(0.5), seed=0)
    beside = repeats(IDS, NUMBERS, [Part("a", 0.5, 1), Part("b", 0.3, 201)], seed=0)
    assert beside[:200].tolist() == alone.tolist()


def test_each_dataset_has_its_own_weight() -> None:
    parts = [Part("a", 2.0, 1), Part("b", 0.5, 201)]
    found = repeats(IDS, NUMBERS, parts, seed=0)
    assert set(found[:200].tolist()) == {2}
    assert set(found[200:].tolist()) == {0, 1}


@pytest.mark.parametrize("weight", [0.0, -1.0, 101.0, float("nan"), float("inf")])
def test_a_weight_that_cannot_be_meant_is_refused(weight: float) -> None:
    with pytest.raises(InputError, match=r"b\.jsonl: weight = .* is not in \(0, 100\]"):
        MixPart(data="b.jsonl", weight=weight)


def test_an_unknown_setting_of_a_part_is_refused() -> None:
    from gristmill.config import read_config
    from train import TrainConfig

    given: dict[str, Any] = {"seed": 0, "mix": [{"data": "b", "wieght": 2}]}  # Any: settings of all types
    with pytest.raises(InputError, match=r"mix\.0.*unexpected keyword"):
        read_config(TrainConfig, given, where="here")
