"""Batched decoding: padded prompts in, answers out, each as if it had been asked alone.

Rows leave the batch as they finish, and each row is sampled with a generator of its own, so neither the company a
request keeps nor its place in the batch changes what is drawn.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from train.budget import in_memory
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
        ended: Whether it has.
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
    ended: bool = False

    @property
    def width(self) -> int:
        """Most tokens of it and its answer together."""
        return len(self.prompt) + self.limit


class Reading(NamedTuple):
    """How prompts are read, and when an answer ends.

    Attributes:
        end: Tokens that end it.
        pad: Any token; it stands, unseen, in front of shorter prompts.
        text: Gives the text of an answer, to find stop strings in.
        share: Whether what all prompts of a batch begin with is read once.
    """

    end: frozenset[int]
    pad: int
    text: Callable[[list[int]], str]
    share: bool = True


def batches(jobs: Sequence[Job], *, tokens: int, rows: int) -> list[list[Job]]:
    """Group jobs of like length so that no batch holds more than `tokens` tokens with its answers, or `rows` rows."""
    found: list[list[Job]] = []
    for job in sorted(jobs, key=lambda job: (job.width, job.position)):
        if not found or len(found[-1]) >= rows or (len(found[-1]) + 1) * job.width > tokens:
            found.append([])
        found[-1].append(job)
    return found


def decode_all(
    model: "PreTrainedModel", jobs: Sequence[Job], *, tokens: int, rows: int, settings: Reading
) -> Iterator[list[Job]]:
    """Continue jobs batch by batch, and give each batch's; one that has not ended does not fit into memory even alone.

    Where memory runs out, those of the batch that have ended stay as they are. The others begin again, as if they had
    not been asked, in batches of half as many tokens, and so do all that follow.

    Args:
        model: The model.
        jobs: The jobs.
        tokens: Most tokens of a batch.
        rows: Most rows of it.
        settings: How they are read and end.
    """
    todo = deque(batches(jobs, tokens=tokens, rows=rows))
    while todo:
        batch = todo.popleft()
        lots = [deepcopy(job.random) for job in batch]
        if in_memory(partial(decode, model, batch, settings)) is not None:
            yield batch
            continue
        left = [(job, lot) for job, lot in zip(batch, lots, strict=True) if not job.ended]
        for job, lot in left:
            job.answer, job.random = [], lot
        yield [job for job in batch if job.ended or len(batch) == 1]
        if len(batch) > 1:
            tokens = len(batch) * max(job.width for job in batch) // 2
            rest = [*(job for job, _ in left), *(job for each in todo for job in each)]
            todo = deque(batches(rest, tokens=tokens, rows=rows))


def decode(model: "PreTrainedModel", jobs: Sequence[Job], settings: Reading) -> Sequence[Job]:
    """Continue all jobs of one batch, in place, until each has ended, and give them.

    Args:
        model: The model.
        jobs: The batch.
        settings: How they are read and end.
    """
    import torch

    alive, most = list(jobs), None if settings.share else 0
    with torch.inference_mode():
        network: Any = model  # Any: a model's call has no static types
        cache, ids, mask, places, _ = prefill(model, [list(job.prompt) for job in alive], pad=settings.pad, most=most)
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
                if _goes_on(job, token, settings)
            ]
            if not kept:
                return jobs
            if len(kept) < len(alive):
                rows: Any = torch.tensor(kept, device=model.device)  # Any: a LongTensor, which torch does not say
                cache.reorder_cache(rows)
                mask, places = mask[rows], places[rows]
                alive = [alive[row] for row in kept]
            ids = torch.tensor([[chosen[row]] for row in kept], device=model.device)
            mask = torch.cat([mask, mask.new_ones(len(alive), 1)], dim=1)
            places = places[:, -1:] + 1


def _goes_on(job: Job, token: int, settings: Reading) -> bool:
    """Take the next token of a job and tell whether another is to come."""
    stops = token in settings.end
    if not stops:
        job.answer.append(token)
        stops = bool(job.stop) and any(stop in settings.text(job.answer) for stop in job.stop)
    job.reason = "stop" if stops else "length"
    job.ended = stops or len(job.answer) >= job.limit
    return not job.ended


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
