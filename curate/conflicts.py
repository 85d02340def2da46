"""The same question with answers that do not agree, and one answer to a great many questions."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import equals, indices, plain, strings
from curate.best import best_first, worth
from curate.hashing import hash_groups, hashes
from curate.rows import Rows
from curate.stage import Verdicts, keep, signals
from curate.words import word_counts
from schemas.errors import InputError

MEANINGS = {
    "conflicting_answer": "answers the same question as another row, and not in agreement with it",
    "one_answer": "has an answer that a great many other questions have too",
}
AGREEMENT = 0.7
_LONGEST = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflicts:
    """Drop rows that answer the same prompt and context as a better row, and do not agree with it.

    The row with the longest answer stays (`curate.best`). Two answers agree where the shorter one's words stand in the
    longer one, and its numbers all of them: then it only says less.

    Many tasks have many answers ("Tell a joke"), and a set may hold several on purpose, so this stage is for sets that
    hold facts. An answer to many prompts is often a refusal that was written on purpose, so `limit` has no default.

    Attributes:
        keep: `best` keeps one of the answers, `none` drops all that take part in a conflict.
        limit: Most prompts that may share one answer; the rows beyond are dropped. None for no limit.
        words: Fewest words of an answer for `limit` to count it; labels such as "positive" are shared by right.
        prefer: Documents, strategies or models whose rows to prefer, best first.
    """

    thresholds: ClassVar[tuple[str, ...]] = ("keep", "limit", "words")
    keep: Literal["best", "none"] = "best"
    limit: int | None = None
    words: int = 6
    prefer: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.keep not in {"best", "none"}:
            raise InputError(f"keep is {self.keep!r}", where="stage conflicts", mend="Choose best or none")
        if (self.limit is not None and self.limit < 1) or self.words < 1:
            raise InputError(
                f"limit is {self.limit}, words is {self.words}",
                where="stage conflicts",
                mend="Choose numbers from 1 on, or no limit",
            )

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "conflicts"

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `asked` and `said`, 128 bits of normal forms; `count`, words of the answer; those of `worth`.

        A prompt without any sign asks nothing, so it has no hash.
        """
        prompts = rows.normal("prompt")
        empty = equals(pc.binary_length(prompts), 0)
        asked: Any = hashes([prompts, rows.normal("context")])  # Any: the stubs lose the type
        return signals(
            asked=pc.if_else(empty, pa.scalar(None, asked.type), asked),
            said=hashes([rows.normal("response")]),
            count=word_counts(rows["response"]),
            **worth(rows, self.prefer),
        )

    def candidates(self, signals: pa.Table, /) -> npt.NDArray[np.bool_]:
        """Ask for the answers of rows that share a prompt and not an answer."""
        wanted = np.zeros(signals.num_rows, dtype=bool)
        wanted[_disputed(signals)] = True
        return wanted

    def verify(self, rows: Rows, /) -> pa.RecordBatch:
        """Further signals: `text`, the first characters of the answer's normal form."""
        head: Any = pc.utf8_slice_codeunits(rows.normal("response"), 0, _LONGEST)  # Any: the stubs lose the type
        return signals(text=head.cast(pa.large_string()))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop what conflicts with the best answer to its prompt, then what is beyond the limit."""
        rows = signals.num_rows
        matched = np.full(rows, -1, dtype=np.int64)
        reason, score, evidence = (np.full(rows, None, dtype=object) for _ in range(3))
        for group in _grouped(_order(signals, _disputed(signals)), _numbers(signals["asked"])):
            texts = plain(signals["text"].take(indices(np.array(group))))
            against = [place for place, text in enumerate(texts) if not agree(texts[0], text)]
            for place in against:
                row = group[place]
                matched[row], reason[row], score[row] = group[0], "conflicting_answer", float(len(group))
                evidence[row] = f"one of {len(group)} rows with this prompt"
            if against and self.keep == "none":
                # What takes part is the best answer, and whatever agrees with it.
                for row in set(group) - {group[place] for place in against}:
                    matched[row], reason[row], score[row] = group[against[0]], "conflicting_answer", float(len(group))
                    evidence[row] = f"one of {len(group)} rows with this prompt"
        if self.limit is not None:
            self._limited(signals, matched, reason, (score, evidence))
        dropped = np.array([code is not None for code in reason], dtype=bool)
        limits = np.where(reason == "one_answer", float(self.limit or 0), 1.0)
        return keep(
            where=~dropped,
            reason=strings(reason),
            score=pa.array(score, type=pa.float64()),
            threshold=pa.array(limits, mask=~dropped),
            matched=indices(matched, ~dropped),
            evidence=strings(evidence),
        )

    def _limited(
        self,
        signals: pa.Table,
        matched: npt.NDArray[np.int64],
        reason: npt.NDArray[np.object_],
        notes: tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]],
    ) -> None:
        """Mark the rows whose answer better rows have already given to as many prompts as are allowed."""
        limit = self.limit or 0
        said, asked = hash_groups(signals["said"]), _numbers(signals["asked"])
        score, evidence = notes
        alive = np.array([code is None for code in reason], dtype=bool) & (signals["count"].to_numpy() >= self.words)
        places = np.flatnonzero(alive & (np.bincount(said)[said] > limit)) if len(said) else np.zeros(0, dtype=np.int64)
        for group in _grouped(_order(signals, places), said):
            prompts = {int(asked[row]) for row in group}
            seen: set[int] = set()
            for row in group:
                if int(asked[row]) not in seen and len(seen) >= limit:
                    matched[row], reason[row], score[row] = group[0], "one_answer", float(len(prompts))
                    evidence[row] = f"{len(prompts)} prompts have this answer"
                else:
                    seen.add(int(asked[row]))


def agree(ours: str, theirs: str) -> bool:
    """Tell whether one of two answers in normal form only says less than the other."""
    less, more = sorted((ours.split(), theirs.split()), key=len)
    known = set(more)
    if not less:
        return not more
    numbers = all(word in known for word in less if re.search(r"\d", word))
    return numbers and sum(word in known for word in less) >= AGREEMENT * len(less)


def _numbers(asked: "pa.ChunkedArray[Any]") -> npt.NDArray[np.int64]:  # Any: hashes
    """Number the prompts; each row without one is a group of its own."""
    if not len(asked):
        return np.zeros(0, dtype=np.int64)
    groups = hash_groups(asked)
    missing = asked.is_null().to_numpy()
    groups[missing] = len(asked) + np.flatnonzero(missing)
    return groups


def _disputed(signals: pa.Table) -> npt.NDArray[np.int64]:
    """Find the rows whose prompt has more than one answer."""
    asked = _numbers(signals["asked"])
    if not len(asked):
        return asked
    pairs = np.stack([asked, hash_groups(signals["said"])], axis=1)
    kinds, counts = np.unique(np.unique(pairs, axis=0)[:, 0], return_counts=True)
    return np.flatnonzero(np.isin(asked, kinds[counts > 1]))


def _order(signals: pa.Table, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Sort rows from best to worst."""
    return best_first(signals, places) if len(places) else places


def _grouped(order: npt.NDArray[np.int64], groups: npt.NDArray[np.int64]) -> list[list[int]]:
    """Put sorted rows into the lists of their groups, order kept."""
    lists: dict[int, list[int]] = {}
    for row in order.tolist():
        lists.setdefault(int(groups[row]), []).append(row)
    return list(lists.values())
