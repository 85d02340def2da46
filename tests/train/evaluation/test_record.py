"""evaluation.json, and page and summary that are made of it."""

import json
import shutil
from pathlib import Path

import pytest

from schemas import InputError
from train.evaluation import Section, put_section, read_record, show


@pytest.fixture
def folder(evaluation: Path, tmp_path: Path) -> Path:
    """Give a copy of an evaluation that may be changed."""
    return shutil.copytree(evaluation, tmp_path / "evaluation")


def test_page_and_summary_are_made_of_two_files(folder: Path) -> None:
    before = {name: (folder / name).read_bytes() for name in ("page.html", "summary.md")}
    for path in folder.iterdir():
        if path.name not in {"evaluation.json", "answers.parquet"}:
            path.unlink()
    show(folder, read_record(folder))
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_another_part_adds_a_section_of_its_own(folder: Path) -> None:
    for lead in ("First <b>try</b>.", "Second try."):
        put_section(
            folder,
            Section(
                key="judge",
                title="What a judge says",
                lead=lead,
                head=("model", "wins"),
                rows=(("base", "3"), ("<i>tuned</i>", "4 | 5")),
                notes=("A note.",),
                data={"wins": 4},
            ),
        )
    record = read_record(folder)
    assert list(record["sections"]) == ["judge"]
    assert record["sections"]["judge"]["data"] == {"wins": 4}
    page, summary = (folder / "page.html").read_text(), (folder / "summary.md").read_text()
    assert '<h2 id="section-judge">What a judge says</h2>' in page
    assert "Second try." in page
    assert "First" not in page
    assert "&lt;i&gt;tuned&lt;/i&gt;" in page
    assert "### What a judge says" in summary
    assert "| &lt;i>tuned&lt;/i> | 4 \\| 5 |" in summary


def test_a_table_that_does_not_fit_its_head_is_refused() -> None:
    with pytest.raises(ValueError, match="has not 1 cells"):
        Section(key="a", title="A", head=("x",), rows=(("1", "2"),))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no evaluation.json"),
        ("[]", "cannot be read"),
        ("{", "cannot be read"),
        ('{"version": 1}', "of version 1"),
    ],
    ids=["missing", "no record", "broken", "old"],
)
def test_what_is_no_record_is_told(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "evaluation.json").write_text(text)
    with pytest.raises(InputError, match=said):
        read_record(tmp_path)


def test_the_record_is_plain_json(evaluation: Path) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    json.loads((evaluation / "evaluation.json").read_text(), parse_constant=refuse)
