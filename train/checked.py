"""What the preflight found: one record of every row, and what they come to together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.atomic import write_json
from schemas.parquet import write_table
from train.histogram import quantiles
from train.mix import with_places
from train.rendered import Rendered

OverLength = Literal["drop", "truncate", "error"]

_SHOWN = 10
_FIELDS: "list[pa.Field[Any]]" = [  # Any: the columns have different types
    pa.field("row", pa.int64(), nullable=False),
    pa.field("id", pa.string()),
    pa.field("action", pa.string(), nullable=False),
    pa.field("reason", pa.string()),
    pa.field("detail", pa.string()),
    pa.field("prompt_tokens", pa.int32()),
    pa.field("completion_tokens", pa.int32()),
    pa.field("notes", pa.list_(pa.string()), nullable=False),
]
PREFLIGHT_SCHEMA = pa.schema(_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCounts:
    """What a mix takes of one dataset.

    Attributes:
        name: Name of the dataset.
        weight: How often its rows are read in one epoch; 0 where all of them are held out.
        first: Number of its first row among the rows of all datasets.
        rows: Rows read from the file.
        trained: Rows that are trained.
        held_out: Rows held out.
        rows_an_epoch: Rows that one epoch reads, each as often as it is read.
        tokens_an_epoch: Tokens that one epoch reads.
    """

    name: str
    weight: float
    first: int
    rows: int
    trained: int
    held_out: int
    rows_an_epoch: int
    tokens_an_epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """What training would see of a dataset.

    Attributes:
        rows: Rows read.
        kept: Rows that can be trained.
        left_out: Rows by the reason that keeps them out of training.
        noted: Rows by what is worth knowing about them though they are trained.
        examples: First row numbers by reason and note.
        prompt_tokens: Tokens of the rows to train that are read alone; a row that is read twice counts once.
        completion_tokens: Tokens of the rows to train that are learnt.
        longest: Tokens of the longest row read.
        quantiles: Tokens per row at 50, 95 and 99 %.
        prompt_quantiles: The same of the tokens of a row that are read alone.
        completion_quantiles: The same of the tokens of a row that are learnt.
        histogram: Rows by their length in tokens: (from, up to but without, rows).
        max_length: Most tokens of a row.
        max_length_origin: `given`, `model` where the model reads no more, or `data` where it was chosen from the rows.
        over_length: What becomes of longer rows.
        injected_system: System prompt that the template puts into rows without one, in training and inference alike.
        template_origin: Where the chat template comes from; `alpaca` where the model has none.
        template_hash: Its hash.
        tokenizer_hash: Hash of the tokenizer.
        end_of_turn: Text of the token that ends an answer.
        refuses: Why training would teach nothing; empty where it would teach something.
        held_out: Rows of `kept` that are held out.
        held_out_tokens: Tokens of these.
        leaks: Held-out rows by what they share with training rows: `prompt`, `answer`, `near copy`.
        parts: The datasets of a mix; empty where there is one alone.
    """

    rows: int
    kept: int
    left_out: dict[str, int]
    noted: dict[str, int]
    examples: dict[str, list[int]]
    prompt_tokens: int
    completion_tokens: int
    longest: int
    quantiles: dict[str, int]
    prompt_quantiles: dict[str, int]
    completion_quantiles: dict[str, int]
    histogram: list[tuple[int, int, int]]
    max_length: int
    max_length_origin: Literal["given", "model", "data"]
    over_length: OverLength
    injected_system: str
    template_origin: str
    template_hash: str
    tokenizer_hash: str
    end_of_turn: str
    refuses: str
    held_out: int = 0
    held_out_tokens: int = 0
    leaks: dict[str, int] = field(default_factory=dict)
    parts: list[PartCounts] = field(default_factory=list)


class Remark(NamedTuple):
    """What becomes known of a row after it passed: why it is not trained after all, or what is worth knowing of it."""

    reason: str = ""
    note: str = ""
    detail: str = ""


class Checked(NamedTuple):
    """A preflight, the rows that passed it, and a table of `PREFLIGHT_SCHEMA` with every row."""

    report: Preflight
    rendered: list[Rendered]
    table: pa.Table

    def amended(
        self,
        remarks: Mapping[int, Remark],
        *,
        leaks: Mapping[str, int],
        parts: Sequence[PartCounts],
        held_out: Sequence[int],
    ) -> "Checked":
        """Put in what became known of rows after they passed; `rendered` stays as it is.

        Args:
            remarks: What became known, by row number.
            leaks: Held-out rows by what they share with training rows.
            parts: The datasets of a mix.
            held_out: Numbers of the rows that are held out.
        """
        if not (remarks or parts or len(held_out)):
            return self
        records = self.table.to_pylist() if remarks else []
        for record in records:
            if remark := remarks.get(record["row"]):
                record["detail"] = remark.detail or record["detail"]
                if remark.reason:
                    record |= {"action": "dropped", "reason": remark.reason}
                if remark.note:
                    record["notes"].append(remark.note)
        table = pa.Table.from_pylist(records, schema=PREFLIGHT_SCHEMA) if remarks else self.table
        kept = table.filter(pc.equal(table["action"], pa.scalar("kept")))
        read, learnt = (kept[f"{kind}_tokens"].to_numpy() for kind in ("prompt", "completion"))
        aside = np.isin(kept["row"].to_numpy(), np.array(held_out, np.int64))
        report = replace(
            self.report,
            kept=kept.num_rows,
            held_out=int(aside.sum()),
            held_out_tokens=int(read[aside].sum() + learnt[aside].sum()),
            prompt_tokens=int(read[~aside].sum()),
            completion_tokens=int(learnt[~aside].sum()),
            prompt_quantiles=quantiles(read),
            completion_quantiles=quantiles(learnt),
            leaks=dict(leaks),
            parts=list(parts),
            **(count_codes(records) if remarks else {}),
        )
        return Checked(report, self.rendered, with_places(table, parts))

    def write(self, folder: Path) -> None:
        """Write `preflight.json` and `preflight.parquet`."""
        write_json(folder / "preflight.json", asdict(self.report))
        write_table(folder / "preflight.parquet", self.table)


def count_codes(records: list[dict[str, Any]]) -> dict[str, Any]:  # Any: a report's fields
    """Count reasons and notes, and give the first rows of each."""
    left_out = Counter(record["reason"] for record in records if record["action"] != "kept")
    noted = Counter(note for record in records if record["action"] == "kept" for note in record["notes"])
    examples: dict[str, list[int]] = {}
    for record in records:
        for code in [record["reason"]] if record["reason"] else record["notes"]:
            if code and len(rows := examples.setdefault(code, [])) < _SHOWN:
                rows.append(record["row"])
    return {
        "left_out": dict(sorted(left_out.items())),
        "noted": dict(sorted(noted.items())),
        "examples": dict(sorted(examples.items())),
    }
