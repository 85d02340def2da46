"""Base against tuned on the rows that neither was trained on: the same prompts, greedy decoding, paired intervals."""

import gc
import hashlib
import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa

from schemas import InputError, rouge_l
from schemas.atomic import make_folder, write_json, write_text
from schemas.parquet import read_table, write_table
from schemas.progress import Progress, silent
from train.evaluation.answers import Journal, Question, Reply, questions, replies
from train.evaluation.metrics import Interval, bootstrap, exact_match, token_f1
from train.folder import find_model, fingerprint, load_tokenizer, require
from train.model import LocalModel, load_network
from train.render import Renderer
from train.run import Rows, conversations

Verdict = Literal["better", "worse", "no clear difference", "longer", "shorter"]

_COLUMNS: "list[pa.Field[Any]]" = [  # Any: the columns have different types
    pa.field("row", pa.int64(), nullable=False),
    pa.field("id", pa.string(), nullable=False),
    pa.field("question", pa.string(), nullable=False),
    pa.field("gold", pa.string(), nullable=False),
    *(
        pa.field(f"{model}_{name}", kind, nullable=False)
        for model in ("base", "tuned")
        for name, kind in (
            ("answer", pa.string()),
            ("stopped", pa.bool_()),
            ("tokens", pa.int32()),
            ("nll", pa.float64()),
            ("exact_match", pa.float64()),
            ("f1", pa.float64()),
            ("rouge_l", pa.float64()),
        )
    ),
    pa.field("gold_tokens", pa.int32(), nullable=False),
]
ANSWERS_SCHEMA = pa.schema(_COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateConfig:
    """Settings of an evaluation.

    Attributes:
        seed: Seed of the bootstrap and of the choice of rows.
        max_tokens: Longest answer.
        max_rows: Most held-out rows to ask; None for all.
    """

    seed: int
    max_tokens: int = 128
    max_rows: int | None = None

    def __post_init__(self) -> None:
        for name in ("max_tokens", "max_rows"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} = {value} is below 1", mend=f"Choose 1 or more for {name}")


class Comparison(NamedTuple):
    """One measure of both models, and the paired difference tuned minus base."""

    base: Interval
    tuned: Interval
    difference: Interval
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationReport:
    """The outcome of an evaluation.

    Attributes:
        out: Folder that it was written to.
        page: The page to look at.
        rows: Questions asked.
        base: Name of the base model.
        tuned: Name of the tuned model.
        measures: Each measure's comparison by its name, the names of `LABELS`.
        perplexity: Perplexity of the gold answers to base and tuned.
        gold_tokens: Mean tokens of the gold answers.
    """

    out: Path
    page: Path
    rows: int
    base: str
    tuned: str
    measures: dict[str, Comparison]
    perplexity: tuple[float, float]
    gold_tokens: float

    def summary(self) -> dict[str, Any]:  # Any: whatever JSON can hold
        """Give everything as plain JSON values."""
        return {
            "out": str(self.out),
            "page": str(self.page),
            "rows": self.rows,
            "base": self.base,
            "tuned": self.tuned,
            "perplexity": {"base": self.perplexity[0], "tuned": self.perplexity[1]},
            "gold_tokens": self.gold_tokens,
            "measures": {
                name: {
                    side: list(value) if isinstance(value, Interval) else value
                    for side, value in measure._asdict().items()
                }
                for name, measure in self.measures.items()
            },
        }

    def text(self) -> str:
        """Tell it in a small table."""
        lines = [f"{self.rows} held-out rows; difference is tuned - base with its 95 % interval"]
        for name, (base, tuned, difference, verdict) in self.measures.items():
            lines.append(
                f"  {LABELS[name]:<26} {base.mean:8.3f} {tuned.mean:8.3f}   {difference.mean:+.3f} "
                f"[{difference.low:+.3f}, {difference.high:+.3f}]  {verdict}"
            )
        lines.append(f"The page: {self.page}")
        return "\n".join(lines)


LABELS = {
    "nll": "loss of the gold answer",
    "f1": "token F1",
    "rouge_l": "ROUGE-L",
    "exact_match": "exact match",
    "did_not_stop": "did not stop",
    "tokens": "tokens per answer",
}
_LOWER_IS_BETTER = {"nll", "did_not_stop"}


def evaluate(run: Path, out: Path, *, config: EvaluateConfig, progress: Progress = silent) -> EvaluationReport:
    """Compare the base model of a run with its tuned model on the run's held-out rows.

    Writes answers.parquet, evaluation.json, page.html, and the journal answers.jsonl that lets a killed evaluation go
    on. The models are loaded one after the other.

    Raises:
        InputError: `run` is no finished run, or held no rows out.
        LLMError: A question cannot be answered.
        OutputError: A file cannot be written.
    """
    from train.evaluation.page import render_page

    require("torch", "transformers", "matplotlib")
    record = read_run(run)
    base, tuned = find_model(record["settings"]["model"]), run / "merged"
    if fingerprint(base) != record["made_from"]["model"]:
        raise InputError(
            "the base model is no longer the one that this run tuned",
            where=str(base),
            mend="Put it back, or train anew",
        )
    renderer = Renderer(load_tokenizer(tuned))
    if renderer.template_hash != record["made_from"]["template"]:
        raise InputError(
            "the chat template is no longer the one of the training",
            where=str(tuned / "chat_template.jinja"),
            mend="Put it back, or train anew",
        )
    asked = _asked(run, renderer, config)
    make_folder(out)
    journal = Journal(out / "answers.jsonl")
    found: list[list[Reply]] = []
    names = [f"{folder.resolve().name}@{fingerprint(folder)}" for folder in (base, tuned)]
    for folder, name in zip((base, tuned), names, strict=True):
        found.append(
            replies(
                asked,
                journal,
                name=name,
                load=lambda folder=folder, name=name: LocalModel(load_network(folder), renderer, name=name),  # type: ignore[misc] # the loop's values are bound
                max_tokens=config.max_tokens,
                progress=progress,
            )
        )
        gc.collect()  # one model's memory is free before the next is loaded
    table = _table(asked, *found)
    report = _compare(table, out, config, names)
    write_table(out / "answers.parquet", table)
    write_text(out / "page.html", render_page(report, table, record, run, config=config))
    write_json(
        out / "evaluation.json", {"settings": asdict(config), "made_from": record["made_from"], **report.summary()}
    )
    return report


def read_run(run: Path) -> dict[str, Any]:  # Any: what training.json holds
    """Read the record of a finished run.

    Raises:
        InputError: `run` is none.
    """
    try:
        record: dict[str, Any] = json.loads((run / "training.json").read_text(encoding="utf-8"))
        status = record["status"]
    except FileNotFoundError:
        raise InputError(
            "no training.json in this folder", where=str(run), mend="Give the folder of a training run"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            "its training.json cannot be read", where=str(run), mend="Train anew in another folder"
        ) from error
    if status != "done" or not (run / "merged").is_dir():
        raise InputError("this run is not finished", where=str(run), mend="Start it again; it goes on where it stopped")
    return record


def _asked(run: Path, renderer: Renderer, config: EvaluateConfig) -> list[Question]:
    table = read_table(run / "heldout.parquet")
    if not table.num_rows:
        raise InputError("this run held no rows out", where=str(run), mend="Train with held_out above 0")
    rows = conversations(Rows(table, table["row"].to_numpy(), []))
    if config.max_rows is not None and config.max_rows < len(rows):
        drawn = sorted(rows, key=lambda row: hashlib.blake2b(f"{config.seed}:{row[1]}".encode()).digest())
        rows = sorted(drawn[: config.max_rows], key=lambda row: row[0])
    return questions(rows, renderer)


def _table(asked: list[Question], base: list[Reply], tuned: list[Reply]) -> pa.Table:
    """Put answers and scores of both models into one row per question."""
    records = []
    for question, *both in zip(asked, base, tuned, strict=True):
        record: dict[str, Any] = {  # Any: the columns have different types
            "row": question.row,
            "id": question.id,
            "question": "\n\n".join(turn.content for turn in question.messages if turn.role != "system"),
            "gold": question.gold,
            "gold_tokens": both[0].gold_tokens,
        }
        for model, reply in zip(("base", "tuned"), both, strict=True):
            record |= {
                f"{model}_answer": reply.text,
                f"{model}_stopped": reply.stopped,
                f"{model}_tokens": reply.tokens,
                f"{model}_nll": reply.nll,
                f"{model}_exact_match": exact_match(reply.text, question.gold),
                f"{model}_f1": token_f1(reply.text, question.gold),
                f"{model}_rouge_l": rouge_l(reply.text, question.gold),
            }
        records.append(record)
    return pa.Table.from_pylist(records, schema=ANSWERS_SCHEMA)


def _compare(table: pa.Table, out: Path, config: EvaluateConfig, names: list[str]) -> EvaluationReport:
    columns: dict[str, list[Any]] = table.to_pydict()  # Any: the columns have different types
    gold = [float(tokens) for tokens in columns["gold_tokens"]]
    measures = {}
    for name in LABELS:
        sides = [_values(columns, name, model, gold) for model in ("base", "tuned")]
        weights = gold if name == "nll" else None
        apart = [ours - theirs for theirs, ours in zip(*sides, strict=True)]
        before, after, difference = (bootstrap(values, weights, seed=config.seed) for values in (*sides, apart))
        measures[name] = Comparison(before, after, difference, verdict(name, difference))
    base, tuned = measures["nll"].base.mean, measures["nll"].tuned.mean
    return EvaluationReport(
        out=out,
        page=out / "page.html",
        rows=table.num_rows,
        base=names[0],
        tuned=names[1],
        measures=measures,
        perplexity=(math.exp(min(base, 700)), math.exp(min(tuned, 700))),
        gold_tokens=sum(gold) / len(gold),
    )


def _values(columns: dict[str, list[Any]], name: str, model: str, gold: list[float]) -> list[float]:
    if name == "nll":
        return [nll / max(tokens, 1) for nll, tokens in zip(columns[f"{model}_nll"], gold, strict=True)]
    if name == "did_not_stop":
        return [float(not stopped) for stopped in columns[f"{model}_stopped"]]
    return [float(value) for value in columns[f"{model}_{name}"]]


def verdict(name: str, difference: Interval) -> Verdict:
    """Say what a difference shows: nothing where its interval holds 0."""
    if difference.low <= 0 <= difference.high or math.isnan(difference.mean):
        return "no clear difference"
    if name == "tokens":
        return "longer" if difference.mean > 0 else "shorter"
    return "better" if (difference.mean < 0) == (name in _LOWER_IS_BETTER) else "worse"
