"""The whole way with a tiny model: documents, pairs, curated rows, a tuned model, base against tuned."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gristmill.cli import main
from tests.generate.batch_server import BatchServer
from tests.generate.chat_server import ChatServer, Reaction, completion

TOPICS = ("leave", "travel", "laptops", "parking", "pensions", "training", "kitchens", "badges", "bikes", "phones")


@pytest.fixture
def project(tmp_path: Path, tiny_folder: Path) -> Path:
    """Give a folder with documents and a recipe that needs no large model."""
    docs = tmp_path / "docs"
    docs.mkdir()
    for number, topic in enumerate(TOPICS):
        text = (
            f"---\ntitle: Rules for {topic}\n---\n\n# {topic.capitalize()}\n\n"
            f"Whoever asks about {topic} writes to the {topic} desk, which answers within {number + 2} days.\n\n"
            f"## Limits of {topic}\n\n"
            f"The yearly limit for {topic} is {100 + 7 * number} euros, paid in [June]({{{{ site.base }}}}/pay/).\n"
        )
        (docs / f"{topic}.md").write_text(text)
    (tmp_path / "recipe.yaml").write_text(
        "documents: [docs]\nseed: 3\n"
        "generate: {strategy: template}\n"
        f"train: {{model: '{tiny_folder}', max_steps: 3, held_out: 4, save_every: 1}}\n"
        "evaluate: {max_tokens: 8}\n"
    )
    return tmp_path


def run(project: Path, capfd: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Run the recipe and give its JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "gristmill", "run", "recipe.yaml", "-o", "out", "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def reused(result: dict[str, Any]) -> dict[str, bool]:
    return {name: step["reused"] for name, step in result["steps"].items()}


def test_a_recipe_goes_the_whole_way_and_then_reuses_all_of_it(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    first = run(project, capfd)
    assert reused(first) == dict.fromkeys(("generate", "curate", "train", "evaluate"), False)
    out = project / "out"
    rows = pd.read_parquet(out / "curated" / "curated.parquet")
    assert len(rows) == 20
    for messages in rows["messages"]:
        assert not any("{{" in turn["content"] or "title:" in turn["content"] for turn in messages)
    assert (out / "model" / "merged" / "model.safetensors").is_file()
    assert (out / "evaluation" / "page.html").is_file()
    pairs = (out / "pairs.parquet").read_bytes()

    assert all(reused(run(project, capfd)).values())

    (project / "docs" / "bikes.md").write_text(
        "# Bikes\n\nBikes are kept in the yard behind the kitchen, near gate 4.\n"
    )
    assert reused(run(project, capfd)) == dict.fromkeys(("generate", "curate", "train", "evaluate"), False)
    assert (out / "pairs.parquet").read_bytes() != pairs


def test_an_edited_setting_redoes_only_what_follows_from_it(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(project, capfd)
    text = (project / "recipe.yaml").read_text()
    (project / "recipe.yaml").write_text(text.replace("max_tokens: 8", "max_tokens: 9"))
    assert reused(run(project, capfd)) == {"generate": True, "curate": True, "train": True, "evaluate": False}


def test_a_run_that_was_killed_goes_on_and_ends_the_same(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-m", "gristmill", "run", "recipe.yaml", "-o", "out"]
    started = subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    checkpoints = project / "out" / "model" / "checkpoints"
    deadline = time.monotonic() + 120
    while started.poll() is None and not list(checkpoints.glob("checkpoint-*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(started.pid, signal.SIGKILL)
    started.wait()

    result = run(project, capfd)
    assert result["steps"]["generate"]["reused"]
    assert result["steps"]["curate"]["reused"]
    undisturbed = project / "undisturbed"
    subprocess.run([*command[:-1], str(undisturbed)], cwd=project, check=True, capture_output=True)
    weights = Path("model") / "merged" / "model.safetensors"
    assert (project / "out" / weights).read_bytes() == (undisturbed / weights).read_bytes()


def test_json_on_a_recipe_without_training(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (project / "recipe.yaml").read_text()
    lines = [line for line in text.splitlines() if not line.startswith(("train", "evaluate"))]
    (project / "recipe.yaml").write_text("\n".join([*lines, "train: false"]))
    assert main(["run", str(project / "recipe.yaml"), "-o", str(project / "out")]) == 0
    said = capsys.readouterr().out
    assert "[2/2] curate" in said
    assert "tuned model" not in said


def test_what_a_server_failed_to_answer_is_asked_again_by_the_next_run(project: Path) -> None:
    down = True

    def react(body: dict[str, Any], number: int) -> Reaction:
        passage = body["messages"][-1]["content"]
        if "bikes" in passage and down:
            return Reaction(status=503, headers={"retry-after-ms": "1"})
        return Reaction(text="Which rules are there for it?")

    server = ChatServer()
    server.react = react
    try:
        (project / "recipe.yaml").write_text(
            "documents: [docs]\ntrain: false\n"
            f"generate: {{strategy: question, client: openai, model: small, base_url: '{server.url}'}}\n"
        )
        found = []
        for down in (True, False, False):  # noqa: B007 - `react` reads it
            before = len(server.asked)
            assert main(["run", str(project / "recipe.yaml"), "-o", str(project / "out")]) == 0
            report = json.loads((project / "out" / "generation.json").read_text())
            found.append((len(report["failed"]), len(server.asked) - before))
    finally:
        server.stop()
    assert found[0][0] == 2
    assert found[1:] == [(0, 2), (0, 0)]


def test_the_batches_of_a_judge_are_remembered_beside_the_output(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generate.clients.batch._FIRST_LOOK", 0.01)
    monkeypatch.chdir(project)
    server = BatchServer()
    server.chat = lambda body: (200, completion("Which rules are there for it?"))
    try:
        asked = f"client: openai, model: small, base_url: '{server.url}'"
        Path("recipe.yaml").write_text(
            "documents: [docs]\ntrain: false\n"
            f"generate: {{strategy: question, {asked}, judge: {{{asked}, batch: true}}}}\n"
        )
        main(["run", "recipe.yaml", "-o", "out"])
    finally:
        server.stop()
    assert server.batches
    assert Path("out/batches.json").is_file()
    assert not Path("batches.json").exists()


def test_rows_that_are_mixed_in_are_part_of_what_the_model_was_made_from(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    more = project / "more.jsonl"
    more.write_text('{"question": "Who may park?", "answer": "Whoever has a permit."}\n')
    recipe = project / "recipe.yaml"
    recipe.write_text(recipe.read_text().replace("save_every: 1", "save_every: 1, mix: [more.jsonl]"))
    run(project, capfd)
    assert all(reused(run(project, capfd)).values())
    more.write_text(more.read_text().replace("a permit", "a badge"))
    assert reused(run(project, capfd)) == {"generate": True, "curate": True, "train": False, "evaluate": False}


def test_a_curated_folder_can_be_asked(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    recipe = project / "recipe.yaml"
    exam = project / "exam"
    exam.mkdir()
    table = [{"question": "Who may park?", "answer": "Whoever has a permit."}]
    pd.DataFrame(table).to_parquet(exam / "curated.parquet")
    recipe.write_text(recipe.read_text().replace("max_tokens: 8", "max_tokens: 8, data: exam"))
    run(project, capfd)
    assert json.loads((project / "out" / "evaluation" / "evaluation.json").read_text())["rows"] == 1


NEAR = "strategy: question, client: openai, model: m, base_url: 'http://127.0.0.1:9/v1'"
OPENAI = "client: openai, model: judge, base_url: 'https://api.openai.com/v1'"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("{strategy: template}", f"{{{NEAR}, judge: {{{OPENAI}}}}}", "Set OPENAI_API_KEY"),
        ("seed: 3", f"seed: 3\ncurate: {{stages: [empty, {{judge: {{{OPENAI}}}}}]}}", "Set OPENAI_API_KEY"),
        ("max_tokens: 8", f"max_tokens: 8, judge: {{{OPENAI}}}", "Set OPENAI_API_KEY"),
        ("max_tokens: 8", f"max_tokens: 8, judge: {{{OPENAI}, prompt: nowhere.jinja}}", "the prompt cannot be read"),
        ("max_tokens: 8", "max_tokens: 8, judge: {client: nobody}", "client: input should be"),
        ("max_steps: 3", "max_steps: 3, model: ./nowhere", "no such model folder"),
    ],
    ids=["generate's judge", "curate's judge", "the answers' judge", "its prompt", "its client", "the model"],
)
def test_what_a_later_step_needs_is_missed_before_the_first(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    before: str,
    after: str,
    told: str,
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    recipe = project / "recipe.yaml"
    text = recipe.read_text()
    if "model: ./nowhere" in after:
        text = re.sub(r"model: '[^']*', ", "", text)
    recipe.write_text(text.replace(before, after))
    assert main(["run", str(recipe), "-o", str(project / "out")]) == 2
    assert told in capsys.readouterr().err
    assert not (project / "out" / "pairs.parquet").exists()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("save_every: 1", "save_every: 1, mix: [nowhere.jsonl]"),
        ("save_every: 1", "save_every: 1, held_out_data: nowhere.jsonl"),
        ("max_tokens: 8", "max_tokens: 8, data: nowhere.jsonl"),
        ("max_tokens: 8", "max_tokens: 8, guardrails: nowhere.jsonl"),
    ],
    ids=["mix", "held out", "data", "guardrails"],
)
def test_a_file_that_is_needed_last_is_missed_first(
    project: Path, capsys: pytest.CaptureFixture[str], before: str, after: str
) -> None:
    recipe = project / "recipe.yaml"
    recipe.write_text(recipe.read_text().replace(before, after))
    assert main(["run", str(recipe), "-o", str(project / "out")]) == 2
    assert "nowhere.jsonl: no such file or folder" in capsys.readouterr().err
    assert not (project / "out").exists()
