"""A run leaves everything it says, goes on where it was killed, and refuses what is not the same run."""

import json
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from schemas import GristmillError, InputError
from schemas.parquet import read_table, write_table
from train import TrainConfig, train

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

ROOT = Path(__file__).resolve().parents[2]


def config(folder: Path, **settings: Any) -> TrainConfig:  # Any: each test passes its own
    return TrainConfig(
        **{
            "model": str(folder),
            "seed": 3,
            "max_steps": 6,
            "save_every": 2,
            "held_out": 8,
            "batch_packs": 1,
            **settings,
        }
    )


def losses(run: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (run / "metrics.jsonl").read_text().splitlines()]


def numbers(table: pa.Table) -> list[int]:
    return [int(row) for row in table["row"].to_numpy()]


def test_a_run_leaves_everything(tiny_run: Path, facts: pa.Table) -> None:
    names = {path.name for path in tiny_run.iterdir()}
    assert names == {
        "adapter", "checkpoints", "heldout.parquet", "loss.png", "merged", "metrics.jsonl", "packs.parquet",
        "preflight.html", "preflight.json", "preflight.parquet", "train.parquet", "training.json",
    }  # fmt: skip
    trained, held = read_table(tiny_run / "train.parquet"), read_table(tiny_run / "heldout.parquet")
    assert (trained.num_rows, held.num_rows) == (32, 8)
    assert sorted(numbers(trained) + numbers(held)) == list(range(1, 41))
    assert trained["id"].to_pylist()[0] == facts["id"].to_pylist()[numbers(trained)[0] - 1]
    packs = read_table(tiny_run / "packs.parquet")
    assert sorted(numbers(packs)) == sorted(numbers(trained))
    record = json.loads((tiny_run / "training.json").read_text())
    assert record["status"] == "done"
    assert record["result"]["steps"] == 6
    assert record["result"]["drift"]["mean"] < 1e-4
    assert sorted(path.name for path in (tiny_run / "checkpoints").iterdir()) == ["checkpoint-4", "checkpoint-6"]
    assert (tiny_run / "loss.png").read_bytes().startswith(b"\x89PNG")


