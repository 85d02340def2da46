"""Data mixes: several datasets in one training, each with a weight, and every row knows which one it came from.

A weight says how often a dataset is read in one epoch: 2 is twice, 0.5 a half of its rows, 1.5 all rows and a half of
them once more. A half is the rows with the smallest hashes of the seed and their id. So it depends neither on the
order of rows nor on the other datasets, and the rows of a smaller weight are among those of a larger one. Weights act
on the rows to train alone: whatever they are, the same rows are held out.
"""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas import EXAMPLE_SCHEMA, InputError

if TYPE_CHECKING:
    from train.run import Rows

    AnyRows = TypeVar("AnyRows", bound=Rows)

MOST = 100.0
_ROUNDING = 1e-6  # 0.1 of 30 rows are 3, and not 4


@dataclass(frozen=True, slots=True, kw_only=True)
class MixPart:
    """A dataset to mix in.

    Attributes:
        data: Curated folder, file of any format, or `hub:` name.
        weight: How often its rows are read in one epoch.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - pydantic reads it, nobody writes it

    data: str
    weight: float = 1.0

    def __post_init__(self) -> None:
        check_weight(self.weight, where=self.data)


class Placed(Protocol):
    """A dataset of several: its name, and the number of its first row among the rows of all."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def first(self) -> int:
        """The number of its first row."""
        ...


class Part(NamedTuple):
    """One dataset of several that were joined.

    Attributes:
        name: Its name, unlike that of any other part.
        weight: How often its rows are read in one epoch; 0 where all of them are held out.
        first: Number of its first row among the rows of all parts.
    """

    name: str
    weight: float
    first: int


def check_weight(weight: float, *, where: str = "") -> None:
    """Refuse a weight that cannot be meant.

    Raises:
        InputError: It is not above 0, or so large that it can only be a count.
    """
    if not 0 < weight <= MOST:
        raise InputError(
            f"weight = {weight:g} is not in (0, {MOST:g}]",
            where=where,
            mend="A weight says how often the rows are read in one epoch: 1 once, 0.5 a half of them, 2 twice",
        )


def join(parts: "Sequence[tuple[str, float, AnyRows]]") -> "AnyRows":
    """Join datasets, given as name, weight and rows: the rows of each follow those of the one before in their numbers.

    Raises:
        InputError: One dataset is named twice.
    """
    names = _names([(name, weight) for name, weight, _ in parts])
    placed, first = list[Part](), 1
    tables, numbers, unreadable = [], list[npt.NDArray[np.int64]](), list[tuple[int, str]]()
    split = any("split" in rows.table.column_names for _, _, rows in parts)
    for name, (_, weight, rows) in zip(names, parts, strict=True):
        placed.append(Part(name, weight, first))
        tables.append(_with_split(rows.table) if split else rows.table)
        numbers.append(rows.numbers + (first - 1))
        unreadable += [(row + first - 1, error) for row, error in rows.unreadable]
        first += max([int(rows.numbers.max(initial=0)), *(row for row, _ in rows.unreadable)])
    return parts[0][2]._replace(
        table=pa.concat_tables(_alike(tables), promote_options="default"),
        numbers=np.concatenate(numbers),
        unreadable=unreadable,
        parts=tuple(placed),
    )


def parts_of(numbers: npt.NDArray[np.int64], parts: Sequence[Placed]) -> npt.NDArray[np.int64]:
    """Give the index of the part that each row number falls into, (rows,) int64."""
    firsts = np.array([part.first for part in parts], np.int64)
    return np.searchsorted(firsts, numbers, side="right").astype(np.int64) - 1


def repeats(
    ids: Sequence[str], numbers: npt.NDArray[np.int64], parts: Sequence[Part], *, seed: int
) -> npt.NDArray[np.int64]:
    """Give how often each row is read in one epoch, (rows,) int64."""
    places, draws = parts_of(numbers, parts), _draws(ids, seed)
    times = np.array([int(part.weight) for part in parts], np.int64)[places]
    for number, part in enumerate(parts):
        own = np.flatnonzero(places == number)
        once_more = math.ceil((part.weight - int(part.weight)) * len(own) - _ROUNDING)
        times[own[np.argsort(draws[own], kind="stable")[:once_more]]] += 1
    return times


