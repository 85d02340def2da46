from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate import Empty, Exact, Pipeline

ROWS = [("Who?", "Me."), ("Who?", "Me."), ("Why?", "")]


def test_kept_rows_come_out_as_a_frame(table_of: Callable[..., pa.Table]) -> None:
    frame = Pipeline([Empty(), Exact()]).table(table_of(ROWS)).to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert [turns[0]["content"] for turns in frame["messages"]] == ["Who?"]


def test_datasets_and_frames_and_paths_go_in_and_a_dataset_comes_out(
    table_of: Callable[..., pa.Table], tmp_path: Path
) -> None:
    datasets = pytest.importorskip("datasets")
    dataset = Pipeline([Empty(), Exact()]).table(table_of(ROWS)).to_dataset()
    assert isinstance(dataset, datasets.Dataset)
    assert dataset[0]["messages"][1] == {"role": "assistant", "content": "Me."}
    path = str(tmp_path / "pairs.parquet")
    pq.write_table(table_of(ROWS), path)
    report = Pipeline([Exact()]).run(path, out=str(tmp_path / "curated"))
    assert report.kept == 2
    frame = pd.DataFrame({"question": ["Who?", "Who?"], "answer": ["Me.", "me"]})
    assert [Pipeline([Exact()]).table(each).report.kept for each in (frame, dataset)] == [1, 1]
