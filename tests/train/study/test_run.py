import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import train.study.run as under_test
import train.study.trial as trials
from schemas import GristmillError, InputError
from schemas.progress import Bar, SilentBar, silent
from train import LocalModel, TrainConfig, read_rows
from train.mix import MixPart
from train.rendered import Rendered
from train.run import Rows, conversations
from train.sft import Tuned, fine_tune
from train.start import load_base
from train.study import Ablation, StudyConfig, StudyReport, study
from train.study.trial import Bench, Result, Trial, run_trial

STUDY = StudyConfig(sizes=(50, 100), seeds=(0, 1))


@pytest.fixture(scope="module")
def training(tiny_folder: Path) -> TrainConfig:
    return TrainConfig(
        model=str(tiny_folder), seed=3, max_steps=3, held_out=8, batch_packs=1, learning_rate=0.01, save_every=2
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, training: TrainConfig, facts: pa.Table) -> StudyReport:
    """Give a finished study, with answers and weights; do not change its folder."""
    out = tmp_path_factory.mktemp("studies") / "study"
    config = dataclasses.replace(STUDY, answers=True, keep=True, max_tokens=4)
    return study(read_rows(facts), out, config=config, training=training)


def counted(monkeypatch: pytest.MonkeyPatch, *, stop_after: int = 100) -> list[str]:
    """Count the trainings, and stop as a killed study would."""
    names: list[str] = []

    def watched(bench: Bench, trial: Trial, progress: object) -> Result:
        if len(names) == stop_after:
            raise KeyboardInterrupt
        names.append(trial.variant)
        return run_trial(bench, trial, progress)  # type: ignore[arg-type]  # it is handed on

    monkeypatch.setattr(under_test, "run_trial", watched)
    return names


def test_training_shows_and_the_base_model_is_the_first_point(finished: StudyReport) -> None:
    assert [point.name for point in finished.points] == ["base", "50 %", "100 %"]
    assert [point.rows for point in finished.points] == [0, 16, 32]
    assert finished.points[-1].against_base.high < 0
    assert finished.held_out == 8


def test_all_sizes_are_trained_for_as_many_steps(finished: StudyReport) -> None:
    assert [point.steps for point in finished.points] == [0, 3, 3]


def test_the_network_in_memory_scores_as_the_one_that_is_kept_does(
    finished: StudyReport, training: TrainConfig
) -> None:
    for seed in finished.seeds:
        (adapter,) = (finished.out / "models").glob(f"100-percent-seed-{seed}-*")
        model = LocalModel.load(training.model, adapter=adapter)
        found = [json.loads(file.read_text()) for file in (finished.out / "results").iterdir()]
        result = next(each for each in found if each["variant"] == "100 %" and each["seed"] == seed)
        rows = read_rows(finished.out / "held-out.parquet")
        scores = model.score([row for row in model.renderer.render(conversations(rows)) if isinstance(row, Rendered)])
        assert result["nll"] == pytest.approx([score.nll for score in scores], rel=1e-4)


def test_answers_are_measured_where_they_are_asked_for(finished: StudyReport) -> None:
    for point in finished.points:
        assert point.f1 is not None
        assert point.rouge_l is not None


def test_everything_is_written_and_the_json_tells_the_same(finished: StudyReport) -> None:
    values = json.loads((finished.out / "study.json").read_text())
    assert values["points"][2]["loss"]["mean"] == finished.points[2].loss.mean
    assert values == json.loads(json.dumps(finished.summary()))
    assert "<svg" in finished.page.read_text()
    assert "| 100 % | 32 |" in (finished.out / "summary.md").read_text()
    assert not (finished.out / "running").exists()


