"""Bad input: one sentence with what, where and how to mend, the right exit code, no traceback, nothing half-written."""

import json
import os
import shlex
from pathlib import Path

import pytest

from gristmill.cli import build_parser, main

COMMANDS = (
    *("init", "run", "plan", "generate", "audit", "curate", "explain", "train"),
    *("evaluate", "judge", "bench", "study", "losses", "chat", "push"),
)


def fails(capsys: pytest.CaptureFixture[str], *argv: str | Path) -> tuple[int, str]:
    """Run a command that must fail, and give its exit code and its sentence."""
    code = main([str(word) for word in argv])
    err = capsys.readouterr().err
    assert "Traceback" not in err
    sentence = err.strip().splitlines()[-1]
    assert sentence.startswith("gristmill: ")
    return code, sentence.removeprefix("gristmill: ")


def left_over(folder: Path) -> list[str]:
    """Name everything in a folder that looks unfinished."""
    return [path.name for path in folder.rglob("*") if "partial" in path.name]


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Give a small clean JSONL file."""
    file = tmp_path / "rows.jsonl"
    lines = [{"question": f"What is number {n} good for?", "answer": f"It is good for {n} things."} for n in range(8)]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """Give a folder with one good page."""
    folder = tmp_path / "docs"
    folder.mkdir()
    text = "# Leave\n\nEvery employee has 25 days of paid leave in a year, and five of them may be carried over.\n"
    (folder / "leave.md").write_text(text)
    return folder


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_shows_an_example_that_parses(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main([name, "--help"])
    assert done.value.code == 0
    example = capsys.readouterr().out.split("example:\n")[1].strip()
    words = shlex.split(example)
    assert words[:2] == ["gristmill", name]
    assert build_parser().parse_args(words[1:]).command == name


@pytest.mark.parametrize(
    "argv",
    [
        ["generate", "nowhere", "-o", "pairs.parquet", "--strategy", "template"],
        ["audit", "nowhere.jsonl", "-o", "report.html"],
        ["curate", "nowhere.jsonl", "-o", "curated"],
        ["explain", "nowhere", "1"],
        ["train", "nowhere", "-o", "run", "--model", "."],
        ["evaluate", "nowhere"],
        ["judge", "nowhere", "-o", "verdicts"],
        ["study", "nowhere", "-o", "study", "--model", "."],
        ["losses", "nowhere", "-o", "scored.parquet"],
        ["run", "nowhere.yaml", "-o", "out"],
        ["chat", "./nowhere", "--ask", "Hello?"],
    ],
    ids=lambda argv: argv[0],
)
def test_a_missing_path_is_named(
    argv: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, sentence = fails(capsys, *argv)
    assert code == 2
    assert "nowhere" in sentence
    assert not list(tmp_path.iterdir())


def test_an_empty_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs").mkdir()
    out = tmp_path / "pairs.parquet"
    code, sentence = fails(capsys, "generate", tmp_path / "docs", "-o", out, "--strategy", "template")
    assert code == 2
    assert str(tmp_path / "docs") in sentence
    assert not out.exists()


def test_documents_that_cannot_be_read_are_skipped_by_name(documents: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outside = documents.parent / "secret.md"
    outside.write_text("# Secret\n\nNobody outside the board may read that the moon is bought.\n")
    (documents / "scan.md").write_bytes(bytes(range(256)) * 4)
    (documents / "link.md").symlink_to(outside)
    with (documents / "huge.md").open("wb") as huge:
        huge.truncate(200_000_000)
    out = documents.parent / "pairs.parquet"
    assert main(["generate", str(documents), "-o", str(out), "--strategy", "template", "--json"]) == 0
    result = json.loads((documents.parent / "generation.json").read_text())
    skipped = {skip["path"].rsplit("/", 1)[-1]: skip["reason"] for skip in result["skipped"]}
    assert skipped == {"scan.md": "binary", "link.md": "outside", "huge.md": "too_large"}
    assert b"moon" not in out.read_bytes()


def test_a_parquet_that_is_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rows.parquet").write_text("no parquet at all")
    code, sentence = fails(capsys, "curate", tmp_path / "rows.parquet", "-o", tmp_path / "curated")
    assert code == 2
    assert sentence.startswith(f"{tmp_path / 'rows.parquet'}: not a readable Parquet file")
    assert [path.name for path in tmp_path.iterdir()] == ["rows.parquet"]


def test_a_broken_line_is_named_and_can_be_set_aside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.dumps({"question": f"What is {n}?", "answer": f"The number {n} it is."}) for n in range(5000)]
    lines[4710] = '{"question": "cut off'
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(lines))
    code, sentence = fails(capsys, "curate", file, "-o", tmp_path / "curated", "--stages", "empty")
    assert code == 2
    assert f"{file}, row 4711" in sentence
    assert "--keep-going" in sentence
    assert [path.name for path in tmp_path.iterdir()] == ["rows.jsonl"]

    assert main(["curate", str(file), "-o", str(tmp_path / "curated"), "--stages", "empty", "--keep-going"]) == 0
    manifest = json.loads((tmp_path / "curated" / "manifest.json").read_text())
    assert (manifest["kept"], manifest["dropped"], manifest["errored"]) == (4999, 0, 1)


def test_a_column_that_is_not_there_is_named(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = rows.parent / "curated"
    code, sentence = fails(capsys, "curate", rows, "-o", out, "--columns", "instruction=questoin,response=answer")
    assert code == 2
    assert "questoin" in sentence
    assert "question" in sentence.replace("questoin", "")
    assert not out.exists()


def test_rows_of_no_known_format_are_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"ask": "Why?", "reply": "Because."}\n')
    code, sentence = fails(capsys, "curate", file, "-o", tmp_path / "curated")
    assert code == 2
    assert "ask, reply" in sentence
    assert "--columns" in sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("documents: [docs]\ntrian: {}\n", "there is no key 'trian'. Did you mean train?"),
        ("documents: [docs]\ngenerate: {exampels: 3}\n", "Did you mean examples?"),
        ("documents: [docs]\ncurate: {stages: [exakt]}\n", "there is no stage 'exakt'. Did you mean exact?"),
        ("documents: [docs]\ncurate: {stages: [near: {treshold: 1}]}\n", "Did you mean threshold?"),
        ("documents: [docs]\ntrain: {max_step: 3}\n", "Did you mean max_steps?"),
        ("documents: []\n", "no documents are named"),
        ("documents: [docs]\nseed: seven\n", "seed is a whole number"),
        ("documents: [docs\n", "recipe.yaml, line 2"),
        ("- docs\n", "settings are expected here"),
        ("documents: [docs]\ngenerate: {client: openai}\n", "needs the name of a model"),
    ],
    ids=["section", "generate", "stage", "setting", "train", "no documents", "seed", "YAML", "list", "client"],
)
def test_a_recipe_that_is_wrong_is_refused(
    text: str, expected: str, documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = documents.parent / "recipe.yaml"
    recipe.write_text(text)
    code, sentence = fails(capsys, "run", recipe, "-o", documents.parent / "out")
    assert code == 2
    assert expected in sentence
    assert not (documents.parent / "out").exists()


def test_a_full_disk_is_said_and_leaves_nothing(documents: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    out = documents.parent / "pairs.parquet"
    # What is written to the temporary file ends on a device that is always full.
    (out.parent / ".pairs.parquet.partial").symlink_to("/dev/full")
    code, sentence = fails(capsys, "generate", documents, "-o", out, "--strategy", "template")
    assert code == 1
    assert sentence.startswith(f"{out}: no space is left on the disk")
    assert not out.exists()
    assert not left_over(out.parent)


@pytest.mark.parametrize("command", ["generate", "curate"])
def test_a_place_that_cannot_be_written_is_named(
    command: str, documents: Path, rows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (documents.parent / "taken").write_text("a file")
    out = documents.parent / "taken" / "pairs.parquet"
    given = [documents, "--strategy", "template"] if command == "generate" else [rows]
    code, sentence = fails(capsys, command, *given, "-o", out)
    assert code == 1
    assert "taken" in sentence
    assert (documents.parent / "taken").read_text() == "a file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_no_permission_is_said(documents: Path, capsys: pytest.CaptureFixture[str]) -> None:
    locked = documents.parent / "locked"
    locked.mkdir(mode=0o500)
    code, sentence = fails(capsys, "generate", documents, "-o", locked / "pairs.parquet", "--strategy", "template")
    assert code == 1
    assert "no permission to write" in sentence


def test_a_model_folder_without_a_tokenizer_is_named(
    rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text('{"model_type": "llama"}')
    (model / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    code, sentence = fails(capsys, "train", rows, "-o", tmp_path / "run", "--model", model)
    assert code == 2
    assert "tokenizer" in sentence
    assert not (tmp_path / "run").exists()


def test_json_ends_with_the_error_too(tmp_path: Path) -> None:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "gristmill", "curate", str(tmp_path / "no.jsonl"), "-o", "x", "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert "no such file" in json.loads(done.stdout)["error"]
