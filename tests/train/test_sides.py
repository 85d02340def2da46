"""A split that came with the rows is taken, searched for leaks, and nothing of it vanishes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from schemas import InputError, Message
from schemas.parquet import read_table, write_table
from train import MixPart, TrainConfig, TrainReport, train

Make = Callable[..., pa.Table]


def dry(data: Any, out: Path, folder: Path, **settings: Any) -> TrainReport:  # Any: each test passes its own
    clusters = settings.pop("clusters", None)
    config = TrainConfig(model=str(folder), seed=0, **settings)
    return train(data, out, config=config, clusters=clusters, dry_run=True)


def records(out: Path) -> dict[int, dict[str, Any]]:  # Any: all the column types
    return {record["row"]: record for record in read_table(out / "preflight.parquet").to_pylist()}


@pytest.fixture
def leaking(table_of: Make) -> pa.Table:
    """Give six rows: held out are 4 (prompt of 1), 5 (answer of 2) and 6 (clean); 3 is for validation."""
    pairs = [
        ("One?", "first"),
        ("two", "second"),
        ("three", "third"),
        ("one", "other"),
        ("five", "Second!"),
        ("six", "x"),
    ]
    split = ["train", "train", "validation", "test", "test", "test"]
    return table_of(pairs).append_column("split", pa.array(split))


def test_leaks_are_noted_row_by_row(leaking: pa.Table, tiny_folder: Path, tmp_path: Path) -> None:
    report = dry(leaking, tmp_path, tiny_folder)
    found = records(tmp_path)
    assert (report.rows, report.held_out) == (2, 3)
    assert report.preflight.leaks == {"prompt": 1, "answer": 1}
    assert report.preflight.noted["leaks_into_training"] == 2
    assert {row: found[row]["detail"] for row in (4, 5, 6)} == {
        4: "prompt of training row 1",
        5: "answer of training row 2",
        6: None,
    }
    assert found[4]["notes"] == ["leaks_into_training"]
    assert "2 of 3 held-out rows stand in training as well (1 by their prompt, 1 by their answer)" in report.warning
    assert "leaks into training (rows 4, 5)" in report.text()


def test_what_the_split_leaves_over_is_counted(leaking: pa.Table, tiny_folder: Path, tmp_path: Path) -> None:
    report = dry(leaking, tmp_path, tiny_folder)
    assert report.preflight.left_out == {"other_split": 1}
    assert records(tmp_path)[3]["reason"] == "other_split"
    assert report.rows + report.held_out + report.left_out == report.preflight.rows


def test_a_near_copy_leaks_as_well(leaking: pa.Table, tiny_folder: Path, tmp_path: Path) -> None:
    def near(rows: pa.Table) -> np.typing.NDArray[np.int64]:
        return np.array([-1, 5, -1, -1, -1, 5], np.int64)

    report = dry(leaking, tmp_path, tiny_folder, clusters=near)
    assert report.preflight.leaks == {"prompt": 1, "answer": 1, "near copy": 1}
    assert records(tmp_path)[6]["detail"] == "near copy of training row 2"


def test_training_rows_that_leak_can_be_left_out(
    leaking: pa.Table, table_of: Make, tiny_folder: Path, tmp_path: Path
) -> None:
    more = table_of([("clean", "row")]).append_column("split", pa.array(["train"]))
    report = dry(pa.concat_tables([leaking, more]), tmp_path, tiny_folder, leaks="drop")
    found = records(tmp_path)
    assert (report.rows, report.held_out) == (1, 3)
    assert report.preflight.left_out == {"copy_of_held_out": 2, "other_split": 1}
    assert found[1]["detail"] == "it would give away held-out row 4"
    assert report.preflight.leaks == {}
    assert "leaks_into_training" not in report.preflight.noted


def test_nothing_left_to_train_is_refused(leaking: pa.Table, tiny_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none of the 6 rows is left to train\. Add rows that are not held out"):
        dry(leaking, tmp_path, tiny_folder, leaks="drop")


def test_leaks_can_be_an_error(leaking: pa.Table, tiny_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"2 of 3 held-out rows stand in training.*: rows 4, 5\. Take them out"):
        dry(leaking, tmp_path, tiny_folder, leaks="error")


def test_a_clean_split_has_no_leaks(table_of: Make, tiny_folder: Path, tmp_path: Path) -> None:
    rows = table_of([("a", "b"), ("c", "d")]).append_column("split", pa.array(["train", "test"]))
    assert dry(rows, tmp_path, tiny_folder, leaks="error").preflight.leaks == {}


def test_a_split_whose_training_rows_cannot_be_trained_is_not_replaced_by_ours(
    table_of: Make, tiny_folder: Path, tmp_path: Path
) -> None:
    rows = table_of([("a", ""), ("b", "c"), ("d", "e")]).append_column("split", pa.array(["train", "test", "test"]))
    with pytest.raises(InputError, match="none of the 2 rows is left to train"):
        dry(rows, tmp_path, tiny_folder)


def test_a_file_can_be_held_out(table_of: Make, facts: pa.Table, tiny_folder: Path, tmp_path: Path) -> None:
    exam = table_of([("What is number 3?", "I do not know."), ("New?", "Yes.")])
    write_table(tmp_path / "exam.parquet", exam)
    report = dry(facts, tmp_path / "run", tiny_folder, held_out_data=str(tmp_path / "exam.parquet"))
    assert (report.rows, report.held_out) == (40, 2)
    assert report.preflight.leaks == {"prompt": 1}
    assert "the rows of exam.parquet are held out" in report.warning
    assert "leaks into training (rows exam.parquet:1)" in report.text()


def test_a_mix_counts_each_dataset(table_of: Make, facts: pa.Table, tiny_folder: Path, tmp_path: Path) -> None:
    write_table(tmp_path / "b.parquet", table_of([(f"Where is {n}?", f"At {n * 3}.") for n in range(30)]))
    run = tmp_path / "run"
    mix = (MixPart(data=str(tmp_path / "b.parquet"), weight=0.5),)
    report = dry(facts, run, tiny_folder, mix=mix, data_weight=2.0, held_out=10)
    first, second = report.preflight.parts
    assert (first.name, first.rows, first.weight, first.first) == ("data", 40, 2.0, 1)
    assert (second.name, second.rows, second.weight, second.first) == ("b.parquet", 30, 0.5, 41)
    assert first.held_out + second.held_out == report.held_out == 10
    assert first.rows_an_epoch == 2 * first.trained
    assert second.rows_an_epoch == second.trained
    assert report.preflight.left_out == {"not_drawn": 30 - second.held_out - second.trained}
    found = records(run)
    assert {found[row]["mix"] for row in range(1, 41)} == {"data"}
    assert [(found[row]["mix"], found[row]["mix_row"]) for row in (41, 70)] == [("b.parquet", 1), ("b.parquet", 30)]
    assert "b.parquet: 30 rows" in report.text()


def test_weights_do_not_move_what_is_held_out(
    facts: pa.Table, table_of: Make, tiny_folder: Path, tmp_path: Path
) -> None:
    write_table(tmp_path / "b.parquet", table_of([(f"Where is {n}?", f"At {n * 3}.") for n in range(30)]))
    held = []
    for weight in (0.5, 2.0):
        mix = (MixPart(data=str(tmp_path / "b.parquet"), weight=weight),)
        run = tmp_path / str(weight)
        train(facts, run, config=TrainConfig(model=str(tiny_folder), seed=0, mix=mix, held_out=10, max_steps=1))
        held.append(read_table(run / "heldout.parquet")["row"].to_pylist())
    assert held[0] == held[1]


def test_copies_in_two_datasets_do_not_part(facts: pa.Table, tiny_folder: Path, tmp_path: Path) -> None:
    write_table(tmp_path / "copy.parquet", facts)
    run = tmp_path / "run"
    mix = (MixPart(data=str(tmp_path / "copy.parquet"), weight=2),)
    train(facts, run, config=TrainConfig(model=str(tiny_folder), seed=0, mix=mix, held_out=20, max_steps=1))
    held, trained = (read_table(run / f"{name}.parquet") for name in ("heldout", "train"))
    assert held.num_rows == 20
    assert not set(held["id"].to_pylist()) & set(trained["id"].to_pylist())
    assert trained.column_names[:4] == ["row", "mix", "mix_row", "times"]
    times = dict(zip(trained["row"].to_numpy().tolist(), trained["times"].to_numpy().tolist(), strict=True))
    assert {times[row] for row in times if row <= 40} == {1}
    assert {times[row] for row in times if row > 40} == {2}
    packed = read_table(run / "packs.parquet")["row"].to_pylist()
    assert {row: packed.count(row) for row in times} == times


def test_one_dataset_can_be_read_twice(facts: pa.Table, tiny_folder: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    own = facts.append_column("mix", pa.array(["mine"] * 40))
    train(own, run, config=TrainConfig(model=str(tiny_folder), seed=0, data_weight=2, held_out=10, max_steps=1))
    trained = read_table(run / "train.parquet")
    assert trained.column_names[:2] == ["row", "times"]
    assert (trained.num_rows, set(trained["times"].to_pylist()), set(trained["mix"].to_pylist())) == (30, {2}, {"mine"})


def test_a_moved_mix_is_the_same_run(facts: pa.Table, table_of: Make, tiny_folder: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        write_table(tmp_path / folder / "b.parquet", table_of([("Where?", "There.")]))
        mix = (MixPart(data=str(tmp_path / folder / "b.parquet"), weight=2),)
        config = TrainConfig(model=str(tiny_folder), seed=0, mix=mix, held_out=10, max_steps=1)
        assert train(facts, run, config=config).status == "done"
    assert json.loads((run / "training.json").read_text())["counts"]["rows_trained"] == 31


def test_every_answer_of_a_conversation_is_learnt_through_to_the_packs(tiny_folder: Path, tmp_path: Path) -> None:
    from train import Renderer
    from train.folder import load_tokenizer
    from train.pack import pack

    turns = [
        ("system", "Be brief."), ("user", "One?"), ("assistant", "First."), ("assistant", "And more."),
        ("user", "Two?"), ("tool", '{"found": 2}'), ("assistant", "Second."), ("user", "Bye."),
    ]  # fmt: skip
    renderer = Renderer(load_tokenizer(tiny_folder))
    rows = [(number, f"id{number}", [Message(*turn) for turn in turns]) for number in (1, 2)]
    from train import check_rows

    found = check_rows(rows, renderer, context=512)
    assert found.report.noted == {}
    packed = pack(found.rendered, 512)
    [each] = packed.dataset
    learnt = renderer.decode([label for label in each["labels"] if label != -100])
    assert learnt == "First.<|im_end|>And more.<|im_end|>Second.<|im_end|>" * 2
    # the trainer shifts labels: the first token of a row is never predicted, and none of these is one
    assert packed.places["trained"].to_pylist() == [len(learnt.replace("<|im_end|>", "x")) // 2] * 2


def test_a_template_that_has_no_tool_role_says_so_by_row(
    tokenizer_with: Callable[..., Any],  # Any: as in conftest
    tokenizer: Any,  # Any: as above
) -> None:
    from train import Renderer, check_rows

    strict = (
        "{% for message in messages %}{% if message['role'] == 'tool' %}"
        "{{ raise_exception('no tools here') }}{% endif %}{% endfor %}" + tokenizer.chat_template
    )
    turns = [Message("user", "a"), Message("tool", "b"), Message("assistant", "c")]
    found = check_rows([(1, "x", turns), (2, "y", [turns[0], turns[2]])], Renderer(tokenizer_with(strict)), context=512)
    assert found.report.examples["template_raised"] == [1]
    assert found.table["detail"].to_pylist() == ["no tools here", None]