def test_the_same_study_again_trains_nothing(
    finished: StudyReport, training: TrainConfig, facts: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = counted(monkeypatch)
    config = dataclasses.replace(STUDY, answers=True, keep=True, max_tokens=4)
    again = study(read_rows(facts), finished.out, config=config, training=training)
    assert not names
    assert again.points == finished.points
    assert (again.trained, again.reused) == (0, 4)


def test_weights_that_are_kept_change_no_loss(training: TrainConfig, facts: pa.Table, tmp_path: Path) -> None:
    whole = dataclasses.replace(training, method="full")
    once = StudyConfig(sizes=(100,), seeds=(0,))
    kept, not_kept = (
        study(read_rows(facts), tmp_path / str(keep), config=dataclasses.replace(once, keep=keep), training=whole)
        for keep in (True, False)
    )
    assert kept.points == not_kept.points


def test_a_training_that_was_killed_resumes_and_the_same_seed_gives_the_same_losses(
    finished: StudyReport, training: TrainConfig, facts: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killer(SilentBar):
        left = 3

        def advance(self, count: int = 1, /) -> None:
            self.left -= count
            if not self.left:
                raise KeyboardInterrupt

    def killing(label: str, total: int | None, unit: str) -> Bar:
        return Killer() if label == "Training" else silent(label, total, unit)

    resumed: list[int] = []

    def watched(*args: Any, **settings: Any) -> Tuned:  # Any: they are handed on
        tuned = fine_tune(*args, **settings)
        resumed.append(tuned.resumed_from)
        return tuned

    config = StudyConfig(sizes=(100,), seeds=(1,))
    with pytest.raises(KeyboardInterrupt):
        study(read_rows(facts), tmp_path, config=config, training=training, progress=killing)
    monkeypatch.setattr(trials, "fine_tune", watched)
    again = study(read_rows(facts), tmp_path, config=config, training=training)
    assert resumed == [2]
    assert again.points[-1].by_seed == pytest.approx([finished.points[-1].by_seed[1]], rel=1e-6)


def test_a_killed_study_reuses_what_is_done(
    training: TrainConfig, facts: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = StudyConfig(sizes=(50, 100), seeds=(0,))
    with monkeypatch.context() as killed:
        counted(killed, stop_after=2)
        with pytest.raises(KeyboardInterrupt):
            study(read_rows(facts), tmp_path, config=config, training=training)
    names = counted(monkeypatch)
    report = study(read_rows(facts), tmp_path, config=config, training=training)
    assert names == ["100 %"]
    assert (report.trained, report.reused) == (1, 1)


def test_equal_epochs_give_each_size_its_share_of_the_steps(
    training: TrainConfig, facts: pa.Table, tmp_path: Path
) -> None:
    config = StudyConfig(sizes=(50, 100), seeds=(0,), equal="epochs")
    report = study(read_rows(facts), tmp_path, config=config, training=dataclasses.replace(training, max_steps=4))
    assert [point.steps for point in report.points] == [0, 2, 4]
    assert report.points[1].epochs == report.points[2].epochs


def test_a_stage_is_worth_what_the_rows_it_drops_cost(
    training: TrainConfig, table_of: Callable[..., pa.Table], facts: pa.Table, tmp_path: Path
) -> None:
    noise = [(f"Say something about {number}!", "zq" * 30 + str(number)) for number in range(24)]
    raw = read_rows(pa.concat_tables([facts, table_of(noise)]))
    full = Rows(raw.table.slice(0, 40), raw.numbers[:40], [])
    ablations = [
        Ablation(stage="", rows=raw, dropped=24, changed=0),
        Ablation(stage="noise", rows=raw, dropped=24, changed=0),
        Ablation(stage="idle", rows=full, dropped=0, changed=0),
    ]
    config = StudyConfig(sizes=(100,), seeds=(0, 1))
    report = study(full, tmp_path, config=config, training=training, ablations=ablations)
    assert [stage.stage for stage in report.stages] == ["all stages", "noise", "idle"]
    assert [stage.rows for stage in report.stages] == [56, 56, 32]
    assert report.stages[0].worth == report.stages[1].worth
    assert report.stages[1].worth.mean > 0
    assert {stage.without.steps for stage in report.stages} == {3}
    assert report.stages[2].verdict == "does nothing"
    assert report.stages[2].worth.mean == 0
    assert report.trained == 4  # 2 seeds of all stages, 2 of none; the others have the same rows


def test_no_variant_trains_on_a_held_out_row_or_what_hangs_together_with_it(
    training: TrainConfig, facts: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = facts.set_column(
        0, facts.schema.field("id"), pa.array([f"{name}-as-it-was" for name in facts["id"].to_pylist()])
    )
    raw = read_rows(facts)
    whole = Rows(pa.concat_tables([raw.table, copied]), pa.array([*range(1, 81)]).to_numpy(), [])
    trained: list[Trial] = []
    test: list[set[bytes]] = []

    def watched(bench: Bench, trial: Trial, progress: object) -> Result:
        trained.append(trial)
        test.append({row.ids.tobytes() for row in bench.test})
        return run_trial(bench, trial, progress)  # type: ignore[arg-type]  # it is handed on

    monkeypatch.setattr(under_test, "run_trial", watched)
    ablations = [Ablation(stage="exact", rows=whole, dropped=40, changed=0)]
    config = StudyConfig(sizes=(100,), seeds=(0,))
    report = study(raw, tmp_path, config=config, training=training, ablations=ablations)
    assert report.stages[0].rows == 64
    for trial, held_out in zip(trained, test, strict=True):
        assert not held_out & {row.ids.tobytes() for row in trial.rows}


def test_three_rows_are_enough_for_a_study_that_says_how_little_it_shows(
    training: TrainConfig, facts: pa.Table, tmp_path: Path
) -> None:
    config = StudyConfig(sizes=(50, 100), seeds=(0,))
    few = dataclasses.replace(training, held_out=1)
    report = study(read_rows(facts.slice(0, 3)), tmp_path, config=config, training=few)
    assert [point.rows for point in report.points] == [0, 1, 2]
    assert report.forecast.gain is None
    assert any("only 1 row " in warning for warning in report.warnings)
    assert any("one seed" in warning for warning in report.warnings)


@pytest.mark.parametrize(
    ("rows", "config", "what"),
    [
        (3, StudyConfig(sizes=(10, 100)), "no row"),
        (1, StudyConfig(), "cannot be taken out of 1 row[.]"),
        (0, StudyConfig(), "no rows"),
    ],
    ids=["a size of nothing", "one row", "none"],
)
def test_what_allows_no_study_is_refused(
    rows: int, config: StudyConfig, what: str, training: TrainConfig, facts: pa.Table, tmp_path: Path
) -> None:
    few = dataclasses.replace(training, held_out=1)
    with pytest.raises(InputError, match=what):
        study(read_rows(facts.slice(0, rows)), tmp_path, config=config, training=few)


def test_a_given_split_is_honoured(training: TrainConfig, facts: pa.Table, tmp_path: Path) -> None:
    sides = ["test"] * 5 + ["validation"] * 5 + ["train"] * 30
    table = facts.append_column("split", pa.array(sides))
    report = study(read_rows(table), tmp_path, config=StudyConfig(sizes=(100,), seeds=(0,)), training=training)
    assert (report.points[-1].rows, report.held_out) == (30, 5)


def test_a_loss_that_is_not_finite_stops_the_study(training: TrainConfig, facts: pa.Table, tmp_path: Path) -> None:
    wild = dataclasses.replace(training, learning_rate=1e30, method="full")
    with pytest.raises(GristmillError, match="the loss is"):
        study(read_rows(facts), tmp_path, config=StudyConfig(sizes=(100,), seeds=(0,)), training=wild)


@pytest.mark.parametrize(
    "settings",
    [{"mix": (MixPart(data="other.jsonl"),)}, {"data_weight": 0.5}, {"held_out_data": "held.jsonl"}],
    ids=["mix", "weight", "held-out file"],
)
def test_a_setting_that_a_study_would_ignore_is_refused(
    training: TrainConfig, facts: pa.Table, tmp_path: Path, settings: dict[str, Any]
) -> None:
    with pytest.raises(InputError, match=f"does not take {next(iter(settings))}"):
        study(read_rows(facts), tmp_path, config=STUDY, training=dataclasses.replace(training, **settings))


def test_a_wrong_adapter_is_told_before_anything_is_trained(
    training: TrainConfig, facts: pa.Table, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"Did you mean q_proj\?"):
        study(read_rows(facts), tmp_path, config=STUDY, training=dataclasses.replace(training, lora_targets="q_prj"))


def test_a_training_that_does_not_fit_is_refused_before_a_weight_is_read(
    training: TrainConfig, facts: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[TrainConfig] = []

    def watched(folder: Path, config: TrainConfig) -> Any:  # Any: a model
        loaded.append(config)
        return load_base(folder, config)

    monkeypatch.setattr(trials, "load_base", watched)
    monkeypatch.setattr("train.start.free_memory", lambda device: 1e5)
    with pytest.raises(InputError, match="training needs about"):
        study(read_rows(facts), tmp_path, config=STUDY, training=training)
    assert [config.max_steps for config in loaded] == [None]  # the base model alone, which is measured first
