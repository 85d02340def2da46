"""A training run, from rows to a model that loads like any other: `train`."""

import dataclasses
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas import InputError, Message
from schemas.atomic import atomic_folder, make_folder, write_json
from schemas.progress import Progress, silent
from train.adapter import check_adapter, load_four_bits
from train.config import TrainConfig
from train.folder import check_memory, find_model, fingerprint, load_tokenizer, require, saving
from train.merge import Drift, merge, save_model
from train.metrics_log import plot_loss, read_metrics
from train.mix import Part, join
from train.model import load_network
from train.preflight_page import Conversations
from train.prepare import Prepared, prepare, write_rows
from train.render import IGNORED, Rendered, Renderer
from train.report import TrainReport
from train.sft import fine_tune, settings
from train.sides import Clusters

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_VERSIONS = ("torch", "transformers", "trl", "peft", "datasets", "accelerate")
# What may change between a killed run and the one that goes on: the hash of the data tells whether a mix has changed.
_FREE = {"save_every", "model", "mix", "held_out_data"}


class Rows(NamedTuple):
    """Examples to train on.

    Attributes:
        table: The examples.
        numbers: Number of each of them.
        unreadable: Number and error of the rows that could not be read.
        parts: The datasets that they come from; empty where that is one.
    """

    table: pa.Table
    numbers: npt.NDArray[np.int64]
    unreadable: list[tuple[int, str]]
    parts: tuple[Part, ...] = ()


def train(  # noqa: PLR0913 - each is a setting of its own, and all but three have defaults
    data: Path | pa.Table | Rows,
    out: Path,
    *,
    config: TrainConfig,
    clusters: Clusters | None = None,
    dry_run: bool = False,
    show: Sequence[str] = (),
    progress: Progress = silent,
) -> TrainReport:
    """Tune a model on `data` into the run folder `out`; a run that was killed goes on from its last checkpoint.

    Writes train.parquet, heldout.parquet, preflight.json, preflight.parquet, preflight.html, packs.parquet,
    checkpoints/, adapter/, merged/, metrics.jsonl, loss.png and training.json.

    Args:
        data: Curated folder, file of any format, table, or what `read_rows` made of them.
        out: Folder of the run.
        config: Settings.
        clusters: Gives the near-duplicate cluster of each row of a table, (rows,) int64; a cluster is not split.
        dry_run: Check, split and pack, and stop there.
        show: Rows to give token by token in the report: `3`, or in a mix `b.jsonl:3`.
        progress: Shows how far it is.

    Raises:
        InputError: The data or the settings would teach nothing, or `out` holds another run.
        OutputError: A file cannot be written.
        GristmillError: The loss is not finite.
    """
    require("torch", "transformers", "accelerate", "datasets", "trl", "peft", "matplotlib")
    settings(config, out)  # wrong settings are told before anything is read
    rows = _mixed(data, config)
    folder = find_model(config.model)
    check_adapter(folder, config)
    renderer = Renderer(load_tokenizer(folder))
    make_folder(out)
    where = str(data) if isinstance(data, Path) else "the table"
    read = Conversations(conversations(rows), rows.parts)
    prepared, config = prepare(
        rows, read, renderer, folder, out, config=config, clusters=clusters, where=where, show=show, progress=progress
    )
    record = _record(prepared, renderer, folder, config)
    if dry_run:
        report = TrainReport.read(out, {**record, "status": "dry run"}, prepared.checked.report)
        return dataclasses.replace(report, shown=prepared.shown)
    if done := _earlier(out, record):
        return TrainReport.read(out, done, prepared.checked.report)
    main = os.environ.get("RANK", "0") == "0"  # of several processes one writes
    if main:
        write_rows(out, prepared)
        write_json(out / "training.json", {"status": "running", **record})
    network = _load(folder, config)
    tuned = fine_tune(
        network, prepared.packed, prepared.trained, renderer, config=config, folder=out, progress=progress
    )
    steps = read_metrics(out / "metrics.jsonl")
    if not main:
        return TrainReport.read(out, {"status": "done", **record}, prepared.checked.report)
    drift = _save(tuned.model, folder, out, renderer, prepared.trained, config)
    plot_loss(steps, out / "loss.png")
    result = {
        "steps": tuned.steps,
        "tokens": sum(step["tokens"] for step in steps),
        "first_loss": steps[0]["loss"] if steps else None,
        "last_loss": steps[-1]["loss"] if steps else None,
        "drift": drift._asdict(),
    }
    final = {"status": "done", **record, "result": result}
    write_json(out / "training.json", final)
    return TrainReport.read(out, final, prepared.checked.report)


def read_rows(data: Any, *, columns: Mapping[str, str] | None = None) -> Rows:  # Any: see Args
    """Read a curated folder, a file of any format, or rows in memory.

    Args:
        data: Path, `hub:` name, Arrow table, DataFrame or `datasets.Dataset`.
        columns: Roles of the columns, where their names do not tell.

    Raises:
        InputError: There is no such thing, or it cannot be read.
    """
    from schemas.formats import open_examples

    if isinstance(data, Path) and data.is_dir():
        if not (data / "curated.parquet").is_file():
            raise InputError(
                "no curated.parquet in this folder", where=str(data), mend="Give a curated folder, or a file of rows"
            )
        data /= "curated.parquet"
    source = open_examples(data, columns=columns)
    numbers, unreadable, batches = [np.empty(0, np.int64)], [], []
    for batch in source.batches():
        numbers.append(batch.numbers.to_numpy())
        batches.append(batch.examples)
        unreadable += [(reject.row, reject.error) for reject in batch.rejects]
    return Rows(pa.Table.from_batches(batches, schema=source.schema), np.concatenate(numbers), unreadable)


