"""Evaluations before a judge: its files, and what it cost."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from schemas.chat import Client
from schemas.progress import Progress, silent

if TYPE_CHECKING:
    from train.judge import JudgeConfig, JudgeReport


class Judged(NamedTuple):
    """What the judge found.

    Attributes:
        report: Its report.
        common: Rows that all evaluations have.
        left_out: Rows that only some of them have.
    """

    report: "JudgeReport"
    common: int
    left_out: int


def judge_folders(
    folders: Sequence[Path],
    out: Path,
    client: Client,
    *,
    config: "JudgeConfig",
    prices: Path | None = None,
    progress: Progress = silent,
) -> Judged:
    """Judge the answers of evaluations, and write judge.json, judge.html, verdicts.parquet and the journal judge.jsonl.

    Args:
        folders: Folders of evaluations; base and tuned of the first, tuned of the others.
        out: Folder to write.
        client: Who judges.
        config: The settings.
        prices: The user's table of prices.
        progress: Shows how far it is.

    Raises:
        InputError: A folder holds no evaluation, they have no row in common, or a setting is wrong.
        LLMError: No request at all was answered.
        OutputError: A file cannot be written.
    """
    from generate.spending.prices import price_of
    from schemas.atomic import make_folder, write_json, write_text
    from schemas.parquet import write_table
    from train.judge import judge_answers
    from train.judge.folders import read_answers
    from train.judge.page import render_page

    answers = read_answers(folders)
    price = price_of(client, prices)
    make_folder(out)
    report = judge_answers(
        answers.table, answers.models, client, config=config, journal=out / "judge.jsonl", progress=progress
    )
    if price is not None:
        read, written, cached = report.spent
        report = dataclasses.replace(report, dollars=price.of(read, written, cached=cached))
    write_table(out / "verdicts.parquet", report.verdicts)
    write_text(out / "judge.html", render_page(report, answers.table))
    write_json(
        out / "judge.json",
        {
            "settings": dataclasses.asdict(config),
            "rows_in_common": answers.common,
            "rows_left_out": answers.left_out,
            **report.summary(),
        },
    )
    return Judged(report, answers.common, answers.left_out)
