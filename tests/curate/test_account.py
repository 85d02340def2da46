from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from curate import Exact, Length, Pipeline


def test_the_page_tells_what_each_stage_would_drop_alone(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    rows = [("q one", "a b"), ("q one", "a b"), ("q two", "c d e f g h")]
    report = Pipeline([Length(low=3), Exact()]).run(table_of(rows), out=tmp_path / "out")
    length, exact = report.stages
    assert (length.dropped, length.alone, length.only) == (2, 2, 1)
    assert (exact.dropped, exact.alone, exact.only) == (0, 1, 0)
    page = (tmp_path / "out" / "report.html").read_text()
    assert "if it stood alone" in page
    manifest = report.manifest()
    assert [stage["alone"] for stage in manifest["stages"]] == [2, 1]
    assert manifest["read_as"] == {"columns": {}, "format": None}
