"""The lint: faults of one row that its text alone betrays."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.arrow import indices, plain, strings
from curate.lint.exchange import Exchange
from curate.lint.rules import CODES, RULES
from curate.lint.triggers import Automaton, automaton, scan
from curate.rows import Rows, View
from curate.stage import Verdicts, keep, signals
from schemas.errors import InputError
from schemas.formats.layout import nearest

DEFAULT = "default"
_LOOKS: tuple[View, ...] = ("instruction", "prompt", "response", "context")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """Keep rows in which no rule finds a fault.

    All rules are measured, so to choose others measures nothing again. The rules read English; texts in other languages
    pass, but for faults that have no language (chat tokens, template tags, fences, JSON, echoes).

    Attributes:
        rules: Names of rules (`curate.lint.CODES`). `default` stands for those on by default, and `-name` takes one out
            of what stands before it: `("default", "refusal", "-needs_url")`.
    """

    thresholds: ClassVar[tuple[str, ...]] = ("rules",)
    by_text: ClassVar[bool] = True

    rules: tuple[str, ...] = (DEFAULT,)

    def __post_init__(self) -> None:
        for name in self.rules:
            known = name.removeprefix("-")
            if known not in CODES and name != DEFAULT:
                hint = nearest(known, (*CODES, DEFAULT))
                raise InputError(
                    f"there is no rule {known!r}", where="stage lint", mend=f"{hint}The rules are {', '.join(CODES)}"
                )
        if not self.chosen:
            raise InputError("no rule is chosen", where="stage lint", mend="Name one, or take the stage out")

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "lint"

    @property
    def chosen(self) -> tuple[str, ...]:
        """The rules that decide, in their fixed order."""
        names: set[str] = set()
        for name in self.rules:
            if name == DEFAULT:
                names.update(rule.code for rule in RULES if rule.on)
            elif name.startswith("-"):
                names.discard(name[1:])
            else:
                names.add(name)
        return tuple(code for code in CODES if code in names)

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `hits` int64, a bit for each rule by its place in `CODES`; `evidence`, a JSON list in that order."""
        worth = _worth_a_look(rows)
        places = np.flatnonzero(worth)
        hits = np.zeros(len(rows), dtype=np.int64)
        evidence: list[str | None] = [None] * len(rows)
        chosen = indices(places)
        texts = zip(*(plain(rows[view].take(chosen)) for view in _LOOKS), strict=True)
        for place, bits, each in zip(places.tolist(), worth[places].tolist(), texts, strict=True):
            found = look(Exchange(*each), bits)
            if found:
                hits[place] = sum(1 << bit for bit in found)
                evidence[place] = json.dumps(list(found.values()), ensure_ascii=False)
        return signals(hits=hits, evidence=strings(evidence))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop rows in which a chosen rule hits; the first in the fixed order gives reason and evidence."""
        hits = signals["hits"].to_numpy()
        faults = hits & sum(1 << CODES.index(code) for code in self.chosen)
        places = np.flatnonzero(faults)
        reasons: list[str | None] = [None] * len(hits)
        evidence: list[str | None] = [None] * len(hits)
        notes = plain(signals["evidence"].take(indices(places)))
        for place, note in zip(places.tolist(), notes, strict=True):
            fault = int(faults[place])
            first = fault & -fault
            reasons[place] = CODES[first.bit_length() - 1]
            evidence[place] = json.loads(note)[(int(hits[place]) & (first - 1)).bit_count()]
        return keep(where=faults == 0, reason=strings(reasons), evidence=strings(evidence))


def look(row: Exchange, bits: int) -> dict[int, str]:
    """Give the evidence of each of some rules that finds a fault, by its place."""
    found = {}
    while bits:
        place = (bits & -bits).bit_length() - 1
        bits &= bits - 1
        evidence = RULES[place].find(row)
        if evidence is not None:
            found[place] = evidence
    return found


def _worth_a_look(rows: Rows) -> npt.NDArray[np.uint64]:
    """Mark by bits which rules should look at which rows."""
    in_prompt, in_response = _automata()
    worth = scan(rows["prompt"], in_prompt) | scan(rows["response"], in_response)
    for place, rule in enumerate(RULES):
        if rule.marked is not None:
            worth[rule.marked(rows)] |= np.uint64(1 << place)
    return worth


@lru_cache(maxsize=1)
def _automata() -> tuple[Automaton, Automaton]:
    """Build the automata for prompts and for responses."""
    return _automaton(rule.prompt for rule in RULES), _automaton(rule.response for rule in RULES)


def _automaton(literals: Iterable[tuple[str, ...]]) -> Automaton:
    """Build an automaton whose bits are the places of the rules."""
    bits: dict[str, int] = {}
    for place, each in enumerate(literals):
        for literal in each:
            bits[literal] = bits.get(literal, 0) | 1 << place
    return automaton(bits)
