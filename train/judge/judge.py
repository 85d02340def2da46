"""Pairs of answers before a language model as the judge, with the controls that say how far to rely on it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pyarrow as pa

from schemas import ChatRequest, ChatResponse, Client, LLMError
from schemas.atomic import make_folder
from schemas.counted import counted
from schemas.progress import Progress, silent
from train.journal import Journal
from train.judge.asking import ask, unanswered
from train.judge.ballots import GOLD, STRANGER, Case, Kind, ballots, read_cases, texts_cut
from train.judge.bradley_terry import elo
from train.judge.config import JudgeConfig
from train.judge.controls import (
    MOST_FLIPPED,
    MOST_UNREADABLE,
    TELLING,
    control_warnings,
    gold_against_stranger,
    same_answers,
)
from train.judge.report import VERDICTS_SCHEMA, JudgeReport, Rating, Spent
from train.judge.tally import (
    Meeting,
    Reading,
    first_place,
    length_correlation,
    longer_wins,
    pairing,
    win_shares,
)
from train.judge.verdict import Choice, read_verdict

Heard = tuple[Reading, str]  # a reading from the view of the first place, and the reason
_Place = tuple[Kind, int, str, str]
_READINGS: Mapping[Choice, Reading] = {"A": "win", "B": "loss", "tie": "tie"}
_TURNED: Mapping[Reading, Reading] = {
    "win": "loss", "loss": "win", "tie": "tie", "unreadable": "unreadable", "failed": "failed",
}  # fmt: skip


def judge_answers(
    table: pa.Table,
    models: Sequence[str],
    client: Client,
    *,
    config: JudgeConfig,
    journal: Path,
    progress: Progress = silent,
) -> JudgeReport:
    """Have every two models judged on every row, in both orders.

    Args:
        table: The columns `row`, `id`, `question`, `gold`, `context` (may be null or missing), and `NAME_answer` for
            each model.
        models: Names of the models.
        client: Who judges.
        config: The settings.
        journal: File that keeps every reply before it is used; a killed judge goes on from it.
        progress: Shows how far it is.

    Raises:
        InputError: A column is missing, there are not two models, or the prompt is wrong.
        LLMError: No request at all was answered.
        OutputError: The journal cannot be written.
    """
    cases = read_cases(table, models, config)
    asked = ballots(cases, models, config)
    make_folder(journal.parent)
    replies = ask([ballot.request for ballot in asked], client, Journal(journal), progress=progress)
    heard = {
        (ballot.kind, ballot.case, ballot.first, ballot.second): _heard(outcome)
        for ballot, outcome in zip(asked, replies.outcomes, strict=True)
    }
    meetings = {
        (model, opponent): [_meeting(at, case, model, opponent, heard) for at, case in enumerate(cases)]
        for opponent, model in combinations(models, 2)
    }
    everyone = [meeting for some in meetings.values() for meeting in some]
    pairings = tuple(pairing(some, seed=config.seed) for some in meetings.values() if some)
    same = same_answers([reading for (kind, *_), (reading, _) in heard.items() if kind == "same"])
    strangers = [at for kind, at, first, _ in heard if kind == "stranger" and first == GOLD]
    stranger = gold_against_stranger([_stranger(at, heard) for at in strangers])
    unique = {ballot.request: outcome for ballot, outcome in zip(asked, replies.outcomes, strict=True)}.values()
    answered = [outcome for outcome in unique if isinstance(outcome, ChatResponse)]
    report = JudgeReport(
        judge=client.model,
        route=client.route,
        models=tuple(models),
        rows=len(cases),
        pairings=pairings,
        ratings=_ratings(everyone, models, len(cases), config),
        same=same,
        stranger=stranger,
        first_place=first_place(everyone),
        longer=longer_wins(everyone),
        length_correlation=length_correlation(everyone),
        requests=replies.requests,
        unreadable=sum(not _readable(outcome) for outcome in answered),
        failed=len(unique) - len(answered),
        asked=replies.asked,
        spent=Spent(
            sum(outcome.prompt_tokens for outcome in answered),
            sum(outcome.completion_tokens for outcome in answered),
            sum(outcome.cached_tokens for outcome in answered),
        ),
        warnings=(),
        verdicts=_verdicts(cases, everyone, heard),
    )
    broken_off = [outcome for outcome in answered if outcome.finish_reason == "length" and not _readable(outcome)]
    return _warned(report, control_warnings(same, stranger), _cuts(texts_cut(cases, config), len(broken_off), config))


def requests_left(
    table: pa.Table, models: Sequence[str], client: Client, *, config: JudgeConfig, journal: Path
) -> list[ChatRequest]:
    """Give the requests that `judge_answers`, given the same, would send now.

    Raises:
        InputError: As `judge_answers`.
    """
    asked = ballots(read_cases(table, models, config), models, config)
    return unanswered([ballot.request for ballot in asked], client, Journal(journal))


def _heard(outcome: ChatResponse | LLMError) -> Heard:
    """Read one reply."""
    if isinstance(outcome, LLMError):
        return "failed", outcome.what
    verdict = read_verdict(outcome.text)
    if verdict is None:
        return "unreadable", ""
    return _READINGS[verdict.better], verdict.reason


def _readable(outcome: ChatResponse) -> bool:
    return read_verdict(outcome.text) is not None


def _meeting(at: int, case: Case, model: str, opponent: str, heard: Mapping[_Place, Heard]) -> Meeting:
    """Put both orders of two models on one row together; the same answers were never asked about."""
    longer_by = len(case.answers[model]) - len(case.answers[opponent])
    if ("pair", at, model, opponent) not in heard:
        return Meeting(at, model, opponent, None, None, longer_by)
    forward, backward = heard["pair", at, model, opponent][0], heard["pair", at, opponent, model][0]
    return Meeting(at, model, opponent, forward, _TURNED[backward], longer_by)


def _stranger(at: int, heard: Mapping[_Place, Heard]) -> Meeting:
    forward, backward = heard["stranger", at, GOLD, STRANGER][0], heard["stranger", at, STRANGER, GOLD][0]
    return Meeting(at, GOLD, STRANGER, forward, _TURNED[backward], 0)


def _ratings(meetings: Sequence[Meeting], models: Sequence[str], rows: int, config: JudgeConfig) -> tuple[Rating, ...]:
    """Rate three models or more; of two, Elo says no more than their wins."""
    if len(models) < 3:
        return ()
    found = elo(win_shares(meetings, models, rows), seed=config.seed)
    rated = [Rating(model, interval) for model, interval in zip(models, found, strict=True)]
    return tuple(sorted(rated, key=lambda rating: (-rating.elo.mean, rating.model)))


def _verdicts(cases: Sequence[Case], meetings: Sequence[Meeting], heard: Mapping[_Place, Heard]) -> pa.Table:
    """Put all verdicts into one row per row and pairing."""
    records = []
    for each in sorted(meetings, key=lambda meeting: meeting.case):
        forward, backward = (
            heard.get(("pair", each.case, *named), ("tie", ""))[1]
            for named in ((each.model, each.opponent), (each.opponent, each.model))
        )
        records.append(
            {
                "row": cases[each.case].row,
                "id": cases[each.case].id,
                "model": each.model,
                "opponent": each.opponent,
                "result": each.result,
                "forward": each.forward,
                "backward": each.backward,
                "forward_reason": forward,
                "backward_reason": backward,
            }
        )
    return pa.Table.from_pylist(records, schema=VERDICTS_SCHEMA)


def _cuts(texts: int, replies: int, config: JudgeConfig) -> list[str]:
    """Say what the limits of the settings cut off."""
    found = []
    if replies:
        found.append(
            f"{replies} {'reply' if replies == 1 else 'replies'} without a verdict broke off at {config.max_tokens} "
            "tokens: a judge that thinks first needs more max_tokens"
        )
    if texts:
        found.append(
            f"{counted(texts, 'text', 'are', one='is')} longer than {config.longest:,} characters; the judge saw only "
            "the beginning"
        )
    return found


def _warned(report: JudgeReport, controls: Sequence[str], cuts: Sequence[str]) -> JudgeReport:
    """Say all that speaks against the result, what the controls show first."""
    found = list(controls)
    flipped, told = report.flips
    if told and flipped / told > MOST_FLIPPED:
        found.append(f"the order of the answers changes {flipped / told:.0%} of verdicts; those rows count as ties")
    if abs(report.length_correlation) >= TELLING:
        longer = "longer" if report.length_correlation > 0 else "shorter"
        found.append(
            f"results go with length (Spearman {report.length_correlation:+.2f}): the {longer} answer tends to win"
        )
    if report.unreadable > MOST_UNREADABLE * report.requests:
        found.append(f"{report.unreadable} of {report.requests} replies are no verdict; their rows are left out")
    if report.failed:
        found.append(f"{report.failed} of {report.requests} requests failed; run it again to ask for those alone")
    return replace(report, warnings=(*found, *cuts))
