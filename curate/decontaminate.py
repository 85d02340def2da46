"""Rows that hold a prompt of the user's own evaluation files: a model trained on them has seen the questions."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import indices, strings
from curate.ngrams import Runs, long_runs, small_runs
from curate.overlap import Overlap, fuzzy_overlap, run_overlap
from curate.reference import file_names, files_hash, read_parts
from curate.rows import Rows, View, check_view
from curate.stage import Verdicts, keep, signals
from schemas.errors import InputError

EMBEDDED_WORDS = 8
MEANINGS = {
    "evaluation_prompt": "has the whole of an evaluation prompt in it",
    "evaluation_ngram": "has a long run of words of an evaluation prompt in it",
    "evaluation_fuzzy": "has an evaluation prompt in nearly the same words in it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decontaminate:
    """Keep rows that hold none of the prompts of the evaluation files.

    How a prompt is looked for depends on how many words it has:

    - Fewer than `EMBEDDED_WORDS`: it must be the row's whole instruction, for such words stand in many texts.
    - Up to `n`: all of it must stand in the row.
    - More than `n`: any run of `n` words of it must. Runs that stand in more than ten of the prompts are how they are
      worded, and do not count.
    - From `EMBEDDED_WORDS` on it is also found in nearly the same words: the same numbers, no negation more or less, no
      more than one content word in eight changed, and in a prompt of fewer than 13 words none for another.

    A prompt is every user turn of an evaluation row, or its whole text where it has no turns. Texts are compared in
    their normal form; Han and Kana signs are words of their own.

    Attributes:
        files: Evaluation files, of any format that is read, or `.txt` with one prompt on a line.
        of: View to look in.
        n: Words in a run, at least 5. GPT-3 took 13; measured in docs/precision/decontaminate.md.
        fuzzy: Least Indel similarity of a prompt and the words of the row that are nearest to it, above 0.7; None to
            look for the very words only.
        column: Column of the files that holds the prompt, where it cannot be told.
    """

    thresholds: ClassVar[tuple[str, ...]] = ("fuzzy",)
    by_text: ClassVar[bool] = True
    files: tuple[str, ...]
    of: View = "whole"
    n: int = 13
    fuzzy: float | None = 0.85
    column: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", file_names(self.files, self.name))
        where = f"stage {self.name}"
        check_view(self.of, where)
        if self.n < 5:
            raise InputError(f"n is {self.n}", where=where, mend="Choose 5 or more: shorter runs stand everywhere")
        if self.fuzzy is not None and not 0.7 <= self.fuzzy <= 1:
            raise InputError(f"fuzzy is {self.fuzzy}", where=where, mend="Choose one from 0.7 to 1")

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "decontaminate"

    @property
    def fingerprint(self) -> str:
        """Hash of the evaluation files."""
        return files_hash(self.files)

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `prompt` and `run` of the very words, `near` and `similarity` of nearly the same; spans of both.

        `prompt` and `near` are int32, the place of the prompt in the files, -1 for none. `run` is the share of the
        prompt's words that stand together in the row, `similarity` the Indel similarity; 0 where there is none.
        """
        index = _index(self.files, self.fingerprint, self.n, self.column)
        forms = rows.normal(self.of)
        exact: dict[int, Overlap] = {}
        near: dict[int, Overlap] = {}
        whole = pc.index_in(rows.normal("instruction"), value_set=strings(index.brief)).to_numpy(zero_copy_only=False)
        for place in np.flatnonzero(~np.isnan(whole.astype(np.float64))).tolist():
            text = index.brief[int(whole[place])]
            exact[place] = Overlap(index.places[text], 1.0, text)
        found = index.long.find(forms)
        for place in np.flatnonzero(found.text >= 0).tolist():
            prompt = int(found.text[place])
            overlap = run_overlap(index.forms[prompt], _bytes(forms, place), int(found.at[place]), self.n)
            if overlap is not None and place not in exact:
                exact[place] = Overlap(prompt, *overlap)
        found = index.small.find(forms)
        for place in np.flatnonzero(found.text >= 0).tolist():
            prompt = int(found.text[place])
            if place in exact:
                continue
            overlap = fuzzy_overlap(index.forms[prompt], _bytes(forms, place), int(found.at[place]))
            if overlap is not None:
                near[place] = Overlap(prompt, *overlap)
        return signals(**_columns("prompt", "run", exact, len(rows)), **_columns("near", "similarity", near, len(rows)))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop rows that hold a prompt: the very words first, with the share or the similarity as the score."""
        index = _index(self.files, self.fingerprint, self.n, self.column)
        prompt, near = signals["prompt"].to_numpy(), signals["near"].to_numpy()
        run, similarity = signals["run"].to_numpy(), signals["similarity"].to_numpy()
        least = 2.0 if self.fuzzy is None else self.fuzzy
        exact, fuzzy = prompt >= 0, similarity >= least
        evidence: list[str | None] = [None] * len(prompt)
        limits = np.where(exact, 1.0, least)
        places = np.flatnonzero(exact | fuzzy)
        chosen = indices(places)
        spans = signals["prompt_span"].take(chosen).to_pylist(), signals["near_span"].take(chosen).to_pylist()
        for place, span, near_span in zip(places.tolist(), *spans, strict=True):
            which = prompt[place] if exact[place] else near[place]
            evidence[place] = f"{index.labels[which]}: {span if exact[place] else near_span}"[:160]
            if exact[place] and run[place] < 1:
                limits[place] = self.n / index.words[which]
        reasons = np.select([exact & (run >= 1), exact], ["evaluation_prompt", "evaluation_ngram"], "evaluation_fuzzy")
        return keep(
            where=~(exact | fuzzy),
            reason=strings(reasons.astype(object)),
            score=np.where(exact, run, similarity),
            threshold=limits,
            evidence=strings(evidence),
        )

    def alarms(self, signals: pa.Table, verdicts: Verdicts, /) -> list[str]:  # noqa: ARG002 - the engine gives both
        """Tell of evaluation rows that could not be looked for."""
        index = _index(self.files, self.fingerprint, self.n, self.column)
        found = []
        if index.unread:
            found.append(f"{index.unread:,} rows of the evaluation files could not be read and were not looked for")
        if index.worded:
            found.append(
                f"{index.worded:,} evaluation prompts hold nothing but words that stand in more than ten of them, and "
                "are found by likeness only"
            )
        return found


class _Index(NamedTuple):
    """The prompts of the evaluation files.

    Attributes:
        forms: Their normal forms, all different.
        labels: File and row of each.
        words: Words of each.
        brief: Those that must be the whole instruction.
        places: Place of each of these in `forms`.
        long: Runs of n words.
        small: Runs of a few.
        unread: Rows of the files that could not be read.
        worded: Prompts whose every run stands in too many of them.
    """

    forms: list[str]
    labels: list[str]
    words: list[int]
    brief: list[str]
    places: dict[str, int]
    long: Runs
    small: Runs
    unread: int
    worded: int


@lru_cache(maxsize=2)
def _index(files: tuple[str, ...], _fingerprint: str, n: int, column: str) -> _Index:
    """Read the evaluation files and index their prompts, once for each state of the files."""
    from curate.normalise import normal_form
    from curate.words import word_counts

    labels: dict[str, str] = {}
    unread = 0
    for part in read_parts(files, column):
        unread += part.unread
        numbers = part.rows.numbers.to_pylist()
        for number, turns in zip(numbers, _turns(part.rows), strict=True):
            asked = [turn["content"] for turn in turns if turn["role"] == "user"]
            asked = asked or [turn["content"] for turn in turns]
            for text in asked:
                form = normal_form(text or "")
                if form:
                    labels.setdefault(form, f"{Path(files[part.file]).name}, row {number}")
    forms = list(labels)
    words = word_counts(strings(forms)).tolist()
    long, left = long_runs(forms, n, EMBEDDED_WORDS)
    brief = [form for form, count in zip(forms, words, strict=True) if count < EMBEDDED_WORDS]
    worded = sum(1 for count, runs in zip(words, left.tolist(), strict=True) if count >= EMBEDDED_WORDS and not runs)
    places = {form: place for place, form in enumerate(forms) if words[place] < EMBEDDED_WORDS}
    small = small_runs(forms, EMBEDDED_WORDS)
    return _Index(forms, list(labels.values()), words, brief, places, long, small, unread, worded)


def _turns(rows: Rows) -> list[list[dict[str, str | None]]]:
    """Give the turns of each row as plain values."""
    turns: Any = rows.examples.column("messages").to_pylist()  # Any: the stubs know no list of structs
    return cast("list[list[dict[str, str | None]]]", turns)


def _bytes(forms: pa.StringArray, place: int) -> memoryview:
    """Give the UTF-8 of one text without making a Python string of all of it."""
    buffer: pa.Buffer = forms[place].as_buffer()
    return memoryview(buffer)


def _columns(
    key: str, score: str, found: dict[int, Overlap], rows: int
) -> "dict[str, pa.Array[Any]]":  # Any: of several types
    """Lay what was found in a few rows out over all of them."""
    prompts, scores = np.full(rows, -1, dtype=np.int32), np.zeros(rows, dtype=np.float64)
    spans: list[str | None] = [None] * rows
    for place, overlap in found.items():
        prompts[place], scores[place], spans[place] = overlap.prompt, overlap.score, overlap.span[:120]
    return {key: pa.array(prompts), score: pa.array(scores), f"{key}_span": strings(spans)}
