"""The harness on the tiny model, with tasks of our own: no network is needed."""

import json
from pathlib import Path

import pytest

from schemas import InputError
from train.harness import BenchConfig, BenchReport, Contestant, bench, of_run
from train.harness import run as running

pytest.importorskip("lm_eval", reason="the extra `bench` is not installed")

YAML = """\
task: own_yaml
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}}}, cache_dir: {cache}}}
test_split: test
output_type: multiple_choice
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{answer}}}}"
doc_to_choice: "{{{{choices}}}}"
metric_list: [{{metric: acc, aggregation: mean, higher_is_better: true}}]
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a file of choices, one of answers, and a folder of tasks in YAML."""
    folder = tmp_path_factory.mktemp("tasks")
    choices = [{"question": f"What is {n} + 1?", "choices": [str(n + 1), "a fish"], "answer": 0} for n in range(5)]
    answers = [{"question": f"What is {n}?", "answer": f"It is {n}."} for n in range(3)]
    for name, rows in (("sums", choices), ("facts", answers)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "yaml").mkdir()
    (folder / "yaml" / "own.yaml").write_text(YAML.format(data=folder / "sums.jsonl", cache=folder))
    return folder


def config_of(files: Path) -> BenchConfig:
    data = (files / "sums.jsonl", files / "facts.jsonl")
    return BenchConfig(seed=0, tasks=("own_yaml",), data=data, include_path=files / "yaml", max_tokens=4)


@pytest.fixture(scope="module")
def outcome(tiny_run: Path, files: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[BenchReport, Path]:
    out = tmp_path_factory.mktemp("bench")
    return bench(of_run(tiny_run), out, config=config_of(files)), out


@pytest.mark.slow
def test_base_and_tuned_are_compared_on_every_task(outcome: tuple[BenchReport, Path]) -> None:
    report, out = outcome
    assert [(line.task, line.measure) for line in report.lines] == [
        ("own_yaml", "acc"),
        ("sums", "acc"),
        ("sums", "acc_norm"),
        ("facts", "f1"),
        ("facts", "rouge_l"),
        ("facts", "exact_match"),
    ]
    assert [line.rows for line in report.lines] == [5, 5, 5, 3, 3, 3]
    assert all(line.differences[1] is not None for line in report.lines)
    assert report.notes == ()
    assert report.lines[0].scores == report.lines[1].scores  # the same rows, as YAML and as a file
    assert json.loads((out / "bench.json").read_text())["models"] == ["base", "tuned"]


@pytest.mark.slow
def test_what_is_there_is_not_run_again(
    outcome: tuple[BenchReport, Path], tiny_run: Path, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, out = outcome

    def loads_nothing(*args: object, **settings: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr(running, "open_model", loads_nothing)
    again = bench(of_run(tiny_run), out, config=config_of(files))
    assert again.summary() == report.summary()
    assert again.reused == (6, 6)


@pytest.mark.slow
def test_the_template_is_used_unless_told_otherwise(tiny_folder: Path, files: Path, tmp_path: Path) -> None:
    model = Contestant("tiny", tiny_folder, tiny_folder)
    config = BenchConfig(seed=0, data=(files / "sums.jsonl",), limit=2)
    chat = bench([model], tmp_path, config=config)
    bare = bench([model], tmp_path, config=BenchConfig(seed=0, data=config.data, limit=2, chat_template=False))
    prompts = {json.loads(path.read_text())["prompts"] for path in (tmp_path / "results").iterdir()}
    assert len(prompts) == 2
    assert chat.lines[0].rows == bare.lines[0].rows == 2
    assert "at most 2 rows" in chat.notes[0]


@pytest.mark.slow
def test_rows_without_an_answer_are_counted(tiny_folder: Path, tmp_path: Path) -> None:
    rows = [{"question": "Why?", "answer": "So."}, {"question": "How?", "answer": ""}]
    (tmp_path / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    config = BenchConfig(seed=0, data=(tmp_path / "mine.jsonl",), max_tokens=2)
    report = bench([Contestant("tiny", tiny_folder, tiny_folder)], tmp_path / "out", config=config)
    assert report.lines[0].rows == 1
    left_out = json.loads((tmp_path / "out" / "bench.json").read_text())["left_out"]
    assert left_out == [{"task": "mine", "reason": "no_answer", "rows": 1, "first": [2]}]


def test_an_unknown_task_is_told_before_a_model_is_loaded(tiny_folder: Path, files: Path, tmp_path: Path) -> None:
    model = Contestant("tiny", tiny_folder, tiny_folder)
    names = ["arc_easy", "own_yaml"]

    class Manager:
        all_tasks = names

        def load(self, wanted: list[str]) -> None:
            raise ConnectionError("Couldn't reach 'allenai/ai2_arc' on the Hub (LocalEntryNotFoundError)")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lm_eval.tasks.TaskManager", lambda **_: Manager())
        with pytest.raises(InputError, match=r"there is no task 'arc_esay'\. Did you mean arc_easy"):
            bench([model], tmp_path, config=BenchConfig(seed=0, tasks=("arc_esay",)))
        with pytest.raises(InputError, match=r"task arc_easy: its data cannot be had .*where there is a network"):
            bench([model], tmp_path, config=BenchConfig(seed=0, tasks=("arc_easy",)))


def test_wrong_settings_are_told(tiny_folder: Path, files: Path, tmp_path: Path) -> None:
    model = Contestant("tiny", tiny_folder, tiny_folder)
    with pytest.raises(InputError, match="no task is named"):
        BenchConfig(seed=0)
    with pytest.raises(InputError, match="limit = 0 is below 1"):
        BenchConfig(seed=0, tasks=("x",), limit=0)
    with pytest.raises(InputError, match="two tasks are called sums"):
        bench([model], tmp_path, config=BenchConfig(seed=0, tasks=("sums",), data=(files / "sums.jsonl",)))
    with pytest.raises(InputError, match="no such folder of tasks"):
        bench([model], tmp_path, config=BenchConfig(seed=0, tasks=("x",), include_path=files / "nowhere"))
