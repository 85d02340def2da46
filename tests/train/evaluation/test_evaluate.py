"""Base against tuned, end to end on the tiny model."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from schemas import InputError, Message
from schemas.parquet import read_table
from train import EvaluateConfig, Interval, Renderer, TrainConfig, evaluate, train
from train.evaluation.answers import Journal, questions
from train.evaluation.evaluate import verdict
from train.evaluation.page import compare_words
from train.folder import load_tokenizer

CONFIG = EvaluateConfig(seed=0, max_tokens=8)


@pytest.fixture(scope="module")
def evaluation(tiny_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("evaluation")
    evaluate(tiny_run, out, config=CONFIG)
    return out


def test_it_leaves_page_numbers_and_answers(evaluation: Path, tiny_run: Path) -> None:
    assert {path.name for path in evaluation.iterdir()} == {
        "answers.jsonl", "answers.parquet", "evaluation.json", "page.html",
    }  # fmt: skip
    table = read_table(evaluation / "answers.parquet")
    held = read_table(tiny_run / "heldout.parquet")
    assert table["row"].to_pylist() == held["row"].to_pylist()
    assert table["gold"].to_pylist() == [turns[1]["content"] for turns in held["messages"].to_pylist() if turns]
    record = json.loads((evaluation / "evaluation.json").read_text())
    assert list(record["measures"]) == ["nll", "f1", "rouge_l", "exact_match", "did_not_stop", "tokens"]
    nll = table["base_nll"].to_numpy().sum() / table["gold_tokens"].to_numpy().sum()
    assert record["measures"]["nll"]["base"][0] == pytest.approx(nll)


def test_the_page_stands_alone_and_shows_every_row(evaluation: Path) -> None:
    page = (evaluation / "page.html").read_text(encoding="utf-8")
    assert page.count("<article>") == 8
    assert page.count("<svg") == 2
    assert "http" not in page.replace("http://www.w3.org", "")  # names of SVG, not addresses
    assert "<script" not in page


def test_the_same_evaluation_has_the_same_bytes(evaluation: Path, tiny_run: Path, tmp_path: Path) -> None:
    evaluate(tiny_run, tmp_path, config=CONFIG)
    assert (tmp_path / "page.html").read_bytes() == (evaluation / "page.html").read_bytes().replace(
        str(evaluation).encode(), str(tmp_path).encode()
    )
    assert (tmp_path / "answers.parquet").read_bytes() == (evaluation / "answers.parquet").read_bytes()


def test_a_killed_evaluation_asks_only_what_is_missing(
    evaluation: Path, tiny_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (evaluation / "answers.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "answers.jsonl").write_text("".join(lines[:-1]) + lines[-1][:10])  # the last line is cut short
    evaluate(tiny_run, tmp_path, config=CONFIG)
    again = (tmp_path / "answers.jsonl").read_text().splitlines(keepends=True)
    assert again[:-1] == lines[:-1]
    assert json.loads(again[-1]) == json.loads(lines[-1])

    def loads_nothing(*args: object, **settings: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr(sys.modules["train.evaluation.evaluate"], "load_network", loads_nothing)
    evaluate(tiny_run, tmp_path, config=CONFIG)


def test_fewer_rows_can_be_asked(tiny_run: Path, tmp_path: Path) -> None:
    report = evaluate(tiny_run, tmp_path, config=EvaluateConfig(seed=0, max_tokens=2, max_rows=3))
    assert report.rows == 3
    assert "3 held-out rows" in report.text()
    assert json.loads(json.dumps(report.summary()))["rows"] == 3


def test_what_documents_say_is_escaped(tiny_folder: Path, tmp_path: Path, table_of: Any) -> None:  # Any: a fixture
    pairs = [(f"<script>alert({number})</script>", f"<b>{number}</b> &amp; {{{{ 7 * 7 }}}}") for number in range(6)]
    config = TrainConfig(model=str(tiny_folder), seed=0, max_steps=1, held_out=2, batch_packs=1)
    train(table_of(pairs), tmp_path / "run", config=config)
    evaluate(tmp_path / "run", tmp_path / "out", config=EvaluateConfig(seed=0, max_tokens=2))
    page = (tmp_path / "out" / "page.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<b>1</b>" not in page
    assert "&lt;script&gt;alert(" in page
    assert "{{ 7 * 7 }}" in page


def test_a_folder_that_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no training\.json in this folder"):
        evaluate(tmp_path, tmp_path / "out", config=CONFIG)
    (tmp_path / "training.json").write_text("[]")
    with pytest.raises(InputError, match=r"its training\.json cannot be read"):
        evaluate(tmp_path, tmp_path / "out", config=CONFIG)
    (tmp_path / "training.json").write_text('{"status": "running"}')
    with pytest.raises(InputError, match=r"this run is not finished"):
        evaluate(tmp_path, tmp_path / "out", config=CONFIG)


def test_a_run_without_held_out_rows_is_told(tiny_folder: Path, tmp_path: Path, facts: pa.Table) -> None:
    train(facts, tmp_path / "run", config=TrainConfig(model=str(tiny_folder), seed=0, max_steps=1, held_out=0))
    with pytest.raises(InputError, match="this run held no rows out"):
        evaluate(tmp_path / "run", tmp_path / "out", config=CONFIG)


def test_a_changed_template_or_base_is_told(tiny_run: Path, tmp_path: Path) -> None:
    run = shutil.copytree(tiny_run, tmp_path / "run")
    with (run / "merged" / "chat_template.jinja").open("a") as file:
        file.write("!")
    with pytest.raises(InputError, match="the chat template is no longer the one of the training"):
        evaluate(run, tmp_path / "out", config=CONFIG)
    record = json.loads((run / "training.json").read_text())
    record["settings"]["model"] = str(run / "merged")
    (run / "training.json").write_text(json.dumps(record))
    with pytest.raises(InputError, match="the base model is no longer the one"):
        evaluate(run, tmp_path / "out", config=CONFIG)


@pytest.mark.parametrize(
    ("name", "low", "high", "said"),
    [
        ("f1", 0.1, 0.2, "better"),
        ("f1", -0.2, -0.1, "worse"),
        ("nll", -0.2, -0.1, "better"),
        ("nll", 0.1, 0.2, "worse"),
        ("did_not_stop", -0.2, -0.1, "better"),
        ("f1", -0.1, 0.2, "no clear difference"),
        ("f1", 0.0, 0.2, "no clear difference"),
        ("tokens", 1.0, 2.0, "longer"),
        ("tokens", -2.0, -1.0, "shorter"),
    ],
)
def test_a_difference_is_claimed_only_outside_its_interval(name: str, low: float, high: float, said: str) -> None:
    assert verdict(name, Interval((low + high) / 2, low, high)) == said


def test_only_the_last_answer_of_a_conversation_is_asked(tiny_folder: Path) -> None:
    renderer = Renderer(load_tokenizer(tiny_folder))
    chat = [Message(role, text) for role, text in zip(("user", "assistant") * 2, ("a", "b", "c", "d"), strict=True)]
    [question] = questions([(7, "id", chat)], renderer)
    assert (question.row, question.gold) == (7, "d")
    assert renderer.decode(question.prompt).endswith("c<|im_end|>\n<|im_start|>assistant\n")
    labels = question.rendered.labels
    assert renderer.decode(labels[labels != -100]) == "d<|im_end|>"


def test_same_words_are_marked_in_their_order() -> None:
    spans = compare_words("It is, I think, the red house.", "So the Red House is")
    assert [(span.text, span.same) for span in spans] == [("It is, I think, ", False), ("the red house.", True)]
    assert compare_words("Blue, it is.", "blue")[0] == ("Blue, ", True)


@pytest.mark.parametrize("answer", ["", " ", "\n a \n b", "word"], ids=["empty", "blank", "spaces", "word"])
def test_cutting_into_spans_loses_nothing(answer: str) -> None:
    assert "".join(span.text for span in compare_words(answer, "a word")) == answer


def test_a_journal_keeps_what_was_put(tmp_path: Path) -> None:
    Journal(tmp_path / "j.jsonl").put("a", {"text": "ü\n"})
    assert Journal(tmp_path / "j.jsonl").get("a") == {"text": "ü\n"}
    assert Journal(tmp_path / "j.jsonl").get("b") is None


@pytest.mark.parametrize("settings", [{"max_tokens": 0}, {"max_rows": 0}], ids=["tokens", "rows"])
def test_settings_below_one_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(InputError, match="is below 1"):
        EvaluateConfig(seed=0, **settings)
