"""Base against tuned, end to end on the tiny model."""

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from schemas import InputError, Message
from schemas.parquet import read_table
from train import EvaluateConfig, LocalModel, Rendered, Renderer, TrainConfig, evaluate, train
from train.evaluation.answers import questions
from train.evaluation.errors import Answered
from train.evaluation.record import Section, put_section
from train.folder import load_tokenizer
from train.model import Score

CONFIG = EvaluateConfig(seed=0, max_tokens=8)


def test_it_leaves_page_numbers_and_answers(evaluation: Path, tiny_run: Path) -> None:
    assert {path.name for path in evaluation.iterdir()} == {
        "answers.jsonl", "answers.parquet", "evaluation.json", "page.html", "summary.md",
    }  # fmt: skip
    table = read_table(evaluation / "answers.parquet")
    held = read_table(tiny_run / "heldout.parquet")
    assert table["row"].to_pylist() == held["row"].to_pylist()
    assert table["gold"].to_pylist() == [turns[1]["content"] for turns in held["messages"].to_pylist() if turns]
    record = json.loads((evaluation / "evaluation.json").read_text())
    assert list(record["measures"]) == [
        "nll", "exact_match", "f1", "rouge_l", "chrf", "did_not_stop", "length_ratio", "tokens",
    ]  # fmt: skip
    assert "embedding similarity is left out" in " ".join(record["notes"])
    nll = table["base_nll"].to_numpy().sum() / table["gold_tokens"].to_numpy().sum()
    assert record["measures"]["nll"]["base"][0] == pytest.approx(nll)


def test_the_same_evaluation_has_the_same_bytes(evaluation: Path, tiny_run: Path, tmp_path: Path) -> None:
    evaluate(tiny_run, tmp_path, config=CONFIG)
    for name in ("page.html", "summary.md", "evaluation.json", "answers.parquet"):
        assert (tmp_path / name).read_bytes() == (evaluation / name).read_bytes(), name


@pytest.mark.parametrize("of", [1, 8], ids=["one row", "all rows"])
def test_a_loss_that_is_not_finite_is_told_and_breaks_neither_page_nor_json(
    tiny_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of: int
) -> None:
    whole = LocalModel.score

    def score(model: LocalModel, rows: Sequence[Rendered]) -> list[Score]:
        return [Score(float("inf"), each.tokens) if n < of else each for n, each in enumerate(whole(model, rows))]

    def refuse(token: str) -> None:
        raise AssertionError(token)

    monkeypatch.setattr(LocalModel, "score", score)
    report = evaluate(tiny_run, tmp_path, config=EvaluateConfig(seed=0, max_tokens=2))
    assert any("to which a model gives no finite loss" in note for note in report.notes)
    assert ("nll" in report.measures) == (of < 8)
    json.loads((tmp_path / "evaluation.json").read_text(), parse_constant=refuse)
    for line in (tmp_path / "answers.jsonl").read_text().splitlines():
        json.loads(line, parse_constant=refuse)
    assert "without a finite loss not drawn" in report.page.read_text()


