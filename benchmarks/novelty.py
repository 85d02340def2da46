"""How long it takes to tell whether an instruction is new, by ROUGE-L against all that were kept.

    python benchmarks/novelty.py --kept 10000,50000 [--texts alpaca.json] [--processes 2]

Ours against what Alpaca does: `rouge-score` (which `pip install 'gristmill[dev]'` brings along) with every kept text,
in a pool of processes, the kept ones tokenized beforehand. Both must decide alike on every candidate that both look at.
Without --texts the instructions are made of invented words, some of them near copies of others.
"""

import argparse
import json
import os
import random
import resource
import sys
import time
from collections.abc import Sequence
from functools import partial
from multiprocessing import get_context
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from rouge_score import rouge_scorer  # noqa: E402 - the paths come first
from rouge_score.tokenizers import DefaultTokenizer  # noqa: E402
from word_model import vocabulary  # noqa: E402

from generate.strategies.rouge_pool import RougePool  # noqa: E402

THRESHOLD = 0.7
NEAR_COPIES = 0.1  # of the invented instructions


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kept", default="10000,50000", help="how many texts to compare with, one table row each")
    parser.add_argument("--texts", type=Path, help="JSON list of rows with an instruction")
    parser.add_argument("--candidates", type=int, default=2000, help="candidates for ours")
    parser.add_argument("--brute", type=int, default=10, help="candidates for rouge-score")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="size of its pool")
    args = parser.parse_args()
    print(f"{os.cpu_count()} cores, {args.processes} processes for rouge-score, threshold {THRESHOLD}")
    for kept in (int(count) for count in args.kept.split(",")):
        texts = instructions(kept + args.candidates) if args.texts is None else read(args.texts)
        if len(texts) < kept + args.candidates:
            print(f"{kept:,} kept: only {len(texts):,} texts")
            continue
        measure(texts[:kept], texts[kept : kept + args.candidates], args.brute, args.processes)


def measure(kept: Sequence[str], candidates: Sequence[str], brute: int, processes: int) -> None:
    """Time both on the same texts and hold their decisions together."""
    pool = RougePool(THRESHOLD)
    begun = time.perf_counter()
    for text in kept:
        pool.add(text)
    filled = time.perf_counter() - begun
    times, ours = [], []
    busy = time.process_time()
    for text in candidates:
        begun = time.perf_counter()
        ours.append(pool.nearest(text))
        times.append(time.perf_counter() - begun)
    cpu = (time.process_time() - busy) / len(candidates)
    tokenizer = DefaultTokenizer(use_stemmer=False)
    tokens = [tokenizer.tokenize(text) for text in kept]
    # Candidates that are too near are rare: some of them stand among those that are checked.
    near = [place for place, found in enumerate(ours) if found is not None]
    checked = sorted({*near[: brute // 2], *range(brute)})[:brute]
    begun, busy = time.perf_counter(), _children()
    with get_context("fork").Pool(processes) as workers:
        for place in checked:
            own = tokenizer.tokenize(candidates[place])
            scores = [score.fmeasure for score in workers.map(partial(rouge_scorer._score_lcs, own), tokens)]  # noqa: SLF001 - as Alpaca does
            best, found = max(scores), ours[place]
            assert (found is None) == (best <= THRESHOLD), candidates[place]
            assert found is None or (found.score, found.text) == (best, kept[scores.index(best)]), candidates[place]
        workers.close()
        workers.join()
    slow, slow_cpu = (time.perf_counter() - begun) / len(checked), (_children() - busy) / len(checked)
    times.sort()
    mean, late = sum(times) / len(times), times[len(times) * 99 // 100]
    print(
        f"{len(kept):,} kept: ours {mean * 1e3:.3f} ms a candidate ({cpu * 1e3:.3f} ms of CPU, 99th percentile "
        f"{late * 1e3:.3f}), {1 / mean:,.0f}/s, filled in {filled:.1f} s; rouge-score {slow * 1e3:,.0f} ms "
        f"({slow_cpu * 1e3:,.0f} ms of CPU), {1 / slow:,.2f}/s; {slow_cpu / cpu:,.0f} times the CPU; "
        f"{len(near)} of {len(candidates):,} too near; {len(checked)} decided alike",
        flush=True,
    )


def _children() -> float:
    """Give the CPU seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def instructions(count: int) -> list[str]:
    """Invent instructions of 4 to 30 words, some of which are others with a word or two changed."""
    chance, words = random.Random(0), vocabulary(0)
    weights = [1 / (place + 3) for place in range(len(words))]
    found: list[str] = []
    while len(found) < count:
        if found and chance.random() < NEAR_COPIES:
            copy = chance.choice(found).split()
            for _ in range(chance.randint(1, 2)):
                copy[chance.randrange(len(copy))] = chance.choice(words)
            found.append(" ".join(copy))
        else:
            found.append(" ".join(chance.choices(words, weights, k=min(30, 4 + int(chance.expovariate(1 / 8))))))
    return found


def read(path: Path) -> list[str]:
    """Read the instructions of a JSON list, each once."""
    return list(dict.fromkeys(row["instruction"] for row in json.loads(path.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
