from pathlib import Path
from typing import Any

import pytest

from generate.config import GenerateConfig
from generate.strategies import Question, Template
from schemas import InputError


@pytest.mark.parametrize(
    "settings",
    [
        {"strategy": "magic"},
        {"examples": 0},
        {"seed": -1},
        {"temperature": 3.0},
        {"section_tokens": 0},
        {"shown_words": 0},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        GenerateConfig(**settings)


def test_the_strategy_gets_its_settings(tmp_path: Path) -> None:
    (tmp_path / "question.jinja").write_text("{% call user() %}{{ passage }}{% endcall %}")
    config = GenerateConfig(seed=4, temperature=0.5, max_question_tokens=30, shown_words=9, prompts=tmp_path)
    strategy = config.build()
    assert isinstance(strategy, Question)
    assert (strategy.seed, strategy.temperature, strategy.max_tokens, strategy.shown_words) == (4, 0.5, 30, 9)
    assert strategy.template.path.parent == tmp_path
    assert GenerateConfig(strategy="template", seed=4).build() == Template(seed=4)


def test_the_recipe_changes_with_what_the_result_depends_on_and_with_nothing_else() -> None:
    first = GenerateConfig().recipe(prompt="a", model="m")
    assert first == GenerateConfig(prompts=Path("elsewhere")).recipe(prompt="a", model="m")
    others = [
        GenerateConfig(seed=1).recipe(prompt="a", model="m"),
        GenerateConfig(examples=3).recipe(prompt="a", model="m"),
        GenerateConfig().recipe(prompt="b", model="m"),
        GenerateConfig().recipe(prompt="a", model="n"),
    ]
    assert len({first, *others}) == 5