def conversations(rows: Rows) -> list[tuple[int, str, list[Message]]]:
    """Give row number, id and messages of each row."""
    columns = zip(rows.numbers.tolist(), rows.table["id"].to_pylist(), rows.table["messages"].to_pylist(), strict=True)
    return [
        (row, str(name), [Message(turn["role"], turn["content"]) for turn in turns or ()])
        for row, name, turns in columns
    ]


def _mixed(data: Any, config: TrainConfig) -> Rows:  # Any: as in `read_rows`
    """Read the rows, and join what the settings mix in or hold out."""
    rows = data if isinstance(data, Rows) else read_rows(data)
    if rows.parts or not (config.mix or config.held_out_data is not None or config.data_weight != 1):
        return rows  # one dataset alone, or several that are joined already
    more = [(part.data, part.weight) for part in config.mix]
    more += [] if config.held_out_data is None else [(config.held_out_data, 0.0)]
    name = str(data) if isinstance(data, Path | str) else "data"
    others = [(path, weight, read_rows(path if path.startswith("hub:") else Path(path))) for path, weight in more]
    return join([(name, config.data_weight, rows), *others])


def _record(prepared: Prepared, renderer: Renderer, folder: Path, config: TrainConfig) -> dict[str, Any]:
    """Put down what this run is: settings, what it rests on, and how much of it there is."""
    held_out = [prepared.checked.rendered[index] for index in prepared.sides.test]
    return {
        "settings": dataclasses.asdict(config),
        "made_from": {
            "data": _digest(prepared.trained),
            "held_out": _digest(held_out),
            "model": fingerprint(folder),
            "tokenizer": renderer.tokenizer_hash,
            "template": renderer.template_hash,
        },
        "versions": {name: version(name) for name in _VERSIONS},
        "counts": {
            "rows_read": prepared.checked.report.rows,
            "rows_trained": len({row.row for row in prepared.trained}),
            "rows_held_out": len(held_out),
            "rows_left_out": prepared.checked.report.rows - prepared.checked.report.kept,
            "packs": prepared.packed.dataset.num_rows,
            "pack_length": prepared.packed.length,
            "tokens": sum(len(row.ids) for row in prepared.trained),
            "trained_tokens": sum(int((row.labels != IGNORED).sum()) for row in prepared.trained),
        },
        "warning": prepared.sides.warning,
    }


def _earlier(out: Path, record: dict[str, Any]) -> dict[str, Any] | None:
    """Give the record of a run that is done already; refuse to go on with a run that was another.

    Raises:
        InputError: The folder holds a run of other settings or data.
    """
    path = out / "training.json"
    if not path.is_file():
        return None
    try:
        old: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        before, now = _flat(old), _flat(json.loads(json.dumps(record)))
    except (ValueError, KeyError, AttributeError) as error:
        raise InputError("no record of a run", where=str(path), mend="Choose another folder with -o") from error
    differing = [name for name in sorted(before.keys() | now.keys()) if before.get(name) != now.get(name)]
    if differing:
        listed = ", ".join(f"{name} (was {before.get(name)}, is {now.get(name)})" for name in differing[:3])
        more = f" and {len(differing) - 3} more" if len(differing) > 3 else ""
        raise InputError(
            f"this folder holds another run: {listed}{more}",
            where=str(out),
            mend=f"To start anew choose another folder with -o, or remove this one: rm -r {out}",
        )
    return old if old.get("status") == "done" and (out / "merged").is_dir() else None


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """Give what must be equal for a run to go on."""
    return {**{name: value for name, value in record["settings"].items() if name not in _FREE}, **record["made_from"]}


def _load(folder: Path, config: TrainConfig) -> "PreTrainedModel":
    """Load the weights to train: float32, but bfloat16 under an adapter where the GPU computes in it."""
    import torch

    on_gpu = torch.cuda.is_available() and not config.sft.get("use_cpu", False)
    device = f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if on_gpu else "cpu"
    dtype = "bfloat16" if on_gpu and config.method == "lora" and torch.cuda.is_bf16_supported() else "float32"
    if config.quantise == "4bit":
        check_memory(folder, dtype="4bit", device=device)
        return load_four_bits(folder, config, device=device)
    # Full fine-tuning holds weights, gradients and two moments.
    check_memory(folder, dtype=dtype, device=device, copies=4 if config.method == "full" else 1)
    return load_network(folder, dtype=dtype, device=device)


def _save(
    model: Any,  # Any: peft has no types
    folder: Path,
    out: Path,
    renderer: Renderer,
    trained: Sequence[Rendered],
    config: TrainConfig,
) -> Drift:
    if config.method == "full":
        return save_model(model.cpu(), folder, out / "merged", renderer=renderer, probes=trained)
    with saving(out / "adapter"), atomic_folder(out / "adapter") as partial:
        model.save_pretrained(str(partial))
        renderer.save(partial)
    return merge(folder, out / "adapter", out / "merged", renderer=renderer, probes=trained)


def _digest(rows: Sequence[Rendered]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row.row}:{row.id}:{len(row.ids)}:".encode())
        digest.update(row.ids.tobytes())
        digest.update(row.labels.tobytes())
    return digest.hexdigest()[:16]
