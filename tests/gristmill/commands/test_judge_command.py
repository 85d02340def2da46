"""`gristmill judge`, end to end against a server on this machine."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pyarrow as pa
import pytest

from gristmill.cli import main
from gristmill.steps import alone_in
from schemas.parquet import read_table, write_table

ROWS = 7


class Server(BaseHTTPRequestHandler):
    """Prefers the answer with the letter z in it, as a chat completion."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        shown = body["messages"][-1]["content"]
        first, second = ("z" in shown.split(f"answer {place}: ")[1].split("\n")[0] for place in "AB")
        better = "tie" if first == second else "A" if first else "B"
        reply = {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": json.dumps({"reason": "z", "better": better})},
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100},
        }
        data = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Start the server, and give its address."""
    monkeypatch.setenv("OPENAI_API_KEY", "secret-key")
    server = HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def evaluation(folder: Path, tuned: str) -> Path:
    table = pa.table(
        {
            "row": pa.array(range(ROWS), pa.int64()),
            "id": [f"id{n}" for n in range(ROWS)],
            "question": [f"What is {n}?" for n in range(ROWS)],
            "gold": [f"gold {n}" for n in range(ROWS)],
            "base_answer": ["no"] * ROWS,
            "tuned_answer": [f"{tuned} {n}" for n in range(ROWS)],
        }
    )
    write_table(folder / "answers.parquet", table)
    return folder


def test_it_writes_what_it_found_and_asks_nothing_twice(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, prices = tmp_path / "out", tmp_path / "prices.yaml"
    prices.write_text("wise: {input: 1.0, output: 2.0}\n")
    folder = evaluation(tmp_path / "run" / "evaluation", "z")
    argv = ["judge", str(folder), "--client", "openai", "--model", "wise", "--base-url", address, "-o", str(out)]
    assert main([*argv, "--prices", str(prices)]) == 0
    said = capsys.readouterr().out
    assert "tuned against base      7     0      0   1.000" in said
    assert "Warning: this judge cannot tell gold from a stranger's answer in 100% of 7 rows" in said
    record = json.loads((out / "judge.json").read_text())
    requests = 2 * ROWS + ROWS + 2 * ROWS
    assert record["requests"] == requests
    assert record["dollars"] == pytest.approx(requests * (1_000 * 1.0 + 100 * 2.0) / 1e6)
    assert record["pairings"][0]["wins"] == ROWS
    assert read_table(out / "verdicts.parquet")["result"].to_pylist() == ["win"] * ROWS
    assert {path.name for path in out.iterdir()} == {
        ".lock",
        "judge.html",
        "judge.json",
        "judge.jsonl",
        "verdicts.parquet",
    }
    assert not any(b"secret-key" in path.read_bytes() for path in out.iterdir())
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with alone_in(out):
        assert main([*argv, "--prices", str(prices)]) == 2
    assert main([*argv, "--prices", str(prices)]) == 0
    assert ", 0 of them sent now" in capsys.readouterr().out
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_several_evaluations_are_rated(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [evaluation(tmp_path / name / "evaluation", mark) for name, mark in (("good", "z"), ("poor", "x"))]
    out = tmp_path / "out"
    argv = ["judge", *map(str, folders), "--client", "openai", "--model", "wise", "--base-url", address]
    assert main([*argv, "-o", str(out), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["models"] == ["base", "good", "poor"]
    assert next(iter(record["elo"])) == "good"


def test_a_server_that_is_not_there_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = evaluation(tmp_path / "evaluation", "z")
    argv = ["judge", str(folder), "--client", "openai", "-o", str(tmp_path / "out")]
    assert main(argv) == 2
    assert "needs the name of a model" in capsys.readouterr().err


@pytest.mark.slow
def test_an_evaluation_can_be_judged_at_once_and_shows_it(
    address: str, tiny_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, run = tmp_path / "rows.jsonl", tmp_path / "run"
    lines = [{"question": f"What is {n}?", "answer": f"It is {n} of {n * 7}."} for n in range(12)]
    rows.write_text("".join(json.dumps(line) + "\n" for line in lines))
    settings = ["--model", str(tiny_folder), "--max-steps", "1", "--set", "held_out=4"]
    assert main(["train", str(rows), "-o", str(run), *settings]) == 0
    argv = ["evaluate", str(run), "--max-tokens", "4", "--judge", "openai", "--judge-model", "wise"]
    assert main([*argv, "--judge-base-url", address]) == 0
    assert "wise judged 4 rows, each pair in both orders" in capsys.readouterr().out
    folder = run / "evaluation"
    record = json.loads((folder / "evaluation.json").read_text())
    assert record["sections"]["judge"]["data"] == {
        name: value
        for name, value in json.loads((folder / "judge.json").read_text()).items()
        if name not in {"settings", "rows_in_common", "rows_left_out"}
    }
    assert "The judge" in (folder / "page.html").read_text()
    assert "The judge" in (folder / "summary.md").read_text()
    assert main([*argv, "--judge-base-url", address]) == 0
    assert ", 0 of them sent now" in capsys.readouterr().out


@pytest.mark.slow
def test_a_recipe_can_name_the_judge(
    address: str, tiny_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for number, topic in enumerate(("travel", "leave", "laptops", "parking", "meals", "visas", "training", "badges")):
        text = f"Whoever asks about {topic} writes to the {topic} desk within {number + 2} days."
        (docs / f"{topic}.md").write_text(f"# {topic.capitalize()}\n\n{text}\n")
    recipe = tmp_path / "recipe.yaml"

    def judged(settings: str) -> str:
        recipe.write_text(
            "documents: [docs]\ngenerate: {strategy: template}\n"
            f"train: {{model: '{tiny_folder}', max_steps: 1, held_out: 3}}\n"
            f"evaluate: {{max_tokens: 4, judge: {{client: openai, model: wise, base_url: '{address}'{settings}}}}}\n"
        )
        assert main(["run", str(recipe), "-o", str(tmp_path / "out")]) == 0
        return capsys.readouterr().out

    assert "wise judged 3 rows" in judged("")
    assert "The judge" in (tmp_path / "out" / "evaluation" / "page.html").read_text()
    assert judged("").count("unchanged, reused") == 4
    again = judged(", max_rows: 2")
    assert again.count("unchanged, reused") == 3
    assert "wise judged 2 rows" in again
    assert ", 2 of them sent now" in again  # gold has another stranger; whatever else was paid for is kept


def test_the_cost_is_told_before_anything_is_asked_and_no_budget_is_overrun(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, prices = tmp_path / "out", tmp_path / "prices.yaml"
    prices.write_text("wise: {input: 1.0, output: 2.0}\n")
    folder = evaluation(tmp_path / "run" / "evaluation", "z")
    argv = ["judge", str(folder), "--client", "openai", "--model", "wise", "--base-url", address, "-o", str(out)]
    argv += ["--prices", str(prices)]
    assert main([*argv, "--max-requests", "5"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Judging: {5 * ROWS} requests to wise: about ")
    assert ", at most $0.0" in said.splitlines()[0]
    assert "Warning: the budget of 5 requests is spent: raise it and run it again" in said
    record = json.loads((out / "judge.json").read_text())
    assert (record["requests"], record["failed"]) == (5 * ROWS, 5 * ROWS - 5)
    assert main(argv) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Judging: {5 * ROWS - 5} requests to wise: ")
    assert "is spent" not in said
    assert json.loads((out / "judge.json").read_text())["failed"] == 0


def test_a_budget_in_dollars_needs_a_price(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("generate.spending.prices._is_near", lambda route: False)
    folder = evaluation(tmp_path / "run" / "evaluation", "z")
    argv = ["judge", str(folder), "--client", "openai", "--model", "wise", "--base-url", address]
    assert main([*argv, "-o", str(tmp_path / "out"), "--budget-usd", "1"]) == 2
    assert "no price is known for wise, so a budget in dollars cannot be kept" in capsys.readouterr().err
