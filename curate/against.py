"""Rows that another set has already: the new against the old."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.alike import differing
from curate.arrow import indices, list_column, lists, plain, strings
from curate.forms import Forms
from curate.hashing import hash_groups, hashes
from curate.lsh import BANDS, signatures
from curate.near import compared
from curate.placeholder import Placeholder
from curate.reference import file_names, files_hash, read_parts
from curate.rows import Rows, View, check_view
from curate.stage import Verdicts, keep, signals
from curate.stars import Comparer
from schemas.errors import InputError

WINDOW = 8
MEANINGS = {
    "in_reference": "says the same as a row of the other set, but for case, punctuation and white space",
    "near_reference": "says nearly the same as a row of the other set",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """Keep rows that the files do not have, neither exactly nor nearly.

    What counts as nearly the same is what the stage `Near` takes for it. Each row is held against the files alone, so
    the result depends neither on the other rows nor on their order. A placeholder for an input in the files, such as
    `<noinput>`, is read both as it stands and as nothing.

    Of the files only the signatures are held, and the texts of the rows that may match.

    Attributes:
        files: The other set, in any format that is read.
        of: View to compare; `whole` compares both sides of a row (`curate.near`).
        threshold: Least Indel similarity of the normal forms, above 0.5 and up to 1.
    """

    thresholds: ClassVar[tuple[str, ...]] = ("threshold",)
    by_text: ClassVar[bool] = True
    files: tuple[str, ...]
    of: View = "whole"
    threshold: float = 0.88

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", file_names(self.files, self.name))
        where = f"stage {self.name}"
        check_view(self.of, where)
        if not 0.5 < self.threshold <= 1:
            raise InputError(f"threshold is {self.threshold}", where=where, mend="Choose one above 0.5 and up to 1")

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "against"

    @property
    def fingerprint(self) -> str:
        """Hash of the files."""
        return files_hash(self.files)

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `hash` of the normal form, its `bands` and `length`."""
        return signals(**_signed(compared(rows, self.of))._asdict())

    def candidates(self, signals: pa.Table, /) -> npt.NDArray[np.bool_]:
        """Ask for the texts of rows that share a band with the files and are not in them exactly."""
        reference = _reference(self.files, self.fingerprint, self.of)
        exact = _exact(signals["hash"], reference)
        wanted = np.zeros(signals.num_rows, dtype=bool)
        wanted[_pairs(_bands(signals["bands"]), reference)[:, 1]] = True
        return wanted & (exact < 0)

    def verify(self, rows: Rows, /) -> pa.RecordBatch:
        """Further signals: `text`, the normal form."""
        return signals(text=compared(rows, self.of).cast(pa.large_string()))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop rows that match the files; of several the most similar one is named, then the first."""
        reference = _reference(self.files, self.fingerprint, self.of)
        exact = _exact(signals["hash"], reference)
        found = np.where(exact >= 0, exact, -1)
        scores = np.where(exact >= 0, 1.0, 0.0)
        seen = np.flatnonzero(signals["text"].is_valid().to_numpy() & (exact < 0))
        texts = _compare(self, signals, seen, reference, found, scores)
        evidence: list[str | None] = [None] * signals.num_rows
        for place in np.flatnonzero(found >= 0).tolist():
            match = int(found[place])
            label = reference.label(self.files, match)
            words = "" if exact[place] >= 0 else differing(signals["text"][place].as_py(), texts[match], 4)
            evidence[place] = f"{label}{': ' if words else ''}{words}"[:160]
        return keep(
            where=found < 0,
            reason=strings(np.where(exact >= 0, "in_reference", "near_reference").astype(object)),
            score=scores,
            threshold=self.threshold,
            evidence=strings(evidence),
        )

    def alarms(self, signals: pa.Table, verdicts: Verdicts, /) -> list[str]:  # noqa: ARG002 - the engine gives both
        """Tell of rows of the files that could not be read."""
        unread = _reference(self.files, self.fingerprint, self.of).unread
        return [f"{unread:,} rows of the other set could not be read and were not compared"] if unread else []


class _Signed(NamedTuple):
    """What is measured of a text: the signals of the stage."""

    hash: pa.FixedSizeBinaryArray
    bands: "pa.Array[Any]"  # Any: the stubs know no fixed-size lists
    length: npt.NDArray[np.int32]


class _Reference(NamedTuple):
    """The rows of the files: one for each normal form, in the order of files and rows.

    Attributes:
        file: (forms) place of its file.
        row: (forms) its row, counted from 1.
        hash: (forms) hash of the normal form.
        bands: (forms, BANDS) uint32.
        length: (forms) characters.
        unread: Rows that could not be read.
    """

    file: npt.NDArray[np.int32]
    row: npt.NDArray[np.int64]
    hash: "pa.ChunkedArray[Any]"  # Any: the stubs know no such scalar
    bands: npt.NDArray[np.uint32]
    length: npt.NDArray[np.int32]
    unread: int

    def label(self, files: Sequence[str], place: int) -> str:
        """Name a row."""
        return f"{Path(files[int(self.file[place])]).name}, row {int(self.row[place])}"


def _signed(forms: pa.StringArray) -> _Signed:
    """Measure normal forms."""
    bands, length = signatures(forms)
    return _Signed(hashes([forms]), lists(bands), length)


def _bands(column: "pa.ChunkedArray[Any]") -> npt.NDArray[np.uint32]:  # Any: as above
    """Give the band hashes as (rows, BANDS)."""
    return list_column(column, np.uint32, BANDS)


def _compare(
    stage: Against,
    signals: pa.Table,
    seen: npt.NDArray[np.int64],
    reference: _Reference,
    found: npt.NDArray[np.int64],
    scores: npt.NDArray[np.float64],
) -> dict[int, str]:
    """Enter the best match of each row that was seen again, and give the texts of the files that were compared."""
    chosen = indices(seen)
    pairs = _pairs(_bands(signals["bands"].take(chosen)), reference)
    needed, left = np.unique(pairs[:, 0], return_inverse=True)
    texts = _texts(stage.files, stage.of, needed, reference)
    held = pa.chunked_array([pa.array([texts[place] for place in needed.tolist()], pa.large_string())])
    ours: Any = signals["text"].take(chosen)  # Any: the stubs know no chunked strings
    comparer = Comparer(Forms(pa.chunked_array([*held.chunks, *ours.chunks])), stage.threshold)
    edges = comparer.compare(np.stack([left, pairs[:, 1] + len(needed)], axis=1))
    theirs, mine = needed[edges.pairs[:, 0]], seen[edges.pairs[:, 1] - len(needed)]
    order = np.lexsort((theirs, -edges.scores, mine))[::-1]  # the best is written last
    found[mine[order]], scores[mine[order]] = theirs[order], edges.scores[order]
    return texts


def _exact(column: "pa.ChunkedArray[Any]", reference: _Reference) -> npt.NDArray[np.int64]:  # Any: as above
    """Find the row of the files with the same normal form; -1 where there is none."""
    known = len(reference.row)
    groups = hash_groups(pa.chunked_array([*reference.hash.chunks, *column.chunks], type=column.type))
    first = np.full(len(groups) + 1, -1, dtype=np.int64)
    first[groups[:known][::-1]] = np.arange(known)[::-1]
    return first[groups[known:]]


def _pairs(bands: npt.NDArray[np.uint32], reference: _Reference) -> npt.NDArray[np.int64]:
    """Pair rows with rows of the files that share a band: (pairs, 2) int64, reference and row, each once, sorted.

    Where many of the files share one, a row is paired with the `WINDOW` on either side of it when all are sorted by
    the next bands. So the work stays linear when a template has a million rows.
    """
    codes = [np.zeros(0, dtype=np.int64)]
    width = max(len(bands), 1)
    for place in range(BANDS):
        theirs, ours = reference.bands[:, place], bands[:, place]
        ahead = [(place + step) % BANDS for step in (1, 2)]
        order = np.lexsort([reference.bands[:, ahead[1]], reference.bands[:, ahead[0]], theirs])
        order = order[np.searchsorted(theirs[order], 1) :]
        ordered = theirs[order]
        some = np.flatnonzero((ours != 0) & np.isin(ours, ordered))
        if not len(some):
            continue
        low, high = np.searchsorted(ordered, ours[some]), np.searchsorted(ordered, ours[some], side="right")
        joint = ordered.astype(np.uint64) << np.uint64(32) | reference.bands[order, ahead[0]].astype(np.uint64)
        own = ours[some].astype(np.uint64) << np.uint64(32) | bands[some, ahead[0]].astype(np.uint64)
        middle = np.searchsorted(joint, own)
        begin, end = np.maximum(low, middle - WINDOW), np.minimum(high, middle + WINDOW)
        for step in range(2 * WINDOW):
            inside = begin + step < end
            if not inside.any():
                break
            codes.append(order[(begin + step)[inside]] * width + some[inside])
    every = np.unique(np.concatenate(codes))
    return np.stack([every // width, every % width], axis=1)


@lru_cache(maxsize=2)
def _reference(files: tuple[str, ...], _fingerprint: str, of: View) -> _Reference:
    """Read the files and sign their rows, once for each state of the files."""
    parts: list[tuple[int, npt.NDArray[np.int64], _Signed]] = []
    unread = 0
    for part in read_parts(files):
        unread += part.unread
        parts += [(part.file, each.numbers.to_numpy(), _signed(compared(each, of))) for each in _readings(part.rows)]
    column = pa.chunked_array([signed.hash for _, _, signed in parts])
    groups = hash_groups(column)
    file = np.concatenate([np.full(len(numbers), place, dtype=np.int32) for place, numbers, _ in parts])
    row = np.concatenate([numbers for _, numbers, _ in parts])
    order = np.lexsort((row, file))
    _, first = np.unique(groups[order], return_index=True)
    chosen = order[np.sort(first)]
    bands = np.concatenate([_bands(pa.chunked_array([signed.bands])) for _, _, signed in parts])
    length = np.concatenate([signed.length for _, _, signed in parts])
    return _Reference(file[chosen], row[chosen], column.take(indices(chosen)), bands[chosen], length[chosen], unread)


def _texts(files: tuple[str, ...], of: View, needed: npt.NDArray[np.int64], reference: _Reference) -> dict[int, str]:
    """Read the files again and give the normal forms of some rows, by their places in the reference."""
    texts: dict[int, str] = {}
    if not len(needed):
        return texts
    wanted: dict[tuple[int, int], list[int]] = {}
    for place in needed.tolist():
        wanted.setdefault((int(reference.file[place]), int(reference.row[place])), []).append(place)
    rows_of = {file: np.unique(reference.row[needed][reference.file[needed] == file]) for file in range(len(files))}
    for part in read_parts(files):
        hits = np.flatnonzero(np.isin(part.rows.numbers.to_numpy(), rows_of[part.file]))
        if not len(hits):
            continue
        for rows in _readings(part.rows.take(hits)):
            forms = compared(rows, of)
            own = hashes([forms])
            for number, text, digest in zip(
                rows.numbers.to_numpy().tolist(), plain(forms), own.to_pylist(), strict=True
            ):
                for place in wanted[part.file, number]:
                    if reference.hash[place].as_py() == digest:
                        texts[place] = text
    return texts


def _readings(rows: Rows) -> list[Rows]:
    """Give rows as they stand, and those with a placeholder for an input without it."""
    mended = Placeholder().mend(rows)
    changed = np.flatnonzero(mended.changed)
    return [rows, Rows(mended.examples, rows.numbers).take(changed)] if len(changed) else [rows]
