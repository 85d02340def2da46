"""Selection: as many rows as are wanted, and no more, chosen so that they differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.arrow import indices
from curate.embedding.named import load_embedder
from curate.embedding.search import unit
from curate.embedding.vectors import column_vectors, embed_view, vector_column
from curate.rows import Rows, View, check_view
from curate.select.draw import by_lot
from curate.select.k_centre import k_centre
from curate.select.quality_diversity import quality_diversity
from curate.select.quotas import quotas
from curate.select.strata import strata, topics
from curate.stage import Verdicts, keep, signals
from curate.tokens import token_counts
from curate.words import word_counts
from schemas.errors import InputError

MEANINGS = {"not_selected": "was left over when as many rows as were wanted had been selected"}
By = Literal["k_centre", "quality_diversity"]
WORDS = "words"
TOKENS_PER_WORD = 1.4
_WHERE = "stage select"


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """Keep exactly so many rows, or the rows that go into so many tokens, chosen so that they differ.

    Where there are fewer rows than wanted, all stay, and the report says so. The choice depends on the rows and the
    seed, not on the order of the rows. Both ways to choose cost time that grows with rows times rows chosen.

    Attributes:
        rows: How many rows to keep; 0 where `tokens` says it.
        tokens: How many tokens to keep at most; rows that no longer fit are passed over until none fits.
        by: `k_centre` takes the row farthest from all rows taken before. `quality_diversity` goes from the best row to
            the worst and takes each that is no closer than `tau` to one that was taken (Deita, arXiv:2312.15685);
            where that gives too few, the best of the others fill up, and the report says how many.
        quality: What is good: `words` of the response, or a numeric column of the rows, such as one that an earlier
            run wrote; higher is better. Read by `quality_diversity` only.
        tau: Cosine from which on two rows are too close. Deita's is 0.9.
        of: View that is embedded.
        stratify: `source` (strategy and model of the origin), `document`, `topic` (clusters of the embeddings), or
            a column of the rows: each group gives its share. Empty for no groups.
        equal: Whether the groups' shares are equal; otherwise they follow the groups' sizes.
        seed: Settles the first row and the topics.
        model: Embedder; empty for the one that needs no network.
        tokenizer: Folder or name of the model whose tokens are counted; empty for an estimate of 1.4 tokens a word.
    """

    costly: ClassVar[bool] = True
    thresholds: ClassVar[tuple[str, ...]] = ("rows", "tokens", "by", "tau", "equal", "seed")
    rows: int = 0
    tokens: int = 0
    by: By = "k_centre"
    quality: str = WORDS
    tau: float = 0.9
    of: View = "whole"
    stratify: str = ""
    equal: bool = False
    seed: int
    model: str = ""
    tokenizer: str = ""

    def __post_init__(self) -> None:
        if (self.rows > 0) == (self.tokens > 0) or self.rows < 0 or self.tokens < 0:
            raise InputError(
                f"rows is {self.rows}, tokens is {self.tokens}", where=_WHERE, mend="Give one of the two, 1 or more"
            )
        if self.by not in get_args(By):
            raise InputError(f"by is {self.by!r}", where=_WHERE, mend=f"Choose one of {', '.join(get_args(By))}")
        check_view(self.of, _WHERE)
        if not 0 < self.tau <= 1:
            raise InputError(f"tau is {self.tau}", where=_WHERE, mend="Choose one above 0 and up to 1")
        if self.tokenizer and not self.tokens:
            raise InputError("a tokenizer and no tokens", where=_WHERE, mend="Give tokens, or leave the tokenizer out")

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "select"

    @property
    def by_text(self) -> bool:
        """Groups and columns do not stand in the text."""
        return self.stratify in {"", "topic"} and self.quality == WORDS

    @property
    def fingerprint(self) -> str:
        """Hash of the model."""
        return load_embedder(self.model).fingerprint

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `vector`, `tokens` int32, `quality` float64, `stratum`."""
        texts = rows["whole"]
        counts = (
            token_counts(texts, self.tokenizer)
            if self.tokenizer
            else np.ceil(word_counts(texts) * TOKENS_PER_WORD).astype(np.int32)
        )
        return signals(
            vector=vector_column(embed_view(rows, self.of, load_embedder(self.model))),
            tokens=counts,
            quality=self._quality(rows),
            stratum=strata(rows, self.stratify),
        )

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Keep what is chosen, with its quality as the score."""
        chosen = self._chosen(signals)[0]
        return keep(where=chosen, reason="not_selected", score=signals["quality"])

    def alarms(self, signals: pa.Table, verdicts: Verdicts, /) -> list[str]:
        """Tell where there were too few rows, or too few that differ."""
        total, close = int(verdicts.keep.true_count), self._chosen(signals)[1]
        found = []
        if self.rows > signals.num_rows:
            found.append(f"{self.rows:,} rows were wanted and there are {signals.num_rows:,}: all of them stay")
        if close:
            found.append(
                f"{close:,} of the {total:,} rows selected are closer than {self.tau} to a better one: fewer than "
                "were wanted differ enough"
            )
        return found

    def _quality(self, rows: Rows) -> Any:  # Any: an array of numbers
        if self.quality == WORDS:
            return word_counts(rows["response"]).astype(np.float64)
        names = rows.examples.schema.names
        kind = rows.examples.schema.field(self.quality).type if self.quality in names else None
        if kind is None or not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
            numeric = [field.name for field in rows.examples.schema if pa.types.is_floating(field.type)]
            raise InputError(
                f"there is no column of numbers {self.quality!r} to go by",
                where=_WHERE,
                mend=f"Choose {', '.join([WORDS, *numeric])}; columns that a stage of this run measures are not "
                "there before the next run",
            )
        return rows.examples.column(self.quality).cast(pa.float64())

    def _chosen(self, signals: pa.Table) -> tuple[npt.NDArray[np.bool_], int]:
        """Tell which rows are chosen, and how many of them only for want of others."""
        order = by_lot(signals["id"], self.seed)
        table = signals.take(indices(order))
        vectors = unit(column_vectors(table["vector"]).astype(np.float32))
        sizes = table["tokens"].to_numpy().astype(np.int64) if self.tokens else np.ones(len(order), dtype=np.int64)
        quality = table["quality"].to_numpy().astype(np.float64)
        groups = self._groups(table, vectors)
        members = [np.flatnonzero(groups == group) for group in range(int(groups.max(initial=-1)) + 1)]
        budgets = quotas(
            np.array([sizes[each].sum() for each in members], dtype=np.int64),
            self.rows or self.tokens,
            equal=self.equal,
        )
        chosen, close = np.zeros(len(order), dtype=bool), 0
        for each, budget in zip(members, budgets.tolist(), strict=True):
            taken, crowded = _fill(self._order(vectors[each], quality[each]), sizes[each], budget)
            chosen[order[each[taken]]] = True
            close += crowded
        return chosen, close

    def _groups(self, table: pa.Table, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
        """Number the groups, by name."""
        if self.stratify == "topic":
            return topics(vectors, seed=self.seed)
        names: Any = table["stratum"].combine_chunks()  # Any: the stubs lose the type
        return np.unique(names.to_numpy(zero_copy_only=False).astype(str), return_inverse=True)[1].astype(np.int64)

    def _order(self, vectors: npt.NDArray[np.float32], quality: npt.NDArray[np.float64]) -> Iterator[tuple[int, bool]]:
        if self.by == "quality_diversity":
            return quality_diversity(vectors, quality, tau=self.tau)
        return ((position, True) for position in k_centre(vectors))


def _fill(
    order: Iterator[tuple[int, bool]], sizes: npt.NDArray[np.int64], budget: int
) -> tuple[npt.NDArray[np.int64], int]:
    """Take positions in their order while they fit, and count those taken that are like others."""
    if budget >= int(sizes.sum()):
        return np.arange(len(sizes)), 0
    waiting = np.sort(sizes)
    smallest = int(waiting[0]) if len(waiting) else 0
    taken: list[int] = []
    crowded = 0
    for position, unlike in order:
        if sizes[position] <= budget:
            taken.append(position)
            budget -= int(sizes[position])
            crowded += not unlike
        if budget < max(smallest, 1):
            break
    return np.array(taken, dtype=np.int64), crowded
