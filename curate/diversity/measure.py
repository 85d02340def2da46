"""How diverse a dataset is, before and after: measures, their table in words, and their piece of the page."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.arrow import indices, plain
from curate.diversity.distinct import Distinct, distinct
from curate.diversity.shares import Share, shares
from curate.diversity.vendi import vendi
from curate.diversity.verbs import Request, requests
from curate.embedding import load_embedder
from curate.embedding.centres import find_centres, nearest
from curate.rows import Rows
from curate.select.draw import by_lot
from schemas.errors import MissingExtraError

SAMPLE = 20_000
SMALL_SAMPLE = 2_000
_BATCH = 8_192
_TOP = 12


class Pair(NamedTuple):
    """A kind of request, and how many of the rows looked at ask for it."""

    verb: str
    noun: str
    before: int
    after: int


class Coverage(NamedTuple):
    """Which of the topics of the rows before the rows after still touch.

    Attributes:
        topics: Clusters of the instructions before, by seeded k-means.
        touched: How many of them hold a row after.
        largest: Share of the rows in the largest, before and after.
    """

    topics: int
    touched: int
    largest: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diversity:
    """What is told of the diversity of a dataset.

    Attributes:
        rows: Rows before and after.
        looked_at: Rows that verbs, topics and shares of topics were counted on, before and after.
        paired: Rows of each side that distinct-n and Vendi were taken on: as many before as after, for both depend on
            the number of rows.
        distinct: Distinct-1, 2 and 3 of the responses, before and after.
        verbs: The most frequent kinds of requests.
        kinds: How many different kinds there are, before and after.
        unknown: Rows whose request starts with no known verb or question word, before and after.
        coverage: Topics; None where no embedder is installed.
        vendi: Vendi score of the instructions, before and after; None where no embedder is installed.
        shares: Rows by document, strategy and model.
        seed: Settles the samples and the topics.
    """

    rows: tuple[int, int]
    looked_at: tuple[int, int]
    paired: int
    distinct: tuple[Distinct, Distinct]
    verbs: tuple[Pair, ...]
    kinds: tuple[int, int]
    unknown: tuple[int, int]
    coverage: Coverage | None
    vendi: tuple[float, float] | None
    shares: dict[str, list[Share]]
    seed: int

    def summary(self) -> dict[str, Any]:  # Any: whatever JSON can hold
        """Give everything as plain JSON values."""
        plain_values: dict[str, Any] = asdict(self)  # Any: as above
        plain_values["distinct"] = [each._asdict() for each in self.distinct]
        plain_values["verbs"] = [each._asdict() for each in self.verbs]
        plain_values["coverage"] = None if self.coverage is None else self.coverage._asdict()
        plain_values["shares"] = {name: [each._asdict() for each in some] for name, some in self.shares.items()}
        return plain_values

    def lines(self) -> list[tuple[str, str, str]]:
        """Give the measures as lines of a table: name, before, after."""
        found = [("rows", f"{self.rows[0]:,}", f"{self.rows[1]:,}")]
        for size, name in enumerate(("distinct-1", "distinct-2", "distinct-3")):
            found.append((name, f"{self.distinct[0][size]:.3f}", f"{self.distinct[1][size]:.3f}"))
        found.append(("kinds of requests", f"{self.kinds[0]:,}", f"{self.kinds[1]:,}"))
        if self.coverage is not None:
            topics, touched, largest = self.coverage
            found.append(("topics touched", f"{topics:,}", f"{touched:,}"))
            found.append(("share of the largest topic", f"{largest[0]:.1%}", f"{largest[1]:.1%}"))
        if self.vendi is not None:
            found.append(("Vendi score", f"{self.vendi[0]:.1f}", f"{self.vendi[1]:.1f}"))
        return found

    def text(self) -> str:
        """Tell it in a small table."""
        lines = [f"  {name:<28} {before:>10} {after:>10}" for name, before, after in self.lines()]
        lines.insert(0, f"  {'diversity':<28} {'before':>10} {'after':>10}")
        for pair in self.verbs[:5]:
            before, after = share_of(pair.before, self.looked_at[0]), share_of(pair.after, self.looked_at[1])
            lines.append(f"  {(pair.verb + ' ' + pair.noun).strip():<28} {before:>10} {after:>10}")
        return "\n".join(lines)


def measure_diversity(before: pa.Table, after: pa.Table, *, seed: int, model: str = "") -> Diversity:
    """Measure two tables of examples.

    Large tables are looked at through samples, drawn by lot from the ids, so the numbers do not depend on the order
    of the rows: 20,000 rows for verbs and topics, 2,000 for distinct-n and Vendi. Shares are counted on all rows.

    Args:
        before: Examples that came in.
        after: Examples that stayed.
        seed: Settles the samples and the topics.
        model: Embedder (`curate.embedding.load_embedder`).
    """
    drawn = [table.take(indices(by_lot(table["id"], seed)[:SAMPLE])) for table in (before, after)]
    rows = [Rows(_batch(table), indices(np.arange(1, table.num_rows + 1))) for table in drawn]
    paired = min(SMALL_SAMPLE, *(len(each) for each in rows))
    counts = [requests(plain(each["instruction"])) for each in rows]
    first = np.arange(paired)
    coverage, score = None, None
    try:
        vectors = [_embedded(each, model) for each in rows]
    except MissingExtraError:
        pass  # what needs no embedder is told all the same
    else:
        coverage = cover(*vectors, seed=seed)
        score = (vendi(vectors[0][:paired]), vendi(vectors[1][:paired]))
    return Diversity(
        rows=(before.num_rows, after.num_rows),
        looked_at=(len(rows[0]), len(rows[1])),
        paired=paired,
        distinct=(distinct(rows[0].take(first)["response"]), distinct(rows[1].take(first)["response"])),
        verbs=_top(*counts),
        kinds=(_kinds(counts[0]), _kinds(counts[1])),
        unknown=(counts[0][Request("", "")], counts[1][Request("", "")]),
        coverage=coverage,
        vendi=score,
        shares=shares(before, after),
        seed=seed,
    )


def cover(before: npt.NDArray[np.float32], after: npt.NDArray[np.float32], *, seed: int) -> Coverage:
    """Tell which clusters of the vectors before the vectors after touch, with one cluster for about 40 rows.

    Args:
        before: (rows, dim) unit rows.
        after: (rows, dim) unit rows.
        seed: Settles the clusters.
    """
    count = int(min(max(len(before) // 40, 8), 500, max(len(before), 1)))
    centres = find_centres(before, count, seed=seed)
    if not len(centres):
        return Coverage(0, 0, (0.0, 0.0))
    held = [np.bincount(nearest(each, centres, 1)[:, 0], minlength=len(centres)) for each in (before, after)]
    touched = held[0] > 0
    largest = [float(each.max() / max(each.sum(), 1)) for each in held]
    return Coverage(int(touched.sum()), int((touched & (held[1] > 0)).sum()), (largest[0], largest[1]))


def share_of(part: int, whole: int) -> str:
    """Write a share in per cent."""
    return f"{part / whole:.1%}" if whole else "0.0%"


def _top(before: Counter[Request], after: Counter[Request]) -> tuple[Pair, ...]:
    known = sorted((each for each in before | after if each.verb), key=lambda each: (-before[each], -after[each], each))
    return tuple(Pair(each.verb, each.noun, before[each], after[each]) for each in known[:_TOP])


def _kinds(counts: Counter[Request]) -> int:
    return sum(1 for each in counts if each.verb)


def _embedded(rows: Rows, model: str) -> npt.NDArray[np.float32]:
    embedder = load_embedder(model)
    texts = plain(rows.normal("instruction") if embedder.normal else rows["instruction"])
    parts = [embedder.embed(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
    return np.concatenate([np.zeros((0, embedder.dim), dtype=np.float32), *parts])


def _batch(table: pa.Table) -> pa.RecordBatch:
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)
