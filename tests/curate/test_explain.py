import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate import Empty, Exact, Length, Near, Pipeline, Placeholder, Redact, Split, Step, explain
from schemas.errors import InputError

MAIL = "jane.roe@example-mill.com"
LONG = "The mill stands by the river and grinds the grain of the whole valley from dawn until late"


def raises(row: dict[str, Any]) -> bool:
    if "explode" in row["instruction"]:
        raise ValueError(f"no {MAIL}")
    return True


@pytest.fixture
def run(tmp_path: Path) -> Path:
    lines = [
        {"instruction": "Where does the mill stand?", "input": "<noinput>", "output": f"{LONG} at nights."},
        {"instruction": "Where does the mill stand?", "input": "", "output": f"{LONG} at night."},
        {"instruction": "Who owns it?", "input": "", "output": ""},
        {"instruction": "How do I reach the miller?", "input": "", "output": f"Write to {MAIL} for flour."},
        {"instruction": "Please explode now.", "input": "", "output": "No, I do not want to."},
        {"instruction": 3},
        {"instruction": "How do I reach the miller?", "input": "", "output": f"Write to {MAIL} for flour."},
    ]
    data = tmp_path / "rows.jsonl"
    data.write_text("".join(json.dumps(line) + "\n" for line in lines))
    stages: list[Step] = [Placeholder(), Redact(), Empty(), raises, Length(low=2), Exact(), Near(), Split(seed=1)]
    Pipeline(stages).run(data, out=tmp_path / "out")
    return tmp_path / "out"


def outcomes(story: Any) -> dict[str, str]:
    return {chapter.name: chapter.outcome for chapter in story.chapters}


def test_a_mended_row_tells_what_came_in_and_what_changed(run: Path) -> None:
    story = explain(run, 1)
    assert story.fate == "kept"
    assert story.came_in is not None
    assert story.came_in["context"] == "<noinput>"
    assert story.stays is not None
    assert story.stays["context"] == ""
    assert story.chapters[0].diff["context"] == "[-<noinput>-]"
    assert set(outcomes(story).values()) == {"changed", "unchanged", "passed"}
    assert story.beside["split"] in {"train", "validation", "test"}
    assert "[-<noinput>-]" in story.text()


def test_a_mended_row_is_told_without_its_input_too(run: Path) -> None:
    (run.parent / "rows.jsonl").write_text("")
    story = explain(run, 1)
    assert story.came_in is None
    assert "the input is not there any more" in story.text()


def test_a_copy_is_told_beside_the_row_that_it_repeats(run: Path) -> None:
    story = explain(run, 2)
    assert (story.fate, story.stage, story.reason) == ("dropped", "near", "near_duplicate")
    assert story.match is not None
    assert (story.match.row, story.match.fate) == (1, "kept")
    assert story.match.diff["response"].endswith("[-night.-]{+nights.+}")
    assert outcomes(story)["split"] == "not reached"
    signals = next(chapter.signals for chapter in story.chapters if chapter.name == "length")
    assert signals == {"count": 20}
    assert "Row 2 (" in story.text()
    assert "it repeats row 1" in story.text()


def test_a_row_that_raised_tells_its_error_and_what_stands_there(run: Path) -> None:
    story = explain(run, 5)
    assert story.fate == "errored"
    assert outcomes(story)["raises"] == "errored"
    assert outcomes(story)["empty"] == "not judged"
    assert "Please explode now." in story.raw


def test_a_row_that_could_not_be_read_tells_what_stands_there(run: Path) -> None:
    story = explain(run, 6)
    assert story.stage == "read"
    assert "3" in story.raw
    assert set(outcomes(story).values()) == {"not reached"}


def test_private_data_are_told_nowhere(run: Path) -> None:
    for row in range(1, 8):
        story = explain(run, row)
        assert "jane" not in story.text() + json.dumps(story.summary(), default=str)
    assert "jane" not in (run / "report.html").read_text()
    assert explain(run, 4).chapters[1].evidence == "1 e-mail address"


def test_a_row_is_found_by_the_id_that_it_came_in_with_and_by_the_one_it_is_written_with(run: Path) -> None:
    written = pq.read_table(run / "curated.parquet")["id"].to_pylist()
    decisions = pq.read_table(run / "decisions.parquet").to_pylist()
    assert explain(run, str(written[0])).row == 1
    assert explain(run, decisions[0]["id"]).row == 1


def test_an_id_that_rows_share_lists_them(run: Path) -> None:
    decisions = pq.read_table(run / "decisions.parquet").to_pylist()
    shared = next(line["id"] for line in decisions if line["row"] == 7)
    with pytest.raises(InputError, match="2 rows share this id: 4, 7"):
        explain(run, shared)


@pytest.mark.parametrize("row", ["0", "8", "-1", "nothing", "9" * 30], ids=["zero", "beyond", "minus", "no id", "huge"])
def test_a_row_that_is_not_there_is_refused(row: str, run: Path) -> None:
    with pytest.raises(InputError, match=r"no row"):
        explain(run, row)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder of a curation run"):
        explain(tmp_path, 1)


def test_a_missing_part_is_named(run: Path) -> None:
    (run / "dropped.parquet").unlink()
    with pytest.raises(InputError, match=r"dropped\.parquet: no such file"):
        explain(run, 2)


def test_a_column_called_row_does_not_confuse(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    table = table_of([("q", "a"), ("q", "a")]).append_column("row", pa.array([70, 80]))
    Pipeline([Exact()]).run(table, out=tmp_path / "out")
    story = explain(tmp_path / "out", 2)
    assert story.beside == {"row": 80}
