import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pytest

from curate import Exact, Length, Rows, Verdicts, keep, signals
from gristmill.cli import main
from gristmill.study import Curated, study_run
from schemas.errors import InputError
from schemas.parquet import read_table
from train import TrainConfig
from train.study import StudyConfig, StudyReport

SEEN: list[int] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """A stage that keeps every row and counts what it measures."""

    name: ClassVar[str] = "counting"
    by_text: ClassVar[bool] = True

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        SEEN.append(len(rows))
        return signals(one=np.ones(len(rows), dtype=np.int32))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        return keep(where=np.ones(signals.num_rows, dtype=bool), reason="")


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a file of 30 rows, 10 of which stand there twice, and 2 that ramble."""
    rows = [{"question": f"What is number {n}?", "answer": f"It is {n * 7} of {n}."} for n in range(30)]
    rows += [*rows[:10], *({"question": f"Tell me {n}!", "answer": f"w{n} " * 60} for n in range(2))]
    file = tmp_path_factory.mktemp("raw") / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


@pytest.fixture(scope="module")
def ablated(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path, raw: Path) -> StudyReport:
    """Give a finished study of three stages, one of which does nothing."""
    out = tmp_path_factory.mktemp("studies") / "study"
    stages = (Length(high=50), Exact(), Length(of="instruction", high=500))
    config = StudyConfig(sizes=(100,), seeds=(0,))
    training = TrainConfig(model=str(tiny_folder), seed=0, max_steps=2, held_out=6, batch_packs=1)
    curated = Curated(stages=stages, seed=0, ablate=True)
    return study_run(raw, out, config=config, training=training, curated=curated, say=str)


def test_every_stage_is_left_out_in_turn_and_all_of_them_at_once(ablated: StudyReport) -> None:
    assert [(stage.stage, stage.dropped) for stage in ablated.stages] == [
        ("all stages", 12),
        ("length", 2),
        ("exact", 10),
        ("length-2", 0),
    ]
    assert {stage.without.steps for stage in ablated.stages} == {2}
    assert ablated.points[-1].rows == 24


def test_a_stage_that_drops_nothing_costs_no_training(ablated: StudyReport) -> None:
    idle = ablated.stages[-1]
    assert (idle.verdict, idle.worth.mean, idle.rows) == ("does nothing", 0, 24)
    assert ablated.trained == 4  # all stages, none, without length, without exact


def test_no_copy_of_a_held_out_row_comes_back(ablated: StudyReport, raw: Path) -> None:
    held_out = {row["messages"][0]["content"] for row in read_table(ablated.out / "held-out.parquet").to_pylist()}
    copied = {json.loads(line)["question"] for line in raw.read_text().splitlines()[:10]}
    assert ablated.stages[2].rows == 24 + len(copied - held_out)
    assert ablated.stages[0].rows == 24 + len(copied - held_out) + 2


def test_the_curated_rows_of_each_variant_are_there_to_look_at(ablated: StudyReport) -> None:
    names = {folder.name for folder in (ablated.out / "curation").iterdir()}
    assert names == {"all-stages", "without-length", "without-exact", "without-length-2"}


def test_what_the_whole_curation_measured_is_not_measured_again(raw: Path, tmp_path: Path) -> None:
    curated = Curated(stages=(Length(high=50), Counting()), seed=0, ablate=True)
    with pytest.raises(InputError, match="no such model folder"):
        study_run(
            raw,
            tmp_path,
            config=StudyConfig(),
            training=TrainConfig(model="./nowhere", seed=0),
            curated=curated,
            say=str,
        )
    assert sum(SEEN) == 42


def test_curation_that_drops_every_row_is_told(tiny_folder: Path, raw: Path, tmp_path: Path) -> None:
    curated = Curated(stages=(Length(low=1000),), seed=0, ablate=True)
    training = TrainConfig(model=str(tiny_folder), seed=0, max_steps=2)
    with pytest.raises(InputError, match="there are no rows to study"):
        study_run(raw, tmp_path / "study", config=StudyConfig(), training=training, curated=curated, say=str)


@pytest.fixture
def refused(raw: Path, tiny_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Give the function that runs the command, which must refuse, and gives its sentence."""

    def run(*argv: str, data: Path = raw) -> str:
        words = ["study", str(data), "-o", str(tmp_path / "study"), "--model", str(tiny_folder), *argv]
        assert main(words) == 2
        return capsys.readouterr().err.strip().splitlines()[-1]

    return run


def test_wrong_input_is_refused_before_anything_is_trained(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "Did you mean exact?" in refused("--stages", "exct")
    assert "no shares in percent" in refused("--sizes", "0,100")
    assert "1 % of" in refused("--sizes", "1,100")
    assert "Did you mean learning_rate?" in refused("--set", "learning_rat=1")
    folder = tmp_path / "curated"
    folder.mkdir()
    assert "Name the file of uncurated rows" in refused("--ablate", data=folder)
    assert not (tmp_path / "study" / "results").exists()


def test_words_for_numbers_are_no_sizes_and_no_seeds(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for flag in ("--sizes", "--seeds"):
        with pytest.raises(SystemExit):
            main(["study", str(raw), "-o", "x", flag, "half"])
        assert "are expected, not 'half'" in capsys.readouterr().err
