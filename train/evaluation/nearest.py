"""The training rows nearest to a question: where an answer may have been learnt from, or what was missing."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas import Message, normal
from train.evaluation.asked import last_question
from train.evaluation.table import Embedder, embed

_SHOWN = 600  # characters of a question or an answer that are kept
_CHUNK = 512


class Near(NamedTuple):
    """A training row and how alike its question is, 0 to 1."""

    row: int
    question: str
    answer: str
    similarity: float


def nearest(
    questions: Sequence[str], trained: pa.Table, *, embedder: Embedder | None, count: int = 3
) -> list[list[Near]]:
    """Give the `count` training rows with the likest questions, the likest first.

    Alike is the cosine of embeddings where there is an embedder, else of TF-IDF vectors of the words. Rows that have
    nothing in common with a question are not near it.

    Args:
        questions: The questions.
        trained: train.parquet of the run, with the columns `row`, `messages` and `context`.
        embedder: Gives the vectors.
        count: Most rows for each question.
    """
    rows = [_row(record) for record in trained.select(["row", "messages", "context"]).to_pylist()]
    known = [question for _, question, _ in rows]
    if not rows or not questions:
        return [[] for _ in questions]
    if embedder is None:
        likest = _by_words(questions, known, count)
    else:
        likest = _by_vectors(embed(embedder, questions), embed(embedder, known), count)
    return [
        [
            Near(rows[place][0], rows[place][1][:_SHOWN], rows[place][2][:_SHOWN], round(score, 4))
            for place, score in each
        ]
        for each in likest
    ]


def _row(record: dict[str, Any]) -> tuple[int, str, str]:  # Any: a row of a table
    turns = [Message(turn["role"], turn["content"] or "") for turn in record["messages"] or ()]
    answer = next((turn.content for turn in reversed(turns) if turn.role == "assistant"), "")
    return record["row"], last_question(turns, record["context"] or ""), answer


def _by_vectors(
    ours: npt.NDArray[np.float32], theirs: npt.NDArray[np.float32], count: int
) -> list[list[tuple[int, float]]]:
    found: list[list[tuple[int, float]]] = []
    for start in range(0, len(ours), _CHUNK):
        found += [_best(scores, count) for scores in ours[start : start + _CHUNK] @ theirs.T]
    return found


def _by_words(questions: Sequence[str], known: Sequence[str], count: int) -> list[list[tuple[int, float]]]:
    """Compare TF-IDF vectors through an inverted index, so that only rows that share a word are looked at."""
    bags = [Counter(normal(text).split()) for text in known]
    spread = Counter(word for bag in bags for word in bag)
    rarity = {word: math.log((1 + len(bags)) / (1 + rows)) + 1 for word, rows in spread.items()}
    unknown = math.log(1 + len(bags)) + 1
    index: dict[str, list[tuple[int, float]]] = {}
    for place, bag in enumerate(bags):
        for word, weight in _weights(bag, rarity, unknown).items():
            index.setdefault(word, []).append((place, weight))
    found = []
    for question in questions:
        scores = np.zeros(len(bags))
        for word, weight in _weights(Counter(normal(question).split()), rarity, unknown).items():
            for place, other in index.get(word, ()):
                scores[place] += weight * other
        found.append(_best(scores, count))
    return found


def _weights(bag: Counter[str], rarity: dict[str, float], unknown: float) -> dict[str, float]:
    raw = {word: (1 + math.log(times)) * rarity.get(word, unknown) for word, times in bag.items()}
    length = math.sqrt(sum(weight * weight for weight in raw.values()))
    return {word: weight / length for word, weight in raw.items()}


def _best(scores: "npt.NDArray[np.floating[Any]]", count: int) -> list[tuple[int, float]]:  # Any: of either width
    order = np.argsort(-scores, kind="stable")[:count]
    return [(int(place), min(1.0, float(scores[place]))) for place in order if scores[place] > 0]
