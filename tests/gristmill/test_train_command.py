"""`gristmill train` from the outside: what a dry run shows, what it refuses, and several datasets at once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from gristmill.cli import main
from gristmill.commands.train import weighted
from gristmill.steps import alone_in


def write(path: Path, rows: list[dict[str, Any]]) -> Path:  # Any: JSON
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """Give twenty rows; the answer of the third would clear a terminal."""
    rows = [{"question": f"What is number {n}?", "answer": f"It is {n * 7} of {n}."} for n in range(20)]
    rows[2]["answer"] = "Clear \x1b[2J it."
    return write(tmp_path / "facts.jsonl", rows)


@pytest.fixture
def dry(tiny_folder: Path, tmp_path: Path) -> list[str]:
    """Give what every dry run ends with."""
    return ["-o", str(tmp_path / "run"), "--model", str(tiny_folder), "--dry-run"]


Models: TypeAlias = Callable[[str | None, str | None], Path]


@pytest.fixture
def models(
    tmp_path: Path, tokenizer_with: Callable[..., Any], model_in: Callable[..., Path]
) -> Models:  # Any: as there
    """Give the function that makes a tiny model with a template and an end of sequence."""

    def make(template: str | None, eos: str | None) -> Path:
        return model_in(tmp_path / "model", tokenizer_with(template, eos=eos))

    return make


def fails(capsys: pytest.CaptureFixture[str], *argv: str | Path) -> str:
    """Run a command that must fail as wrong input, and give its sentence."""
    assert main([str(word) for word in argv]) == 2
    err = capsys.readouterr().err
    assert "Traceback" not in err
    return err.strip().splitlines()[-1].removeprefix("gristmill: ")


def test_rows_are_shown_token_by_token(facts: Path, dry: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(facts), *dry, "--show", "3,1", "--show", "20"]) == 0
    out = capsys.readouterr().out
    heads = [line.split(" (")[0] for line in out.splitlines() if line.startswith("row ")]
    assert heads == ["row 3", "row 1", "row 20"]
    assert "[[C¦l¦e¦a¦r¦ ¦\\x1b¦[¦2¦J¦ ¦i¦t¦.¦<|im_end|>]]" in out
    assert "\x1b" not in out
    assert "18 rows to train, 2 held out, 0 left out of 20" in out
    assert "█" in out


def test_a_terminal_gets_colours_unless_the_user_wants_none(
    facts: Path, dry: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gristmill.console import Console

    monkeypatch.setattr(Console, "colours", property(lambda self: True))
    assert main(["train", str(facts), *dry, "--show", "3"]) == 0
    out = capsys.readouterr().out
    assert "\x1b[1;32;4m" in out
    assert "\x1b[2J" not in out


def test_json_holds_the_tokens(facts: Path, dry: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(facts), *dry, "--show", "1", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    [row] = result["shown"]
    assert (row["row"], row["learnt"]) == (1, sum(span["learnt"] for span in row["spans"]))
    assert result["preflight"]["histogram"]


def test_several_datasets_are_mixed(
    facts: Path, tmp_path: Path, dry: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    more = write(tmp_path / "b=2.jsonl", [{"question": f"Where is {n}?", "answer": f"At {n * 3}."} for n in range(10)])
    argv = ["train", f"{facts}=2", str(more), *dry, "--show", "b=2.jsonl:4", "--set", "held_out=4"]
    assert main(argv) == 0
    out = capsys.readouterr().out
    assert "row b=2.jsonl:4" in out
    assert "Where is 3?" in out.replace("¦", "")
    assert "facts.jsonl: 20 rows" in out
    assert "weight 2:" in out


def test_a_weight_among_the_settings_counts_where_the_name_has_none(
    facts: Path, tmp_path: Path, dry: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    more = write(tmp_path / "b.jsonl", [{"question": "Where is 3?", "answer": "At 9."}])
    assert main(["train", str(facts), str(more), *dry, "--set", "data_weight=2"]) == 0
    assert "weight 2:" in capsys.readouterr().out


def test_two_trainings_never_share_a_folder(facts: Path, dry: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with alone_in(Path(dry[dry.index("-o") + 1])):
        assert main(["train", str(facts), *dry]) == 2
    assert "another gristmill is at work in this folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a.jsonl", ("a.jsonl", 1.0)),
        ("a.jsonl=0.5", ("a.jsonl", 0.5)),
        ("a=b.jsonl=2", ("a=b.jsonl", 2.0)),
        ("a=b.jsonl", ("a=b.jsonl", 1.0)),
        ("hub:me/data=3", ("hub:me/data", 3.0)),
    ],
)
def test_a_weight_stands_behind_the_name(text: str, read: tuple[str, float]) -> None:
    assert weighted(text) == read


@pytest.mark.parametrize(
    ("rows", "settings", "message"),
    [
        pytest.param([("q", "a")], [], "held_out = 0.1 cannot be taken out of 1 row. Add rows, or set", id="one row"),
        pytest.param([("q" * 700, "a")] * 3, [], "3 over_length; the first: 721 tokens, 512 allowed. Raise", id="long"),
        pytest.param([("q", None)] * 3, [], "3 unreadable; the first: ", id="nulls"),
        pytest.param([("q", " ")] * 3, [], "3 empty_answer; the first: turn 2 is an empty answer. Write", id="empty"),
        pytest.param(
            [(f"q{n}", "d" * 90) for n in range(3)],
            ["--set", "max_length=64", "--set", "over_length=truncate"],
            "all 3 rows are cut before their answers end",
            id="cut",
        ),
        pytest.param(
            [("q" * 90, f"d{n}") for n in range(3)],
            ["--set", "max_length=64", "--set", "over_length=truncate"],
            "3 nothing_to_train; the first: the prompt alone fills 64 tokens",
            id="prompts fill it",
        ),
        pytest.param(
            [("q", "a"), ("r", "b")], ["--show", "3"], "there is no row 3. 2 rows were read", id="no such row"
        ),
        pytest.param([("q", "a")], ["--set", "quantise=8bit"], "quantise: input should be 'none' or '4bit'", id="bits"),
        pytest.param([("q", "a")], ["--set", "lora_targets=[k_prj]"], "Did you mean k_proj?", id="target"),
    ],
)
def test_what_would_teach_nothing_ends_with_2(
    tmp_path: Path,
    dry: list[str],
    capsys: pytest.CaptureFixture[str],
    rows: list[tuple[str, str | None]],
    settings: list[str],
    message: str,
) -> None:
    data = write(tmp_path / "data.jsonl", [{"question": question, "answer": answer} for question, answer in rows])
    assert message in fails(capsys, "train", data, *dry, *settings)


@pytest.mark.parametrize(
    ("template", "eos", "message"),
    [
        ("{{ raise_exception('broken') }}", "<|im_end|>", "fails on a plain question and answer: broken"),
        ("{% for m in messages %}{{ m['role'] + m['content'] }}{% endfor %}", None, "has no end-of-sequence token"),
        ("{{ 1 / 0 }}", "<|im_end|>", "fails on a plain question and answer: division by zero"),
    ],
    ids=["raises", "no end", "divides"],
)
def test_a_model_that_cannot_be_taught_is_refused(
    facts: Path, models: Models, capsys: pytest.CaptureFixture[str], template: str, eos: str | None, message: str
) -> None:
    folder = models(template, eos)
    sentence = fails(capsys, "train", facts, "-o", folder.parent / "run", "--model", folder, "--dry-run")
    assert str(folder) in sentence
    assert message in sentence


def test_a_base_model_without_a_template_is_told(
    facts: Path, models: Models, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = models(None, "<|im_end|>")
    assert main(["train", str(facts), "-o", str(folder.parent / "run"), "--model", str(folder), "--dry-run"]) == 0
    assert "the model has no chat template, so Alpaca's is used" in capsys.readouterr().out


def test_show_goes_with_a_dry_run(facts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--show goes with --dry-run" in fails(capsys, "train", facts, "-o", tmp_path / "run", "--show", "1")
