"""The answers of one or several evaluations, side by side: rows that all of them have, joined by their id."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from schemas import InputError
from schemas.parquet import read_table

_SHARED = ("row", "id", "question", "gold")
_PASSAGES = ("context", "passage")  # the second where an evaluation wrote the table


class Answers(NamedTuple):
    """What is there to judge.

    Attributes:
        table: The columns that `judge_answers` takes.
        models: Names of the models: `base`, and `tuned` or, of several evaluations, the name of each one's run.
        common: Rows that all evaluations have.
        left_out: Rows that only some of them have.
    """

    table: pa.Table
    models: tuple[str, ...]
    common: int
    left_out: int


def read_answers(folders: Sequence[Path]) -> Answers:
    """Read base and tuned of the first evaluation, and tuned of each further one.

    Raises:
        InputError: A folder holds no answers, or there is no row that all have.
    """
    tables = [_table(folder) for folder in folders]
    names = [*tuned_names(folders)]
    found = tables[0].rename_columns(
        [f"{names[0]}_answer" if name == "tuned_answer" else name for name in tables[0].column_names]
    )
    for table, name in zip(tables[1:], names[1:], strict=True):
        answers = dict(zip(table["id"].to_pylist(), table["tuned_answer"].to_pylist(), strict=True))
        kept = found.filter(pa.array([each in answers for each in found["id"].to_pylist()], pa.bool_()))
        found = kept.append_column(
            f"{name}_answer", pa.array([answers[each] for each in kept["id"].to_pylist()], pa.string())
        )
    every = {each for table in tables for each in table["id"].to_pylist()}
    if not found.num_rows:
        raise InputError(
            "these evaluations have no row in common",
            where=", ".join(map(str, folders)),
            mend="Evaluate the runs on the same questions: gristmill evaluate RUN --data FILE",
        )
    return Answers(found, ("base", *names), found.num_rows, len(every) - found.num_rows)


def tuned_names(folders: Sequence[Path]) -> list[str]:
    """Name the tuned model of each evaluation: `tuned` where there is one, else as its run, each name once."""
    if len(folders) == 1:
        return ["tuned"]
    found: list[str] = []
    for folder in folders:
        whole = folder.resolve()
        name = whole.parent.name if whole.name == "evaluation" else whole.name
        taken = {"base", *found}
        found.append(next(each for each in (name, *(f"{name}-{n}" for n in range(2, 1_000))) if each not in taken))
    return found


def _table(folder: Path) -> pa.Table:
    path = folder / "answers.parquet" if folder.is_dir() else folder
    mend = "Give the folder that `gristmill evaluate` wrote, RUN/evaluation by default"
    if not path.is_file():
        raise InputError("no such file", where=str(path), mend=mend)
    table = read_table(path)
    for name in (*_SHARED, "base_answer", "tuned_answer"):
        if name not in table.column_names:
            raise InputError(f"it has no column {name}", where=str(path), mend=mend)
    passage = next((table[name] for name in _PASSAGES if name in table.column_names), pa.nulls(table.num_rows))
    found = table.select([*_SHARED, "base_answer", "tuned_answer"]).append_column("context", passage.cast(pa.string()))
    first = {name: at for at, name in reversed([*enumerate(found["id"].to_pylist())])}
    return found.take(sorted(first.values()))  # an id that is there twice is asked about once
