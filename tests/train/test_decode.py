from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.decode import Job, decode, shared_prefix

SHAPE: dict[str, Any] = {
    "vocab_size": 64,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}


@pytest.mark.parametrize(
    ("prompts", "shared"),
    [
        ([], 0),
        ([[1] * 40], 0),
        ([[1] * 20 + [2], [1] * 20 + [3]], 20),
        ([[1] * 20, [1] * 20], 19),
        ([[1] * 20, [1] * 30], 19),
        ([[1] * 5 + [2], [1] * 5 + [3]], 0),
        ([[2] + [1] * 30, [3] + [1] * 30], 0),
    ],
    ids=["none", "one", "two tails", "equal", "one inside the other", "too little", "nothing in common"],
)
def test_the_shared_prefix_leaves_each_prompt_a_token(prompts: list[list[int]], shared: int) -> None:
    assert shared_prefix(prompts) == shared


@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=40), min_size=2, max_size=5), st.integers(0, 30))
def test_all_prompts_begin_with_the_shared_prefix(tails: list[list[int]], length: int) -> None:
    prompts = [[7] * length + tail for tail in tails]
    shared = shared_prefix(prompts)
    assert len({tuple(prompt[:shared]) for prompt in prompts}) == 1
    assert all(len(prompt) > shared for prompt in prompts)


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


def windowed() -> Any:
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    kinds = ["sliding_attention", "full_attention"]
    return Gemma3ForCausalLM(Gemma3TextConfig(**SHAPE, head_dim=8, sliding_window=16, layer_types=kinds))


def convolving() -> Any:
    from transformers import Lfm2Config, Lfm2ForCausalLM

    build: Any = Lfm2ForCausalLM  # Any: its constructor is untyped
    return build(Lfm2Config(**SHAPE, layer_types=["conv", "full_attention"]))


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


@pytest.mark.parametrize("build", [windowed, convolving, recurrent])
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
