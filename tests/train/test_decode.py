from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.train.architectures import SHAPE, convolving, counting, local, windowed
from train.apart import reads_past_gaps
from train.decode import Job, Reading, decode, decode_all
from train.prefill import shared_prefix

ENDLESS = Reading(frozenset(), 0, str)


def answers(model: Any, batches: list[list[list[int]]], *, share: bool = True) -> list[list[int]]:
    found = []
    for batch in batches:
        jobs = [
            Job(
                position=0,
                prompt=prompt,
                limit=12 + number,  # so that rows leave the batch one by one
                temperature=0,
                top_p=1,
                random=np.random.default_rng(0),
                stop=(),
            )
            for number, prompt in enumerate(batch)
        ]
        decode(model, jobs, ENDLESS._replace(share=share))
        found += [job.answer for job in jobs]
    return found


def test_a_shared_prefix_changes_no_answer(tmp_path: Path, model_in: Callable[..., Path], tokenizer: Any) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(model_in(tmp_path, tokenizer), dtype=torch.float32)
    prompts = [[5] * 30 + list(range(10, 10 + extra)) for extra in (1, 4, 9)]
    assert shared_prefix(prompts) == 30
    assert alike(model, prompts)


def recurrent() -> Any:
    from transformers import FalconH1Config, FalconH1ForCausalLM

    state: dict[str, Any] = {
        "mamba_d_ssm": 64,
        "mamba_n_heads": 4,
        "mamba_d_head": 16,
        "mamba_d_state": 8,
        "mamba_chunk_size": 16,
    }
    build: Any = FalconH1ForCausalLM  # Any: its constructor is untyped
    return build(FalconH1Config(**SHAPE, **state))


@pytest.mark.parametrize("build", [partial(windowed, 16), convolving, recurrent])
def test_models_that_do_more_than_attend_answer_as_alone(build: Callable[[], Any]) -> None:
    import torch

    torch.manual_seed(0)
    prompts = [[5, 6, 7] * 10 + list(range(10, 10 + extra)) for extra in (1, 4, 24)]
    assert alike(build().float().eval(), prompts)


@pytest.mark.parametrize("build", [counting, local])
def test_models_that_count_columns_answer_as_alone_without_a_shared_beginning(build: Callable[[], Any]) -> None:
    import torch

    torch.manual_seed(0)
    model = build().float().eval()
    prompts = [[5, 6, 7] * 10 + list(range(10, 10 + extra)) for extra in (1, 4, 24)]
    assert not reads_past_gaps(model)
    assert alike(model, prompts, share=False)


def alike(model: Any, prompts: list[list[int]], *, share: bool = True) -> bool:
    together = answers(model, [prompts], share=share)
    return all(
        found[:12] == alone[:12]
        for found, alone in zip(together, answers(model, [[prompt] for prompt in prompts]), strict=True)
    )


class Small:
    """A model that runs out of memory where a batch holds more than `most` tokens, as a GPU would in a later step."""

    def __init__(self, model: Any, most: int) -> None:
        self.model = model
        self.most = most
        self.failures = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def __call__(self, **inputs: Any) -> Any:
        import torch

        rows, width = inputs["attention_mask"].shape if "attention_mask" in inputs else inputs["input_ids"].shape
        if rows * width > self.most:
            self.failures += 1
            raise torch.OutOfMemoryError("CUDA out of memory")
        return self.model(**inputs)


def jobs_of(limits: list[int], *, temperature: float = 0.0) -> list[Job]:
    return [
        Job(
            position=number,
            prompt=[5, 6, 7 + number],
            limit=limit,
            temperature=temperature,
            top_p=0.9,
            random=np.random.default_rng(number),
            stop=(),
        )
        for number, limit in enumerate(limits)
    ]


def all_of(model: Any, jobs: list[Job]) -> list[Job]:
    found = decode_all(model, jobs, tokens=1_000, rows=100, settings=ENDLESS)
    return [job for batch in found for job in batch]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, model_in: Callable[..., Path], tokenizer: Any) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(
        model_in(tmp_path_factory.mktemp("models"), tokenizer), dtype=torch.float32
    )


@pytest.mark.parametrize("temperature", [0.0, 1.0], ids=["greedy", "sampled"])
@pytest.mark.parametrize("most", [60, 40, 20])
def test_where_memory_runs_out_batches_are_halved_and_no_answer_changes(
    model: Any, temperature: float, most: int
) -> None:
    limits = [2, 3, 9, 10, 11, 12, 13, 14]
    whole = jobs_of(limits, temperature=temperature)
    [_] = decode_all(model, whole, tokens=1_000, rows=100, settings=ENDLESS)
    small, asked = Small(model, most), jobs_of(limits, temperature=temperature)
    given = [job.position for job in all_of(small, asked)]
    assert small.failures > 0
    assert sorted(given) == list(range(8))
    assert all(job.ended for job in asked)
    assert [job.answer for job in asked] == [job.answer for job in whole]


def test_what_has_ended_is_given_when_memory_runs_out(model: Any) -> None:
    small: Any = Small(model, 44)  # room for six rows of seven tokens, not of eight: two have ended by then
    asked = jobs_of([2, 3, 9, 10, 11, 12, 13, 14])
    first = next(decode_all(small, asked, tokens=1_000, rows=100, settings=ENDLESS))
    assert [job.position for job in first] == [0, 1]
    assert [len(job.answer) for job in asked] == [2, 3, 0, 0, 0, 0, 0, 0]


def test_a_text_that_memory_does_not_hold_alone_fails_alone(model: Any) -> None:
    asked = jobs_of([2, 40, 3])
    found = all_of(Small(model, 12), asked)
    assert {job.position: job.ended for job in found} == {0: True, 1: False, 2: True}
