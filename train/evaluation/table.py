"""answers.parquet: one row per question, with what both models made of it and every measure of both answers."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas import normal, rouge_l
from train.evaluation.answers import Reply
from train.evaluation.asked import Asked, last_question
from train.evaluation.metrics import chrf, exact_match, token_f1

MODELS = ("base", "tuned")
NEAR_TYPE = pa.list_(
    pa.struct(
        [
            pa.field("row", pa.int64()),
            pa.field("question", pa.string()),
            pa.field("answer", pa.string()),
            pa.field("similarity", pa.float64()),
        ]
    )
)
_COLUMNS: "list[pa.Field[Any]]" = [  # Any: the columns have different types
    pa.field("row", pa.int64(), nullable=False),
    pa.field("id", pa.string(), nullable=False),
    pa.field("question", pa.string(), nullable=False),
    pa.field("last_question", pa.string(), nullable=False),
    pa.field("gold", pa.string(), nullable=False),
    pa.field("gold_tokens", pa.int32(), nullable=False),
    *(pa.field(name, pa.string(), nullable=False) for name in ("document", "section", "strategy", "passage")),
    pa.field("turns", pa.int32(), nullable=False),
    *(
        pa.field(f"{model}_{name}", kind, nullable=name == "similarity")
        for model in MODELS
        for name, kind in (
            ("answer", pa.string()),
            ("stopped", pa.bool_()),
            ("tokens", pa.int32()),
            ("nll", pa.float64()),
            ("exact_match", pa.float64()),
            ("f1", pa.float64()),
            ("rouge_l", pa.float64()),
            ("chrf", pa.float64()),
            ("similarity", pa.float64()),
            ("errors", pa.list_(pa.string())),
        )
    ),
    pa.field("nearest", NEAR_TYPE),
]
ANSWERS_SCHEMA = pa.schema(_COLUMNS)


class Embedder(Protocol):
    """Gives each text a vector whose direction is its meaning."""

    @property
    def fingerprint(self) -> str:
        """Hash of the model."""
        ...

    @property
    def normal(self) -> bool:
        """Whether it wants the normal form of a text instead of the text."""
        ...

    def embed(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        """Give (texts, dim) float32, unit rows; a text without meaning to the model has a row of zeros."""
        ...


def embed(embedder: Embedder, texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Embed texts in the form that the embedder wants."""
    return embedder.embed([normal(text) for text in texts] if embedder.normal else list(texts))


def records(
    asked: Sequence[Asked], base: Sequence[Reply], tuned: Sequence[Reply], *, embedder: Embedder | None
) -> list[dict[str, Any]]:  # Any: the columns have different types
    """Put answers and measures of both models into one record per question, without errors and nearest rows."""
    alike = {model: _similarities(asked, both, embedder) for model, both in zip(MODELS, (base, tuned), strict=True)}
    found = []
    for number, (each, *both) in enumerate(zip(asked, base, tuned, strict=True)):
        question, facts = each
        record: dict[str, Any] = {  # Any: as above
            "row": question.row,
            "id": question.id,
            "question": "\n\n".join(turn.content for turn in question.messages if turn.role != "system"),
            "last_question": last_question(question.messages, facts.passage),
            "gold": question.gold,
            "gold_tokens": both[0].gold_tokens,
            "document": facts.document,
            "section": facts.section,
            "strategy": facts.strategy,
            "passage": facts.passage,
            "turns": facts.turns,
            "nearest": [],
        }
        for model, reply in zip(MODELS, both, strict=True):
            record |= {
                f"{model}_answer": reply.text,
                f"{model}_stopped": reply.stopped,
                f"{model}_tokens": reply.tokens,
                f"{model}_nll": reply.nll,
                f"{model}_exact_match": exact_match(reply.text, question.gold),
                f"{model}_f1": token_f1(reply.text, question.gold),
                f"{model}_rouge_l": rouge_l(reply.text, question.gold),
                f"{model}_chrf": chrf(reply.text, question.gold),
                f"{model}_similarity": alike[model][number],
                f"{model}_errors": [],
            }
        found.append(record)
    return found


def _similarities(asked: Sequence[Asked], both: Sequence[Reply], embedder: Embedder | None) -> list[float | None]:
    """Give the cosine of each answer and its gold; an empty answer has none with anything but an empty gold."""
    if embedder is None or not asked:
        return [None] * len(asked)
    gold = embed(embedder, [each.question.gold for each in asked])
    ours = embed(embedder, [reply.text for reply in both])
    cosines: list[float] = np.einsum("ij,ij->i", gold.astype(np.float64), ours.astype(np.float64)).tolist()
    return [min(1.0, cosine) for cosine in cosines]
