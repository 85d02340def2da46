"""A run leaves everything it says, goes on where it was killed, and refuses what is not the same run."""

import json
import os
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
from tests.train.test_tensorboard import scalars
from train import TrainConfig, read_rows, train
from train.checkpoints import last_checkpoint

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
        "preflight.html", "preflight.json", "preflight.parquet", "tensorboard", "train.parquet", "training.json",
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


def test_the_preflight_counts_the_tokens_that_are_trained(tiny_run: Path) -> None:
    counts = json.loads((tiny_run / "training.json").read_text())["counts"]
    seen = json.loads((tiny_run / "preflight.json").read_text())
    assert seen["completion_tokens"] == counts["trained_tokens"]
    assert seen["prompt_tokens"] + seen["completion_tokens"] == counts["tokens"]
    assert (seen["kept"], seen["held_out"]) == (40, 8)
    assert seen["held_out_tokens"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("accumulated", [1, 2])
def test_the_last_packs_may_be_dropped_and_the_plan_says_so(
    tiny_folder: Path, table_of: Callable[..., pa.Table], tmp_path: Path, accumulated: int
) -> None:
    rows = table_of([(f"What is number {number}?", f"It is {number * 7} of {number}.") for number in range(150)])
    sft = {"dataloader_drop_last": True, "gradient_accumulation_steps": accumulated}
    settings = {"max_steps": None, "epochs": 2, "batch_packs": 4, "held_out": 0, "sft": sft}
    report = train(rows, tmp_path / "run", config=config(tiny_folder, **settings))
    plan = json.loads((tmp_path / "run" / "training.json").read_text())["plan"]
    assert plan["packs_dropped"] == plan["packs"] % 4 > 0
    assert report.steps == plan["steps"]


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


def test_the_probe_changes_no_loss_and_is_told_before_the_first_step(
    tiny_folder: Path, facts: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import train.run
    import train.sft

    settings: dict[str, Any] = {"lora_dropout": 0.3, "sft": {"gradient_accumulation_steps": 2}}
    train.run.train(facts, tmp_path / "plain", config=config(tiny_folder, **settings))
    monkeypatch.setattr(train.sft, "_WORTH_A_PROBE", 2)
    heard: list[str] = []

    def tell(text: str) -> None:
        assert not (tmp_path / "probed" / "metrics.jsonl").read_text()
        heard.append(text)

    train.run.train(facts, tmp_path / "probed", config=config(tiny_folder, **settings), tell=tell)
    assert losses(tmp_path / "probed") == losses(tmp_path / "plain")
    assert numbers_of(tmp_path / "probed", "tokens") == numbers_of(tmp_path / "plain", "tokens")
    assert numbers_of(tmp_path / "probed", "accuracy") == numbers_of(tmp_path / "plain", "accuracy")
    assert len(heard) == 1
    assert heard[0].startswith("Plan: 6 steps of ")
    assert "to go at" in heard[0]
    plan = json.loads((tmp_path / "probed" / "training.json").read_text())["plan"]
    assert plan["tokens_per_second"] > 0
    assert json.loads((tmp_path / "plain" / "training.json").read_text())["plan"]["tokens_per_second"] == 0


def numbers_of(run: Path, name: str) -> list[float]:
    return [json.loads(line)[name] for line in (run / "metrics.jsonl").read_text().splitlines()]


def test_the_settings_in_the_record_make_the_same_run(tiny_run: Path, facts: pa.Table) -> None:
    record = json.loads((tiny_run / "training.json").read_text())
    assert train(facts, tiny_run, config=TrainConfig(**record["settings"])).status == "done"


def test_the_tokens_of_the_log_are_those_of_the_packs(tiny_folder: Path, facts: pa.Table, tmp_path: Path) -> None:
    report = train(facts, tmp_path / "run", config=config(tiny_folder, max_steps=None, epochs=2))
    packs = read_table(tmp_path / "run" / "packs.parquet")
    assert report.tokens == 2 * int(packs["tokens"].to_numpy().sum())


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [{}, {"lora_dropout": 0.3, "batch_packs": 2}, {"method": "full"}],
    ids=["lora", "dropout", "full"],
)
def test_a_killed_run_goes_on_and_ends_as_if_it_had_not_been(
    tiny_folder: Path, facts: pa.Table, tmp_path: Path, settings: dict[str, Any]
) -> None:
    whole = tmp_path / "whole"
    train(facts, whole, config=config(tiny_folder, **settings))
    write_table(tmp_path / "facts.parquet", facts)
    out = tmp_path / "run"
    settings = {"model": str(tiny_folder), "seed": 3, "max_steps": 6, "save_every": 2, "held_out": 8, **settings}
    settings.setdefault("batch_packs", 1)
    code = f"""
        from pathlib import Path
        from tests.train.dying import die_after
        from train import TrainConfig, train
        die_after(5)
        train(Path({str(tmp_path / "facts.parquet")!r}), Path({str(out)!r}), config=TrainConfig(**{settings!r}))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert json.loads((out / "training.json").read_text())["status"] == "running"
    assert len(losses(out)) == 5
    (out / "checkpoints" / "checkpoint-5").mkdir()  # as a kill in the middle of saving leaves it
    report = train(tmp_path / "facts.parquet", out, config=TrainConfig(**settings))
    assert report.steps == 6
    assert losses(out) == losses(whole)
    ours, theirs = (read_weights(folder / "merged") for folder in (out, whole))
    assert all(bool((ours[name] == theirs[name]).all()) for name in theirs)


def read_weights(folder: Path) -> dict[str, Any]:  # Any: torch's tensors, bfloat16 among them
    from safetensors.torch import load_file

    return dict(load_file(folder / "model.safetensors"))


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


@pytest.mark.parametrize("dry_run", [True, False], ids=["dry run", "run"])
@pytest.mark.parametrize("answer", ["It is 3.", ""], ids=["other rows", "rows that teach nothing"])
def test_the_preflight_of_a_run_stays_its_own(
    tiny_run: Path, tiny_folder: Path, table_of: Callable[..., pa.Table], tmp_path: Path, answer: str, *, dry_run: bool
) -> None:
    out = shutil.copytree(tiny_run, tmp_path / "run")
    before = {path.name: path.read_bytes() for path in out.glob("preflight.*")}
    other = table_of([(f"Why {number}?", answer and f"{answer} {number}") for number in range(40)])
    with pytest.raises(InputError, match=r"another run: data|A folder of its own \(-o\) is told each row's reason"):
        train(other, out, config=config(tiny_folder), dry_run=dry_run)
    assert {path.name: path.read_bytes() for path in out.glob("preflight.*")} == before


def test_a_dry_run_checks_and_trains_nothing(tiny_folder: Path, facts: pa.Table, tmp_path: Path) -> None:
    report = train(facts, tmp_path / "run", config=config(tiny_folder), dry_run=True)
    assert (report.status, report.rows, report.held_out, report.steps) == ("dry run", 32, 8, 0)
    names = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert names == ["preflight.html", "preflight.json", "preflight.parquet"]
    assert "nothing was trained" in report.text()


def test_what_fits_into_no_memory_is_refused_before_it_is_loaded(
    tiny_folder: Path, facts: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import train.run
    import train.start

    monkeypatch.setattr(train.start, "free_memory", lambda device: 1e6)
    monkeypatch.setattr(train.start, "load_network", lambda *args, **settings: pytest.fail("it was loaded"))
    with pytest.raises(InputError, match=r"training needs about .* 1.0 MB are free.*Train an adapter in place"):
        train.run.train(facts, tmp_path / "run", config=config(tiny_folder, method="full"))
    assert not (tmp_path / "run" / "training.json").exists()
    heard: list[str] = []
    train.run.train(facts, tmp_path / "run", config=config(tiny_folder), dry_run=True, tell=heard.append)
    assert "gradient checkpointing on: without it" in heard[0]


def test_full_fine_tuning_leaves_no_adapter(tiny_folder: Path, facts: pa.Table, tmp_path: Path) -> None:
    report = train(facts, tmp_path / "run", config=config(tiny_folder, method="full", max_steps=2))
    assert not (tmp_path / "run" / "adapter").exists()
    assert (tmp_path / "run" / "merged" / "model.safetensors").is_file()
    assert report.saved_drift < 0.05


@pytest.mark.slow
def test_two_processes_train_as_one_with_twice_the_packs(tiny_folder: Path, facts: pa.Table, tmp_path: Path) -> None:
    write_table(tmp_path / "facts.parquet", facts)
    train(facts, tmp_path / "one", config=config(tiny_folder, batch_packs=2))
    settings = ["batch_packs=1", "held_out=8", "save_every=2", "ddp_backend=gloo", "use_cpu=true"]
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc_per_node",
        "2",
        "-m",
        "gristmill",
    ]
    command += ["train", "facts.parquet", "-o", "two", "--model", str(tiny_folder), "--max-steps", "6", "--seed", "3"]
    command += [part for setting in settings for part in ("--set", setting)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Plan: 6 steps") == 1
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "one"), abs=1e-5)
    names = {path.name for path in (tmp_path / "one").iterdir()}
    assert {path.name for path in (tmp_path / "two").iterdir()} == {*names, ".lock"}


@pytest.mark.slow
def test_a_full_disk_is_told_and_the_run_goes_on_later(
    tiny_run: Path, tiny_folder: Path, facts: pa.Table, tmp_path: Path
) -> None:
    write_table(tmp_path / "facts.parquet", facts)
    out = tmp_path / "run"
    code = f"""
        import resource, signal
        from pathlib import Path
        import train.metrics_log as log
        from train import TrainConfig, train
        append = log.MetricsLog.append
        def fill(self, step):
            append(self, step)
            if step["step"] == 3:  # the checkpoint of step 2 is whole, that of step 4 will not be
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, resource.RLIM_INFINITY))
        log.MetricsLog.append = fill
        config = TrainConfig(model={str(tiny_folder)!r}, seed=3, max_steps=6, save_every=2, held_out=8, batch_packs=1)
        train(Path({str(tmp_path / "facts.parquet")!r}), Path({str(out)!r}), config=config)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, check=False)
    assert done.stdout == b""
    assert done.stderr.startswith(b"Traceback")  # no library has said anything before
    assert f"schemas.errors.OutputError: {out / 'checkpoints'}: " in done.stderr.decode().splitlines()[-1]
    assert last_checkpoint(out / "checkpoints") == out / "checkpoints" / "checkpoint-2"
    report = train(tmp_path / "facts.parquet", out, config=config(tiny_folder))
    assert report.steps == 6
    assert losses(out) == losses(tiny_run)
    assert [step for step, _ in scalars(out / "tensorboard")] == [1, 2, 3, 4, 5, 6]


