"""The preflight as one page that needs nothing else: totals, lengths, what is left out, and rows token by token."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from schemas import Message
from schemas.atomic import write_text
from train.checked import Checked
from train.html import environment
from train.mix import Part, label
from train.preflight_text import MEANINGS, token_line
from train.render import Renderer
from train.rendered import Rendered
from train.view import View, shortened, view

_MOST_SPANS = 1_200


class Conversations(NamedTuple):
    """All rows that were read, to look at them again: row number, id and messages of each, and the mix they are of."""

    rows: Sequence[tuple[int, str, Sequence[Message]]]
    parts: Sequence[Part]


def look_at(
    numbers: Sequence[int], checked: Checked, conversations: Conversations, renderer: Renderer
) -> dict[int, View]:
    """Render some rows once more and give each of them to look at; a row that nobody has read is left away."""
    wanted = set(numbers)
    here = pc.is_in(checked.table["row"], value_set=pa.array(sorted(wanted), pa.int64()))
    records = {record["row"]: record for record in checked.table.filter(here).to_pylist()}
    chosen = [row for row in conversations.rows if row[0] in wanted]
    found = {}
    for outcome in renderer.render(chosen):
        record = records[outcome.row]
        if isinstance(outcome, Rendered) and "truncated" in record["notes"]:
            limit = checked.report.max_length
            outcome = outcome._replace(ids=outcome.ids[:limit], labels=outcome.labels[:limit])  # noqa: PLW2901 - as it is trained
        name = label(outcome.row, conversations.parts)
        found[outcome.row] = view(outcome, renderer, name=name, remarks=_remarks(record))
    for row in sorted(wanted & records.keys() - found.keys()):
        name = label(row, conversations.parts)
        found[row] = View(row, name, records[row]["id"] or "no id", _remarks(records[row]), 0, 0, [])
    return {row: found[row] for row in dict.fromkeys(numbers) if row in found}


def telling_rows(checked: Checked) -> dict[int, str]:
    """Choose rows that are worth a look, and say why: the first, the longest, and one of each reason and note."""
    why: dict[int, str] = {}
    kept = checked.table.filter(pc.equal(checked.table["action"], pa.scalar("kept")))
    if kept.num_rows:
        numbers, tokens = (
            kept["row"].to_numpy(),
            kept["prompt_tokens"].to_numpy() + kept["completion_tokens"].to_numpy(),
        )
        why[int(numbers[0])] = "the first row"
        why.setdefault(int(numbers[tokens.argmax()]), "the longest row")
    for code, rows in checked.report.examples.items():
        if not any(row in why and code in why[row] for row in rows):
            why[rows[0]] = f"{why[rows[0]]}; {_plain(code)}" if rows[0] in why else _plain(code)
    return why


def write_page(
    path: Path, checked: Checked, conversations: Conversations, renderer: Renderer, *, shown: Mapping[int, View]
) -> None:
    """Write the page; rows in `shown` stand in front of those that we choose.

    Raises:
        OutputError: The file cannot be written.
    """
    why = {**dict.fromkeys(shown, "asked for"), **telling_rows(checked)}
    views = {**look_at([row for row in why if row not in shown], checked, conversations, renderer), **shown}
    seen = checked.report
    most = max((count for _, _, count in seen.histogram), default=1)
    page = (
        environment("train")
        .get_template("preflight.html.j2")
        .render(
            seen=seen,
            told=token_line(seen),
            codes=[
                (
                    _plain(code),
                    MEANINGS[code],
                    count,
                    [label(row, conversations.parts) for row in seen.examples[code]],
                    kind,
                )
                for kind, counts in (("left out", seen.left_out), ("used, with a note", seen.noted))
                for code, count in counts.items()
            ],
            bars=[(low, high - 1, count, 100 * count / most) for low, high, count in seen.histogram],
            tokens={"row": seen.quantiles, "prompt": seen.prompt_quantiles, "completion": seen.completion_quantiles},
            rows=[_shown(views[row], why[row]) for row in chain(shown, (each for each in why if each not in shown))],
        )
    )
    write_text(path, page)


def _shown(seen: View, why: str) -> dict[str, Any]:  # Any: what the template reads
    head, tail, between = shortened(seen.spans, _MOST_SPANS)
    return {"view": seen, "why": why, "head": head, "tail": tail, "between": between}


def _remarks(record: Mapping[str, Any]) -> str:  # Any: a record has all the column types
    """Say in one line what the preflight found in a row."""
    parts = [f"left out: {_plain(record['reason'])}"] if record["reason"] else []
    parts += [_plain(note) for note in record["notes"]]
    return ", ".join(parts) + (f" ({record['detail']})" if record["detail"] else "")


def _plain(code: str) -> str:
    return code.replace("_", " ")
