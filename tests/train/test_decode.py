from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from train.decode import Job, decode
from train.prefill import shared_prefix


def test_a_shared_prefix_changes_no_answer(tmp_path: Path, model_in: Callable[..., Path], tokenizer: Any) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(model_in(tmp_path, tokenizer), dtype=torch.float32)
    prompts = [[5] * 30 + list(range(10, 10 + extra)) for extra in (1, 4, 9)]

    def answers(batches: list[list[list[int]]]) -> list[list[int]]:
        found = []
        for batch in batches:
            jobs = [
                Job(
                    position=0,
                    prompt=prompt,
                    limit=12,
                    temperature=0,
                    top_p=1,
                    random=np.random.default_rng(0),
                    stop=(),
                )
                for prompt in batch
            ]
            decode(model, jobs, end=frozenset(), pad=0, text=str)
            found += [job.answer for job in jobs]
        return found

    assert shared_prefix(prompts) == 30
    assert answers([prompts]) == answers([[prompt] for prompt in prompts])
