"""A training run, from rows to a model that loads like any other: `train`."""

import dataclasses
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas import InputError, Message
from schemas.atomic import atomic_folder, make_folder, write_json
from schemas.parquet import write_table
from schemas.progress import Progress, silent
from train.card import write_card
from train.config import TrainConfig
from train.folder import (
    BYTES,
    find_model,
    fingerprint,
    free_memory,
    load_config,
    load_tokenizer,
    parameters,
    require,
    saving,
    tensor_shapes,
)
from train.merge import Drift, merge, save_model
from train.metrics_log import plot_loss, read_metrics
from train.model import context_length, load_network
from train.pack import Packed, pack, pack_length
from train.plan import Plan, lora_parameters, make_plan, refuse_too_large, unheard
from train.preflight import Checked, check_rows
from train.record import FORMAT, changed_versions, earlier_record, versions
from train.render import IGNORED, Rendered, Renderer
from train.report import TrainReport
from train.sft import fine_tune, is_main, settings
from train.split import Split, given_split, split

Clusters: TypeAlias = Callable[[pa.Table], npt.NDArray[np.int64]]


class Rows(NamedTuple):
    """Examples to train on: their table, the number of each row, and the rows that could not be read."""

    table: pa.Table
    numbers: npt.NDArray[np.int64]
    unreadable: list[tuple[int, str]]


class _Prepared(NamedTuple):
    """Everything that is known before the weights are loaded."""

    checked: Checked
    sides: Split
    table: pa.Table
    trained: list[Rendered]
    packed: Packed


