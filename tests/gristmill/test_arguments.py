import argparse
from typing import Any

import pytest

from gristmill.commands.arguments import add_client, client_config, count, pairs, setting
from gristmill.recipe import ClientConfig


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("learning_rate=1e-4", ("learning_rate", 1e-4)),
        ("learning_rate=2.5E-5", ("learning_rate", 2.5e-5)),
        ("max_steps=30", ("max_steps", 30)),
        ("bf16=false", ("bf16", False)),
        ("optim=adamw_torch", ("optim", "adamw_torch")),
        ("betas=[0.9, 0.95]", ("betas", [0.9, 0.95])),
        ("note=a=b", ("note", "a=b")),
        ("name=", ("name", None)),
    ],
)
def test_a_setting_is_a_name_and_a_yaml_value(text: str, expected: tuple[str, Any]) -> None:
    assert setting(text) == expected


@pytest.mark.parametrize("text", ["learning_rate", "=3"])
def test_a_setting_needs_both(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="NAME=VALUE"):
        setting(text)


def test_pairs_name_columns() -> None:
    assert pairs("instruction=prompt, response=reply") == {"instruction": "prompt", "response": "reply"}


@pytest.mark.parametrize("text", ["", "instruction", "a=b,c", "=b", "a="])
def test_pairs_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="pairs as in"):
        pairs(text)


@pytest.mark.parametrize("text", ["0", "-3", "x", "1.5", ""])
def test_a_count_is_a_whole_number_from_one(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="at least 1"):
        count(text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ([], ClientConfig()),
        (["--client", "openai", "--model", "m", "--batch"], ClientConfig(client="openai", model="m", batch=True)),
        (
            ["--client", "vllm", "--vllm", "max_model_len=512", "--vllm", "dtype=float32"],
            ClientConfig(client="vllm", vllm={"max_model_len": 512, "dtype": "float32"}),
        ),
    ],
    ids=["none", "batch", "vllm"],
)
def test_the_flags_choose_who_answers(line: list[str], expected: ClientConfig) -> None:
    parser = argparse.ArgumentParser()
    add_client(parser)
    assert client_config(parser.parse_args(line)) == expected
