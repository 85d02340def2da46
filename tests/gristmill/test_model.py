import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from gristmill import Model
from schemas.errors import InputError

ROWS = [{"ask": f"What is stored in shed {n}?", "reply": f"Shed {n} holds {n * 3} spades."} for n in range(1, 13)]


@pytest.fixture
def model(tiny_folder: Path) -> Model:
    return Model(tiny_folder, max_tokens=6)


def test_a_question_gets_an_answer_and_a_list_gets_a_list(model: Model) -> None:
    answer = model("What is stored in shed 1?")
    assert isinstance(answer, str)
    assert model(["What is stored in shed 1?", "And in shed 2?"])[0] == answer


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet", "frame", "table", "list"])
def test_data_of_every_kind_loads_with_named_columns(model: Model, kind: str, tmp_path: Path) -> None:
    frame = pd.DataFrame(ROWS)
    if kind == "jsonl":
        (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    elif kind == "csv":
        frame.to_csv(tmp_path / "rows.csv", index=False)
    elif kind == "parquet":
        frame.to_parquet(tmp_path / "rows.parquet")
    data = {"frame": frame, "table": pa.Table.from_pylist(ROWS), "list": ROWS}.get(kind, tmp_path / f"rows.{kind}")
    assert model.load_data(data, question="ask", answer="reply") is model


def test_training_changes_the_answers_and_leaves_a_run_behind(model: Model, tmp_path: Path) -> None:
    model.load_data(ROWS, question="ask", answer="reply")
    before = model(ROWS[0]["ask"])
    report = model.train(out=tmp_path / "run", max_steps=4, learning_rate=0.05, held_out=2)
    assert report.steps == 4
    assert (tmp_path / "run" / "merged" / "config.json").is_file()
    after = model(ROWS[0]["ask"])
    assert after != before
    assert Model(tmp_path / "run", max_tokens=6)(ROWS[0]["ask"]) == after


def test_training_on_nothing_is_refused(model: Model) -> None:
    with pytest.raises(InputError, match=r"no data is loaded\. Call load_data first"):
        model.train()


def test_a_column_that_is_not_there_is_named(model: Model) -> None:
    with pytest.raises(InputError, match="asks"):
        model.load_data(ROWS, question="asks", answer="reply")
