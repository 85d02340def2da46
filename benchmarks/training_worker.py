"""One measurement of benchmarks/training.py, in a process of its own; it prints one line of JSON.

python benchmarks/training_worker.py ours|theirs --rows rows.jsonl --model DIR --steps 8
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

SEED, RATE = 7, 2e-5


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=sorted(MEASURES))
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--lora", action="store_true")
    args = parser.parse_args()
    args.pairs = [json.loads(line) for line in args.rows.read_text(encoding="utf-8").splitlines()]
    result = MEASURES[args.what](args)
    print(json.dumps(result))


def ours(args: argparse.Namespace) -> dict[str, Any]:
    """Train as `gristmill train` does: rows rendered and packed, loss at trained tokens."""
    from train.pack import pack, pack_length

    rows = render(args)
    packed = pack(rows, pack_length(max(len(row.ids) for row in rows), 8192))
    per_pack = len(rows) / packed.dataset.num_rows
    return train_ours(args, packed, batch=max(round(8 / per_pack), 1), rows_per_pack=per_pack)


def theirs(args: argparse.Namespace) -> dict[str, Any]:
    """Train with TRL's defaults on the rows as its documentation hands them in."""
    return train_theirs(args, conversations(args), batch=8)


def theirs_precise(args: argparse.Namespace) -> dict[str, Any]:
    """Train with TRL's defaults, but in the precision that we choose."""
    from train.sft import fast_bf16

    return train_theirs(args, conversations(args), batch=8, bf16=fast_bf16(on_cpu=args.device == "cpu"))


def ours_equal(args: argparse.Namespace) -> dict[str, Any]:
    """Train on one row a step."""
    import datasets
    import pyarrow as pa

    from train.pack import PACKS_SCHEMA, Packed

    rows = render(args)
    table = {
        "input_ids": [row.ids.tolist() for row in rows],
        "labels": [row.labels.tolist() for row in rows],
        "seq_lengths": [[len(row.ids)] for row in rows],
    }
    places = [
        {"pack": place, "row": row.row, "id": row.id, "start": 0, "tokens": len(row.ids), "trained": len(row.ids)}
        for place, row in enumerate(rows)
    ]
    longest = max(len(row.ids) for row in rows)
    packed = Packed(datasets.Dataset.from_dict(table), pa.Table.from_pylist(places, schema=PACKS_SCHEMA), longest)
    return train_ours(args, packed, batch=1, rows_per_pack=1.0)


def theirs_equal(args: argparse.Namespace) -> dict[str, Any]:
    """Train TRL's trainer on the same tokens and labels, one row a step, in the same precision."""
    import datasets

    from train.sft import fast_bf16

    rows = render(args)
    table = {"input_ids": [row.ids.tolist() for row in rows], "labels": [row.labels.tolist() for row in rows]}
    half = fast_bf16(on_cpu=args.device == "cpu")
    return train_theirs(args, datasets.Dataset.from_dict(table), batch=1, bf16=half)


def preparation(args: argparse.Namespace) -> dict[str, Any]:
    """Make rows ready to train: ours rendered and packed, TRL's through its own preparation."""
    import datasets
    from trl.trainer.sft_config import SFTConfig
    from trl.trainer.sft_trainer import SFTTrainer

    from train.folder import quiet_libraries
    from train.pack import pack, pack_length

    datasets.disable_caching()
    datasets.disable_progress_bars()
    data = conversations(args)
    with tempfile.TemporaryDirectory() as folder, quiet_libraries():
        settings = SFTConfig(output_dir=folder, use_cpu=True, bf16=False)
        trainer: Any = SFTTrainer(model=str(args.model), args=settings, train_dataset=data.select(range(8)))
        prepare = trainer._prepare_dataset  # noqa: SLF001 - what its constructor does with the rows, without the model
        render(args, limit=64)  # both sides are warm

        def by_us() -> None:
            rows = render(args)
            pack(rows, pack_length(max(len(row.ids) for row in rows), 8192))

        def by_them() -> None:
            prepare(data, trainer.processing_class, settings, packing=False, formatting_func=None, dataset_name="train")

        spent: dict[str, list[dict[str, float]]] = {"ours": [], "theirs": []}
        for _ in range(3):
            spent["ours"].append(timed(by_us))
            spent["theirs"].append(timed(by_them))
    count = len(args.pairs)
    return {
        side: {unit: round(count / min(run[unit] for run in runs), 1) for unit in ("seconds", "cpu")}
        for side, runs in spent.items()
    }


