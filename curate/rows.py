"""A batch of examples as the stages see it: its texts as Arrow string arrays, each made once however many ask.

Views never hold null: what a row lacks is the empty string. Nothing here loops over rows in Python.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import equals, indices, mask
from schemas.errors import InputError

View = Literal["instruction", "response", "context", "whole", "prompt"]
VIEWS: tuple[View, ...] = get_args(View)
SEPARATOR = "\n\n"


def check_view(of: str, where: str) -> None:
    """Refuse what is no view.

    Raises:
        InputError: It is none.
    """
    if of not in VIEWS:
        raise InputError(f"of is {of!r}", where=where, mend=f"Choose one of {', '.join(VIEWS)}")


class Rows:
    """Examples and their texts.

    Args:
        examples: The columns of `EXAMPLE_SCHEMA` and whatever rode along.
        numbers: int64, the row's number in the input, counted from 1.
    """

    def __init__(self, examples: pa.RecordBatch, numbers: pa.Int64Array) -> None:
        self.examples = examples
        self.numbers = numbers
        self._views: dict[View, pa.StringArray] = {}
        self._normal: dict[View, pa.StringArray] = {}
        self._words: dict[View, npt.NDArray[np.int32]] = {}

    def __len__(self) -> int:
        return self.examples.num_rows

    def __getitem__(self, view: View, /) -> pa.StringArray:
        """Give a view of every row.

        `instruction` is the last user turn, `response` the last assistant turn, `prompt` all turns before the last
        assistant turn, `whole` all turns (both joined by a blank line), `context` the column of that name.
        """
        found = self._views.get(view)
        if found is None:
            found = self._views[view] = self._make(view)
        return found

    @property
    def ids(self) -> pa.StringArray:
        """Content hashes of the rows as they are now, after the mends."""
        return self.examples.column("id")  # type: ignore[return-value]  # EXAMPLE_SCHEMA makes it a string

    def normal(self, view: View) -> pa.StringArray:
        """Give the normal form (`schemas.normal`) of a view."""
        from curate.normalise import normal_forms

        found = self._normal.get(view)
        if found is None:
            found = self._normal[view] = normal_forms(self[view])
        return found

    def words(self, view: View) -> npt.NDArray[np.int32]:
        """Give how many words (`curate.words`) a view has, int32."""
        from curate.words import word_counts

        found = self._words.get(view)
        if found is None:
            found = self._words[view] = word_counts(self[view])
        return found

    def take(self, positions: npt.NDArray[np.int64]) -> "Rows":
        """Give some of the rows."""
        chosen = indices(positions)
        return Rows(take_batch(self.examples, positions), self.numbers.take(chosen))

    def turns(self) -> npt.NDArray[np.int64]:
        """Count the messages of each row."""
        return np.diff(self._turns.offsets)

    def unanswered(self) -> npt.NDArray[np.bool_]:
        """Tell which rows have an answer, but none to their last question."""
        answer = self._turns.last("assistant")
        return (answer >= 0) & (self._turns.last("user") > answer)

    def row(self, position: int) -> dict[str, Any]:  # Any: a row holds all the column types
        """Give one row as plain Python values, with the texts of its views beside the columns."""
        values: dict[str, Any] = {view: self[view][position].as_py() for view in VIEWS}  # Any: as above
        for name, column in zip(self.examples.schema.names, self.examples.columns, strict=True):
            values[name] = column[position].as_py()
        return values

    @cached_property
    def _turns(self) -> "_Turns":
        return _Turns(self.examples.column("messages"))

    def _make(self, view: View) -> pa.StringArray:
        turns = self._turns
        match view:
            case "context":
                return _filled(self.examples.column("context"))
            case "instruction":
                return turns.at(turns.last("user"))
            case "response":
                return turns.at(turns.last("assistant"))
            case "whole":
                return turns.joined(turns.offsets[1:])
            case "prompt":
                answer = turns.last("assistant")
                return turns.joined(np.where(answer < 0, turns.offsets[1:], answer))


class _Turns:
    """The messages of a batch laid flat: row i holds turns offsets[i] to offsets[i + 1]."""

    def __init__(self, messages: Any) -> None:  # Any: the stubs know no list of structs
        lengths = pc.fill_null(pc.list_value_length(messages), 0).to_numpy(zero_copy_only=False)
        self.offsets = np.zeros(len(messages) + 1, dtype=np.int64)
        np.cumsum(lengths, out=self.offsets[1:])
        flat = messages.flatten()
        self.contents = _filled(pc.struct_field(flat, "content"))
        self._roles = pc.struct_field(flat, "role")

    def last(self, role: str) -> npt.NDArray[np.int64]:
        """Find each row's last turn of a role; -1 where it has none."""
        is_role = equals(self._roles, role).fill_null(False)  # noqa: FBT003 - the value to fill in
        before = np.zeros(len(self.contents) + 1, dtype=np.int64)
        np.cumsum(is_role.to_numpy(zero_copy_only=False), out=before[1:])
        places = np.flatnonzero(np.diff(before))
        starts, ends = before[self.offsets[:-1]], before[self.offsets[1:]]
        if not len(places):
            return np.full(len(starts), -1, dtype=np.int64)
        return np.where(ends > starts, places[np.maximum(ends - 1, 0)], -1)

    def at(self, places: npt.NDArray[np.int64]) -> pa.StringArray:
        """Give the content of one turn per row, empty where the place is -1."""
        chosen: pa.Int64Array = indices(places, places < 0)
        return _filled(self.contents.take(chosen))

    def joined(self, ends: npt.NDArray[np.int64]) -> pa.StringArray:
        """Join each row's turns from its first up to, not including, its end."""
        starts = self.offsets[:-1]
        kept = np.repeat(ends, np.diff(self.offsets)) > np.arange(len(self.contents))
        offsets = np.zeros(len(starts) + 1, dtype=np.int32)
        np.cumsum(ends - starts, out=offsets[1:])
        contents = self.contents if bool(kept.all()) else self.contents.filter(mask(kept))
        lists: Any = pa.ListArray  # Any: the stubs know no such list
        joined: Any = pc.binary_join(lists.from_arrays(pa.array(offsets), contents), SEPARATOR)
        return joined  # type: ignore[no-any-return]  # the stubs cannot tell an array from a scalar here


