"""Measure training against TRL's defaults: same rows, same steps, interleaved, each in a process of its own.

    python benchmarks/training.py [--data rows.jsonl] [--steps 8] [--repeats 2] [--lora] [--device cuda] [-o all.json]

Without --data the rows are made up: questions and answers of invented words with the lengths of documents' questions
and answers. Theirs is TRL's SFTTrainer as its documentation starts it, on conversational prompts and completions, with
nothing set but the learning rate, the seed, the number of steps, and a CPU where there is no GPU. It prints:

    training     real tokens per second (padding does not count), CPU seconds, peak memory, last loss
    equal        one row a step, the same tokens on both sides: how far the losses are apart
    preparation  rows per second from text to what the trainer takes
    evaluation   scoring and answering in batches against one by one

Times are taken after the first step. TRL trains in bfloat16 by default, which a processor without instructions for it
emulates: there its defaults are measured once, over few steps, and once more in the precision that we choose. Run it
on a quiet machine; where it is not, the CPU seconds say more.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from word_model import WordModel, vocabulary

WORKER = Path(__file__).resolve().parent / "training_worker.py"
TARGETS = {"training": 1.7, "preparation": 6.0, "evaluation": 4.0}
NAMES = {"theirs": "TRL defaults", "theirs_precise": "TRL in our precision", "ours": "ours"}


def make_rows(path: Path, count: int, seed: int) -> None:
    """Write rows whose answers have lognormal lengths: half of them over 22 words, one in a hundred over 90."""
    rng = np.random.default_rng(seed)
    model = WordModel(rng, vocabulary(seed, 4_000))
    questions = model.texts(rng.integers(6, 16, count)).to_pylist()
    answers = model.texts(np.clip(rng.lognormal(np.log(22), 0.6, count), 3, 110).astype(np.int64)).to_pylist()
    lines = [
        json.dumps({"question": f"{question}?", "answer": answer})
        for question, answer in zip(questions, answers, strict=True)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_rows(source: Path, path: Path) -> None:
    """Write the rows of a file as questions and answers."""
    from schemas.formats import open_examples

    lines = []
    for batch in open_examples(source).batches():
        for turns in batch.examples["messages"].to_pylist():
            asked = [turn["content"] for turn in turns if turn["role"] == "user"]
            told = [turn["content"] for turn in turns if turn["role"] == "assistant"]
            if asked and told:
                lines.append(json.dumps({"question": asked[0], "answer": told[0]}))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def measure(what: str, rows: Path, args: argparse.Namespace, *, steps: int) -> dict[str, Any]:
    """Run one measurement in a process of its own."""
    command = [sys.executable, str(WORKER), what, "--rows", str(rows), "--model", str(args.model)]
    command += ["--steps", str(steps), "--device", args.device, *(["--lora"] if args.lora else [])]
    environment = {**os.environ, **({"CUDA_VISIBLE_DEVICES": ""} if args.device == "cpu" else {})}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        sys.exit(f"{what} failed:\n{done.stderr[-4000:]}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    print(f"  {what:<13} {json.dumps({name: value for name, value in found.items() if name != 'losses'})}", flush=True)
    return found


def middle(runs: list[dict[str, Any]], name: str) -> float:
    """Give the median of a number over the repeats."""
    return statistics.median(float(run[name]) for run in runs)


def run(args: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Measure everything and print one table."""
    rows = folder / "rows.jsonl"
    if args.data is None:
        make_rows(rows, args.rows, args.seed)
    else:
        read_rows(args.data, rows)
    sides: dict[str, list[dict[str, Any]]] = {"theirs": [], "theirs_precise": [], "ours": []}
    if slow_default(args):
        sides["theirs"].append(measure("theirs", rows, args, steps=args.default_steps))
    for _ in range(args.repeats):
        for side in ("theirs_precise" if slow_default(args) else "theirs", "ours"):
            sides[side].append(measure(side, rows, args, steps=args.steps))
    sides = {side: runs for side, runs in sides.items() if runs}
    print_training(sides, args)
    equal = {side: measure(f"{side}_equal", rows, args, steps=args.equal_steps) for side in ("theirs", "ours")}
    apart = max(abs(a - b) for a, b in zip(equal["ours"]["losses"], equal["theirs"]["losses"], strict=True))
    prepared = measure("preparation", rows, args, steps=0)
    answered = measure("evaluation", rows, args, steps=0)
    unit = "cpu" if args.by_cpu else "seconds"
    single, batched = ({name: each[unit] for name, each in answered[how].items()} for how in ("single", "batched"))
    ratios = {f"training, {NAMES[side]}": ratio for side, ratio in training_ratios(sides, args).items()}
    ratios["preparation"] = prepared["ours"][unit] / prepared["theirs"][unit]
    ratios["evaluation"] = sum(single.values()) / sum(batched.values())
    print(f"\nequal batches: losses at most {apart:.2g} apart over {args.equal_steps} steps")
    for name, ratio in ratios.items():
        print(f"{name:<34}{ratio:6.2f} x  (wanted: {TARGETS[name.partition(',')[0]]} x)")
    for name in single:
        print(f"  of it {name:<28}{single[name] / batched[name]:6.2f} x")
    return {
        "runs": sides,
        "equal": equal,
        "apart": apart,
        "ratios": ratios,
        "preparation": prepared,
        "evaluation": answered,
    }