def test_a_killed_evaluation_asks_only_what_is_missing(
    evaluation: Path, tiny_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (evaluation / "answers.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "answers.jsonl").write_text("".join(lines[:-1]) + lines[-1][:10])  # the last line is cut short
    evaluate(tiny_run, tmp_path, config=CONFIG)
    again = (tmp_path / "answers.jsonl").read_text().splitlines(keepends=True)
    assert again[:-1] == lines[:-1]
    assert json.loads(again[-1]) == json.loads(lines[-1])

    (tmp_path / "evaluation.json").unlink()
    monkeypatch.setattr(sys.modules["train.evaluation.evaluate"], "load_network", loads_nothing)
    evaluate(tiny_run, tmp_path, config=CONFIG)


def test_with_everything_on_disk_the_page_is_made_again_without_the_models(
    evaluation: Path, tiny_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = shutil.copytree(evaluation, tmp_path / "out")
    (out / "page.html").unlink()
    (out / "answers.jsonl").unlink()
    module = sys.modules["train.evaluation.evaluate"]
    monkeypatch.setattr(module, "load_network", loads_nothing)
    monkeypatch.setattr(module, "find_models", loads_nothing)
    report = evaluate(tiny_run, out, config=CONFIG)
    assert report.page.read_bytes() == (evaluation / "page.html").read_bytes()
    assert report.rows == 8
    with pytest.raises(AssertionError, match="was loaded"):  # other settings are another evaluation
        evaluate(tiny_run, out, config=EvaluateConfig(seed=0, max_tokens=9))


def loads_nothing(*args: object, **settings: object) -> None:
    raise AssertionError("a model was loaded")


class Marks:
    """Finds every answer of the tuned model worth a mark."""

    name = "marked"
    meaning = "is there"

    def find(self, answers: Sequence[Answered], /) -> list[str | None]:
        return [f"passage {each.passage!r}" for each in answers]


class Letters:
    """Embeds a text by its letters."""

    fingerprint = "letters"
    normal = False

    def embed(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        counts = np.array([[text.count(chr(97 + place)) for place in range(26)] for text in texts], np.float32)
        return np.asarray(counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9), np.float32)


def test_checks_and_embedder_are_handed_in(tiny_run: Path, tmp_path: Path) -> None:
    config = EvaluateConfig(seed=0, max_tokens=2, max_rows=2)
    report = evaluate(tiny_run, tmp_path, config=config, checks=[Marks()], embedder=Letters())
    assert [each.tuned for each in report.errors if each.name == "marked"] == [2]
    assert "similarity" in report.measures
    rows = read_table(tmp_path / "answers.parquet").to_pylist()
    assert all("marked" in row["tuned_errors"] for row in rows)
    assert all(len(row["nearest"]) == 3 and row["nearest"][0]["similarity"] > 0.9 for row in rows)
    assert json.loads((tmp_path / "evaluation.json").read_text())["nearest_by"] == "embedding"


def test_the_users_own_questions_take_the_place_of_the_held_out_rows(tiny_run: Path, tmp_path: Path) -> None:
    pairs = [
        {"question": "<b>What?</b>\x1b[1m", "answer": "x", "kind": "mine"},
        {"question": "Why?", "answer": "<script>"},
        {"question": "How?" * 2_000, "answer": "too long"},
        {"messages": [{"role": role, "content": role} for role in ("user", "assistant", "user", "assistant")]},
    ]
    data = tmp_path / "mine.jsonl"
    data.write_text("\n".join(json.dumps(pair) for pair in pairs[:3]))
    report = evaluate(tiny_run, tmp_path / "out", config=EvaluateConfig(seed=0, max_tokens=2, data=data))
    assert report.rows == 2
    assert report.asked == "2 rows of mine.jsonl"
    assert any("the user's own file" in note for note in report.notes)
    assert any("than the model reads: 1 row" in note for note in report.notes)
    page = report.page.read_text()
    assert "<b>What?" not in page
    assert "\x1b" not in page
    data.write_text(json.dumps(pairs[3]))
    report = evaluate(tiny_run, tmp_path / "out", config=EvaluateConfig(seed=0, max_tokens=2, data=data))
    assert report.rows == 1
    assert read_table(tmp_path / "out" / "answers.parquet")["turns"].to_pylist() == [2]


def test_a_file_that_cannot_be_asked_is_told(tiny_run: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        evaluate(tiny_run, tmp_path / "out", config=EvaluateConfig(seed=0, data=tmp_path / "none.jsonl"))
    data = tmp_path / "long.jsonl"
    data.write_text(json.dumps({"question": "How?" * 2_000, "answer": "too long"}))
    with pytest.raises(InputError, match="of 1 row none can be asked"):
        evaluate(tiny_run, tmp_path / "out", config=EvaluateConfig(seed=0, data=data))


class Declines(Marks):
    """Takes every answer of a model for a refusal, and no gold answer."""

    name = "refused"

    def find(self, answers: Sequence[Answered], /) -> list[str | None]:
        return ["" if each.answer == "Yes." or each.answer.startswith("It is ") else "declines" for each in answers]


def test_questions_to_refuse_come_from_a_file(tiny_run: Path, tmp_path: Path) -> None:
    file = tmp_path / "guards.csv"
    file.write_text("question,kind\nHow do I steal?,unsafe\nWho wins?,out_of_scope\n")
    config = EvaluateConfig(seed=0, max_tokens=2, max_rows=3, guardrails=file)
    report = evaluate(tiny_run, tmp_path / "out", config=config, checks=[Declines()])
    assert (report.rows, report.asked) == (3, "3 held-out rows")
    assert read_table(tmp_path / "out" / "answers.parquet").num_rows == 3
    assert [(each.kind, each.rows) for each in report.guardrails.guards] == [
        ("out_of_scope", 1), ("unsafe", 1), ("in scope", 3),
    ]  # fmt: skip


def test_answers_that_a_killed_evaluation_left_are_not_those_of_the_record(
    tiny_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    short, long = (EvaluateConfig(seed=0, max_tokens=tokens, max_rows=3) for tokens in (2, 9))
    evaluate(tiny_run, tmp_path, config=short)
    before = (tmp_path / "answers.parquet").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(sys.modules["train.evaluation.evaluate"], "write_json", killed)
        with pytest.raises(KeyboardInterrupt):
            evaluate(tiny_run, tmp_path, config=long)
    assert (tmp_path / "answers.parquet").read_bytes() != before
    evaluate(tiny_run, tmp_path, config=short)
    assert (tmp_path / "answers.parquet").read_bytes() == before


def test_a_section_of_another_part_survives_a_new_evaluation(tiny_run: Path, tmp_path: Path) -> None:
    evaluate(tiny_run, tmp_path, config=EvaluateConfig(seed=0, max_tokens=2, max_rows=2))
    put_section(tmp_path, Section(key="bench", title="Benchmarks"))
    put_section(tmp_path, Section(key="judge", title="Of the answers", of_answers=True))
    evaluate(tiny_run, tmp_path, config=EvaluateConfig(seed=0, max_tokens=2, max_rows=2))
    assert "Of the answers" in (tmp_path / "page.html").read_text()
    evaluate(tiny_run, tmp_path, config=EvaluateConfig(seed=0, max_tokens=2, max_rows=3))
    assert "Benchmarks" in (tmp_path / "page.html").read_text()
    assert "Of the answers" not in (tmp_path / "page.html").read_text()


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
    with pytest.raises(InputError, match=r"there is no training\.json in it"):
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


def test_only_the_last_answer_of_a_conversation_is_asked(tiny_folder: Path) -> None:
    renderer = Renderer(load_tokenizer(tiny_folder))
    chat = [Message(role, text) for role, text in zip(("user", "assistant") * 2, ("a", "b", "c", "d"), strict=True)]
    [question] = questions([(7, "id", chat)], renderer)
    assert (question.row, question.gold) == (7, "d")
    assert renderer.decode(question.prompt).endswith("c<|im_end|>\n<|im_start|>assistant\n")
    labels = question.rendered.labels
    assert renderer.decode(labels[labels != -100]) == "d<|im_end|>"


@pytest.mark.parametrize("settings", [{"max_tokens": 0}, {"max_rows": 0}], ids=["tokens", "rows"])
def test_settings_below_one_are_refused(settings: dict[str, Any]) -> None:  # Any: settings
    with pytest.raises(InputError, match="is below 1"):
        EvaluateConfig(seed=0, **settings)
