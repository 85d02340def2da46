"""From documents to grounded examples.

Read, cut, judge the passages, ask in rounds for as much as is still wanted, judge the drafts in the order in which they
were asked for (never in the order in which answers arrive), write. Everything that gave no example is kept with its
reason. Nothing is written before the end but the journal, so a killed run leaves the old files as they were.
"""

import math
from collections.abc import Sequence
from pathlib import Path

from generate import judging
from generate.askers import ALONE, Askers, Resources
from generate.brief import Brief
from generate.config import GenerateConfig
from generate.harvest import Harvest
from generate.judging import judged
from generate.quota import Quota, shares
from generate.report import GenerationReport, StrategyReport, tally, write_rejected
from generate.standing import Standing
from generate.strategies.strategy import Unit
from generate.survey import Survey, survey
from generate.tasks import Ended
from generate.work import Work
from schemas import EXAMPLE_SCHEMA, Client, InputError, OutputError, examples_table
from schemas.atomic import check_name, make_folder
from schemas.parquet import ParquetSink
from schemas.progress import Progress, silent

_UNJUDGED = 64  # drafts that a budget may pay for at most without paying for their judging
_BESIDE = ("rejected.parquet", "generation.json", "journal.sqlite")


def generate(
    documents: Sequence[Path],
    out: Path,
    *,
    config: GenerateConfig,
    client: Client | None = None,
    resources: Resources = ALONE,
    progress: Progress = silent,
) -> GenerationReport:
    """Make examples out of documents.

    Args:
        documents: Files and folders.
        out: Parquet file for the examples; `rejected.parquet` and `generation.json` are written beside it.
        config: The settings.
        client: Who writes; not needed by the strategy `template`.
        resources: The judge, the budget, the journal.
        progress: Shows how the work moves.

    Raises:
        InputError: The documents or the settings are wrong.
        LLMError: The model cannot be asked at all: wrong key, unknown model, no server.
        OutputError: A result cannot be written.
    """
    if not config.asks:
        client = None
    elif client is None:
        raise InputError("nobody is there to write", mend="Name a client, or choose the strategy template")
    _check_place(out)
    brief = open_brief(config, survey(documents, config, progress))
    if resources.judge is not None:
        judging.check_prompt(brief)
    quotas = open_quotas(config, brief)
    harvest = Harvest(config, brief, model=client.model if client else "")
    with Askers(client, resources, out.parent / "journal.sqlite") as askers:
        _ask(quotas, brief, harvest, askers, progress)
        return _finish(out, config, quotas, harvest, askers)


def open_brief(config: GenerateConfig, found: Survey) -> Brief:
    """Give the strategies what they work with, and load every prompt before anything is asked.

    Raises:
        InputError: A prompt cannot be loaded.
    """
    brief = Brief(
        survey=found,
        seed=config.seed,
        wanted=config.examples,
        prompts=config.prompts,
        shown_words=config.shown_words,
        repair=config.repair,
    )
    for strategy in config.strategies:
        brief.version(strategy.prompts)
    brief.prompt("repair").messages(reason="x", detail="x")
    return brief


def open_quotas(config: GenerateConfig, brief: Brief) -> list[Quota]:
    """Divide the examples wanted among the strategies."""
    return [
        Quota(
            strategy,
            wanted,
            strategy.units(brief),
            samples=config.samples if config.examples is not None and strategy.prompts else 1,
        )
        for strategy, wanted in zip(config.strategies, shares(config.strategies, config.examples), strict=True)
    ]


def _ask(quotas: Sequence[Quota], brief: Brief, harvest: Harvest, askers: Askers, progress: Progress) -> None:
    """Ask round after round, until there is enough, nothing is left to ask about, or the budget is spent.

    Raises:
        LLMError: Requests of every unit failed, and no example came about: there is no result to write.
    """
    while not askers.purse.reason:
        todo = [(quota, unit) for quota in quotas for unit in quota.due(harvest.full)]
        if not todo:
            return
        outcomes = _work_out(todo, brief, askers, progress)
        for place, (quota, unit) in enumerate(todo):
            if place in outcomes:
                harvest.take(quota, unit, outcomes[place].drafts, outcomes[place].errors)
        if harvest.troubled and not harvest.examples and harvest.troubled == sum(quota.asked for quota in quotas):
            assert harvest.first_error is not None, "one belongs to each of these units"
            raise harvest.first_error