def train(  # noqa: PLR0913 - all but three have defaults that do nothing
    data: Path | pa.Table | Rows,
    out: Path,
    *,
    config: TrainConfig,
    clusters: Clusters | None = None,
    dry_run: bool = False,
    tell: Callable[[str], None] = unheard,
    progress: Progress = silent,
) -> TrainReport:
    """Tune a model on `data` into the run folder `out`; a run that was killed goes on from its last checkpoint.

    Writes train.parquet, heldout.parquet, preflight.json, preflight.parquet, packs.parquet, checkpoints/, adapter/,
    merged/, metrics.jsonl, tensorboard/, loss.png and training.json.

    Args:
        data: Curated folder, file of any format, table, or what `read_rows` made of them.
        out: Folder of the run.
        config: Settings.
        clusters: Gives the near-duplicate cluster of each row of a table, (rows,) int64; a cluster is not split.
        dry_run: Check, split, pack and plan, and stop there.
        tell: Is told the plan before the first step.
        progress: Shows how far it is.

    Raises:
        InputError: The data or the settings would teach nothing, or `out` holds another run.
        OutputError: A file cannot be written.
        GristmillError: The loss is not finite.
    """
    require("torch", "transformers", "accelerate", "datasets", "trl", "peft", "matplotlib")
    settings(config, out)  # wrong settings are told before anything is read
    rows = data if isinstance(data, Rows) else read_rows(data)
    folder = find_model(config.model)
    renderer = Renderer(load_tokenizer(folder))
    make_folder(out)
    where = str(data) if isinstance(data, Path) else "the table"
    prepared, config = _prepare(
        rows, renderer, folder, out, config=config, clusters=clusters, where=where, progress=progress
    )
    record = _record(prepared, renderer, folder, config)
    plan = _plan(prepared, folder, config, out)
    if dry_run:
        tell(plan.text())
        return TrainReport.read(out, {**record, "plan": plan.record(), "status": "dry run"}, prepared.checked.report)
    earlier = earlier_record(out, record)
    if earlier and earlier["status"] == "done" and (out / "merged").is_dir():
        return TrainReport.read(out, earlier, prepared.checked.report)
    if earlier and (changed := changed_versions(earlier, record)):
        record["resumed"] = [*earlier.get("resumed", []), changed]
        tell(f"note: an earlier process of this run had other versions, so its losses may differ: {changed}")
    refuse_too_large(plan, where=str(folder), full=config.method == "full")
    main = is_main()
    if main:
        _write_rows(out, prepared)
        write_json(out / "training.json", {"status": "running", **record})
    network = load_network(folder, dtype=_dtype(config), device=_device(config))

    def planned(final: Plan) -> None:
        record["plan"] = final.record()
        if main:
            write_json(out / "training.json", {"status": "running", **record})
            tell(final.text())

    tuned = fine_tune(
        network, prepared.packed, plan, renderer, config=config, folder=out, planned=planned, progress=progress
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
    for name in ("merged", "adapter") if config.method != "full" else ("merged",):
        write_card(out / name, final)
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


def _prepare(  # noqa: PLR0913 - everything that is known before the weights are loaded goes in
    rows: Rows,
    renderer: Renderer,
    folder: Path,
    out: Path,
    *,
    config: TrainConfig,
    clusters: Clusters | None,
    where: str,
    progress: Progress,
) -> tuple[_Prepared, TrainConfig]:
    """Check, split and pack; give the settings with what was chosen from the data."""
    context = context_length(load_config(folder), renderer)
    checked = check_rows(
        conversations(rows),
        renderer,
        context=context,
        max_length=config.max_length,
        over_length=config.over_length,
        unreadable=rows.unreadable,
        progress=progress,
    )
    if is_main():
        checked.write(out)
    if checked.report.refuses:
        raise InputError(
            checked.report.refuses, where=where, mend=f"Each row's reason is in {out / 'preflight.parquet'}"
        )
    kept = np.searchsorted(rows.numbers, [row.row for row in checked.rendered])
    table = _numbered(rows.table.take(kept), rows.numbers[kept])
    sides = given_split(table)
    if sides is None:
        near = None if clusters is None else clusters(table)
        sides = split(table, held_out=config.held_out, seed=config.seed, clusters=near)
    trained = [checked.rendered[index] for index in sides.train]
    limit = checked.report.max_length
    packed = pack(trained, pack_length(limit, context))
    return _Prepared(checked, sides, table, trained, packed), dataclasses.replace(
        config, max_length=limit, learning_rate=config.rate
    )


def _numbered(table: pa.Table, numbers: npt.NDArray[np.int64]) -> pa.Table:
    """Put the row numbers in front; a column of the user's that is called `row` makes room."""
    names = ["row_in_data" if name == "row" else name for name in table.column_names]
    return table.rename_columns(names).add_column(0, pa.field("row", pa.int64(), nullable=False), pa.array(numbers))


def _write_rows(out: Path, prepared: _Prepared) -> None:
    write_table(out / "train.parquet", prepared.table.take(prepared.sides.train))
    write_table(out / "heldout.parquet", prepared.table.take(prepared.sides.test))
    write_table(out / "packs.parquet", prepared.packed.places)


def _record(prepared: _Prepared, renderer: Renderer, folder: Path, config: TrainConfig) -> dict[str, Any]:
    """Put down what this run is: settings, what it rests on, and how much of it there is."""
    held_out = [prepared.checked.rendered[index] for index in prepared.sides.test]
    return {
        "format": FORMAT,
        "settings": dataclasses.asdict(config),
        "made_from": {
            "data": _digest(prepared.trained),
            "held_out": _digest(held_out),
            "model": fingerprint(folder),
            "tokenizer": renderer.tokenizer_hash,
            "template": renderer.template_hash,
        },
        "versions": versions(),
        "counts": {
            "rows_read": prepared.checked.report.rows,
            "rows_trained": len(prepared.trained),
            "rows_held_out": len(held_out),
            "rows_left_out": prepared.checked.report.rows - prepared.checked.report.kept,
            "packs": prepared.packed.dataset.num_rows,
            "pack_length": prepared.packed.length,
            "tokens": sum(len(row.ids) for row in prepared.trained),
            "trained_tokens": sum(int((row.labels != IGNORED).sum()) for row in prepared.trained),
        },
        "warning": prepared.sides.warning,
    }


def _plan(prepared: _Prepared, folder: Path, config: TrainConfig, out: Path) -> Plan:
    """Plan the run from what is known before the weights are loaded."""
    shapes, dtype = tensor_shapes(folder), _dtype(config)
    return make_plan(
        prepared.packed,
        prepared.trained,
        settings(config, out),
        shape=load_config(folder),
        parameters=parameters(folder),
        trainable=parameters(folder) if config.method == "full" else lora_parameters(shapes, config.lora_rank),
        weight_bytes=BYTES[dtype],
        free=free_memory(_device(config)),
        dtype_given=any(name in config.sft for name in ("bf16", "fp16")),
        checkpointing=config.sft.get("gradient_checkpointing"),
    )


def _device(config: TrainConfig) -> str:
    """Give the device of this process."""
    import torch

    on_gpu = torch.cuda.is_available() and not config.sft.get("use_cpu", False)
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if on_gpu else "cpu"


def _dtype(config: TrainConfig) -> str:
    """Choose what the weights are loaded in: float32, but bfloat16 under an adapter where the GPU computes in it."""
    import torch

    halved = _device(config) != "cpu" and config.method == "lora" and torch.cuda.is_bf16_supported()
    return "bfloat16" if halved else "float32"


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
