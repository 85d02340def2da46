"""evaluation.json: everything that page and summary show but the answers, which lie in answers.parquet.

Page and summary are made of these two files alone, so they can be made again at any time, and other parts (a judge, a
benchmark) can add a section of their own.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from schemas import InputError
from schemas.atomic import write_json, write_text
from schemas.parquet import read_table

VERSION = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section that is shown on the page behind our own: texts and one table.

    Attributes:
        key: Its place in evaluation.json: `judge`, `bench`.
        title: Its heading.
        lead: What it shows, in a sentence or two.
        head: Names of the columns, the first one of the rows; empty for no table.
        rows: The cells, as texts.
        notes: Paragraphs below the table.
        data: Whatever a program may want to read.
        of_answers: Whether it speaks of the answers, so that it falls where they are asked anew.
    """

    key: str
    title: str
    lead: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)  # Any: whatever JSON can hold
    of_answers: bool = False

    def __post_init__(self) -> None:
        if any(len(row) != len(self.head) for row in self.rows):
            raise ValueError(f"a row of section {self.key} has not {len(self.head)} cells")


def read_record(folder: Path) -> dict[str, Any]:  # Any: what evaluation.json holds
    """Read evaluation.json.

    Raises:
        InputError: There is none, or it cannot be read.
    """
    path = folder / "evaluation.json"
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = record["version"]
    except FileNotFoundError:
        raise InputError(
            "no evaluation.json in this folder", where=str(folder), mend="Give a folder that `gristmill evaluate` wrote"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("its evaluation.json cannot be read", where=str(folder), mend="Evaluate anew") from error
    if version != VERSION:
        raise InputError(
            f"its evaluation.json is of version {version}, and this reads {VERSION}",
            where=str(folder),
            mend="Evaluate anew; the answers are kept and not asked again",
        )
    return record


def put_section(folder: Path, section: Section) -> None:
    """Put a section into an evaluation, in the place of an earlier one of its key, and show it.

    Raises:
        InputError: There is no evaluation in the folder.
        OutputError: A file cannot be written.
    """
    record = read_record(folder)
    record["sections"] = {**record["sections"], section.key: json.loads(json.dumps(asdict(section)))}
    write_json(folder / "evaluation.json", record)
    show(folder, record)


def show(folder: Path, record: Mapping[str, Any]) -> None:  # Any: as above
    """Write page.html and summary.md from evaluation.json and answers.parquet.

    Raises:
        InputError: The answers cannot be read.
        OutputError: A file cannot be written.
    """
    from train.evaluation.page import render_page
    from train.evaluation.summary import render_summary

    rows = read_table(folder / "answers.parquet").to_pylist()
    write_text(folder / "page.html", render_page(record, rows))
    write_text(folder / "summary.md", render_summary(record, rows))


def earlier(folder: Path, made_from: Mapping[str, Any]) -> dict[str, Any] | None:  # Any: as above
    """Give the record of an evaluation of the very same things, if it lies in the folder; None otherwise."""
    try:
        record = read_record(folder)
    except InputError:
        return None
    same = record.get("made_from") == json.loads(json.dumps(made_from))
    # Killed between the two files, an evaluation leaves answers that an earlier record does not speak of.
    return record if same and record.get("answers") == answers_digest(folder) else None


def answers_digest(folder: Path) -> str:
    """Hash answers.parquet; empty where there is none."""
    path = folder / "answers.parquet"
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else ""


def kept_sections(folder: Path, answers_of: Mapping[str, Any]) -> dict[str, Any]:  # Any: as above
    """Give the sections that others put into an earlier evaluation of the same models, but for those of its answers."""
    try:
        record = read_record(folder)
    except InputError:
        return {}
    same = all(record.get(name) == value for name, value in answers_of.items())
    sections: dict[str, Any] = record["sections"] if same else {}
    return {key: section for key, section in sections.items() if not section.get("of_answers")}
