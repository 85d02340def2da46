"""Which comparisons the judge is asked for: every two models on every row in both orders, and the controls."""

import hashlib
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

import pyarrow as pa

from schemas import ChatRequest, InputError
from train.judge.config import JudgeConfig
from train.judge.prompt import PairPrompt
from train.judge.verdict import schema

Kind = Literal["pair", "same", "stranger"]
GOLD, STRANGER = "gold", "gold of another row"


class Case(NamedTuple):
    """One row: what was asked, what is known, and each model's answer."""

    row: int
    id: str
    question: str
    gold: str
    context: str | None
    answers: dict[str, str]


class Ballot(NamedTuple):
    """One request to the judge.

    Attributes:
        kind: Two models, or a control: an answer against itself, or gold against the gold of another row.
        case: Position of the case.
        first: Whose answer stands in the first place.
        second: Whose stands in the second.
        request: What is sent.
    """

    kind: Kind
    case: int
    first: str
    second: str
    request: ChatRequest


def read_cases(table: pa.Table, models: Sequence[str], config: JudgeConfig) -> list[Case]:
    """Read the rows to judge: all, or as many as are wanted, chosen by seed and id, in the order of the table.

    Raises:
        InputError: A column is missing, there are no rows, or fewer than two models.
    """
    if len(set(models)) < 2 or len(set(models)) < len(models):
        raise InputError(
            f"a judge compares at least two different models, not {', '.join(models) or 'none'}",
            mend="Name two or more",
        )
    wanted = ["row", "id", "question", "gold", "context", *(f"{model}_answer" for model in models)]
    for name in wanted:
        if name not in table.column_names and name != "context":
            raise InputError(f"the answers have no column {name}", mend="Evaluate again to write it")
    if not table.num_rows:
        raise InputError("there are no answers to judge", mend="Evaluate on at least one row")
    if "context" not in table.column_names:
        table = table.append_column("context", pa.nulls(table.num_rows, pa.string()))
    cases = [
        Case(
            row=record["row"],
            id=record["id"],
            question=record["question"] or "",
            gold=record["gold"] or "",
            context=record["context"] or None,
            answers={model: record[f"{model}_answer"] or "" for model in models},
        )
        for record in table.select(wanted).to_pylist()
    ]
    if config.max_rows is not None and config.max_rows < len(cases):
        chosen = drawn(cases, config.seed)[: config.max_rows]
        cases = [cases[number] for number in sorted(chosen)]
    return cases


def drawn(cases: Sequence[Case], seed: int) -> list[int]:
    """Put the positions of cases into an order that the seed and the ids decide."""
    return sorted(range(len(cases)), key=lambda at: (_lot(seed, cases[at].id), at))


def ballots(cases: Sequence[Case], models: Sequence[str], config: JudgeConfig) -> list[Ballot]:
    """List all requests. Answers that are the same tie without a request; the controls ask for some of those."""
    prompt = PairPrompt(config.prompt, longest=config.longest)
    form = schema()

    def ballot(kind: Kind, at: int, named: tuple[str, str], texts: tuple[str, str]) -> Ballot:
        case = cases[at]
        shown = {"question": case.question, "context": case.context, "gold": case.gold or None}
        messages = prompt.messages({**shown, "first": texts[0], "second": texts[1]})
        return Ballot(kind, at, *named, ChatRequest(messages=messages, max_tokens=config.max_tokens, schema=form))

    found = []
    for at, case in enumerate(cases):
        for one, other in combinations(models, 2):
            texts = case.answers[one], case.answers[other]
            if not same(*texts):
                found.append(ballot("pair", at, (one, other), texts))
                found.append(ballot("pair", at, (other, one), (texts[1], texts[0])))
    return found + _controls(cases, models, config, ballot)


def same(one: str, other: str) -> bool:
    """Tell whether two answers are the same but for white space around them."""
    return one.strip() == other.strip()


def texts_cut(cases: Sequence[Case], config: JudgeConfig) -> int:
    """Count the texts of which the judge sees only the beginning."""
    return sum(
        len(text) > config.longest
        for case in cases
        for text in (case.question, case.gold, case.context or "", *case.answers.values())
    )


def _controls(
    cases: Sequence[Case],
    models: Sequence[str],
    config: JudgeConfig,
    ballot: Callable[[Kind, int, tuple[str, str], tuple[str, str]], Ballot],
) -> list[Ballot]:
    """List the controls, on the first rows of the seed's order that are fit for them."""
    order, named = drawn(cases, config.seed), sorted(models)
    found = []
    for number, at in enumerate(order[: config.controls]):
        model = named[number % len(named)]
        answer = cases[at].answers[model]
        found.append(ballot("same", at, (model, model), (answer, answer)))
    golden = [at for at in order if cases[at].gold.strip()]
    for number, at in enumerate(golden[: config.controls]):
        gold = cases[at].gold
        others = (cases[other].gold for other in golden[number + 1 :] + golden[:number])
        stranger = next((other for other in others if not same(other.casefold(), gold.casefold())), None)
        if stranger is None:  # all rows have one gold answer
            break
        found.append(ballot("stranger", at, (GOLD, STRANGER), (gold, stranger)))
        found.append(ballot("stranger", at, (STRANGER, GOLD), (stranger, gold)))
    return found


def _lot(seed: int, name: str) -> bytes:
    return hashlib.blake2b(f"{seed}:{name}".encode(errors="surrogatepass")).digest()
