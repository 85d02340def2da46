"""What tests of training share: rows, templates and a finished run."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from schemas import Example, Message, Source, examples_table

INJECTING = (
    "{% for message in messages %}"
    "{% if loop.first and message['role'] != 'system' %}"
    "{{ '<|im_start|>system\nBe kind.<|im_end|>\n' }}"
    "{% endif %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def examples(pairs: Sequence[tuple[str, str]], *, sections: Sequence[str] | None = None) -> pa.Table:
    """Make a table of one-turn examples, from the sections that are named."""
    return examples_table(
        [
            Example(
                messages=(Message("user", question), Message("assistant", answer)),
                source=None
                if sections is None
                else Source(document="a.md", section=sections[number], start=0, end=1, quote="x"),
            )
            for number, (question, answer) in enumerate(pairs)
        ]
    )


@pytest.fixture(scope="session")
def table_of() -> Callable[..., pa.Table]:
    """Give the function that makes a table of question-answer pairs."""
    return examples


@pytest.fixture(scope="session")
def injecting() -> str:
    """Give a template that adds a system prompt of its own."""
    return INJECTING


@pytest.fixture(scope="session")
def facts() -> pa.Table:
    """Give forty short questions with answers of their own."""
    return examples([(f"What is number {number}?", f"It is {number * 7} of {number}.") for number in range(40)])


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path, facts: pa.Table) -> Path:
    """Give the folder of a finished run of six steps; do not change it."""
    from train import TrainConfig, train

    out = tmp_path_factory.mktemp("runs") / "run"
    config = TrainConfig(model=str(tiny_folder), seed=3, max_steps=6, save_every=2, held_out=8, batch_packs=1)
    train(facts, out, config=config)
    return out
