"""The whole story of one row of an earlier run: what came in, what each stage saw and said, and what it repeats."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from curate.encoding import Encoding
from curate.ledger import READ_STAGE
from curate.meanings import meanings
from curate.placeholder import Placeholder
from curate.rows import Rows, View
from curate.run_folder import Row, RunFolder
from curate.shown import evidence_shown, plain_shown, shown
from curate.stage import Mend
from curate.story import Chapter, Match, Story
from curate.word_diff import word_diff

SHOWN: tuple[View, ...] = ("instruction", "context", "response")
LONGEST = 4_000


def explain(folder: str | Path, row: int | str) -> Story:
    """Tell what became of a row, and why.

    Private data are masked in everything that is told.

    Args:
        folder: Folder that a run wrote.
        row: Number of the row in the input, or its id.

    Raises:
        InputError: No run wrote the folder, or it had no such row.
    """
    run = RunFolder(Path(folder))
    number = run.number(str(row).strip())
    decisions = run.decisions(number)
    fate = next(line for line in decisions if line["action"] != "changed")
    changes = {line["stage"]: line for line in decisions if line["action"] == "changed"}
    action = str(fate["action"])
    written = None if action == "errored" else run.row(number, action)
    first = written
    if changes and action == "kept":
        first = run.came_in(number)
    mends = [stage for stage in run.stages if stage["name"] in changes] if first is not None else []
    diffs, last = _mended(first, mends)
    match = None if fate["matched_row"] is None else _match(run, int(fate["matched_row"]), last)
    return Story(
        folder=Path(folder),
        row=number,
        id=fate["id"],
        fate=action,
        stage=fate["stage"],
        reason=fate["reason"],
        meaning=meanings().get(fate["reason"] or "", ""),
        score=fate["score"],
        threshold=fate["threshold"],
        evidence=evidence_shown(fate["evidence"]),
        came_in=None if first is None else _texts(first.rows),
        stays=_texts(written.rows) if written is not None and action == "kept" else None,
        chapters=tuple(_chapters(run, number, fate, changes, diffs)),
        match=match,
        beside={} if written is None else plain_shown(written.beside),
        raw=shown(run.quarantined(number), LONGEST) if action == "errored" else "",
    )


def _chapters(
    run: RunFolder,
    number: int,
    fate: dict[str, Any],  # Any: a decision's columns
    changes: dict[str, dict[str, Any]],  # Any: as above
    diffs: dict[str, dict[str, str]],
) -> list[Chapter]:
    """Go through mends and stages in order."""
    told, over, mending = [], False, True
    for stage in run.stages:
        name = stage["name"]
        change = changes.get(name)
        signals = run.signals(name, number)
        mending = is_mend = mending and not run.measured(name)
        if name == fate["stage"]:
            outcome, over = str(fate["action"]), True
        elif change is not None:
            outcome = "changed"
        elif over or fate["stage"] == READ_STAGE:
            outcome = "not reached"
        elif fate["action"] == "errored" and not signals:
            outcome = "unchanged" if is_mend else "not judged"
        else:
            outcome = "unchanged" if is_mend else "passed"
        told.append(
            Chapter(
                name=name,
                outcome=outcome,
                settings={key: value for key, value in stage["settings"].items() if value not in (None, "", [], {})},
                signals=plain_shown(signals),
                reason=None if change is None else change["reason"],
                evidence=None if change is None else evidence_shown(change["evidence"]),
                diff=diffs.get(name, {}),
            )
        )
    return told


def _mended(row: Row | None, mends: list[dict[str, Any]]) -> tuple[dict[str, dict[str, str]], Rows | None]:  # Any: JSON
    """Apply mends to a row again: what each changed, as word diffs by view, and the row after them."""
    if row is None:
        return {}, None
    rows = row.rows
    diffs: dict[str, dict[str, str]] = {}
    for stage in mends:
        mend = _mend(stage)
        if mend is None:
            continue
        after = Rows(mend.mend(rows).examples, rows.numbers)
        old, new = _texts(rows), _texts(after)
        diffs[stage["name"]] = {view: word_diff(old[view], new[view]) for view in SHOWN if old[view] != new[view]}
        rows = after
    return diffs, rows


def _mend(stage: dict[str, Any]) -> Mend | None:  # Any: JSON
    """Make a mend again from what the manifest says of it; None for a user's own."""
    match stage["kind"]:
        case "Placeholder":
            return Placeholder()
        case "Encoding":
            return Encoding()
        case "Redact":
            from curate.private import Redact

            return Redact(kinds=tuple(stage["settings"]["kinds"]))
        case _:
            return None


def _match(run: RunFolder, number: int, rows: Rows | None) -> Match:
    """Hold a row against the one that it repeats."""
    decisions = run.decisions(number)
    fate = str(next(line["action"] for line in decisions if line["action"] != "changed"))
    other = None if fate == "errored" else run.row(number, fate)
    if other is None:
        return Match(row=number, fate=fate, texts=None, diff={})
    theirs = other.rows
    if fate == "dropped":
        changed = {line["stage"] for line in decisions if line["action"] == "changed"}
        _, after = _mended(other, [stage for stage in run.stages if stage["name"] in changed])
        theirs = after or theirs
    texts = _texts(theirs)
    if rows is None:
        return Match(row=number, fate=fate, texts=texts, diff={})
    ours = _texts(rows)
    return Match(
        row=number,
        fate=fate,
        texts=texts,
        diff={view: word_diff(ours[view], texts[view]) for view in SHOWN if ours[view] or texts[view]},
    )


def _texts(rows: Rows) -> dict[View, str]:
    """Give the texts of a row as they may be shown."""
    return {view: shown(_text(rows[view]), LONGEST) for view in SHOWN}


def _text(texts: pa.StringArray) -> str:
    return str(texts[0].as_py())
