from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from curate import Pipeline, Rows, Verdicts, keep, signals

Table = Callable[..., pa.Table]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A stage that remembers which rows it measured."""

    thresholds: ClassVar[tuple[str, ...]] = ("high",)
    by_text: bool = True
    high: int = 10
    unit: str = "characters"
    costly: bool = False
    fingerprint: str = ""
    raises: str = "\ufffe"
    name: str = "counted"
    seen: list[str] = field(default_factory=list, compare=False)

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        texts = rows["response"].to_pylist()
        if self.raises in texts:
            raise ValueError("bad row")
        self.seen.extend(texts)  # type: ignore[arg-type]  # the stubs give scalars
        return signals(length=pc.utf8_length(rows["response"]))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        long = pc.greater(signals["length"], pa.scalar(self.high))
        return keep(where=pc.invert(long), reason="long", columns={"length": signals["length"]})


def measured(stage: Counted, table: pa.Table, out: Path) -> tuple[list[str], int]:
    """Run a stage, and give what it measured and how many rows stay; the list is no part of its settings."""
    stage.seen.clear()
    stages = [Hidden(stage)]
    return stage.seen, Pipeline(stages).run(table, out=out).kept


class Hidden:
    """A stage whose settings are those of another, but for what it remembers."""

    def __init__(self, stage: Counted) -> None:
        self._stage = stage
        self.name, self.costly, self.by_text = stage.name, stage.costly, stage.by_text
        self.thresholds, self.fingerprint = stage.thresholds, stage.fingerprint
        self.high, self.unit = stage.high, stage.unit

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        return self._stage.measure(rows)

    def decide(self, signals: pa.Table, /) -> Verdicts:
        return self._stage.decide(signals)


@pytest.mark.parametrize("costly", [False, True], ids=["cheap", "costly"])
def test_a_moved_threshold_measures_nothing_again(table_of: Table, tmp_path: Path, costly: bool) -> None:
    table = table_of([("q", "x" * size) for size in range(20)])
    out = tmp_path / "out"
    assert measured(Counted(costly=costly), table, out)[1] == 11
    seen, kept = measured(Counted(costly=costly, high=5), table, out)
    assert (seen, kept) == ([], 6)


@pytest.mark.parametrize("costly", [False, True], ids=["cheap", "costly"])
def test_only_new_rows_are_measured_in_any_order(table_of: Table, tmp_path: Path, costly: bool) -> None:
    out = tmp_path / "out"
    measured(Counted(costly=costly), table_of([("q", "one"), ("q", "two")]), out)
    mixed = table_of([("q", "new"), ("q", "two"), ("q", "newer"), ("q", "one")])
    seen, kept = measured(Counted(costly=costly), mixed, out)
    assert (seen, kept) == (["new", "newer"], 4)


@pytest.mark.parametrize(
    "other",
    [Counted(unit="words"), Counted(fingerprint="other file"), Counted(by_text=False)],
    ids=["setting", "fingerprint", "not by text"],
)
def test_another_measure_is_measured_anew(table_of: Table, tmp_path: Path, other: Counted) -> None:
    table = table_of([("q", "one"), ("q", "two")])
    measured(Counted(), table, tmp_path / "out")
    assert measured(other, table, tmp_path / "out")[0] == ["one", "two"]


def test_signals_of_an_earlier_run_and_new_ones_decide_as_all_new_ones_do(table_of: Table, tmp_path: Path) -> None:
    first, second = table_of([("q", "a" * n) for n in range(15)]), table_of([("q", "b" * n) for n in range(15)])
    both = pa.concat_tables([second, first])
    measured(Counted(), first, tmp_path / "warm")
    measured(Counted(), both, tmp_path / "warm")
    measured(Counted(), both, tmp_path / "cold")
    for name in ("curated.parquet", "decisions.parquet", "signals/counted.parquet"):
        assert (tmp_path / "warm" / name).read_bytes() == (tmp_path / "cold" / name).read_bytes()


def test_a_damaged_file_costs_only_the_measuring(table_of: Table, tmp_path: Path) -> None:
    table = table_of([("q", "one")])
    measured(Counted(), table, tmp_path / "out")
    (tmp_path / "out" / "signals" / "counted.parquet").write_bytes(b"PAR1 no more")
    assert measured(Counted(), table, tmp_path / "out") == (["one"], 1)


def test_a_row_that_raises_is_set_aside_beside_kept_signals(table_of: Table, tmp_path: Path) -> None:
    out = tmp_path / "out"
    measured(Counted(raises="bad"), table_of([("q", "one")]), out)
    table = table_of([("q", "bad"), ("q", "one"), ("q", "new")])
    report = Pipeline([Hidden(Counted(raises="bad"))]).run(table, out=out)
    assert (report.kept, report.errored) == (2, 1)


def test_columns_stand_beside_kept_and_dropped_rows(table_of: Table) -> None:
    result = Pipeline([Hidden(Counted(high=3))]).table(table_of([("q", "abc"), ("q", "abcdef")]))
    assert result.kept["length"].to_pylist() == [3]
    assert result.dropped["length"].to_pylist() == [6]
    again = Pipeline([Hidden(Counted(high=9))]).table(result.kept)
    assert again.kept["length"].to_pylist() == [3]
    assert again.kept.column_names.count("length") == 1
