"""What a training run came to, for people and for machines."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from schemas.counted import counted
from train.checked import Preflight
from train.preflight_text import code_lines, length_lines, part_lines
from train.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainReport:
    """The outcome of a training run.

    Attributes:
        out: Folder of the run.
        status: `done`, or `dry run`.
        rows: Rows trained on.
        held_out: Rows kept aside for evaluation.
        left_out: Rows that cannot be trained; `preflight.parquet` has the reason of each.
        packs: Sequences that the rows were packed into.
        pack_length: Most tokens of a pack.
        tokens: Tokens that training read, all steps together.
        steps: Optimiser steps.
        first_loss: Loss per trained token at the first step.
        last_loss: Loss per trained token at the last step.
        drift: Mean difference between the logits of the adapter and of the merged model, in float32.
        saved_drift: The same for the model as it lies on the disk, cast to its dtype.
        effect: Mean difference between base and adapter, for scale; 0 for full fine-tuning.
        model: Folder of the tuned model.
        warning: What is unusual about the split, empty where nothing is.
        plan: What was planned, as training.json has it.
        preflight: What the rows look like in tokens.
        shown: Rows that were asked for, token by token.
    """

    out: Path
    status: str
    rows: int
    held_out: int
    left_out: int
    packs: int
    pack_length: int
    tokens: int
    steps: int
    first_loss: float | None
    last_loss: float | None
    drift: float
    saved_drift: float
    effect: float
    model: Path
    warning: str
    plan: dict[str, Any]  # Any: whatever JSON can hold
    preflight: Preflight
    shown: tuple[View, ...] = ()

    @classmethod
    def read(cls, out: Path, record: dict[str, Any], preflight: Preflight) -> Self:  # Any: what training.json holds
        """Take it from the record of a run."""
        counts, result = record["counts"], record.get("result", {})
        drift = result.get("drift", {})
        return cls(
            out=out,
            status=record["status"],
            rows=counts["rows_trained"],
            held_out=counts["rows_held_out"],
            left_out=counts["rows_left_out"],
            packs=counts["packs"],
            pack_length=counts["pack_length"],
            tokens=result.get("tokens", 0),
            steps=result.get("steps", 0),
            first_loss=result.get("first_loss"),
            last_loss=result.get("last_loss"),
            drift=drift.get("mean", 0.0),
            saved_drift=drift.get("saved_mean", 0.0),
            effect=drift.get("effect", 0.0),
            model=out / "merged",
            warning=record["warning"],
            plan=record.get("plan", {}),
            preflight=preflight,
        )

    def summary(self) -> dict[str, Any]:  # Any: whatever JSON can hold
        """Give everything as plain JSON values."""
        shown = [{**seen._asdict(), "spans": [span._asdict() for span in seen.spans]} for seen in self.shown]
        return {**asdict(self), "out": str(self.out), "model": str(self.model), "shown": shown}

    def text(self, *, ascii_only: bool = False) -> str:
        """Tell it in a few lines; with `ascii_only`, bars are drawn with signs that every terminal has."""
        seen = self.preflight
        lines = [
            (
                f"{counted(self.rows, 'row')} to train, {self.held_out} held out, {self.left_out} left out of "
                f"{seen.rows}; {counted(self.packs, 'pack')} of up to {self.pack_length} tokens"
            )
        ]
        lines += part_lines(seen) + code_lines(seen)
        if self.warning:
            lines.append(f"  note: {self.warning}")
        if self.status == "dry run":
            lines += [*length_lines(seen, ascii_only=ascii_only), "A dry run: nothing was trained"]
        elif self.first_loss is not None and self.last_loss is not None:
            merged = f"merged within {self.drift:.1e} of the adapter's logits, " if self.effect else ""
            scale = f" (training moved them by {self.effect:.2g})" if self.effect else ""
            lines.append(
                f"{self.steps} steps, {self.tokens:,} tokens, loss {self.first_loss:.3f} to {self.last_loss:.3f}; "
                f"{merged}saved within {self.saved_drift:.2g}{scale}"
            )
            lines.append(f"The tuned model: {self.model}")
        return "\n".join(lines)