def timed(work: Callable[[], Any]) -> dict[str, float]:
    """Give the seconds that something takes, on the clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def evaluation(args: argparse.Namespace) -> dict[str, Any]:
    """Score gold answers and write answers, in batches and one by one."""
    import torch

    from schemas import ChatRequest, Message
    from train.model import LocalModel

    model = LocalModel.load(args.model, device=args.device)
    rows = render(args, limit=32)
    requests = [ChatRequest(messages=(Message("user", pair["question"]),), max_tokens=48) for pair in args.pairs[:32]]

    def finished(work: Callable[[], Any]) -> dict[str, float]:
        def whole() -> None:
            work()
            if args.device == "cuda":
                torch.cuda.synchronize()

        return {unit: round(seconds, 2) for unit, seconds in timed(whole).items()}

    model.score(rows[:2])
    return {
        "batched": {
            "scoring": finished(lambda: model.score(rows)),
            "answering": finished(lambda: list(model.complete(requests))),
        },
        "single": {
            "scoring": finished(lambda: [model.score([row]) for row in rows]),
            "answering": finished(lambda: [list(model.complete([request])) for request in requests]),
        },
    }


def render(args: argparse.Namespace, limit: int | None = None) -> list[Any]:
    """Render the rows with our renderer."""
    from schemas import Message
    from train.folder import load_tokenizer
    from train.render import Renderer
    from train.rendered import Rendered

    if not hasattr(args, "renderer"):
        args.renderer = Renderer(load_tokenizer(args.model))
    asked = [
        (number, str(number), (Message("user", pair["question"]), Message("assistant", pair["answer"])))
        for number, pair in enumerate(args.pairs[:limit], 1)
    ]
    return [row for row in args.renderer.render(asked) if isinstance(row, Rendered)]


def conversations(args: argparse.Namespace) -> Any:
    """Give the rows as conversational prompt and completion."""
    import datasets

    return datasets.Dataset.from_list(
        [
            {
                "prompt": [{"role": "user", "content": pair["question"]}],
                "completion": [{"role": "assistant", "content": pair["answer"]}],
            }
            for pair in args.pairs
        ]
    )


def train_ours(args: argparse.Namespace, packed: Any, *, batch: int, rows_per_pack: float) -> dict[str, Any]:
    """Run our trainer with the settings of a run."""
    import transformers

    from train import TrainConfig
    from train.folder import quiet_libraries
    from train.model import load_network
    from train.sft import settings
    from train.trainer import trainer_class

    if not hasattr(args, "renderer"):
        render(args, limit=1)
    device = "cuda" if args.device == "cuda" else "cpu"
    with tempfile.TemporaryDirectory() as folder, quiet_libraries():
        config = TrainConfig(
            seed=SEED, model=str(args.model), method="lora" if args.lora else "full", max_steps=args.steps,
            learning_rate=RATE, batch_packs=batch, save_every=10_000, sft={"use_cpu": args.device == "cpu"},
        )  # fmt: skip
        transformers.set_seed(SEED)
        clock = make_clock()
        trainer = trainer_class(packed)(
            model=load_network(args.model, dtype="float32", device=device),
            args=settings(config, Path(folder)),
            train_dataset=packed.dataset.add_column("pack", list(range(packed.dataset.num_rows))),
            processing_class=args.renderer.tokenizer,
            peft_config=adapter() if args.lora else None,
            callbacks=[clock],
        )
        trainer.train()
    return measured(args, trainer, clock, rows_per_step=rows_per_pack * batch)


def train_theirs(args: argparse.Namespace, data: Any, *, batch: int, **settings: Any) -> dict[str, Any]:
    """Run TRL's trainer with its defaults."""
    from trl.trainer.sft_config import SFTConfig
    from trl.trainer.sft_trainer import SFTTrainer

    from train.folder import quiet_libraries

    with tempfile.TemporaryDirectory() as folder, quiet_libraries():
        clock = make_clock()
        trainer = SFTTrainer(
            model=str(args.model),
            args=SFTConfig(
                output_dir=folder, use_cpu=args.device == "cpu", learning_rate=RATE, seed=SEED, max_steps=args.steps,
                per_device_train_batch_size=batch, logging_steps=1, save_strategy="no", report_to="none",
                disable_tqdm=True, **settings,
            ),
            train_dataset=data,
            peft_config=adapter() if args.lora else None,
            callbacks=[clock],
        )  # fmt: skip
        trainer.train()
    return measured(args, trainer, clock, rows_per_step=float(batch))


def adapter() -> Any:
    """Give the adapter that both sides train."""
    from peft import LoraConfig

    return LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")


def make_clock() -> Any:
    """Make a callback that takes the time at the end of every step."""
    import torch
    from transformers import TrainerCallback

    class Clock(TrainerCallback):
        def __init__(self) -> None:
            self.times: list[tuple[float, float]] = []

        def on_step_end(self, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 - theirs
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            self.times.append((time.perf_counter(), time.process_time()))

    return Clock()


def measured(args: argparse.Namespace, trainer: Any, clock: Any, *, rows_per_step: float) -> dict[str, Any]:
    """Give speed after the first step, which warms up, with losses and memory."""
    import torch

    logged = [entry for entry in trainer.state.log_history if "loss" in entry]
    if "tokens" in logged[0]:
        tokens = [int(entry["tokens"]) for entry in logged]
    else:
        totals = [int(entry["num_tokens"]) for entry in logged]
        tokens = [after - before for before, after in zip([0, *totals], totals, strict=False)]
    (wall_from, cpu_from), (wall_to, cpu_to) = clock.times[0], clock.times[-1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    if args.device == "cuda":
        peak = torch.cuda.max_memory_allocated()
    return {
        "tokens": sum(tokens),
        "rows_per_step": round(rows_per_step, 1),
        "tokens_per_second": round(sum(tokens[1:]) / (wall_to - wall_from), 1),
        "tokens_per_cpu_second": round(sum(tokens[1:]) / (cpu_to - cpu_from), 1),
        "cpu_seconds": round(cpu_to - cpu_from, 1),
        "peak": peak,
        "precision": "bfloat16" if trainer.args.bf16 else "float32",
        "losses": [float(entry["loss"]) for entry in logged],
    }


MEASURES: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "ours": ours,
    "theirs": theirs,
    "theirs_precise": theirs_precise,
    "ours_equal": ours_equal,
    "theirs_equal": theirs_equal,
    "preparation": preparation,
    "evaluation": evaluation,
}

if __name__ == "__main__":
    main()