def test_the_tuned_folder_loads_like_any_other(tiny_run: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(str(tiny_run / "merged"))
    tokenizer = AutoTokenizer.from_pretrained(str(tiny_run / "merged"))
    assert str(model.dtype) == "torch.bfloat16"
    assert "<|im_start|>" in tokenizer.chat_template
    assert model.generation_config.eos_token_id == tokenizer.eos_token_id == 2


def test_the_loss_falls(tiny_folder: Path, facts: pa.Table, tmp_path: Path) -> None:
    report = train(facts, tmp_path / "run", config=config(tiny_folder, learning_rate=1e-2, max_steps=12))
    assert report.first_loss is not None
    assert report.last_loss is not None
    assert report.last_loss < report.first_loss - 0.1


def test_the_same_seed_gives_the_same_losses(
    tiny_run: Path, tiny_folder: Path, facts: pa.Table, tmp_path: Path
) -> None:
    train(facts, tmp_path / "again", config=config(tiny_folder))
    assert losses(tmp_path / "again") == losses(tiny_run)
    train(facts, tmp_path / "other", config=config(tiny_folder, seed=4))
    assert losses(tmp_path / "other") != losses(tiny_run)


def test_a_done_run_is_not_done_again(tiny_run: Path, tiny_folder: Path, facts: pa.Table) -> None:
    before = (tiny_run / "metrics.jsonl").stat().st_mtime_ns
    report = train(facts, tiny_run, config=config(tiny_folder))
    assert report.status == "done"
    assert (tiny_run / "metrics.jsonl").stat().st_mtime_ns == before


@pytest.mark.slow
def test_a_killed_run_goes_on_and_ends_as_if_it_had_not_been(
    tiny_run: Path, tiny_folder: Path, facts: pa.Table, tmp_path: Path
) -> None:
    write_table(tmp_path / "facts.parquet", facts)
    out = tmp_path / "run"
    code = f"""
        import os, signal
        from pathlib import Path
        import train.metrics_log as log
        from train import TrainConfig, train
        append = log.MetricsLog.append
        def die(self, step):
            append(self, step)
            if step["step"] == 5:
                os.kill(os.getpid(), signal.SIGKILL)
        log.MetricsLog.append = die
        config = TrainConfig(model={str(tiny_folder)!r}, seed=3, max_steps=6, save_every=2, held_out=8, batch_packs=1)
        train(Path({str(tmp_path / "facts.parquet")!r}), Path({str(out)!r}), config=config)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert json.loads((out / "training.json").read_text())["status"] == "running"
    assert len(losses(out)) == 5
    (out / "checkpoints" / "checkpoint-5").mkdir()  # as a kill in the middle of saving leaves it
    report = train(tmp_path / "facts.parquet", out, config=config(tiny_folder))
    assert report.steps == 6
    assert losses(out) == losses(tiny_run)
    ours, theirs = (read_weights(folder / "adapter") for folder in (out, tiny_run))
    assert all(np.array_equal(ours[name], theirs[name]) for name in theirs)


def read_weights(folder: Path) -> dict[str, np.typing.NDArray[np.float32]]:
    from safetensors.numpy import load_file

    return dict(load_file(folder / "adapter_model.safetensors"))


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"learning_rate": 1e-3}, r"learning_rate \(was 0.0002, is 0.001\)"),
        ({"seed": 4}, "seed"),
        ({"sft": {"weight_decay": 0.5}}, "sft"),
    ],
    ids=["learning rate", "seed", "sft"],
)
def test_another_run_is_not_gone_on_with(
    tiny_run: Path, tiny_folder: Path, facts: pa.Table, settings: dict[str, Any], named: str
) -> None:
    with pytest.raises(InputError, match=f"this folder holds another run: .*{named}.*choose another folder"):
        train(facts, tiny_run, config=config(tiny_folder, **settings))


def test_other_data_is_another_run(tiny_run: Path, tiny_folder: Path, facts: pa.Table, tmp_path: Path) -> None:
    out = shutil.copytree(tiny_run, tmp_path / "run")
    with pytest.raises(InputError, match="another run: data"):
        train(facts.slice(0, 39), out, config=config(tiny_folder))


def test_a_dry_run_checks_and_trains_nothing(tiny_folder: Path, facts: pa.Table, tmp_path: Path) -> None:
    report = train(facts, tmp_path / "run", config=config(tiny_folder), dry_run=True)
    assert (report.status, report.rows, report.held_out, report.steps) == ("dry run", 32, 8, 0)
    names = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert names == ["preflight.html", "preflight.json", "preflight.parquet"]
    assert "nothing was trained" in report.text()


def test_full_fine_tuning_leaves_no_adapter(tiny_folder: Path, facts: pa.Table, tmp_path: Path) -> None:
    report = train(facts, tmp_path / "run", config=config(tiny_folder, method="full", max_steps=2))
    assert not (tmp_path / "run" / "adapter").exists()
    assert (tmp_path / "run" / "merged" / "model.safetensors").is_file()
    assert report.saved_drift < 0.05


@pytest.mark.slow
def test_a_full_disk_is_told_and_the_run_goes_on_later(
    tiny_run: Path, tiny_folder: Path, facts: pa.Table, tmp_path: Path
) -> None:
    write_table(tmp_path / "facts.parquet", facts)
    out = tmp_path / "run"
    code = f"""
        import resource, signal
        from pathlib import Path
        from train import TrainConfig, train
        import sys
        run = sys.modules["train.run"]
        whole = run.fine_tune
        def limited(*args, **settings):
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, resource.RLIM_INFINITY))
            return whole(*args, **settings)
        run.fine_tune = limited
        config = TrainConfig(model={str(tiny_folder)!r}, seed=3, max_steps=6, save_every=2, held_out=8, batch_packs=1)
        train(Path({str(tmp_path / "facts.parquet")!r}), Path({str(out)!r}), config=config)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, check=False)
    assert done.stdout == b""
    assert done.stderr.startswith(b"Traceback")  # no library has said anything before
    assert f"schemas.errors.OutputError: {out / 'checkpoints'}: " in done.stderr.decode().splitlines()[-1]
    report = train(tmp_path / "facts.parquet", out, config=config(tiny_folder))
    assert report.steps == 6
    assert losses(out) == losses(tiny_run)


