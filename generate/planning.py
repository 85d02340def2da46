"""What a run would ask for and cost, before the first request.

The first request of every unit is written as the run would write it, and counted; where a strategy asks further ones,
they are taken to be as long. How much a model writes and how much of it is accepted is not known before: the plan says
what it takes these to be.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from generate.alike_pages import Alike
from generate.askers import ALONE, Resources
from generate.brief import Brief
from generate.config import GenerateConfig
from generate.journal import Journal
from generate.quota import Quota
from generate.report import Skipped, tally
from generate.run import open_brief, open_quotas
from generate.sections import rough_tokens
from generate.spending.prices import price_of
from generate.strategies.strategy import ToJudge, Unit
from generate.survey import survey
from schemas import ChatRequest, Client
from schemas.progress import Progress, silent

_COUNTED = 2000  # requests of a strategy whose tokens are counted; of more, as many spread evenly
_TEMPLATE_TOKENS = 8  # around each message


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What a plan takes for granted.

    Attributes:
        accepted: Share of the drafts that are accepted.
        written: Share of the tokens that a request may write that it does write.
        tokens_per_second: Tokens that all requests in flight write together.
        count: Counts the tokens of a text.
        counts: How: the name of the tokenizer, or that it is an estimate.
    """

    accepted: float = 0.7
    written: float = 0.4
    tokens_per_second: float = 500.0
    count: Callable[[str], int] = rough_tokens
    counts: str = "estimated as bytes / 4"


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyPlan:
    """What one strategy would do.

    Attributes:
        strategy: Its name.
        examples: Examples that it is to make; of `None`, all that it is expected to.
        units: What it can be asked about.
        asked: How many of these (each sample counted) it is expected to be asked about.
        requests: Requests expected.
        kept: Those of them that the journal has answers to already.
        prompt_tokens: Tokens expected to be read.
        completion_tokens: Tokens expected to be written.
        most_tokens: Tokens written at most.
        enough: Whether its units are expected to be enough.
    """

    strategy: str
    examples: int
    units: int
    asked: int
    requests: int
    kept: int
    prompt_tokens: int
    completion_tokens: int
    most_tokens: int
    enough: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run would ask for and cost.

    Attributes:
        files: Files found.
        documents: Files that can be read.
        skipped: The others.
        sections: Sections of the documents.
        candidates: Those that can be answers.
        unfit: The others, by reason.
        near_identical: Documents that are nearly the same as one before them.
        strategies: What each strategy would do.
        requests: Requests expected that would be sent.
        prompt_tokens: Tokens expected to be read.
        completion_tokens: Tokens expected to be written.
        dollars: What this costs; None where no price is known.
        most_dollars: The same where every answer is as long as it may be.
        minutes: How long it takes.
        model: Name of the model.
        route: Where it is asked.
        assumed: What the plan takes for granted.
    """

    files: int
    documents: int
    skipped: tuple[Skipped, ...]
    sections: int
    candidates: int
    unfit: Mapping[str, int]
    near_identical: tuple[Alike, ...]
    strategies: tuple[StrategyPlan, ...]
    requests: int
    prompt_tokens: int
    completion_tokens: int
    dollars: float | None
    most_dollars: float | None
    minutes: float
    model: str
    route: str
    assumed: Mapping[str, Any]  # Any: numbers and words

    def summary(self) -> dict[str, Any]:  # Any: JSON
        """Give it as plain values."""
        plain = asdict(self)
        plain["skipped"] = [skip._asdict() for skip in self.skipped]
        plain["near_identical"] = [pair._asdict() for pair in self.near_identical]
        plain["skipped_by_reason"] = tally(skip.reason for skip in self.skipped)
        return plain

    def text(self) -> str:
        """Tell it in a few lines."""
        read = f"{self.documents:,} of {self.files:,} files can be read"
        lines = [f"{read}, {self.candidates:,} of {self.sections:,} sections can be answers"]
        for each in self.strategies:
            short = "" if each.enough else ", fewer than wanted"
            kept = f", {each.kept:,} of them answered already" if each.kept else ""
            lines.append(
                f"{each.strategy}: {each.examples:,} examples out of {each.asked:,} of {each.units:,} units{short}: "
                f"{each.requests:,} requests{kept}"
            )
        cost = "no price is known for this model: name one with --prices"
        if self.dollars is not None and self.most_dollars is not None:
            cost = f"${self.dollars:,.2f}, at most ${self.most_dollars:,.2f}" if self.most_dollars else "no dollars"
        tokens = f"{self.prompt_tokens:,} tokens to read, {self.completion_tokens:,} to write"
        asked = f"{self.requests:,} requests to {self.model or 'nobody'}"
        lines.append(f"{asked}: {tokens}; {cost}; about {self.minutes:,.1f} minutes")
        granted = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in self.assumed.items())
        lines += [f"Taken for granted: {granted}", "Nothing was asked."]
        return "\n".join(lines)


def plan(
    documents: Sequence[Path],
    *,
    config: GenerateConfig,
    client: Client | None,
    resources: Resources = ALONE,
    assumed: Assumptions | None = None,
    progress: Progress = silent,
) -> Plan:
    """Count what `generate` would do with the same arguments; no model is asked.

    Args:
        documents: Files and folders.
        config: The settings.
        client: Who would write; None where no strategy asks.
        resources: The prices, and the journal, if there is one.
        assumed: What is taken for granted.
        progress: Shows how far it is.

    Raises:
        InputError: The documents, the settings or the prices are wrong.
    """
    assumed = assumed or Assumptions()
    found = survey(documents, config, progress)
    brief = open_brief(config, found)
    journal = resources.journal if resources.journal is not None and resources.journal.is_file() else None
    parts = [_part(quota, brief, client, journal, assumed) for quota in open_quotas(config, brief)]
    read = sum(part.prompt_tokens for part in parts)
    written = sum(part.completion_tokens for part in parts)
    most = sum(part.most_tokens for part in parts)
    price = None if client is None else price_of(client, resources.prices)
    return Plan(
        files=found.documents + len(found.skipped),
        documents=found.documents,
        skipped=tuple(found.skipped),
        sections=found.sections,
        candidates=len(found.candidates),
        unfit=tally(row.reason for _, row in found.unfit),
        near_identical=tuple(found.near_identical),
        strategies=tuple(parts),
        requests=sum(part.requests - part.kept for part in parts),
        prompt_tokens=read,
        completion_tokens=written,
        dollars=0.0 if client is None else None if price is None else price.of(read, written),
        most_dollars=0.0 if client is None else None if price is None else price.of(read, most),
        minutes=written / assumed.tokens_per_second / 60,
        model=client.model if client else "",
        route=client.route if client else "",
        assumed={
            "accepted": assumed.accepted,
            "written": assumed.written,
            "tokens_per_second": assumed.tokens_per_second,
            "tokens": assumed.counts,
        },
    )


def _part(
    quota: Quota, brief: Brief, client: Client | None, journal: Path | None, assumed: Assumptions
) -> StrategyPlan:
    """Plan for one strategy."""
    strategy, units = quota.strategy, quota.units
    accepted = assumed.accepted if strategy.prompts else 1.0
    examples = quota.wanted
    if examples is None:
        examples, asked = round(len(units) * strategy.yields * accepted), len(units)
    else:
        asked = min(quota.tasks, math.ceil(examples / (strategy.yields * accepted)))
    made = min(examples, round(asked * strategy.yields * accepted))
    requests = [request for unit in _some(units, asked) if (request := _first(quota, unit, brief)) is not None]
    if not requests:
        return StrategyPlan(
            strategy=strategy.name,
            examples=made,
            units=len(units),
            asked=asked,
            requests=0,
            kept=0,
            prompt_tokens=0,
            completion_tokens=0,
            most_tokens=0,
            enough=made >= examples,
        )
    kept = _kept(requests, client, journal)
    share = asked * strategy.calls / len(requests)  # of one counted request
    left = [request for place, request in enumerate(requests) if place not in kept]
    read = sum(sum(assumed.count(content) + _TEMPLATE_TOKENS for _, content in request.messages) for request in left)
    most = sum(request.max_tokens for request in left)
    return StrategyPlan(
        strategy=strategy.name,
        examples=made,
        units=len(units),
        asked=asked,
        requests=asked * strategy.calls,
        kept=round(len(kept) * share),
        prompt_tokens=round(read * share),
        completion_tokens=round(most * share * assumed.written),
        most_tokens=round(most * share),
        enough=made >= examples,
    )


def _some(units: Sequence[Unit], asked: int) -> list[Unit]:
    """Give the units that would be asked about first; of many, some that are spread evenly over these."""
    first = units[: min(asked, len(units))]
    step = max(1, math.ceil(len(first) / _COUNTED))
    return list(first[::step])


def _first(quota: Quota, unit: Unit, brief: Brief) -> ChatRequest | None:
    """Write the first request about a unit, None where it needs none."""
    steps = quota.strategy.write(unit, brief)
    step = next(steps, None)
    steps.close()
    return step.request if isinstance(step, ToJudge) else step


def _kept(requests: Sequence[ChatRequest], client: Client | None, journal: Path | None) -> set[int]:
    """Tell which requests have an answer in the journal."""
    if client is None or journal is None:
        return set()
    keys = [request.key(route=client.route, model=client.model) for request in requests]
    with Journal(journal) as opened:
        found = opened.find(keys)
    return {place for place, key in enumerate(keys) if key in found}
