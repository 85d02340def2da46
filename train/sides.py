"""Which side each row falls on and how often it is read: the split, what leaks through it, the weights of a mix."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas import InputError
from train.checked import PartCounts, Remark
from train.leaks import KINDS, Leak, find_leaks
from train.mix import Part, label, parts_of, repeats
from train.rendered import Rendered
from train.split import Split, given_split, split

if TYPE_CHECKING:
    from train.config import TrainConfig
    from train.run import Rows

Clusters: TypeAlias = Callable[[pa.Table], npt.NDArray[np.int64]]
_LISTED = 5


class Sides(NamedTuple):
    """The split, and what it says about single rows.

    Attributes:
        split: `train` names a row as often as one epoch reads it.
        remarks: What the preflight has to add about rows, by row number.
        leaks: Held-out rows by what they share with training rows; empty where nothing leaks.
    """

    split: Split
    remarks: dict[int, Remark]
    leaks: dict[str, int]


def choose_sides(
    rows: "Rows", table: pa.Table, *, config: "TrainConfig", clusters: Clusters | None, where: str
) -> Sides:
    """Split the rows that passed the preflight.

    A held-out file or a split that came with the rows is taken as it is and searched for leaks; else we split, and
    nothing can leak.

    Args:
        rows: All rows that were read.
        table: Those that can be trained, with their numbers in the column `row`.
        config: Settings.
        clusters: Gives the near-duplicate cluster of each row of a table.
        where: Name of the data, for errors.

    Raises:
        InputError: No row is left to train, or rows leak where they must not.
    """
    numbers = table["row"].to_numpy()
    remarks: dict[int, Remark] = {}
    counts: dict[str, int] = {}
    near = None if clusters is None else clusters(table)
    sides = _given(rows, numbers)
    if sides is None:
        sides = split(table, held_out=config.held_out, seed=config.seed, clusters=near)
    else:
        used = np.zeros(len(numbers), bool)
        used[sides.train] = used[sides.test] = True
        for row in numbers[~used].tolist():
            remarks[row] = Remark(reason="other_split", detail="the column split keeps it for something else")
        leaks = find_leaks(table, sides.train, sides.test, near)
        counts = {kind: count for kind in KINDS if (count := sum(kind in leak.shares for leak in leaks))}
        if leaks:
            sides = _leaking(sides, leaks, numbers, remarks, config=config, parts=rows.parts)
            counts = {} if config.leaks == "drop" else counts
    if rows.parts:
        sides = _drawn(sides, table, numbers, remarks, parts=rows.parts, seed=config.seed)
    if not len(sides.train):
        reasons = {remark.reason for remark in remarks.values()}
        mend = {
            "copy_of_held_out": "Add rows that are not held out as well, or set leaks to note",
            "not_drawn": "Raise the weight",
        }
        raise InputError(
            "the only row is not left to train"
            if len(numbers) == 1
            else f"none of the {len(numbers)} rows is left to train",
            where=where,
            mend=next((text for reason, text in mend.items() if reason in reasons), "Look at what the split says"),
        )
    return Sides(sides, remarks, counts)


def count_parts(rows: "Rows", table: pa.Table, sides: Split, trained: Sequence[Rendered]) -> list[PartCounts]:
    """Count what a mix takes of each dataset; nothing where there is one alone."""
    if not rows.parts:
        return []
    unread = np.array([row for row, _ in rows.unreadable], np.int64)
    read = parts_of(np.concatenate([rows.numbers, unread]), rows.parts)
    epoch = parts_of(np.array([row.row for row in trained], np.int64), rows.parts)
    tokens = np.array([len(row.ids) for row in trained], np.int64)
    places = parts_of(table["row"].to_numpy(), rows.parts)
    return [
        PartCounts(
            name=part.name,
            weight=part.weight,
            first=part.first,
            rows=int((read == number).sum()),
            trained=int((places[np.unique(sides.train)] == number).sum()),
            held_out=int((places[sides.test] == number).sum()),
            rows_an_epoch=int((epoch == number).sum()),
            tokens_an_epoch=int(tokens[epoch == number].sum()),
        )
        for number, part in enumerate(rows.parts)
    ]


def _given(rows: "Rows", numbers: npt.NDArray[np.int64]) -> Split | None:
    """Take a held-out file or the column `split`; all rows are asked for it, those that cannot be trained too."""
    whole = given_split(rows.table)
    ours = np.ones(len(numbers), bool) if whole is None else np.isin(numbers, rows.numbers[whole.train])
    files = [part for part in rows.parts if not part.weight]
    if files:
        held = np.array([part.weight == 0 for part in rows.parts])[parts_of(numbers, rows.parts)]
        warning = f"the rows of {', '.join(part.name for part in files)} are held out, and held_out is not read"
    elif whole is None:
        return None
    else:
        held, warning = np.isin(numbers, rows.numbers[whole.test]), whole.warning
    if not held.any():
        warning += "; none of the held-out rows can be rendered, so nothing can be evaluated"
    return Split(np.flatnonzero(ours & ~held), np.flatnonzero(held), np.arange(len(numbers)), warning)


def _leaking(
    sides: Split,
    leaks: Sequence[Leak],
    numbers: npt.NDArray[np.int64],
    remarks: dict[int, Remark],
    *,
    config: "TrainConfig",
    parts: Sequence[Part],
) -> Split:
    """Note the leaks, or leave the training rows out that cause them.

    Raises:
        InputError: No row may leak.
    """

    def named(indices: Sequence[int]) -> str:
        shown = ", ".join(label(int(numbers[index]), parts) for index in indices[:_LISTED])
        return shown + (f" and {len(indices) - _LISTED} more" if len(indices) > _LISTED else "")

    by = ", ".join(
        f"{count} by {'a near copy' if kind == 'near copy' else f'their {kind}'}"
        for kind in KINDS
        if (count := sum(kind in leak.shares for leak in leaks))
    )
    what = f"{len(leaks)} of {len(sides.test)} held-out rows stand in training as well ({by})"
    if config.leaks == "error":
        raise InputError(
            f"{what}: rows {named([leak.held_out for leak in leaks])}",
            mend="Take them out of one side, or set leaks to drop, which leaves the training rows out, or to note",
        )
    if config.leaks == "note":
        for leak in leaks:
            detail = f"{' and '.join(leak.shares)} of training row {named(leak.training)}"
            remarks[int(numbers[leak.held_out])] = Remark(note="leaks_into_training", detail=detail)
        return sides._replace(
            warning=f"{sides.warning}; {what}, so scores on them flatter the tuned model: "
            "leaks = drop leaves the training rows out"
        )
    seen: dict[int, list[int]] = {}
    for leak in leaks:
        for index in leak.training:
            seen.setdefault(index, []).append(leak.held_out)
    for index, held in seen.items():
        detail = f"it would give away held-out row {named(held)}"
        remarks[int(numbers[index])] = Remark(reason="copy_of_held_out", detail=detail)
    train = sides.train[~np.isin(sides.train, list(seen))]
    return sides._replace(train=train, warning=f"{sides.warning}; {what}, and {len(seen)} training rows are left out")


def _drawn(
    sides: Split,
    table: pa.Table,
    numbers: npt.NDArray[np.int64],
    remarks: dict[int, Remark],
    *,
    parts: Sequence[Part],
    seed: int,
) -> Split:
    """Name each row to train as often as the weight of its dataset says."""
    ids = table["id"].take(sides.train).to_pylist()
    times = repeats([str(name) for name in ids], numbers[sides.train], parts, seed=seed)
    places = parts_of(numbers[sides.train], parts)
    for index, place in zip(sides.train[times == 0].tolist(), places[times == 0].tolist(), strict=True):
        remarks[int(numbers[index])] = Remark(
            reason="not_drawn", detail=f"the weight of {parts[place].name} is {parts[place].weight:g}"
        )
    most = int(times.max(initial=0))
    train = [sides.train[times > time] for time in range(most)] or [sides.train]
    return sides._replace(train=np.concatenate(train))