def slow_default(args: argparse.Namespace) -> bool:
    """Tell whether the precision that is TRL's default, bfloat16, is emulated here, step by slow step."""
    from train.sft import fast_bf16

    return args.device == "cpu" and not fast_bf16(on_cpu=True)


def training_ratios(sides: dict[str, list[dict[str, Any]]], args: argparse.Namespace) -> dict[str, float]:
    """Compare our speed with each of theirs."""
    speed = "tokens_per_cpu_second" if args.by_cpu else "tokens_per_second"
    return {side: middle(sides["ours"], speed) / middle(runs, speed) for side, runs in sides.items() if side != "ours"}


def print_training(sides: dict[str, list[dict[str, Any]]], args: argparse.Namespace) -> None:
    """Print the table of training."""
    print(f"\n{'training, ' + ('LoRA' if args.lora else 'all weights'):<24}", end="")
    print("".join(f"{NAMES[side]:>24}" for side in sides))
    for name, label, scale in (
        ("tokens_per_second", "real tokens/s", 1.0),
        ("tokens_per_cpu_second", "tokens/CPU-second", 1.0),
        ("cpu_seconds", "CPU seconds", 1.0),
        ("tokens", "tokens read", 1.0),
        ("rows_per_step", "rows per step", 1.0),
        ("peak", "peak memory, GB", 1e9),
    ):
        print(f"{label:<24}" + "".join(f"{middle(runs, name) / scale:>24,.2f}" for runs in sides.values()))
    print(f"{'precision':<24}" + "".join(f"{runs[0]['precision']:>24}" for runs in sides.values()))
    print(f"{'last loss':<24}" + "".join(f"{runs[0]['losses'][-1]:>24.4f}" for runs in sides.values()) + "\n")


def main() -> None:
    """Parse, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="rows to train on, in any format; default: made-up rows")
    parser.add_argument("--rows", type=int, default=1500, help="made-up rows; default: %(default)s")
    parser.add_argument("--seed", type=int, default=7, help="default: %(default)s")
    parser.add_argument("--model", type=Path, help="model folder; default: the embedded model")
    parser.add_argument("--steps", type=int, default=8, help="default: %(default)s")
    parser.add_argument(
        "--default-steps",
        type=int,
        default=3,
        help="steps of TRL's defaults where bfloat16 is emulated and slow; default: %(default)s",
    )
    parser.add_argument("--equal-steps", type=int, default=12, help="default: %(default)s")
    parser.add_argument("--repeats", type=int, default=2, help="default: %(default)s")
    parser.add_argument("--lora", action="store_true", help="train an adapter on both sides")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--by-cpu", action="store_true", help="compare by CPU seconds, on a machine that is not quiet")
    parser.add_argument("-o", "--out", type=Path, help="write all numbers as JSON")
    args = parser.parse_args()
    if args.model is None:
        from gristmill.embedded import embedded_folder

        args.model = embedded_folder()
    with tempfile.TemporaryDirectory() as folder:
        result = run(args, Path(folder))
    if args.out is not None:
        args.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
