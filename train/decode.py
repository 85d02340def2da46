"""Batched decoding: padded prompts in, answers out, each as if it had been asked alone.

What all prompts of a batch begin with (a system prompt, worked examples) is read once for the whole batch; the padding
stands behind it, in front of what each prompt has of its own. Models that read padding there as a distance, those with
a sliding window or a recurrent state, read it again for each prompt.

Rows leave the batch as they finish, and each row is sampled with a generator of its own, so neither the company a
request keeps nor its place in the batch changes what is drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


_WORTH_SHARING = 16


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

    from train.cache import roomy_cache, takes_gaps

    alive = list(jobs)
    cache = roomy_cache(model.config)
    shared = shared_prefix([list(job.prompt) for job in alive]) if takes_gaps(cache) else 0
    gaps = [max(len(other.prompt) for other in alive) - len(job.prompt) for job in alive]
    with torch.inference_mode():
        network: Any = model  # Any: a model's call has no static types
        if shared:
            prefix = torch.tensor([list(alive[0].prompt[:shared])], device=model.device)
            network(input_ids=prefix, past_key_values=cache, use_cache=True, logits_to_keep=1)
            cache.batch_repeat_interleave(len(alive))
        ids = torch.tensor(
            [[pad] * gap + list(job.prompt[shared:]) for job, gap in zip(alive, gaps, strict=True)], device=model.device
        )
        mask = torch.tensor(
            [[1] * shared + [0] * gap + [1] * (len(job.prompt) - shared) for job, gap in zip(alive, gaps, strict=True)],
            device=model.device,
        )
        places = (mask.cumsum(-1) - 1).clamp(min=0)[:, shared:]
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


def shared_prefix(prompts: Sequence[list[int]]) -> int:
    """Count the tokens that all prompts of a batch begin with, leaving each at least one of its own.

    One prompt alone, or a few tokens in common, are not worth a pass of their own: they count as none.
    """
    if len(prompts) < 2:
        return 0
    first, last = min(prompts), max(prompts)  # what these two share, all between them share
    most = min(map(len, prompts)) - 1
    found = next((place for place in range(most) if first[place] != last[place]), most)
    return found if found >= _WORTH_SHARING else 0


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
