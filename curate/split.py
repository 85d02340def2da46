"""Train, validation and test rows that do not know of each other."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import indices, mask, strings
from curate.candidates import Index, band_hashes, sharing, signed, texts_of
from curate.forms import Forms
from curate.hashing import hash_groups, hash_halves, hashes
from curate.near import sides
from curate.rows import Rows
from curate.shares import fill
from curate.stage import Verdicts, keep, signals
from curate.stars import Comparer
from schemas.errors import InputError

KEYS = ("section", "prompt", "form", "answer")
_FEW = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Keep every row, and write which split it belongs to in the column `split`.

    Rows that would give each other away are never parted: rows of one section of one document, rows with the same
    prompt or the same answer but for case and punctuation, near-duplicates as the stage `Near` finds them, and rows
    that hang together through others. Their groups are drawn by a hash of their ids and the seed, whatever the order
    of the rows; the small splits are filled first, as nearly as whole groups allow, and the first one takes the rest.
    Put this stage last: rows that a later one drops would leave the shares.

    Attributes:
        train: Share of the rows in the first split.
        validation: Share in the second; 0 for none.
        test: Share in the third; 0 for none. The three add up to 1.
        seed: Another seed draws other groups.
        names: What the three are called.
        column: Name of the column.
        answers: Whether rows with the same answer stay together. Say no where the answers are labels such as "Yes".
        near: Least Indel similarity of near-duplicates, above 0.5 and up to 1; None to look at the keys alone.
    """

    by_text: ClassVar[bool] = False  # the section is no part of what a row says
    train: float = 0.9
    validation: float = 0.05
    test: float = 0.05
    seed: int = 0
    names: tuple[str, str, str] = ("train", "validation", "test")
    column: str = "split"
    answers: bool = True
    near: float | None = 0.88

    def __post_init__(self) -> None:
        where = f"stage {self.name}"
        if min(self.shares) < 0 or not self.train or abs(sum(self.shares) - 1) > 1e-6:
            raise InputError(
                f"train, validation and test are {', '.join(map(str, self.shares))}",
                where=where,
                mend="Choose shares that add up to 1, and one above 0 for train",
            )
        if len(set(self.names)) != len(self.shares) or not all(self.names) or not self.column:
            raise InputError("names or column are empty or equal", where=where, mend="Name three splits and a column")
        if self.near is not None and not 0.5 < self.near <= 1:
            raise InputError(f"near is {self.near}", where=where, mend="Choose one above 0.5 and up to 1")

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "split"

    @property
    def shares(self) -> tuple[float, float, float]:
        """The three shares."""
        return self.train, self.validation, self.test

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: hashes of `section`, `prompt`, `answer` and both (`form`), null where empty; what Near measures."""
        source = rows.examples.column("source")
        section = [pc.fill_null(pc.struct_field(source, field), "") for field in ("document", "section")]
        forms = sides(rows)
        return signals(
            section=_filled(hashes([part.cast(pa.string()) for part in section]), section[0]),
            prompt=_filled(hashes([rows.normal("prompt")]), rows.normal("prompt")),
            answer=_filled(hashes([rows.normal("response")]), rows.normal("response")),
            form=hashes([forms]),
            **signed(forms),
        )

    def candidates(self, signals: pa.Table, /) -> npt.NDArray[np.bool_]:
        """Ask for the texts of rows that share a band: one for each group of the keys, for these are joined anyway."""
        wanted = np.zeros(signals.num_rows, dtype=bool)
        if self.near is not None:
            chosen = _one_of_each(signals)
            wanted[chosen[sharing(band_hashes(signals)[chosen])]] = True
        return wanted

    def verify(self, rows: Rows, /) -> pa.RecordBatch:
        """Further signals: `text`, the normal form of both sides."""
        return signals(text=sides(rows).cast(pa.large_string()))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Keep all, with the size of a row's group as the score."""
        roots = self._roots(signals)
        sizes = np.bincount(roots, minlength=len(roots))
        draws = _draws(signals["id"], self.seed)
        chosen = fill(roots, draws, self.shares)
        return keep(
            where=np.ones(len(roots), dtype=bool),
            reason="",
            score=sizes[roots].astype(np.float64),
            columns={self.column: strings(np.array(self.names, dtype=object)[chosen])},
        )

    def alarms(self, signals: pa.Table, verdicts: Verdicts, /) -> list[str]:
        """Tell of shares that whole groups could not meet, and of splits too small to measure with."""
        rows = signals.num_rows
        if not rows or verdicts.columns is None:
            return []
        labels: Any = verdicts.columns.column(0)  # Any: the stubs know no string arrays here
        sizes = verdicts.score.to_numpy()
        largest = int(sizes.max())
        row = signals["row"][int(sizes.argmax())].as_py()
        found = []
        for name, share in zip(self.names, self.shares, strict=True):
            taken = int(pc.sum(pc.equal(labels, pa.scalar(name))).as_py() or 0)
            if abs(taken - share * rows) > max(0.1 * share * rows, 1):
                found.append(
                    f"{name} has {taken:,} of {rows:,} rows where {share:.1%} were wanted: rows that hang together "
                    f"stay together, and the largest group, that of row {row:,}, has {largest:,}"
                )
            elif 0 < taken < _FEW:
                found.append(f"{name} has only {taken} rows, so small differences cannot be told from chance")
        return found

    def _roots(self, signals: pa.Table) -> npt.NDArray[np.int64]:
        """Give the first row that each row hangs together with."""
        from curate.kernels.unions import unite

        roots = np.arange(signals.num_rows)
        for key in KEYS if self.answers else KEYS[:-1]:
            unite(*_links(signals[key]), roots)
        if self.near is not None:
            chosen = _one_of_each(signals)
            chosen = chosen[signals["text"].take(indices(chosen)).is_valid().to_numpy()]
            pairs = _near_pairs(signals, chosen, self.near)
            unite(pairs[:, 0], pairs[:, 1], roots)
        return roots