def label(row: int, parts: Sequence[Placed]) -> str:
    """Name a row as people find it again: its number, behind the name of its dataset where there are several."""
    if len(parts) < 2:
        return str(row)
    part = parts[int(parts_of(np.array([row]), parts)[0])]
    return f"{part.name}:{row - part.first + 1}"


def with_places(table: pa.Table, parts: Sequence[Placed]) -> pa.Table:
    """Put the dataset of each row (`mix`) and its number there (`mix_row`) behind the column `row`, if it is a mix."""
    if len(parts) < 2:
        return table
    numbers = table["row"].to_numpy()
    places = parts_of(numbers, parts)
    names = pa.array([parts[place].name for place in places.tolist()], pa.string())
    own = pa.array(numbers - np.array([part.first for part in parts])[places] + 1, pa.int64())
    kept = [f"{name}_in_data" if name in {"mix", "mix_row"} else name for name in table.column_names]
    return table.rename_columns(kept).add_column(1, "mix", names).add_column(2, "mix_row", own)


def find_row(text: str, parts: Sequence[Placed]) -> int:
    """Read what `label` writes; a number alone is a row of the first dataset.

    Raises:
        InputError: It is no such name.
    """
    name, colon, number = text.rpartition(":")
    if number.isdecimal() and not colon:
        return int(number)
    part = next((part for part in parts if part.name == name), None)
    if part is None or not number.isdecimal():
        shown = f"3 or {parts[-1].name}:3" if len(parts) > 1 else "3"
        raise InputError(f"there is no row {text!r}", mend=f"Name a row by its number, as in {shown}")
    row = part.first + int(number) - 1
    if parts[int(parts_of(np.array([row]), parts)[0])] is not part or row < 1:
        raise InputError(f"there is no row {text!r}", mend="The first row is 1, and that dataset has fewer rows")
    return row


def _draws(ids: Sequence[str], seed: int) -> npt.NDArray[np.float64]:
    """Draw a number in [0, 1) for each id."""
    digests = (hashlib.blake2b(f"{seed}:mix:{name}".encode(), digest_size=6).digest() for name in ids)
    return np.fromiter((int.from_bytes(each) / 2**48 for each in digests), np.float64, len(ids))


def _names(parts: Sequence[tuple[str, float]]) -> list[str]:
    """Shorten paths to the names of their files where these tell them apart."""
    given = [name for name, _ in parts]
    places = [name if name.startswith("hub:") else str(Path(name).resolve()) for name in given]  # ./a is a
    twice = next((number for number, place in enumerate(places) if place in places[:number]), None)
    if twice is not None:
        name, weight = parts[twice]
        if not weight:
            raise InputError("these rows would be trained and held out", where=name, mend="Hold out another file's")
        raise InputError("this dataset is named twice", where=name, mend="Name it once, with the sum of the weights")
    short = [Path(name).name or name for name in given]
    return [short_ if short.count(short_) == 1 else name for name, short_ in zip(given, short, strict=True)]


def _with_split(table: pa.Table) -> pa.Table:
    """Say that rows of a dataset without a split of its own are for training, where another one has a split."""
    if "split" in table.column_names:
        return table
    return table.append_column("split", pa.array(["train"] * table.num_rows, pa.string()))


def _alike(tables: Sequence[pa.Table]) -> list[pa.Table]:
    """Turn the user's own columns into text where their types differ; those of an example are the same everywhere."""
    kinds: dict[str, set[pa.DataType]] = {}
    for table in tables:
        for column in table.schema:
            if not pa.types.is_null(column.type):
                kinds.setdefault(column.name, set()).add(column.type)
    differing = {name for name, types in kinds.items() if len(types) > 1} - set(EXAMPLE_SCHEMA.names)
    found = []
    for table in tables:
        for name in differing & set(table.column_names):
            texts = pa.array([_text(value) for value in table[name].to_pylist()], pa.string())
            table = table.set_column(table.column_names.index(name), name, texts)  # noqa: PLW2901 - column by column
        found.append(table)
    return found


def _text(value: Any) -> str | None:  # Any: whatever a column holds
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
