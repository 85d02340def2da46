"""Measure training against TRL's defaults: same rows, same steps, interleaved, each in a process of its own.

    python benchmarks/training.py [--data rows.jsonl] [--steps 8] [--repeats 2] [--lora] [--device cuda] [-o all.json]

Without --data the rows are made up: questions and answers of invented words with the lengths of documents' questions
and answers. Theirs is TRL's SFTTrainer as its documentation starts it, on conversational prompts and completions, with
nothing set but the learning rate, the seed, the number of steps, and a CPU where there is no GPU. It prints:

    training     real tokens per second (padding does not count), CPU seconds, peak memory, last loss
    equal        one row a step, the same tokens on both sides: how far the losses are apart
    preparation  rows per CPU second from text to what the trainer takes
    evaluation   scoring and answering in batches against one by one

Times are taken after the first step. Run it on a quiet machine; where it is not, the CPU seconds say more.
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
TARGETS = {"training": 1.7, "preparation": 6.0, "scoring": 4.0, "answering": 4.0}


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
    sides: dict[str, list[dict[str, Any]]] = {"ours": [], "theirs": []}
    for _ in range(args.repeats):
        for side in ("theirs", "ours"):
            sides[side].append(measure(side, rows, args, steps=args.steps))
    precise = [sides["theirs"][0]]
    if precise[0]["precision"] != sides["ours"][0]["precision"]:
        precise = [measure("theirs_precise", rows, args, steps=args.steps)]
    speed = "tokens_per_cpu_second" if args.by_cpu else "tokens_per_second"
    ratios = {"training": middle(sides["ours"], speed) / middle(sides["theirs"], speed)}
    print(f"\n{'training, ' + ('LoRA' if args.lora else 'all weights'):<24}{'TRL defaults':>14}{'ours':>14}")
    for name, label, scale in (
        ("tokens_per_second", "real tokens/s", 1.0),
        ("tokens_per_cpu_second", "tokens/CPU-second", 1.0),
        ("cpu_seconds", "CPU seconds", 1.0),
        ("tokens", "tokens read", 1.0),
        ("rows_per_step", "rows per step", 1.0),
        ("peak", "peak memory, GB", 1e9),
    ):
        line = [f"{middle(sides[side], name) / scale:>14,.2f}" for side in ("theirs", "ours")]
        print(f"{label:<24}{''.join(line)}")
    print(f"{'precision':<24}{sides['theirs'][0]['precision']:>14}{sides['ours'][0]['precision']:>14}")
    print(f"{'last loss':<24}{sides['theirs'][0]['losses'][-1]:>14.4f}{sides['ours'][0]['losses'][-1]:>14.4f}\n")
    if precise[0] is not sides["theirs"][0]:
        ratio = middle(sides["ours"], speed) / middle(precise, speed)
        print(f"TRL's defaults in our precision: {precise[0][speed]:.1f}, ours {ratio:.2f} x that\n")
    equal = {side: measure(f"{side}_equal", rows, args, steps=args.equal_steps) for side in ("theirs", "ours")}
    apart = max(abs(a - b) for a, b in zip(equal["ours"]["losses"], equal["theirs"]["losses"], strict=True))
    prepared = measure("preparation", rows, args, steps=0)
    answered = measure("evaluation", rows, args, steps=0)
    ratios["preparation"] = prepared["ours"] / prepared["theirs"]
    ratios["scoring"] = answered["score_single"] / answered["score_batched"]
    ratios["answering"] = answered["answer_single"] / answered["answer_batched"]
    print(f"\nequal batches: losses at most {apart:.5f} apart over {args.equal_steps} steps")
    for name, ratio in ratios.items():
        print(f"{name:<14}{ratio:6.2f} x  (wanted: {TARGETS[name]} x)")
    return {
        "runs": sides,
        "precise": precise,
        "equal": equal,
        "apart": apart,
        "ratios": ratios,
        "preparation": prepared,
        **answered,
    }


def main() -> None:
    """Parse, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="rows to train on, in any format; default: made-up rows")
    parser.add_argument("--rows", type=int, default=1500, help="made-up rows; default: %(default)s")
    parser.add_argument("--seed", type=int, default=7, help="default: %(default)s")
    parser.add_argument("--model", type=Path, help="model folder; default: the embedded model")
    parser.add_argument("--steps", type=int, default=8, help="default: %(default)s")
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
