import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import train.row_losses as under_test
from curate import Pipeline
from curate.column import Column
from schemas import InputError, OutputError
from schemas.locking import held
from schemas.parquet import read_table
from train import LocalModel, read_rows
from train.model import Score
from train.rendered import Rendered
from train.row_losses import LOSSES_SCHEMA, row_losses
from train.run import conversations


@pytest.fixture(scope="module")
def scored(tiny_run: Path, tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    """Give the rows that a run trained on, scored."""
    out = tmp_path_factory.mktemp("scored") / "scored.parquet"
    row_losses(tiny_run, None, out)
    return read_table(out)


def test_each_row_has_the_losses_of_both_models_per_token(scored: pa.Table, tiny_run: Path, tiny_folder: Path) -> None:
    for column, folder in (("loss_base", tiny_folder), ("loss_tuned", tiny_run / "merged")):
        model = LocalModel.load(folder)
        rows = model.renderer.render(conversations(read_rows(tiny_run / "train.parquet")))
        for row, loss, tokens in zip(rows, scored[column].to_pylist(), scored["loss_tokens"].to_pylist(), strict=True):
            assert isinstance(row, Rendered)
            alone = model.score([row])[0]
            assert loss == pytest.approx(alone.nll / alone.tokens, rel=1e-5)
            assert tokens == alone.tokens


def test_the_change_is_below_0_where_training_taught_a_row(scored: pa.Table) -> None:
    base, tuned, change = (scored[name].to_numpy() for name in LOSSES_SCHEMA.names[:3])
    assert change == pytest.approx(tuned - base)
    assert change.mean() < 0


def test_the_other_columns_ride_along(scored: pa.Table, tiny_run: Path) -> None:
    rows = read_rows(tiny_run / "train.parquet").table
    assert scored.drop_columns(LOSSES_SCHEMA.names).equals(rows)


def test_a_row_without_losses_has_null_and_a_reason(
    tiny_run: Path, table_of: Callable[..., pa.Table], tmp_path: Path
) -> None:
    table = table_of([("What?", "That."), ("Why?", " "), ("How long?", "very " * 600)])
    report = row_losses(tiny_run, read_rows(table), tmp_path / "scored.parquet")
    assert report.reasons == {"empty_answer": 1, "longer_than_context": 1}
    assert report.examples == {"empty_answer": [2], "longer_than_context": [3]}
    assert (report.rows, report.scored) == (3, 1)
    losses = read_table(tmp_path / "scored.parquet")["loss_base"]
    assert [loss is None for loss in losses.to_pylist()] == [False, True, True]
    assert "1 empty answer (rows 2)" in report.text()
    assert json.dumps(report.summary())


@pytest.mark.parametrize("broken", [float("nan"), float("inf")], ids=["NaN", "infinite"])
def test_a_row_whose_loss_is_no_number_is_left_out_and_told(
    tiny_run: Path, table_of: Callable[..., pa.Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: float
) -> None:
    whole = LocalModel.score

    def score(model: LocalModel, rows: list[Rendered]) -> list[Score]:
        return [
            Score(broken, each.tokens) if row.row == 2 else each
            for row, each in zip(rows, whole(model, rows), strict=True)
        ]

    monkeypatch.setattr(LocalModel, "score", score)
    table = table_of([("What?", "That."), ("Why?", "So."), ("How?", "Thus.")])
    report = row_losses(tiny_run, read_rows(table), tmp_path / "scored.parquet")
    assert (report.scored, report.reasons, report.examples) == (2, {"loss_not_finite": 1}, {"loss_not_finite": [2]})
    assert report.base is not None
    json.dumps(report.summary(), allow_nan=False)
    rows = read_table(tmp_path / "scored.parquet").to_pylist()
    assert [row["loss_tuned"] is None for row in rows] == [False, True, False]
    assert rows[1]["loss_tokens"] is None


def test_scoring_again_replaces_the_columns(scored: pa.Table, tiny_run: Path, tmp_path: Path) -> None:
    row_losses(tiny_run, read_rows(scored), tmp_path / "again.parquet")
    again = read_table(tmp_path / "again.parquet")
    assert again.column_names == scored.column_names
    assert again["loss_tuned"].to_numpy() == pytest.approx(scored["loss_tuned"].to_numpy())


def test_a_killed_scoring_goes_on_from_its_journal(
    tiny_run: Path, facts: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, seen = tmp_path / "scored.parquet", list[int]()
    whole = LocalModel.score

    def watched(model: LocalModel, rows: list[Rendered]) -> object:
        if len(seen) == 6:
            raise KeyboardInterrupt
        seen.append(len(rows))
        return whole(model, rows)

    monkeypatch.setattr(under_test, "_AT_ONCE", 10)
    monkeypatch.setattr(LocalModel, "score", watched)
    with pytest.raises(KeyboardInterrupt):
        row_losses(tiny_run, read_rows(facts), out)
    assert not out.exists()
    seen.clear()
    row_losses(tiny_run, read_rows(facts), out)
    assert seen == [10, 10]
    assert not np.isnan(read_table(out)["loss_change"].to_numpy()).any()
    assert {path.name for path in tmp_path.iterdir()} == {"scored.parquet", ".scored.parquet.lock"}


def unasked(model: LocalModel, rows: list[Rendered]) -> list[Score]:
    raise AssertionError("rows were scored")


def test_a_folder_in_the_way_is_told_before_anything_is_scored(
    tiny_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalModel, "score", unasked)
    with pytest.raises(OutputError, match="a folder of this name is in the way"):
        row_losses(tiny_run, None, tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        row_losses(tiny_run, None, tmp_path / "file" / "scored.parquet")


def test_two_do_not_write_one_file(tiny_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalModel, "score", unasked)
    other = held(tmp_path / ".scored.parquet.lock", taken=InputError("taken"))
    with other, pytest.raises(InputError, match=r"scored\.parquet: another gristmill writes this file"):
        row_losses(tiny_run, None, tmp_path / "scored.parquet")


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no training\.json"):
        row_losses(tmp_path, None, tmp_path / "scored.parquet")


def test_curation_sets_limits_on_what_was_written(scored: pa.Table) -> None:
    losses = scored["loss_base"].to_numpy()
    middle = float(np.median(losses))
    kept = Pipeline([Column(column="loss_base", low=middle)]).table(scored).kept
    assert kept["loss_base"].to_numpy().tolist() == losses[losses >= middle].tolist()
