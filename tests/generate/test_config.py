from pathlib import Path
from typing import Any

import pytest

from generate.config import GenerateConfig
from generate.strategies import Question, Template
from schemas import InputError


@pytest.mark.parametrize(
    "settings",
    [
        {"strategies": ()},
        {"strategies": (Question(), Question())},
        {"samples": 0},
        {"per_document": 0},
        {"examples": 0},
        {"seed": -1},
        {"section_tokens": 0},
        {"shown_words": 0},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        GenerateConfig(**settings)


def test_a_share_is_above_zero() -> None:
    with pytest.raises(InputError, match="share of template"):
        GenerateConfig(strategies=(Question(), Template(share=0)))


def test_a_model_is_asked_unless_no_strategy_needs_one() -> None:
    assert GenerateConfig().asks
    assert GenerateConfig(strategies=(Template(), Question())).asks
    assert not GenerateConfig(strategies=(Template(),)).asks


def test_the_recipe_changes_with_what_the_result_depends_on_and_with_nothing_else() -> None:
    first = GenerateConfig().recipe(prompts="a", model="m")
    assert first == GenerateConfig(prompts=Path("elsewhere")).recipe(prompts="a", model="m")
    others = [
        GenerateConfig(seed=1).recipe(prompts="a", model="m"),
        GenerateConfig(examples=3).recipe(prompts="a", model="m"),
        GenerateConfig(strategies=(Question(temperature=1.0),)).recipe(prompts="a", model="m"),
        GenerateConfig().recipe(prompts="b", model="m"),
        GenerateConfig().recipe(prompts="a", model="n"),
    ]
    assert len({first, *others}) == 6
