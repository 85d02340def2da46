"""A held-out row that stands in training is found, by what it shares."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from schemas import Example, InputError, Message, examples_table
from train import split
from train.leaks import Leak, find_leaks

PAIR = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(-1, 3))


def table(pairs: list[tuple[str, str]]) -> pa.Table:
    return examples_table([Example(messages=(Message("user", q), Message("assistant", a))) for q, a in pairs])


def leaks(
    pairs: list[tuple[str, str]], train: list[int], test: list[int], clusters: list[int] | None = None
) -> list[Leak]:
    near = None if clusters is None else np.array(clusters, np.int64)
    return find_leaks(table(pairs), np.array(train, np.int64), np.array(test, np.int64), near)


def test_prompt_answer_and_near_copy_are_told_apart() -> None:
    pairs = [("Why, so?", "one"), ("other", "two"), ("third", "three"), ("why so", "x"), ("y", "TWO!"), ("z", "w")]
    assert leaks(pairs, [0, 1, 2], [3, 4, 5], [-1, -1, 7, -1, -1, 7]) == [
        Leak(3, ("prompt",), (0,)),
        Leak(4, ("answer",), (1,)),
        Leak(5, ("near copy",), (2,)),
    ]


def test_all_training_rows_that_give_it_away_are_named() -> None:
    pairs = [("a", "b"), ("A.", "c"), ("d", "b"), ("a", "b")]
    assert leaks(pairs, [0, 1, 2], [3]) == [Leak(3, ("prompt", "answer"), (0, 1, 2))]


def test_rows_that_share_nothing_do_not_leak() -> None:
    assert leaks([("a", "b"), ("c", "d")], [0], [1]) == []
    assert leaks([("a", "b")], [0], []) == []


def test_rows_on_one_side_do_not_leak_into_each_other() -> None:
    assert leaks([("a", "b"), ("c", "d"), ("c", "d")], [0], [1, 2], [0, 1, 1]) == []


@given(rows=st.lists(PAIR, min_size=2, max_size=30), seed=st.integers(0, 3))
def test_our_own_split_never_leaks(rows: list[tuple[int, int, int]], seed: int) -> None:
    examples = table([(f"Question {question}", f"Answer {answer}") for question, answer, _ in rows])
    clusters = np.array([cluster for *_, cluster in rows], np.int64)
    try:
        sides = split(examples, held_out=0.3, seed=seed, clusters=clusters)
    except InputError:
        return
    assert find_leaks(examples, sides.train, sides.test, clusters) == []
