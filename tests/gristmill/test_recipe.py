from pathlib import Path

import pytest

import curate
from generate import Budget
from gristmill.cli import main
from gristmill.judge_cost import Spending
from gristmill.recipe import read_recipe
from schemas import InputError


def recipe(folder: Path, text: str) -> Path:
    file = folder / "recipe.yaml"
    file.write_text(text)
    return file


def test_everything_has_a_default_but_the_documents(tmp_path: Path) -> None:
    read = read_recipe(recipe(tmp_path, "documents: docs\n"))
    assert read.documents == (tmp_path / "docs",)
    assert read.client.client == "embedded"
    assert read.stages == tuple(curate.default_stages())
    assert read.train is not None
    assert read.evaluate is not None


def test_the_seed_is_for_every_step_that_has_none_of_its_own(tmp_path: Path) -> None:
    read = read_recipe(recipe(tmp_path, "documents: docs\nseed: 5\ntrain: {seed: 6}\n"))
    assert read.generate.seed == 5
    assert read.train is not None
    assert read.train.seed == 6
    assert read.evaluate is not None
    assert read.evaluate.seed == 5


def test_stages_are_read_with_their_settings_in_order(tmp_path: Path) -> None:
    text = "documents: docs\ncurate:\n  stages:\n    - exact\n    - near: {threshold: 0.95}\n"
    assert read_recipe(recipe(tmp_path, text)).stages == (curate.Exact(), curate.Near(threshold=0.95))


def test_training_can_be_left_out(tmp_path: Path) -> None:
    read = read_recipe(recipe(tmp_path, "documents: docs\ntrain: false\n"))
    assert read.train is None
    assert read.evaluate is None


def test_the_files_of_an_evaluation_are_found_from_the_recipes_folder(tmp_path: Path) -> None:
    text = "documents: docs\nevaluate: {data: faq.jsonl, guardrails: /no.jsonl, max_tokens: 9}\n"
    read = read_recipe(recipe(tmp_path, text))
    assert read.evaluate is not None
    assert (read.evaluate.data, read.evaluate.guardrails) == (tmp_path / "faq.jsonl", Path("/no.jsonl"))


def test_a_model_folder_is_found_from_the_recipes_folder(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    read = read_recipe(recipe(tmp_path, "documents: docs\ntrain: {model: model}\n"))
    assert read.train is not None
    assert read.train.model == str(tmp_path / "model")


def test_the_recipe_that_init_writes_is_read_and_names_the_documents(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = tmp_path / "our pages"
    pages.mkdir()
    assert main(["init", str(tmp_path / "project"), "--docs", str(pages)]) == 0
    read = read_recipe(tmp_path / "project" / "recipe.yaml")
    assert [path.resolve() for path in read.documents] == [pages]
    assert read.generate.examples == 200


def test_the_examples_recipe_is_read() -> None:
    root = Path(__file__).resolve().parent.parent.parent
    assert read_recipe(root / "examples" / "recipe.yaml").documents[0].is_dir()


def test_an_evaluation_may_have_a_judge_with_a_client_and_settings_of_its_own(tmp_path: Path) -> None:
    text = (
        "documents: docs\nseed: 4\nevaluate: {judge: {client: openai, model: wise, max_rows: 9, prompt: own.jinja, "
        "budget: {usd: 2}, prices: own.yaml}}\n"
    )
    prompt = "{% block system %}Judge.{% endblock %}{% block user %}{{ first }} {{ second }}{% endblock %}"
    (tmp_path / "own.jinja").write_text(prompt, encoding="utf-8")
    judge = read_recipe(recipe(tmp_path, text)).answers_judge
    assert judge is not None
    assert (judge.client.client, judge.client.model) == ("openai", "wise")
    assert (judge.config.seed, judge.config.max_rows) == (4, 9)
    assert judge.config.prompt == str(tmp_path / "own.jinja")
    assert judge.spending == Spending(budget=Budget(usd=2), prices=tmp_path / "own.yaml")
    assert read_recipe(recipe(tmp_path, "documents: docs\n")).answers_judge is None


def test_a_misspelt_setting_of_that_judge_is_refused_with_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"evaluate\.judge: there is no key 'max_row'\. Did you mean max_rows"):
        read_recipe(recipe(tmp_path, "documents: docs\nevaluate: {judge: {max_row: 9}}\n"))


def test_a_mix_starts_at_the_recipes_folder(tmp_path: Path) -> None:
    mix = "train: {mix: [more.jsonl, {data: hub:me/rows, weight: 0.5}], held_out_data: exam.jsonl, data_weight: 2}"
    read = read_recipe(recipe(tmp_path, f"documents: docs\n{mix}\n"))
    assert read.train is not None
    assert [(part.data, part.weight) for part in read.train.mix] == [
        (str(tmp_path / "more.jsonl"), 1.0),
        ("hub:me/rows", 0.5),
    ]
    assert read.train.held_out_data == str(tmp_path / "exam.jsonl")
    assert read.train.data_weight == 2


@pytest.mark.parametrize(
    ("mix", "message"),
    [
        ("[{data: a, wieght: 2}]", "there is no key 'wieght'. Did you mean weight?"),
        ("[{weight: 2}]", "a dataset of the mix has no name"),
        ("[{data: a, weight: 0}]", "weight = 0 is not in"),
    ],
)
def test_a_wrong_mix_is_named(tmp_path: Path, mix: str, message: str) -> None:
    from schemas import InputError

    with pytest.raises(InputError, match=message):
        read_recipe(recipe(tmp_path, f"documents: docs\ntrain: {{mix: {mix}}}\n"))
