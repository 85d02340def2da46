import tempfile
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import InputError, OutputError
from schemas.parquet import ROWS_PER_GROUP, ParquetSink, open_parquet, read_table, recipe_of, write_table

SCHEMA = pa.schema([pa.field("number", pa.int64())])


def table(rows: int) -> pa.Table:
    return pa.table({"number": pa.array(range(rows), pa.int64())}, schema=SCHEMA)


def test_a_table_comes_back(tmp_path: Path) -> None:
    write_table(tmp_path / "x.parquet", table(5))
    assert read_table(tmp_path / "x.parquet")["number"].to_pylist() == [0, 1, 2, 3, 4]
    assert read_table(tmp_path / "x.parquet", ["number"]).num_rows == 5


def test_an_empty_table_keeps_its_schema(tmp_path: Path) -> None:
    write_table(tmp_path / "x.parquet", table(0))
    assert read_table(tmp_path / "x.parquet").schema.equals(SCHEMA)


def test_rows_stand_in_groups_of_a_fixed_size(tmp_path: Path) -> None:
    write_table(tmp_path / "x.parquet", table(2 * ROWS_PER_GROUP + 1))
    metadata = pq.ParquetFile(tmp_path / "x.parquet").metadata
    sizes = [metadata.row_group(each).num_rows for each in range(metadata.num_row_groups)]
    assert sizes == [ROWS_PER_GROUP, ROWS_PER_GROUP, 1]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, ROWS_PER_GROUP), max_size=6))
def test_the_bytes_do_not_depend_on_the_batches(cuts: list[int]) -> None:
    whole = table(ROWS_PER_GROUP + 7)
    edges = sorted({0, *cuts, whole.num_rows})
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder) / "one.parquet", Path(folder) / "other.parquet"
        write_table(one, whole)
        with ParquetSink(other, SCHEMA) as sink:
            for start, end in pairwise(edges):
                sink.write(whole.slice(start, end - start))
        assert one.read_bytes() == other.read_bytes()
        assert sink.rows == whole.num_rows


def test_version_and_recipe_stand_in_the_file(tmp_path: Path) -> None:
    write_table(tmp_path / "x.parquet", table(1), recipe="abc")
    assert recipe_of(tmp_path / "x.parquet") == "abc"
    assert pq.read_schema(tmp_path / "x.parquet").metadata[b"gristmill.schema"] == b"1"


def test_a_file_of_others_has_no_recipe(tmp_path: Path) -> None:
    pq.write_table(table(1), tmp_path / "x.parquet")
    assert recipe_of(tmp_path / "x.parquet") == ""


def test_a_failure_inside_leaves_nothing(tmp_path: Path) -> None:
    def work() -> None:
        with ParquetSink(tmp_path / "x.parquet", SCHEMA) as sink:
            sink.write(table(3))
            raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        work()
    assert list(tmp_path.iterdir()) == []


def test_rows_of_another_schema_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises((ValueError, KeyError)), ParquetSink(tmp_path / "x.parquet", SCHEMA) as sink:
        sink.write(pa.table({"other": [1]}))
    assert list(tmp_path.iterdir()) == []


def test_a_path_below_a_file_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        write_table(tmp_path / "file" / "x.parquet", table(1))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        open_parquet(tmp_path / "x.parquet")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"{}\n", b"\0" * 100], ids=["empty", "magic", "json", "zeros"])
def test_what_is_no_parquet_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.parquet").write_bytes(content)
    with pytest.raises(InputError, match="not a readable Parquet file"):
        open_parquet(tmp_path / "x.parquet")


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_table(path, table(1000))
    content = bytearray(path.read_bytes())
    content[4:60] = b"\xff" * 56
    path.write_bytes(content)
    with pytest.raises(InputError, match="damaged"):
        read_table(path)
