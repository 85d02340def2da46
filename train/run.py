"""A training run, from rows to a model that loads like any other: `train`."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas import InputError, Message
from schemas.atomic import atomic_folder, make_folder, write_json
from schemas.progress import Progress, silent
from train.adapter import check_adapter
from train.card import write_card
from train.config import TrainConfig
from train.digest import digest
from train.folder import find_model, fingerprint, load_tokenizer, require, saving
from train.merge import Drift, merge, save_model
from train.metrics_log import plot_loss, read_metrics
from train.mix import Part, join
from train.plan import Plan, refuse_too_large, unheard
from train.preflight_page import Conversations
from train.prepare import Prepared, prepare, write_rows
from train.record import FORMAT, changed_versions, earlier_record, versions
from train.render import Renderer
from train.rendered import IGNORED, Rendered
from train.report import TrainReport
from train.sft import fine_tune, is_main, settings
from train.sides import Clusters
from train.start import load_base, plan_run


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


def train(  # noqa: PLR0913 - all but three have defaults that do nothing
    data: str | Path | pa.Table | Rows,
    out: Path,
    *,
    config: TrainConfig,
    clusters: Clusters | None = None,
    dry_run: bool = False,
    show: Sequence[str] = (),
    tell: Callable[[str], None] = unheard,
    progress: Progress = silent,
) -> TrainReport:
    """Tune a model on `data` into the run folder `out`; a run that was killed goes on from its last checkpoint.

    Writes train.parquet, heldout.parquet, preflight.json, preflight.parquet, preflight.html, packs.parquet,
    checkpoints/, adapter/, merged/, metrics.jsonl, tensorboard/, loss.png and training.json.

    Args:
        data: Curated folder, file of any format, `hub:` name, table, or what `read_rows` made of them.
        out: Folder of the run.
        config: Settings.
        clusters: Gives the near-duplicate cluster of each row of a table, (rows,) int64; a cluster is not split.
        dry_run: Check, split, pack and plan, and stop there.
        show: Rows to give token by token in the report: `3`, or in a mix `b.jsonl:3`.
        tell: Is told the plan before the first step.
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
    where = str(data) if isinstance(data, Path | str) else "the table"
    read = Conversations(conversations(rows), rows.parts)
    prepared, config = prepare(
        rows, read, renderer, folder, out, config=config, clusters=clusters, where=where, show=show, progress=progress
    )
    record = _record(prepared, renderer, folder, config)
    earlier = earlier_record(out, record)
    plan = plan_run(prepared.packed, prepared.trained, folder, config=config, out=out)
    if dry_run:
        tell(plan.text())
        planned_only = {**record, "plan": plan.record(), "status": "dry run"}
        return dataclasses.replace(TrainReport.read(out, planned_only, prepared.checked.report), shown=prepared.shown)
    if earlier and earlier["status"] == "done" and (out / "merged").is_dir():
        return TrainReport.read(out, earlier, prepared.checked.report)
    if earlier and (changed := changed_versions(earlier, record)):
        record["resumed"] = [*earlier.get("resumed", []), changed]
        tell(f"note: an earlier process of this run had other versions, so its losses may differ: {changed}")
    refuse_too_large(plan, where=str(folder), full=config.method == "full")
    main = is_main()
    if main:
        write_rows(out, prepared)
        write_json(out / "training.json", {"status": "running", **record})
    network = load_base(folder, config)

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
    source = open_examples(data, columns=columns, keep_going=True)  # broken lines are told of with all other rows
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
        "format": FORMAT,
        "settings": dataclasses.asdict(config),
        "made_from": {
            "data": digest(prepared.trained, numbered=True),
            "held_out": digest(held_out, numbered=True),
            "model": fingerprint(folder),
            "tokenizer": renderer.tokenizer_hash,
            "template": renderer.template.hash,
        },
        "versions": versions(),
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
