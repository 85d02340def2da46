"""The preflight: every row is rendered and looked at before anything is trained, and none is left out in silence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas import InputError, Message
from schemas.counted import counted
from schemas.progress import Progress, silent
from train.checked import PREFLIGHT_SCHEMA, Checked, OverLength, Preflight, count_codes
from train.histogram import bins, quantiles
from train.render import Renderer
from train.rendered import IGNORED, Fault, Rendered

_SHOWN = 10
_STEP = 64
_ALWAYS_WHOLE = 1024


def check_rows(  # noqa: PLR0913 - each is a setting of its own, and all but two have defaults
    rows: Sequence[tuple[int, str, Sequence[Message]]],
    renderer: Renderer,
    *,
    context: int,
    max_length: int | None = None,
    over_length: OverLength = "drop",
    unreadable: Iterable[tuple[int, str]] = (),
    progress: Progress = silent,
) -> Checked:
    """Render every row and find what would go wrong.

    Args:
        rows: Row number, id and messages, with ascending row numbers.
        renderer: The one renderer.
        context: Most tokens that the model reads.
        max_length: Most tokens of a row; by default chosen from the data.
        over_length: What becomes of longer rows: left out, cut at the end, or an error.
        unreadable: Row number and error of rows that could not even be read.
        progress: Shows how far it is.

    Raises:
        InputError: `over_length` is `error` and a row is longer.
    """
    found: list[tuple[Rendered | Fault, Sequence[Message]]] = []
    with progress("Checking rows", len(rows), "rows") as bar:
        for outcome, (_, _, messages) in zip(renderer.render(rows), rows, strict=True):
            found.append((outcome, messages))
            bar.advance()
    lengths = np.array([len(outcome.ids) for outcome, _ in found if isinstance(outcome, Rendered)], np.int64)
    limit = min(max_length, context) if max_length else choose_length(lengths, context)
    if over_length == "error" and (lengths > limit).any():
        long = [outcome.row for outcome, _ in found if isinstance(outcome, Rendered) and len(outcome.ids) > limit]
        raise InputError(
            f"{counted(len(long), 'row', 'have', one='has')} more than {limit} tokens: {_listed(long)}",
            mend="Raise max_length, or set over_length to drop or truncate",
        )
    records = [_unreadable(row, error) for row, error in unreadable]
    rendered: list[Rendered] = []
    for outcome, messages in found:
        record, kept = _judge(outcome, messages, renderer, limit, truncate=over_length == "truncate")
        records.append(record)
        if kept is not None:
            rendered.append(kept)
    records.sort(key=lambda record: record["row"])
    origin: Literal["given", "model", "data"] = (
        "data" if not max_length else "model" if max_length > context else "given"
    )
    report = _report(records, rendered, lengths, renderer, limit, origin=origin, over_length=over_length)
    return Checked(report, rendered, pa.Table.from_pylist(records, schema=PREFLIGHT_SCHEMA))


def choose_length(lengths: npt.NDArray[np.int64], context: int) -> int:
    """Choose the most tokens of a row: the longest row if that is no more than 1,024, else the 99th percentile.

    Rounded up to a multiple of 64 and never more than the model reads. Up to 1,024 tokens the rare long row costs
    little, so nothing is left out for it.
    """
    if not len(lengths):
        return min(_STEP, context)
    whole, most = int(lengths.max()), max(_ALWAYS_WHOLE, int(np.quantile(lengths, 0.99, method="higher")))
    return min(-(-min(whole, most) // _STEP) * _STEP, context)


def _judge(
    outcome: Rendered | Fault, messages: Sequence[Message], renderer: Renderer, limit: int, *, truncate: bool
) -> tuple[dict[str, Any], Rendered | None]:  # Any: the values are of all the column types
    """Give the record of one row, and the row as it is to be trained, if it is."""
    if isinstance(outcome, Fault):
        return _record(outcome.row, outcome.id, "errored", outcome.reason, outcome.detail), None
    notes = _notes(messages, outcome, renderer)
    reason, detail = _harm(outcome, renderer)
    kept = outcome
    if not reason and len(outcome.ids) > limit:
        if truncate:
            kept = outcome._replace(ids=outcome.ids[:limit], labels=outcome.labels[:limit])
            notes += ["truncated"] + (["lost_end_of_turn"] if kept.ids[-1] != renderer.end_id else [])
        else:
            reason, detail = "over_length", f"{len(outcome.ids)} tokens, {limit} allowed"
    if not reason and not kept.learnt.any():
        reason, detail = "nothing_to_train", f"the prompt alone fills {limit} tokens"
    trained = int((outcome.labels != IGNORED).sum()) if reason else int((kept.labels != IGNORED).sum())
    tokens = len(outcome.ids) if reason else len(kept.ids)
    record = _record(outcome.row, outcome.id, "dropped" if reason else "kept", reason or None, detail or None)
    record |= {"prompt_tokens": tokens - trained, "completion_tokens": trained, "notes": notes}
    return record, None if reason else kept


def _harm(row: Rendered, renderer: Renderer) -> tuple[str, str]:
    """Find what makes a row teach something wrong."""
    bos = renderer.tokenizer.bos_token_id
    if bos is not None and len(row.ids) > 1 and row.ids[0] == row.ids[1] == bos:
        return "doubled_bos", f"it starts with {renderer.decode(row.ids[:2])}"
    ends = np.flatnonzero(row.labels == renderer.end_id)
    inside = ends[:-1][row.labels[ends[:-1] + 1] != IGNORED]
    if len(inside):
        return "doubled_eos", f"{renderer.end_text} stands inside an answer, so the model would learn to stop there"
    return "", ""


def _notes(messages: Sequence[Message], row: Rendered, renderer: Renderer) -> list[str]:
    """Find what is worth knowing about a row that is trained."""
    notes = []
    if renderer.template.injected_system and all(role != "system" for role, _ in messages):
        notes.append("injected_system")
    if any(renderer.control.search(content) for _, content in messages):
        notes.append("control_token")
    if not renderer.closes_earlier and sum(role == "assistant" for role, _ in messages) > 1:
        notes.append("closed_by_us")
    said, at = renderer.decode(row.labels[row.labels != IGNORED]), 0
    for answer in (content.strip() for role, content in messages if role == "assistant"):
        at = said.find(answer, at)
        if at < 0:
            notes.append("labels_differ")
            break
        at += len(answer)
    return notes


def _record(row: int, name: str | None, action: str, reason: str | None, detail: str | None) -> dict[str, Any]:
    return {
        "row": row,
        "id": name,
        "action": action,
        "reason": reason,
        "detail": detail,
        "prompt_tokens": None,
        "completion_tokens": None,
        "notes": [],
    }


def _unreadable(row: int, error: str) -> dict[str, Any]:
    return _record(row, None, "errored", "unreadable", error)


def _report(  # noqa: PLR0913 - the pieces of one record, put together in one place
    records: list[dict[str, Any]],
    rendered: list[Rendered],
    lengths: npt.NDArray[np.int64],
    renderer: Renderer,
    limit: int,
    *,
    origin: Literal["given", "model", "data"],
    over_length: OverLength,
) -> Preflight:
    codes = count_codes(records)
    learnt = np.array([int((row.labels != IGNORED).sum()) for row in rendered], np.int64)
    read = np.array([len(row.ids) for row in rendered], np.int64) - learnt
    return Preflight(
        rows=len(records),
        kept=len(rendered),
        prompt_tokens=int(read.sum()),
        completion_tokens=int(learnt.sum()),
        longest=int(lengths.max(initial=0)),
        quantiles=quantiles(lengths),
        prompt_quantiles=quantiles(read),
        completion_quantiles=quantiles(learnt),
        histogram=bins(lengths),
        max_length=limit,
        max_length_origin=origin,
        over_length=over_length,
        injected_system=renderer.template.injected_system,
        template_origin=renderer.template.origin,
        template_hash=renderer.template.hash,
        tokenizer_hash=renderer.tokenizer_hash,
        end_of_turn=renderer.end_text,
        refuses=_refusal(records, len(rendered), codes["noted"]),
        **codes,
    )


def _refusal(records: list[dict[str, Any]], kept: int, noted: dict[str, int]) -> str:
    """Say why training would teach nothing."""
    if not records:
        return "there are no rows"
    if not kept:
        left_out = Counter(record["reason"] for record in records)
        reasons = ", ".join(f"{count} {reason}" for reason, count in left_out.most_common())
        first = records[0]
        if len(records) == 1:
            return f"the only row cannot be trained: {first['reason']}; {first['detail']}"
        return f"none of the {len(records)} rows can be trained: {reasons}; the first: {first['detail']}"
    if noted.get("labels_differ") == kept:
        whose = "the only row" if kept == 1 else f"all {kept} rows"
        return f"the tokenizer cannot spell the answers: the trained tokens of {whose} decode to another text"
    if noted.get("lost_end_of_turn") == kept:
        cut = "the only row is cut before its answer ends"
        cut = cut if kept == 1 else f"all {kept} rows are cut before their answers end"
        return f"{cut}, so the model would never learn to stop"
    return ""


def _listed(rows: Sequence[int]) -> str:
    shown = ", ".join(map(str, rows[:_SHOWN]))
    return f"{'row' if len(rows) == 1 else 'rows'} {shown}" + (
        f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    )