def _near_pairs(signals: pa.Table, chosen: npt.NDArray[np.int64], threshold: float) -> npt.NDArray[np.int64]:
    """Find the near-duplicates among some rows, as pairs of positions."""
    # In an order that does not depend on that of the rows.
    chosen = chosen[np.argsort(hash_halves(signals["form"].take(indices(chosen)))[:, 0])]
    texts: Any = signals["text"].take(indices(chosen))  # Any: the stubs know no chunked strings
    pairs = Index(texts_of(signals, chosen), threshold).pairs(np.arange(len(chosen)))
    return chosen[Comparer(Forms(texts), threshold, every=True).compare(pairs).pairs]


def _one_of_each(signals: pa.Table) -> npt.NDArray[np.int64]:
    """Give the first row of each normal form."""
    return np.sort(np.unique(hash_groups(signals["form"]), return_index=True)[1])


def _links(column: "pa.ChunkedArray[Any]") -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:  # Any: hashes
    """Link each row to the first one with the same hash; null is like nothing."""
    known = np.flatnonzero(column.is_valid().to_numpy())
    groups = hash_groups(column.take(indices(known)))
    first = np.unique(groups, return_index=True)[1]
    return known[first[groups]], known


def _filled(digests: pa.FixedSizeBinaryArray, texts: Any) -> Any:  # Any: arrays, whose types the stubs lose
    """Leave out the hashes of empty texts."""
    empty: npt.NDArray[np.bool_] = pc.binary_length(texts).to_numpy(zero_copy_only=False) == 0
    return pc.if_else(mask(~empty), digests, pa.scalar(None, digests.type)) if empty.any() else digests


def _draws(ids: "pa.ChunkedArray[Any]", seed: int) -> npt.NDArray[np.uint64]:  # Any: strings
    """Draw a number for each row by its id and the seed."""
    column: Any = ids.combine_chunks()  # Any: one array of strings
    whole: Any = hashes([column]).buffers()[1]  # Any: numpy reads the buffer, the stubs do not say so
    halves = np.frombuffer(whole, dtype=np.uint64).reshape(-1, 2)
    salt = np.random.default_rng(seed).integers(0, 2**64, size=2, dtype=np.uint64)
    mixed = (halves[:, 0] ^ salt[0]) * np.uint64(0x9E3779B97F4A7C15) ^ halves[:, 1] ^ salt[1]
    mixed = (mixed ^ mixed >> np.uint64(29)) * np.uint64(0xBF58476D1CE4E5B9)
    drawn: npt.NDArray[np.uint64] = mixed ^ mixed >> np.uint64(32)
    return drawn
