"""Digests of rows: equal where the model reads the same."""

import numpy as np

from train.digest import digest
from train.rendered import IGNORED, Rendered


def row(number: int, ids: list[int], learnt: int) -> Rendered:
    whole = np.array(ids, np.int32)
    labels = np.where(np.arange(len(ids)) < len(ids) - learnt, np.int32(IGNORED), whole)
    return Rendered(number, f"id{number}", whole, labels)


def test_what_the_model_reads_is_what_counts() -> None:
    one, other = row(1, [5, 6, 7], 1), row(2, [5, 6, 7], 1)
    assert digest([one]) == digest([other])
    assert digest([one], numbered=True) != digest([other], numbered=True)


def test_tokens_labels_borders_and_order_count() -> None:
    rows = [row(1, [5, 6, 7], 1), row(2, [8, 9], 1)]
    others = [
        rows[::-1],
        rows[:1],
        [*rows, rows[1]],
        [row(1, [5, 6, 7], 2), rows[1]],
        [row(1, [5, 6], 1), row(2, [7, 8, 9], 1)],
    ]
    assert len({digest(each) for each in [rows, *others]}) == 6
