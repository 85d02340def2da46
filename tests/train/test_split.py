"""No row of one side knows of a row of the other."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import Example, InputError, Message, Source, examples_table, normal
from train import split
from train.split import given_split

ROW = st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(-1, 4), st.integers(-1, 3))


def table(rows: list[tuple[int, int, int, int]]) -> pa.Table:
    """Make examples from numbers of question, answer and section; -1 is no section."""
    return examples_table(
        [
            Example(
                messages=(Message("user", f"Question {question}?"), Message("assistant", f"Answer {answer}.")),
                context=f"{number}",
                source=None if section < 0 else Source(document="d", section=f"s{section}", start=0, end=1, quote="q"),
            )
            for number, (question, answer, section, _) in enumerate(rows)
        ]
    )


def clusters(rows: list[tuple[int, int, int, int]]) -> np.typing.NDArray[np.int64]:
    return np.array([cluster for *_, cluster in rows], np.int64)


@given(rows=st.lists(ROW, min_size=2, max_size=40), seed=st.integers(0, 3), share=st.floats(0.05, 0.9))
def test_nothing_leaks_and_nothing_is_lost(rows: list[tuple[int, int, int, int]], seed: int, share: float) -> None:
    try:
        found = split(table(rows), held_out=share, seed=seed, clusters=clusters(rows))
    except InputError:
        return
    assert sorted([*found.train, *found.test]) == list(range(len(rows)))
    assert len(found.test)
    assert len(found.train)
    for column in range(4):
        sides = [{rows[index][column] for index in side} - {-1} for side in (found.train, found.test)]
        assert not sides[0] & sides[1]


@given(rows=st.lists(ROW, min_size=2, max_size=30), random=st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_it_does_not_depend_on_the_order_of_rows(rows: list[tuple[int, int, int, int]], random: object) -> None:
    whole = table(rows)
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined] # hypothesis' Random
    near = clusters(rows)
    try:
        first = split(whole, held_out=0.3, seed=1, clusters=near)
    except InputError:
        return
    second = split(whole.take(order), held_out=0.3, seed=1, clusters=near[order])
    assert {order[index] for index in second.test} == set(first.test.tolist())


def test_another_seed_holds_out_others() -> None:
    rows = table([(number, number, -1, -1) for number in range(100)])
    first, second = (split(rows, held_out=20, seed=seed) for seed in (0, 1))
    assert len(first.test) == len(second.test) == 20
    assert set(first.test) != set(second.test)


def test_clothes_do_not_part_what_says_the_same() -> None:
    assert normal("Why, so?") == normal("why so")
    pairs = [("Why, so?", "one"), ("why so", "two"), ("other", "three"), ("more", "TWO!")]
    rows = examples_table([Example(messages=(Message("user", q), Message("assistant", a))) for q, a in pairs])
    assert split(rows, held_out=0.25, seed=0).groups.tolist() == [0, 0, 1, 0]


def test_none_can_be_held_out_on_request() -> None:
    found = split(table([(0, 0, 0, -1)]), held_out=0, seed=0)
    assert (found.train.tolist(), found.test.tolist()) == ([0], [])


@pytest.mark.parametrize(
    ("rows", "held_out", "message"),
    [
        pytest.param([(0, 0, 0, -1)], 0.5, "cannot be taken out of 1 row[.]", id="one row"),
        pytest.param([(0, 0, 0, -1), (1, 1, 0, -1)], 1, "all 2 rows hang together", id="one section"),
        pytest.param([(0, 0, -1, -1), (1, 1, -1, -1)], 2, "cannot be taken out of 2 rows", id="all rows"),
        pytest.param([(0, 0, -1, -1), (1, 1, -1, -1)], -1, "cannot be taken out", id="negative"),
        pytest.param([], 0.5, "cannot be taken out of 0 rows", id="no rows"),
    ],
)
def test_what_cannot_be_split_is_an_error(rows: list[tuple[int, int, int, int]], held_out: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        split(table(rows), held_out=held_out, seed=0)


def test_a_giant_group_is_told() -> None:
    rows = [(0, number, -1, -1) for number in range(90)] + [(number, 1000 + number, -1, -1) for number in range(1, 11)]
    assert "10 of 100 rows are held out though 40 were wanted" in split(table(rows), held_out=0.4, seed=0).warning
    assert "90 of 100 rows hang together" in split(table(rows), held_out=0.1, seed=0).warning


def test_few_held_out_rows_are_told() -> None:
    rows = [(number, number, -1, -1) for number in range(50)]
    assert "only 5 rows are held out" in split(table(rows), held_out=5, seed=0).warning


@pytest.mark.parametrize(
    ("names", "train", "held_out"),
    [
        (["train", "test", "validation", "train"], [0, 3], [1]),
        (["validation", "train", "train", "train"], [1, 2, 3], [0]),
    ],
    ids=["test", "validation"],
)
def test_a_split_that_curation_wrote_is_taken(names: list[str], train: list[int], held_out: list[int]) -> None:
    rows = table([(n, n, -1, -1) for n in range(4)]).append_column("split", pa.array(names))
    found = given_split(rows)
    assert found is not None
    assert (found.train.tolist(), found.test.tolist()) == (train, held_out)
    assert "column split" in found.warning


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())], ids=str)
def test_the_split_is_taken_from_every_kind_of_text(kind: pa.DataType) -> None:
    names = pa.array(["train", "test", "train", "test"]).cast(kind)
    found = given_split(table([(n, n, -1, -1) for n in range(4)]).append_column("split", names))
    assert found is not None
    assert found.test.tolist() == [1, 3]


@pytest.mark.parametrize(
    "names",
    [
        ["train"] * 4,
        ["test"] * 4,
        ["train", "test", "dev", "train"],
        ["train", "test", None, "train"],
        [1, 2, 3, 4],
        [["test"], ["train"], [], None],
    ],
    ids=["no test", "no train", "other names", "null", "numbers", "lists"],
)
def test_another_column_of_that_name_is_left_alone(names: list[object]) -> None:
    rows = table([(n, n, -1, -1) for n in range(4)]).append_column("split", pa.array(names))
    assert given_split(rows) is None
    assert given_split(rows.drop_columns("split")) is None
