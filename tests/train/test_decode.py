from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.train.architectures import SHAPE, convolving, windowed
from train.decode import Job, decode
from train.prefill import shared_prefix


def answers(model: Any, batches: list[list[list[int]]]) -> list[list[int]]:
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
        decode(model, jobs, end=frozenset(), pad=0, text=str)
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


def alike(model: Any, prompts: list[list[int]]) -> bool:
    together = answers(model, [prompts])
    return all(
        found[:12] == alone[:12]
        for found, alone in zip(together, answers(model, [[prompt] for prompt in prompts]), strict=True)
    )
