"""Evaluations before a judge: its files, and what it cost."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gristmill.config import read_config, read_mapping, refuse_unknown
from gristmill.judge_cost import UNLIMITED, Spending, judge_cost
from gristmill.recipe import CLIENT_KEYS, ClientConfig
from schemas.chat import Client
from schemas.progress import Progress, silent

if TYPE_CHECKING:
    from train.judge import JudgeConfig, JudgeReport


Say = Callable[[str], object]

_RAISE = "raise it and run it again, and what is missing is asked"


def unheard(text: str) -> None:
    """Hear a line and do nothing."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationJudge:
    """The judge of an evaluation, as a recipe or the command line describes it.

    Attributes:
        client: Who judges.
        config: How.
        spending: What it may spend.
    """

    client: ClientConfig
    config: "JudgeConfig"
    spending: Spending = UNLIMITED

    def on(self, folder: Path, progress: Progress = silent, *, say: Say = unheard) -> "JudgeReport":
        """Judge base and tuned of an evaluation, and put the result into its folder and on its page.

        Args:
            folder: The evaluation.
            progress: Shows how far it is.
            say: Is told what it will cost, before anything is asked.

        Raises:
            GristmillError: As `judge_folders`.
        """
        from gristmill.clients import open_client

        client = open_client(self.client, progress, beside=folder)
        judged = judge_folders(
            [folder], folder, client, config=self.config, spending=self.spending, say=say, progress=progress
        )
        return judged.report


def read_judge(values: object, *, seed: int, where: str) -> EvaluationJudge:
    """Read the settings of a judge: those of its client, its budget and prices, as `generate` takes them, and its own.

    Args:
        values: The settings.
        seed: For a judge that names none of its own.
        where: Their place, for errors.

    Raises:
        InputError: One is unknown or wrong, or the prompt cannot be used.
    """
    from generate import Budget
    from train.judge import JudgeConfig
    from train.judge.prompt import PairPrompt

    given = read_mapping(values, where=where)
    own = {field.name for field in dataclasses.fields(JudgeConfig)}
    refuse_unknown(given, (*CLIENT_KEYS, "budget", "prices", *own), where=where)
    client = {key: value for key, value in given.items() if key in CLIENT_KEYS}
    settings = {"seed": seed, **{key: value for key, value in given.items() if key in own}}
    prices = given.get("prices")
    judge = EvaluationJudge(
        client=read_config(ClientConfig, client, where=where),
        config=read_config(JudgeConfig, settings, where=where),
        spending=Spending(
            budget=read_config(Budget, given.get("budget"), where=f"{where}, budget"),
            prices=None if prices is None else Path(str(prices)),
        ),
    )
    PairPrompt(judge.config.prompt, longest=judge.config.longest)  # what is wrong with it is told now
    return judge


def judge_folders(  # noqa: PLR0913 - all but three have defaults
    folders: Sequence[Path],
    out: Path,
    client: Client,
    *,
    config: "JudgeConfig",
    spending: Spending = UNLIMITED,
    say: Say = unheard,
    progress: Progress = silent,
) -> Judged:
    """Judge the answers of evaluations, and write judge.json, judge.html, verdicts.parquet and the journal judge.jsonl.

    Where `out` is one of the evaluations, its page gets a section.

    Args:
        folders: Folders of evaluations; base and tuned of the first, tuned of the others.
        out: Folder to write.
        client: Who judges.
        config: The settings.
        spending: What the judge may spend. What it is not asked for want of that is asked by a next run.
        say: Is told what it will cost, before anything is asked.
        progress: Shows how far it is.

    Raises:
        InputError: A folder holds no evaluation, they have no row in common, a setting is wrong, nobody knows the price
            that a budget in dollars needs, or another process writes into `out`.
        LLMError: No request at all was answered.
        OutputError: A file cannot be written.
    """
    from generate import Budget
    from generate.spending.budget import Purse
    from generate.spending.metered import Metered
    from generate.spending.prices import price_of
    from gristmill.steps import alone_in
    from schemas.atomic import write_json, write_text
    from schemas.parquet import write_table
    from train.evaluation.record import put_section
    from train.judge import judge_answers, requests_left
    from train.judge.folders import read_answers
    from train.judge.page import render_page
    from train.judge.section import judge_section

    answers = read_answers(folders)
    price = price_of(client, spending.prices)
    purse = Purse(spending.budget or Budget())
    metered = Metered(client, purse, price)
    journal = out / "judge.jsonl"
    with alone_in(out):
        left = requests_left(answers.table, answers.models, client, config=config, journal=journal)
        say(f"Judging: {judge_cost(left, price).text(client.model)}")
        report = judge_answers(
            answers.table, answers.models, metered, config=config, journal=journal, progress=progress
        )
        if purse.reason:
            report = dataclasses.replace(report, warnings=(f"{purse.reason}: {_RAISE}", *report.warnings))
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
        if any(folder.resolve() == out.resolve() for folder in folders):
            put_section(out, judge_section(report))
    return Judged(report, answers.common, answers.left_out)
