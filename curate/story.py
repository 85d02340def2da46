"""The story of a row, as text and as plain values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from textwrap import indent
from typing import Any

from curate.rows import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """What one mend or stage made of the row.

    Attributes:
        name: Its name.
        outcome: `changed` or `unchanged` for a mend; `passed`, `dropped`, `errored`, `not judged` or `not reached`.
        settings: Its settings, without those that are empty.
        signals: What it measured of the row, as it may be shown.
        reason: Why a mend changed the row.
        evidence: What a mend changed.
        diff: What a mend changed in each text, word by word.
    """

    name: str
    outcome: str
    settings: Mapping[str, Any]  # Any: settings are of any type
    signals: Mapping[str, object]
    reason: str | None
    evidence: str | None
    diff: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The row that this one repeats: its number, what became of it, its texts, and how they differ word by word."""

    row: int
    fate: str
    texts: Mapping[View, str] | None
    diff: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What became of a row, and why. Private data are masked in all of it.

    Attributes:
        folder: Folder of the run.
        row: Number of the row in the input.
        id: Id that it came in with; None where it could not be read.
        fate: `kept`, `dropped` or `errored`.
        stage: Stage that decided; None for a kept row.
        reason: Code of the reason.
        meaning: What the code means, as the end of "The row ..."; empty where that is not known.
        score: The signal that decided.
        threshold: What it was held against.
        evidence: What the stage pointed at.
        came_in: Its texts as they came in; None where they are known no more.
        stays: Its texts as they were written; None where it was not kept.
        chapters: Every mend and stage in order.
        match: The row that it repeats.
        beside: Columns that were written with it.
        raw: What could not be read or measured.
    """

    folder: Path
    row: int
    id: str | None
    fate: str
    stage: str | None
    reason: str | None
    meaning: str
    score: float | None
    threshold: float | None
    evidence: str | None
    came_in: Mapping[View, str] | None
    stays: Mapping[View, str] | None
    chapters: tuple[Chapter, ...]
    match: Match | None
    beside: Mapping[str, object]
    raw: str

    def summary(self) -> dict[str, Any]:  # Any: JSON
        """Give all of it as plain values."""
        return {**asdict(self), "folder": str(self.folder)}

    def text(self) -> str:
        """Tell it."""
        parts = [self._verdict()]
        if self.raw:
            parts.append("What stands there\n" + indent(self.raw, "  "))
        if self.came_in is not None:
            parts.append("What came in\n" + _told(self.came_in))
        elif self.stays is not None:
            parts.append("What stays (the input is not there any more as it was)\n" + _told(self.stays))
        parts.append("What each step said\n" + "\n".join(line for each in self.chapters for line in _lines(each)))
        if self.match is not None:
            parts.append(self._matched(self.match))
        if self.beside:
            parts.append(
                "What is written beside it\n"
                + "\n".join(f"  {name}: {_short(value)}" for name, value in self.beside.items())
            )
        return "\n\n".join(parts)

    def _verdict(self) -> str:
        name = f"Row {self.row:,}" + (f" ({self.id})" if self.id else "")
        if self.fate == "kept":
            return f"{name} stays."
        if self.fate == "errored":
            return f"{name} was set aside by {self.stage}: {self.evidence}"
        lines = [f"{name} was dropped by {self.stage}: {self.reason}."]
        if self.meaning:
            lines.append(f"  It {self.meaning}.")
        numbers = [
            f"{label} {value:.6g}"
            for label, value in (("score", self.score), ("limit", self.threshold))
            if value is not None
        ]
        if self.match is not None:
            numbers.append(f"it repeats row {self.match.row:,}")
        if numbers:
            lines.append(f"  {', '.join(numbers)}")
        if self.evidence:
            lines.append(f"  evidence: {self.evidence}")
        return "\n".join(lines)

    def _matched(self, match: Match) -> str:
        head = f"Against row {match.row:,} ({match.fate})"
        if match.diff:
            return f"{head}: [-only this row-] {{+only that one+}}\n" + _told(match.diff)
        return head + ("" if match.texts is None else "\n" + _told(match.texts))


def _told(texts: Mapping[Any, str]) -> str:  # Any: views
    return "\n".join(f"  {view}:\n{indent(text, '    ')}" for view, text in texts.items() if text) or "  nothing"


def _lines(chapter: Chapter) -> list[str]:
    """Tell what a step said: its verdict and signals, its settings below."""
    signals = ", ".join(f"{name}={_short(value)}" for name, value in chapter.signals.items())
    lines = [f"  {chapter.name:<14} {chapter.outcome:<12} {signals}".rstrip()]
    if chapter.settings:
        settings = ", ".join(f"{name}={_short(value)}" for name, value in chapter.settings.items())
        lines.append(f"{'':<17}with {settings}")
    if chapter.reason:
        lines.append(f"{'':<17}{chapter.reason}" + (f": {chapter.evidence}" if chapter.evidence else ""))
    lines += [indent(f"{view}: {text}", " " * 17) for view, text in chapter.diff.items()]
    return lines


def _short(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
