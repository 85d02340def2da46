"""Measure what a prefix cache saves with our order of requests, and without.

    python benchmarks/prefix_cache.py --model FOLDER --cache-mib 256
    python benchmarks/prefix_cache.py --model NAME --base-url http://localhost:8000/v1

Three tasks are asked about each of some documents, with the document first and the task last in the prompt: in shuffled
order, and in the order that `generate.clients.prefix_order` makes of the very same list. The first form runs vLLM in
this process, the second asks a server that was started with --enable-prompt-tokens-details. The order matters once the
documents do not all fit into the cache: so give it little room (--cache-mib here, --kv-cache-memory-bytes for the
server), or ask about more documents. Each order gets documents of its own, so that neither finds the other's.
"""

import argparse
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from word_model import WordModel, vocabulary

import generate.clients.vllm as vllm_client
from generate.clients import VLLM, OpenAICompatible
from generate.clients.prefix_order import by_prefix
from schemas import ChatRequest, ChatResponse, Client, Message

TASKS = ("Write a question that this text answers.", "Sum this text up.", "Name what this text is about.")


def shuffled_requests(documents: int, words: int, *, seed: int) -> list[ChatRequest]:
    """Ask every task about every document, in an order that is none."""
    texts = WordModel(np.random.default_rng(seed), vocabulary(seed)).texts(np.full(documents, words)).to_pylist()
    found = [
        ChatRequest(messages=(Message("user", f"{text}\n\n{task}"),), max_tokens=4) for text in texts for task in TASKS
    ]
    random.Random(seed).shuffle(found)
    return found


def measure(name: str, client: Client, requests: Sequence[ChatRequest]) -> None:
    """Ask, and print a row of the table."""
    begun = time.perf_counter()
    outcomes = [outcome for _, outcome in client.complete(requests)]
    seconds = time.perf_counter() - begun
    answers = [outcome for outcome in outcomes if isinstance(outcome, ChatResponse)]
    read = sum(answer.prompt_tokens for answer in answers)
    cached = sum(answer.cached_tokens for answer in answers)
    failed = len(outcomes) - len(answers)
    print(
        f"| {name} | {len(answers)} | {failed} | {read} | {cached} | {cached / max(1, read):.1%} | {seconds:.0f} s |",
        flush=True,
    )


def main() -> None:
    """Measure both orders."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--base-url")
    parser.add_argument("--documents", type=int, default=16)
    parser.add_argument("--words", type=int, default=400)
    parser.add_argument("--concurrency", type=int, default=16, help="requests in flight at the server")
    parser.add_argument("--cache-mib", type=int, help="room of the cache of vLLM in this process")
    args = parser.parse_args()
    client: Client
    if args.base_url:
        client = OpenAICompatible(args.model, base_url=args.base_url, concurrency=args.concurrency, timeout=600.0)
    else:
        client = VLLM(args.model, max_model_len=4096)
        if args.cache_mib:
            vllm_client.cache_bytes = lambda **_: args.cache_mib << 20
    print("| order | answered | failed | tokens read | of them cached | share | wall |\n|---|---|---|---|---|---|---|")
    warm_up, unordered, ordered = (shuffled_requests(args.documents, args.words, seed=seed) for seed in (0, 1, 2))
    measure("(warming up)", client, warm_up[:1])
    ours, vllm_client.by_prefix = by_prefix, lambda requests: list(range(len(requests)))  # the client orders by itself
    measure("shuffled", client, unordered)
    vllm_client.by_prefix = ours
    measure("by prefix", client, [ordered[place] for place in by_prefix(ordered)])


if __name__ == "__main__":
    main()