def test_weights_that_are_not_finite_stop_the_run(
    tmp_path: Path, facts: pa.Table, tokenizer: "PreTrainedTokenizerBase", model_in: Callable[..., Path]
) -> None:
    import torch
    from transformers import LlamaForCausalLM

    folder = model_in(tmp_path / "model", tokenizer)
    model = LlamaForCausalLM.from_pretrained(str(folder))
    with torch.no_grad():
        model.model.embed_tokens.weight[tokenizer.convert_tokens_to_ids("7")] = float("nan")
    model.save_pretrained(str(folder))
    with pytest.raises(GristmillError, match="the weights were not finite before it"):
        train(facts, tmp_path / "run", config=config(folder, max_steps=4))


@pytest.mark.parametrize(
    ("pairs", "settings", "message"),
    [
        pytest.param([("q", "a")], {}, "cannot be taken out of 1 row[.]", id="one row"),
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


def test_a_line_that_is_no_json_is_left_out_by_its_number(tmp_path: Path) -> None:
    good = json.dumps({"question": "How long is the notice period?", "answer": "Four weeks."}).encode()
    (tmp_path / "rows.jsonl").write_bytes(b"\n".join([good, b'{"question": "cut', b"\xff\xfe", good]))
    rows = read_rows(tmp_path / "rows.jsonl")
    assert rows.numbers.tolist() == [1, 4]
    assert [row for row, _ in rows.unreadable] == [2, 3]
    assert "not JSON" in rows.unreadable[0][1]
    assert "not UTF-8" in rows.unreadable[1][1]