def test_a_loss_that_is_not_finite_names_its_rows(
    tmp_path: Path, facts: pa.Table, tokenizer: "PreTrainedTokenizerBase", model_in: Callable[..., Path]
) -> None:
    import torch
    from transformers import LlamaForCausalLM

    folder = model_in(tmp_path / "model", tokenizer)
    model = LlamaForCausalLM.from_pretrained(str(folder))
    with torch.no_grad():
        model.model.embed_tokens.weight[tokenizer.convert_tokens_to_ids("7")] = float("nan")
    model.save_pretrained(str(folder))
    with pytest.raises(GristmillError, match=r"the loss is nan at step 1; the rows in it are (\d+, )+\d+\. Lower"):
        train(facts, tmp_path / "run", config=config(folder, max_steps=4))


@pytest.mark.parametrize(
    ("pairs", "settings", "message"),
    [
        pytest.param([("q", "a")], {}, "cannot be taken out of 1 rows", id="one row"),
        pytest.param(
            [("q" * 600, "a"), ("r" * 600, "b")], {}, "none of the 2 rows can be trained: 2 over_length", id="long"
        ),
        pytest.param([("q", ""), ("r", " ")], {}, "none of the 2 rows can be trained: 2 empty_answer", id="empty"),
        pytest.param([], {}, "there are no rows", id="none"),
    ],
)
def test_data_that_teaches_nothing_is_refused(
    tiny_folder: Path,
    tmp_path: Path,
    table_of: Callable[..., pa.Table],
    pairs: list[tuple[str, str]],
    settings: dict[str, Any],
    message: str,
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        train(table_of(pairs), tmp_path / "run", config=config(tiny_folder, held_out=0.5, **settings))
    assert caught.value.exit_code == 2
    assert (tmp_path / "run" / "preflight.json").is_file()


def test_one_row_can_be_trained_when_none_is_held_out(
    tiny_folder: Path, tmp_path: Path, table_of: Callable[..., pa.Table]
) -> None:
    report = train(table_of([("q", "a")]), tmp_path / "run", config=config(tiny_folder, held_out=0, max_steps=1))
    assert (report.rows, report.held_out, report.steps) == (1, 0, 1)


def test_null_answers_and_unreadable_rows_are_left_out_by_number(tiny_folder: Path, tmp_path: Path) -> None:
    lines = [{"question": f"q{number}", "answer": f"a{number}"} for number in range(6)]
    lines[2]["answer"] = None  # type: ignore[assignment] # as dirty files have it
    lines[4] = {"prose": "no question here"}
    (tmp_path / "data.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    report = train(tmp_path / "data.jsonl", tmp_path / "run", config=config(tiny_folder, held_out=1), dry_run=True)
    assert report.left_out == 2
    table = read_table(tmp_path / "run" / "preflight.parquet")
    assert [row["row"] for row in table.to_pylist() if row["action"] != "kept"] == [3, 5]


def test_near_duplicates_fall_on_one_side(tiny_folder: Path, tmp_path: Path, facts: pa.Table) -> None:
    def first_half(rows: pa.Table) -> np.typing.NDArray[np.int64]:
        return np.where(np.arange(rows.num_rows) < 20, 0, -1)

    train(facts, tmp_path / "run", config=config(tiny_folder, max_steps=1), clusters=first_half)
    held = numbers(read_table(tmp_path / "run" / "heldout.parquet"))
    assert held
    assert all(row > 20 for row in held)


def test_a_column_called_row_makes_room(tiny_folder: Path, tmp_path: Path, facts: pa.Table) -> None:
    train(
        facts.append_column("row", pa.array(["mine"] * 40)), tmp_path / "run", config=config(tiny_folder, max_steps=1)
    )
    held = read_table(tmp_path / "run" / "heldout.parquet")
    assert set(held["row_in_data"].to_pylist()) == {"mine"}


def test_a_wrong_sft_setting_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Did you mean warmup_steps"):
        train(tmp_path / "nowhere", tmp_path / "run", config=TrainConfig(seed=0, sft={"warmup_step": 3}))


def test_nothing_is_printed(
    tiny_folder: Path, facts: pa.Table, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    train(facts, tmp_path / "run", config=config(tiny_folder, max_steps=2))
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


@pytest.mark.model
@pytest.mark.slow
def test_the_embedded_model_trains_two_steps(embedded_folder: Path, facts: pa.Table, tmp_path: Path) -> None:
    report = train(facts, tmp_path / "run", config=config(embedded_folder, max_steps=2))
    assert report.steps == 2
    assert report.drift < 1e-4
    assert report.preflight.injected_system.startswith("You are a helpful AI assistant named SmolLM")
