"""The card tells what a model was made of, gives nothing of the machine away, and shows text as text."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from train.card import base_name, card, escaped, write_card


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("Qwen/Qwen3-0.6B", "Qwen/Qwen3-0.6B"),
        ("/home/ada/.cache/gristmill/SmolLM2-135M-Instruct", "SmolLM2-135M-Instruct"),
        ("./models/mine/", "mine"),
        ("~/a/b", "b"),
        (r"C:\models\mine", "mine"),
        ("mine", "mine"),
        ("/", "a local model"),
    ],
)
def test_a_base_is_named_without_its_folders(model: str, name: str) -> None:
    assert base_name(model) == name


def test_the_card_of_a_run_has_its_numbers(tiny_run: Path) -> None:
    record = json.loads((tiny_run / "training.json").read_text())
    text = (tiny_run / "merged" / "README.md").read_text()
    front = yaml.safe_load(text.split("---")[1])
    assert front == {
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        "tags": ["gristmill", "sft", "lora"],
    }
    assert "| Rows | 32 trained, 8 held out |" in text
    assert f"hash {record['made_from']['data']}" in text
    assert str(tiny_run.parent) not in text
    assert "/tmp" not in text
    assert yaml.safe_load((tiny_run / "adapter" / "README.md").read_text().split("---")[1])["library_name"] == "peft"


def test_the_evaluation_is_told_where_there_is_one(tiny_run: Path, tmp_path: Path) -> None:
    record = json.loads((tiny_run / "training.json").read_text())
    measures: dict[str, Any] = {
        "f1": {"base": [0.25, 0.2, 0.3], "tuned": {"mean": 0.5, "low": 0.4, "high": 0.6}},
        "a|b<script>": {"base": [1.0], "tuned": None},
    }
    (tmp_path / "evaluation.json").write_text(
        json.dumps({"rows": 8, "asked": "8 rows of our_own.csv", "measures": measures})
    )
    (tmp_path / "merged").mkdir()
    write_card(tmp_path / "merged", record, evaluation=tmp_path / "evaluation.json")
    text = (tmp_path / "merged" / "README.md").read_text()
    assert r"Base against tuned on 8 rows of our\_own.csv, same" in text
    assert "| f1 | 0.25 | 0.5 |" in text
    assert r"| a\|b&lt;script&gt; | 1 | none |" in text


def test_a_hub_base_stands_in_the_front_matter(tiny_run: Path) -> None:
    record = json.loads((tiny_run / "training.json").read_text())
    record["settings"] |= {"model": "org/base", "method": "full"}
    front = yaml.safe_load(card(record, {}, adapter=False).split("---")[1])
    assert front["base_model"] == "org/base"
    assert front["tags"] == ["gristmill", "sft"]


def test_the_kind_of_an_adapter_is_told(tiny_run: Path) -> None:
    record = json.loads((tiny_run / "training.json").read_text())
    assert "| Trained | a LoRA adapter of rank 16, merged in float32 |" in card(record, {}, adapter=False)
    record["settings"] |= {"lora_dora": True, "quantise": "4bit"}
    assert "a DoRA adapter of rank 16 over a base model in four bits |" in card(record, {}, adapter=True)
    del record["settings"]["lora_dora"], record["settings"]["quantise"]  # as a run of before has it
    assert "| Trained | a LoRA adapter of rank 16 |" in card(record, {}, adapter=True)


def test_text_is_shown_as_it_is_on_one_line() -> None:
    assert escaped("a\n<b>|*c*") == r"a &lt;b&gt;\|\*c\*"