def _work_out(todo: Sequence[tuple[Quota, Unit]], brief: Brief, askers: Askers, progress: Progress) -> dict[int, Ended]:
    """Give the outcomes by their places in `todo`; a place is missing where the budget was spent before."""
    sections: dict[int, int] = {}
    for place, (_, unit) in enumerate(todo):
        sections.setdefault(_section(unit, place), place)
    # What rests on one section goes out together, so that a server finds its passage in the cache.
    order = sorted(range(len(todo)), key=lambda place: (sections[_section(todo[place][1], place)], place))
    ordered = [todo[place] for place in order]
    steps = (quota.strategy.write(unit, brief) for quota, unit in ordered)
    if askers.judge is not None:
        steps = (judged(each, unit, brief) for each, (_, unit) in zip(steps, ordered, strict=True))
    outcomes: dict[int, Ended] = {}
    clients = {False: askers.writer, True: askers.judge}
    with askers.asking(), progress("asking", len(todo), "units") as bar:
        standing = Standing(bar, askers)
        most_unjudged = _UNJUDGED if askers.purse.limited else math.inf
        for ended in Work(steps, clients, most_unjudged=most_unjudged, answered=standing.answered).run():
            outcomes[order[ended.task]] = ended
            standing.through(ended.drafts)
        standing.tell()
    return outcomes


def _section(unit: Unit, place: int) -> int:
    """Number the section that a unit rests on; one that rests on none stands alone."""
    return unit.candidates[0].number if unit.candidates else -1 - place


def _finish(
    out: Path, config: GenerateConfig, quotas: Sequence[Quota], harvest: Harvest, askers: Askers
) -> GenerationReport:
    """Write the files and sum up."""
    found, brief = harvest.brief.survey, harvest.brief
    writer, judge = askers.writer, askers.judge
    prompts = {quota.strategy.name: brief.version(quota.strategy.prompts) for quota in quotas}
    recipe = config.recipe(
        prompts=prompts,
        repair=brief.version(("repair",)) if config.repair else "",
        model=writer.model if writer else "",
        judge=f"{judge.model} {brief.version(judging.PROMPTS)}" if judge else "",
    )
    beside = out.parent / "rejected.parquet"
    with ParquetSink(out, EXAMPLE_SCHEMA, recipe=recipe) as sink:
        sink.write(examples_table([harvest.examples[place] for place in sorted(harvest.examples)]))
    rejected = [
        *(row for _, row in sorted(found.unfit)),
        *(harvest.rejected[place] for place in sorted(harvest.rejected)),
    ]
    write_rejected(beside, rejected, recipe=recipe)
    shortfalls = [quota.shortfall() for quota in quotas]
    report = GenerationReport(
        files=found.documents + len(found.skipped),
        documents=found.documents,
        skipped=tuple(found.skipped),
        near_identical=tuple(found.near_identical),
        sections=found.sections,
        unfit=tally(row.reason for _, row in found.unfit),
        candidates=len(found.candidates),
        covered=harvest.covered,
        wanted=config.examples,
        accepted=len(harvest.examples),
        rejected=tally(row.reason for row in harvest.rejected.values()),
        failed=tuple(harvest.failed[place] for place in sorted(harvest.failed)),
        shortfall="; ".join([*filter(None, [askers.purse.reason]), *filter(None, shortfalls)]),
        strategies=tuple(
            StrategyReport(
                strategy=quota.strategy.name,
                wanted=quota.wanted,
                accepted=quota.accepted,
                rejected=dict(quota.rejected.most_common()),
                units=len(quota.units),
                tasks=quota.tasks,
                asked=quota.asked,
                failed=quota.failed,
                not_asked=quota.tasks - quota.asked,
                shortfall=shortfall,
                prompt=prompts[quota.strategy.name],
            )
            for quota, shortfall in zip(quotas, shortfalls, strict=True)
        ),
        spent=askers.spent,
        model=writer.model if writer else "",
        route=writer.route if writer else "",
        judge=judge.model if judge else "",
        recipe=recipe,
        config=config.values(),
        examples_file=str(out),
        rejected_file=str(beside),
        report_file=str(out.parent / "generation.json"),
        journal_file=str(askers.journal.path) if askers.journal else "",
    )
    report.write()
    return report


def _check_place(out: Path) -> None:
    """Find out before anything is paid for whether `out` can be written.

    Raises:
        InputError: Its name is that of another file of the run.
        OutputError: A folder is in the way.
    """
    if out.name in _BESIDE:
        raise InputError(
            f"{out.name} is the name of another file of the run", where=str(out), mend="Choose another with -o"
        )
    make_folder(out.parent)
    check_name(out)
    if out.is_dir():
        raise OutputError("a folder of this name is in the way", where=str(out), mend="Name a file with -o")
