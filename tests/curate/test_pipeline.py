import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate import Exact, Pipeline, default_stages
from schemas.decision import DECISION_SCHEMA
from schemas.errors import InputError, OutputError
from schemas.example import EXAMPLE_SCHEMA

FILES = [
    "curated.parquet",
    "decisions.parquet",
    "dropped.parquet",
    "manifest.json",
    "quarantined.parquet",
    "report.html",
    "signals",
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    lines = [
        {"instruction": f"Question {i % 40}?", "input": "N/A" if i % 9 == 0 else "", "output": f"Answer {i % 40}."}
        for i in range(90)
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"instruction": 3}\n')
    return path


def digests(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.rglob("*")) if file.is_file()
    }


def test_a_run_writes_every_file_and_accounts_for_every_row(data: Path, tmp_path: Path) -> None:
    report = Pipeline(default_stages()).run(data, out=tmp_path / "out")
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == FILES
    curated, decisions = (pq.read_table(tmp_path / "out" / f"{name}.parquet") for name in ("curated", "decisions"))
    assert curated.schema.names[:5] == EXAMPLE_SCHEMA.names
    assert decisions.schema.equals(DECISION_SCHEMA)
    assert report.rows == 91
    assert (report.kept, report.dropped, report.errored) == (40, 50, 1)
    assert pq.read_table(tmp_path / "out" / "quarantined.parquet").num_rows == 1
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["inputs"][0]["sha256"] == hashlib.sha256(data.read_bytes()).hexdigest()
    assert manifest["kept"] == 40
    assert "seconds" not in manifest


def test_the_same_rows_give_the_same_bytes_whatever_the_batches(data: Path, tmp_path: Path) -> None:
    for size in (1, 7, 8192):
        Pipeline(default_stages()).run(data, out=tmp_path / str(size), batch_rows=size)
    assert digests(tmp_path / "1") == digests(tmp_path / "7") == digests(tmp_path / "8192")


def test_an_input_too_large_to_hold_is_read_again(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Pipeline(default_stages()).run(data, out=tmp_path / "held")
    monkeypatch.setattr("curate.stream.HELD_BYTES", 10)
    Pipeline(default_stages()).run(data, out=tmp_path / "read", batch_rows=16)
    assert digests(tmp_path / "held") == digests(tmp_path / "read")


def test_two_runs_into_one_folder_do_not_undo_each_other(data: Path, tmp_path: Path) -> None:
    refused: list[str] = []

    def meanwhile(row: object) -> bool:  # a stage that is asked once, in the midst of a run
        if not refused:
            with pytest.raises(InputError, match="another gristmill curates into this folder") as caught:
                Pipeline([Exact()]).run(data, out=tmp_path / "out")
            refused.append(str(caught.value))
        return True

    Pipeline([meanwhile]).run(data, out=tmp_path / "out")
    assert len(refused) == 1
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == FILES
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out", "rows.jsonl"]


def test_a_folder_that_cannot_be_replaced_is_refused_before_any_row_is_read(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(row: object) -> bool:
        pytest.fail("a row was judged")

    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for name in (".", "..", "/"):
        with pytest.raises(OutputError, match="cannot be replaced"):
            Pipeline([never]).run(data, out=name)
    assert list(here.iterdir()) == []


def test_an_earlier_run_is_replaced_and_other_folders_are_left_alone(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    Pipeline([Exact()]).run(data, out=out)
    Pipeline([Exact()]).run(data, out=out)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match="not empty"):
        Pipeline([Exact()]).run(data, out=tmp_path / "mine")
    with pytest.raises(InputError, match="would be replaced"):
        Pipeline([Exact()]).run(out / "curated.parquet", out=out)
    with pytest.raises(OutputError, match="a file of this name"):
        Pipeline([Exact()]).run(data, out=data)


def test_a_run_that_fails_leaves_nothing(data: Path, tmp_path: Path) -> None:
    def stop(row: dict[str, object]) -> bool:
        raise InputError("no")

    with pytest.raises(InputError, match="no"):
        Pipeline([stop]).run(data, out=tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.jsonl"]


def test_a_run_that_would_set_most_rows_aside_stops_unless_told_to_go_on(
    table_of: Callable[..., pa.Table], tmp_path: Path
) -> None:
    def picky(row: dict[str, object]) -> bool:
        raise ValueError("never")

    table = table_of([("q", "a")] * 30)
    with pytest.raises(
        InputError, match=r"30 of 30 rows cannot be read or measured; the first is row 1 \(ValueError: never\)"
    ):
        Pipeline([picky]).run(table, out=tmp_path / "out")
    report = Pipeline([picky]).run(table, out=tmp_path / "out", keep_going=True)
    assert (report.kept, report.errored) == (0, 30)


def test_no_rows_make_empty_files(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    report = Pipeline(default_stages()).run(table_of([]), out=tmp_path / "out")
    assert report.rows == 0
    assert pq.read_table(tmp_path / "out" / "curated.parquet").num_rows == 0


def test_another_setting_is_another_recipe(table_of: Callable[..., pa.Table]) -> None:
    recipes = {
        Pipeline(stages).table(table_of([("q", "a")])).report.recipe
        for stages in ([Exact()], [Exact(of=("prompt",))], [])
    }
    assert len(recipes) == 3


def test_the_page_escapes_what_rows_hold(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    Pipeline(default_stages()).run(table_of([(evil, evil), (evil, evil), (evil, "")]), out=tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text()
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_batches_of_the_table_are_left_unchanged(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("q\n\nN/A", "a", "N/A")])
    before = table.to_pylist()
    Pipeline(default_stages()).table(table)
    assert table.to_pylist() == before
    assert isinstance(table, pa.Table)


def test_an_audit_writes_one_page_and_nothing_else(data: Path, tmp_path: Path) -> None:
    report = Pipeline(default_stages(), diversity=True).audit(data, out=str(tmp_path / "page.html"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html", "rows.jsonl"]
    page = (tmp_path / "page.html").read_text()
    assert "What is in 91 rows" in page
    assert "<h2>Diversity</h2>" in page
    assert "curated.parquet" not in page
    assert "quarantined.parquet" not in page
    assert (report.kept, report.dropped, report.errored, report.out) == (40, 50, 1, None)


def test_a_page_is_not_written_over_what_is_no_page(data: Path) -> None:
    before = data.read_bytes()
    with pytest.raises(InputError, match=r"ends in \.html"):
        Pipeline([Exact()]).audit(data, out=data)
    assert data.read_bytes() == before
