"""Held-out rows that training would give away: the same prompt, the same answer, or a near copy stands on both sides.

A split that we make cannot leak, for rows that hang together stay together. One that came with the data, or a
held-out file, can, and then the scores of the tuned model say less than they seem to.
"""

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from train.split import shared_keys

KINDS = ("prompt", "answer", "near copy")


class Leak(NamedTuple):
    """A held-out row that training gives away.

    Attributes:
        held_out: Its index.
        shares: What it has in common with training rows, of `KINDS`.
        training: Indices of these rows, ascending.
    """

    held_out: int
    shares: tuple[str, ...]
    training: tuple[int, ...]


def find_leaks(
    table: pa.Table,
    train: npt.NDArray[np.int64],
    held_out: npt.NDArray[np.int64],
    clusters: npt.NDArray[np.int64] | None = None,
) -> list[Leak]:
    """Find the held-out rows whose prompt or answer, in its normal form, or a near copy also stands in training.

    Args:
        table: Examples with the columns of `EXAMPLE_SCHEMA`.
        train: Indices of the rows to train.
        held_out: Indices of the rows held out.
        clusters: (rows,) near-duplicate cluster of each row, negative for none.
    """
    trained: dict[Hashable, list[int]] = {}
    messages = table["messages"].to_pylist()
    for index in train.tolist():
        for key in _keys(messages, index, clusters):
            trained.setdefault(key, []).append(index)
    leaks = []
    for index in held_out.tolist():
        common = [key for key in _keys(messages, index, clusters) if key in trained]
        if common:
            shares = tuple(kind for kind in KINDS if any(key[0] == kind for key in common))
            leaks.append(Leak(index, shares, tuple(sorted({row for key in common for row in trained[key]}))))
    return leaks


def _keys(
    messages: list[list[dict[str, str]] | None], index: int, clusters: npt.NDArray[np.int64] | None
) -> list[tuple[Hashable, ...]]:
    keys = list(shared_keys(messages[index] or [], None))
    return keys if clusters is None or clusters[index] < 0 else [*keys, ("near copy", int(clusters[index]))]
