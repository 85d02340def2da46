"""Batched decoding: padded prompts in, answers out, each as if it had been asked alone.

Rows leave the batch as they finish, and each row is sampled with a generator of its own, so neither the company a
request keeps nor its place in the batch changes what is drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from train.prefill import prefill

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


@dataclass(slots=True, kw_only=True)
class Job:
    """One prompt to continue.

    Attributes:
        position: Its number among the requests.
        prompt: Token ids.
        limit: Most tokens to answer with.
        temperature: 0 for greedy decoding.
        top_p: Nucleus of the distribution to sample from.
        random: Generator of the samples.
        stop: Strings that end the answer.
        answer: Token ids so far, without the one that ended it.
        reason: Why it ended.
    """

    position: int
    prompt: Sequence[int]
    limit: int
    temperature: float
    top_p: float
    random: np.random.Generator
    stop: tuple[str, ...]
    answer: list[int] = field(default_factory=list)
    reason: Literal["stop", "length"] = "length"


def batches(jobs: Sequence[Job], *, tokens: int, rows: int) -> list[list[Job]]:
    """Group jobs of like length so that no batch holds more than `tokens` tokens with its answers, or `rows` rows."""
    found: list[list[Job]] = []
    width = 0
    for job in sorted(jobs, key=lambda job: (len(job.prompt) + job.limit, job.position)):
        width = len(job.prompt) + job.limit
        if not found or len(found[-1]) >= rows or (len(found[-1]) + 1) * width > tokens:
            found.append([])
        found[-1].append(job)
    return found


def decode(
    model: "PreTrainedModel", jobs: Sequence[Job], *, end: frozenset[int], pad: int, text: Callable[[list[int]], str]
) -> None:
    """Continue all jobs of one batch, in place, until each has ended.

    Args:
        model: The model.
        jobs: The batch.
        end: Tokens that end an answer.
        pad: Any token; it stands, unseen, in front of shorter prompts.
        text: Gives the text of an answer, to find stop strings in.
    """
    import torch

    alive = list(jobs)
    with torch.inference_mode():
        network: Any = model  # Any: a model's call has no static types
        cache, ids, mask, places, _ = prefill(model, [list(job.prompt) for job in alive], pad=pad)
        while True:
            logits = network(
                input_ids=ids,
                attention_mask=mask,
                position_ids=places,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            ).logits[:, -1]
            chosen = _choose(logits, alive)
            kept = [
                row
                for row, (job, token) in enumerate(zip(alive, chosen, strict=True))
                if _goes_on(job, token, end, text)
            ]
            if not kept:
                return
            if len(kept) < len(alive):
                rows: Any = torch.tensor(kept, device=model.device)  # Any: a LongTensor, which torch does not say
                cache.reorder_cache(rows)
                mask, places = mask[rows], places[rows]
                alive = [alive[row] for row in kept]
            ids = torch.tensor([[chosen[row]] for row in kept], device=model.device)
            mask = torch.cat([mask, mask.new_ones(len(alive), 1)], dim=1)
            places = places[:, -1:] + 1


def _goes_on(job: Job, token: int, end: frozenset[int], text: Callable[[list[int]], str]) -> bool:
    """Take the next token of a job and tell whether another is to come."""
    if token in end:
        job.reason = "stop"
        return False
    job.answer.append(token)
    if job.stop and any(stop in text(job.answer) for stop in job.stop):
        job.reason = "stop"
        return False
    return len(job.answer) < job.limit


def _choose(logits: "torch.Tensor", jobs: Sequence[Job]) -> list[int]:
    """Choose each row's next token from `logits`, (rows, vocabulary)."""
    chosen: list[int] = logits.argmax(-1).tolist()
    for row, job in enumerate(jobs):
        if job.temperature > 0:
            chosen[row] = _sample(logits[row].double().cpu().numpy(), job)
    return chosen


def _sample(logits: "np.typing.NDArray[np.float64]", job: Job) -> int:
    """Draw from the nucleus of one row: the fewest tokens that together have `top_p` of the probability."""
    shares = np.exp((logits - logits.max()) / job.temperature)
    order = np.argsort(-shares, kind="stable")
    sums = np.cumsum(shares[order])
    nucleus = int(np.searchsorted(sums, job.top_p * sums[-1])) + 1
    nucleus = min(nucleus, len(sums))
    return int(order[int(np.searchsorted(sums[:nucleus], job.random.random() * sums[nucleus - 1], side="right"))])