def take_batch(batch: pa.RecordBatch, positions: npt.NDArray[np.int64]) -> pa.RecordBatch:
    """Give some rows of a batch; the batch itself where they are all of it."""
    if len(positions) == batch.num_rows and bool((positions == np.arange(batch.num_rows)).all()):
        return batch
    return batch.take(indices(positions))


def replace_rows(
    batch: pa.RecordBatch,
    positions: npt.NDArray[np.int64],
    columns: dict[str, Sequence[Any]],  # Any: column values
) -> pa.RecordBatch:
    """Put new values into some columns of some rows, and leave everything else as it is."""
    places = np.arange(batch.num_rows)
    places[positions] = batch.num_rows + np.arange(len(positions))
    arrays = list(batch.columns)
    for name, values in columns.items():
        place = batch.schema.get_field_index(name)
        new = pa.array(values, type=batch.schema.field(place).type)
        arrays[place] = pa.concat_arrays([arrays[place], new]).take(indices(places))
    return pa.RecordBatch.from_arrays(arrays, schema=batch.schema)


def _filled(texts: Any) -> pa.StringArray:  # Any: strings, or a column of nulls
    """Give the texts without nulls."""
    strings: pa.StringArray = texts if texts.type == pa.string() else texts.cast(pa.string())
    filled: Any = strings.fill_null("") if strings.null_count else strings  # Any: the stubs lose the type
    return filled  # type: ignore[no-any-return]  # as above
