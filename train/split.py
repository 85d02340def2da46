"""The split: rows that know of each other fall on one side, so the held-out rows are news to the tuned model."""

import hashlib
from collections.abc import Hashable, Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas import InputError, normal
from schemas.counted import counted


class Split(NamedTuple):
    """Rows to train and rows to hold out.

    Attributes:
        train: Indices of rows to train, ascending.
        test: Indices of rows held out, ascending.
        groups: (rows,) int64; rows with one number hang together, numbered by first appearance.
        warning: What is unusual about it, empty where nothing is.
    """

    train: npt.NDArray[np.int64]
    test: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int64]
    warning: str


def split(table: pa.Table, *, held_out: float, seed: int, clusters: npt.NDArray[np.int64] | None = None) -> Split:
    """Split examples so that nothing leaks from one side to the other.

    Rows hang together, also through others, when they come from one section of one document, when their prompts or
    their answers have the same normal form, or when they lie in one given cluster. Which side a group falls on
    depends on the ids of its rows and the seed, not on the order of rows.

    Args:
        table: Examples with the columns of `EXAMPLE_SCHEMA`.
        held_out: Share of the rows to hold out when below 1, else their number; 0 for none.
        seed: Another seed draws other groups.
        clusters: (rows,) near-duplicate cluster of each row, negative for none.

    Raises:
        InputError: The number makes no sense for so many rows, or all rows hang together.
    """
    rows = table.num_rows
    wanted = round(rows * held_out) if held_out < 1 else int(held_out)
    if held_out < 0 or (held_out and not 0 < max(wanted, 1) < rows):
        raise InputError(
            f"held_out = {held_out} cannot be taken out of {counted(rows, 'row')}",
            mend=f"Choose a share below 1 or a number below {rows}, or 0 to hold none out"
            if rows > 1
            else "Add rows, or set held_out to 0 to hold none out",
        )
    groups = _groups(table, clusters)
    if not held_out:
        return Split(np.arange(rows), np.empty(0, np.int64), groups, "")
    sizes = np.bincount(groups)
    if len(sizes) == 1:
        raise InputError(
            f"all {rows} rows hang together (one section, the same prompts or answers, or near copies), "
            "so no row can be held out that training would not give away",
            mend="Add rows from other sections, or set held_out to 0",
        )
    wanted = max(wanted, 1)
    order = _order(table, groups, len(sizes), seed)
    chosen = np.zeros(len(sizes), bool)
    taken = 0
    for group in order:
        if taken + sizes[group] <= wanted:
            chosen[group], taken = True, taken + int(sizes[group])
    if not taken:  # every group is larger than what is wanted: the smallest one comes nearest
        smallest = min(order, key=lambda group: int(sizes[group]))
        chosen[smallest], taken = True, int(sizes[smallest])
    test = np.flatnonzero(chosen[groups])
    return Split(np.flatnonzero(~chosen[groups]), test, groups, _warning(rows, wanted, taken, int(sizes.max())))


def given_split(table: pa.Table) -> Split | None:
    """Take the split that curation wrote beside the rows, in the column `split`; None where there is no such column.

    Rows of `train` are trained, rows of `test` held out, of `validation` where there is no test. What is left is
    neither trained nor held out. A column of that name with other values in it is the user's own, and left alone.
    """
    if "split" not in table.column_names:
        return None
    names = np.array(table["split"].to_pylist(), dtype=object)  # of texts in whichever of Arrow's ways to hold them
    held_out = next((name for name in ("test", "validation") if (names == name).any()), None)
    if held_out is None or not set(names) <= {"train", "validation", "test"} or not (names == "train").any():
        return None
    train, test = np.flatnonzero(names == "train"), np.flatnonzero(names == held_out)
    left = len(names) - len(train) - len(test)
    others = f"; {counted(left, 'row')} of validation {'is' if left == 1 else 'are'} not used" if left else ""
    warning = f"the rows are split as the column split says, held out is {held_out}, and held_out is not read{others}"
    return Split(train, test, np.arange(len(names)), warning)


def _groups(table: pa.Table, clusters: npt.NDArray[np.int64] | None) -> npt.NDArray[np.int64]:
    """Number the connected groups of rows, with a union-find over all keys that rows share."""
    rows = table.num_rows
    parent = list(range(rows))

    def find(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    first: dict[Hashable, int] = {}
    columns = table.select(["id", "messages", "source"]).to_pylist()
    for row, record in enumerate(columns):
        keys = list(shared_keys(record["messages"], record["source"]))
        if clusters is not None and clusters[row] >= 0:
            keys.append(("cluster", int(clusters[row])))
        keys.append(("id", record["id"]))
        for key in keys:
            ours, theirs = find(row), find(first.setdefault(key, row))
            parent[max(ours, theirs)] = min(ours, theirs)
    roots = np.array([find(row) for row in range(rows)], np.int64)
    return np.unique(roots, return_inverse=True)[1].astype(np.int64)


def shared_keys(messages: list[dict[str, str]], source: dict[str, str] | None) -> Iterable[tuple[Hashable, ...]]:
    """Give what a row has in common with others that would give it away."""
    if source is not None and source["document"] is not None:
        yield ("section", source["document"], source["section"])
    last = max((number for number, turn in enumerate(messages) if turn["role"] == "assistant"), default=len(messages))
    asked = [normal(turn["content"] or "") for turn in messages[:last] if turn["role"] != "system"]
    if any(asked):
        yield ("prompt", *asked)
    if last < len(messages) and (answer := normal(messages[last]["content"] or "")):
        yield ("answer", answer)


def _order(table: pa.Table, groups: npt.NDArray[np.int64], count: int, seed: int) -> list[int]:
    """Shuffle the groups by a hash of the seed and their smallest id."""
    names = [""] * count
    for group, name in zip(groups.tolist(), map(str, table["id"].to_pylist()), strict=True):
        names[group] = min(names[group] or name, name)
    draws = [hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=8).digest() for name in names]
    return sorted(range(count), key=lambda group: (draws[group], names[group]))


def _warning(rows: int, wanted: int, taken: int, largest: int) -> str:
    if not wanted / 2 <= taken <= 2 * wanted:
        return (
            f"{taken} of {rows} rows are held out though {wanted} were wanted: rows that hang together "
            f"stay together, and the largest group has {largest}"
        )
    if largest > rows / 2:
        return f"{largest} of {rows} rows hang together and fall on one side, so the held-out rows are not typical"
    if taken < 30:
        only = counted(taken, "row", "are", one="is")
        return f"only {only} held out, so small differences between models cannot be told from chance"
    return ""
