"""The model card: what a tuned model was made of, for whoever finds its folder; no path of the machine stands in it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from schemas.atomic import write_text

NAME = "README.md"
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def write_card(folder: Path, record: Mapping[str, Any], *, evaluation: Path | None = None) -> None:
    """Write the card of a tuned model, `merged` or `adapter`, into its folder.

    Args:
        folder: The folder.
        record: What training.json holds.
        evaluation: `evaluation.json` of the run; its numbers are told where it is there.

    Raises:
        OutputError: It cannot be written.
    """
    measured: Mapping[str, Any] = {}  # Any: whatever JSON can hold
    if evaluation is not None and evaluation.is_file():
        measured = json.loads(evaluation.read_text(encoding="utf-8"))
    write_text(folder / NAME, card(record, measured, adapter=(folder / "adapter_config.json").is_file()))


def card(record: Mapping[str, Any], evaluation: Mapping[str, Any], *, adapter: bool) -> str:  # Any: as above
    """Write a card in Markdown under the front matter that the hub reads."""
    settings, made_from, counts, result = (record[name] for name in ("settings", "made_from", "counts", "result"))
    base = base_name(str(settings["model"]))
    lora = settings["method"] != "full"
    tags = ["gristmill", "sft", *(["lora"] if lora else [])]
    front = ["library_name: peft" if adapter else "library_name: transformers", "pipeline_tag: text-generation"]
    front += [f"base_model: {base}"] if _HUB_NAME.fullmatch(base) else []
    method = _adapter(settings) if lora else "all weights"
    if lora and not adapter:
        method += ", merged in float32"
    facts = {
        "Base model": f"{base} (weights {made_from['model']})",
        "Trained": method,
        "Rows": f"{counts['rows_trained']:,} trained, {counts['rows_held_out']:,} held out",
        "Tokens": (
            f"{result['tokens']:,} read in {result['steps']:,} steps; {counts['trained_tokens']:,} of the rows' "
            f"{counts['tokens']:,} are learnt"
        ),
        "Loss": f"{_number(result['first_loss'])} at the first step, {_number(result['last_loss'])} at the last",
        "Learning rate": f"{settings['learning_rate']:g}",
        "Longest row": f"{settings['max_length']:,} tokens",
        "Seed": settings["seed"],
        "Data": f"hash {made_from['data']}",
        "Template and tokenizer": f"hashes {made_from['template']}, {made_from['tokenizer']}",
        "Versions": ", ".join(f"{name} {each}" for name, each in record["versions"].items()),
    }
    lines = ["---", *front, "tags:", *(f"- {tag}" for tag in tags), "---", ""]
    lines += [f"# {escaped(PurePath(base).name)}, tuned", ""]
    lines += [
        (
            "Supervised fine-tuning on question-and-answer rows with Gristmill. The chat template is saved with the "
            "tokenizer; the model was trained on nothing but prompts that it renders."
        ),
        "",
        *_table(("Training", ""), [(name, str(value)) for name, value in facts.items()]),
    ]
    measures = evaluation.get("measures", {})
    if measures:
        asked = escaped(str(evaluation.get("asked", "the held-out rows")))
        lines += ["", f"Base against tuned on {asked}, same prompts and decoding:", ""]
        rows = [
            (name.replace("_", " "), *(_number(_mean(measure.get(side))) for side in ("base", "tuned")))
            for name, measure in measures.items()
        ]
        lines += _table(("Measure", "Base", "Tuned"), rows)
    return "\n".join(lines) + "\n"


def _adapter(settings: Mapping[str, Any]) -> str:  # Any: as above
    """Tell what an adapter is; a run of before knew neither DoRA nor four bits."""
    kind = "DoRA" if settings.get("lora_dora") else "LoRA"
    over = " over a base model in four bits" if settings.get("quantise") == "4bit" else ""
    return f"a {kind} adapter of rank {settings['lora_rank']}{over}"


def base_name(model: str) -> str:
    """Name a base model without the folders that it lies in: a hub name, or the last part of a path."""
    local = model.startswith((".", "/", "~")) or model.count("/") != 1 or "\\" in model or Path(model).exists()
    return (re.split(r"[/\\]", model.rstrip("/\\"))[-1] or "a local model") if local else model


def escaped(text: str) -> str:
    """Write a text so that Markdown and HTML show it as it is, on one line."""
    text = " ".join(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split())
    return re.sub(r"([\\`*_\[\]|#~])", r"\\\1", text)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [head, tuple("---" for _ in head), *(tuple(escaped(cell) for cell in row) for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def _mean(value: Any) -> float | None:  # Any: a number, an interval's list, or its fields
    if isinstance(value, Mapping):
        value = value.get("mean")
    elif isinstance(value, list):
        value = value[0] if value else None
    return float(value) if isinstance(value, int | float) else None


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.4g}"
