import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from curate.decontaminate import Decontaminate
from curate.pipeline import Pipeline
from curate.rows import Rows
from schemas.errors import InputError

LONG = "Name the three colours that a painter must mix with white to paint a sky at noon in the far north of Norway."
MIDDLE = "Which bird lays its eggs in the nests of others?"
SHORT = "Who wrote Faust?"
FILL = "A river ran through the town and nobody knew where it came from. "


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "exam.jsonl"
    lines = [json.dumps({"question": text, "answer": "secret"}) for text in (LONG, MIDDLE, SHORT)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def lines_of(table: pa.Table, stage: Decontaminate) -> list[tuple[str | None, str | None]]:
    lines = Pipeline([stage]).table(table).decisions.to_pylist()
    return [(line["reason"], line["evidence"]) for line in lines]


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ((LONG, "a"), "evaluation_prompt"),
        ((LONG.upper().replace(" ", "  "), "a"), "evaluation_prompt"),
        (("Tell me a story", FILL + LONG + FILL), "evaluation_prompt"),
        (("Tell me", FILL + "a painter must mix with white to paint a sky at noon in Rome"), "evaluation_ngram"),
        ((LONG.replace("painter", "artist").replace("noon", "dawn"), "a"), "evaluation_fuzzy"),
        (("Tell me", FILL + MIDDLE + FILL), "evaluation_prompt"),
        ((SHORT.lower(), "Goethe"), "evaluation_prompt"),
        (("Who was Goethe?", "The man who wrote Faust."), None),
        (("Tell me", FILL + "Somebody asked: who wrote Faust? " + FILL), None),
        (("Which bird lays its eggs in the sands of others?", "None"), None),
        (("Tell me", FILL), None),
        (("", ""), None),
    ],
    ids=[
        "exact", "other clothes", "embedded", "a run of it", "other words", "a middle one embedded", "a short one",
        "a short one in the answer", "a short one in a text", "a word for another", "nothing", "empty",
    ],
)  # fmt: skip
def test_prompts_are_looked_for_by_their_length(
    table_of: Callable[..., pa.Table], questions: Path, texts: tuple[str, str], reason: str | None
) -> None:
    [(found, evidence)] = lines_of(table_of([texts]), Decontaminate(files=(str(questions),)))
    assert found == reason
    assert evidence is None or evidence.startswith("exam.jsonl, row ")


def test_the_evidence_names_file_row_and_span(table_of: Callable[..., pa.Table], questions: Path) -> None:
    table = table_of([("Tell me", FILL + MIDDLE)])
    [(_, evidence)] = lines_of(table, Decontaminate(files=(str(questions),)))
    assert evidence == "exam.jsonl, row 2: which bird lays its eggs in the nests of others"


def test_the_answers_of_the_evaluation_are_not_looked_for(table_of: Callable[..., pa.Table], questions: Path) -> None:
    assert lines_of(table_of([("secret", "secret")]), Decontaminate(files=(str(questions),))) == [(None, None)]


def test_fuzzy_can_be_switched_off(table_of: Callable[..., pa.Table], questions: Path) -> None:
    table = table_of([(LONG.replace("painter", "artist").replace("noon", "dawn"), "a")])
    assert lines_of(table, Decontaminate(files=(str(questions),), fuzzy=None)) == [(None, None)]


def test_a_smaller_n_finds_shorter_runs(table_of: Callable[..., pa.Table], questions: Path) -> None:
    table = table_of([("Tell me", FILL + "they mix with white to paint a sky as they please")])
    assert lines_of(table, Decontaminate(files=(str(questions),))) == [(None, None)]
    [(reason, _)] = lines_of(table, Decontaminate(files=(str(questions),), n=6))
    assert reason == "evaluation_ngram"


def test_runs_that_many_prompts_share_do_not_count(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    frame = "Read the passage below with care and then choose the one answer that fits it best of all: "
    words = [f"{first}{second}ing" for first in "bcdfgh" for second in ("ar", "el")]
    (tmp_path / "exam.txt").write_text("\n".join(frame + word for word in words), encoding="utf-8")
    stage = Decontaminate(files=(str(tmp_path / "exam.txt"),), fuzzy=None)
    result = Pipeline([stage]).table(table_of([(frame + "walking", "a")]))
    assert result.report.dropped == 0


def test_prompts_of_many_copied_words_raise_an_alarm(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    text = "one two three four five six seven eight nine ten eleven twelve thirteen"
    lines = [f"{word} {text} {word}" for word in "abcdefghijkl"]
    (tmp_path / "exam.txt").write_text("\n".join([*lines, text]), encoding="utf-8")
    stage = Decontaminate(files=(str(tmp_path / "exam.txt"),))
    report = Pipeline([stage]).table(table_of([("q", "a")])).report
    assert len(report.alarms) == 1
    assert report.alarms[0].startswith("1 evaluation prompts hold nothing but words")


def test_chinese_prompts_are_found_within_texts(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    prompt = "请解释为什么天空在中午看起来是蓝色的"
    (tmp_path / "exam.txt").write_text(prompt, encoding="utf-8")
    table = table_of([("说吧", f"有人问{prompt}然后走了"), ("说吧", "天空是蓝色的")])
    found = lines_of(table, Decontaminate(files=(str(tmp_path / "exam.txt"),)))
    assert [reason for reason, _ in found] == ["evaluation_prompt", None]


def test_signals_do_not_depend_on_batches(rows_of: Callable[..., Rows], questions: Path) -> None:
    rng = random.Random(4)
    words = (LONG + " " + MIDDLE + " " + FILL).split()
    texts = [(" ".join(rng.choices(words, k=6)), " ".join(rng.choices(words, k=30)) + LONG[:60]) for _ in range(40)]
    stage = Decontaminate(files=(str(questions),))
    whole = stage.measure(rows_of(texts))
    parts = [stage.measure(rows_of(texts[start : start + 7])) for start in range(0, 40, 7)]
    assert pa.Table.from_batches([whole]).equals(pa.Table.from_batches(parts).combine_chunks())


def test_no_rows_are_no_error(table_of: Callable[..., pa.Table], questions: Path) -> None:
    assert lines_of(table_of([]), Decontaminate(files=(str(questions),))) == []


def test_the_fingerprint_follows_the_files(questions: Path) -> None:
    stage = Decontaminate(files=(str(questions),))
    before = stage.fingerprint
    questions.write_text(json.dumps({"question": "Another?", "answer": "x"}), encoding="utf-8")
    assert stage.fingerprint != before


@pytest.mark.parametrize(
    "settings",
    [{"files": ()}, {"of": "answer"}, {"n": 4}, {"fuzzy": 0.5}, {"fuzzy": 1.1}],
    ids=["no files", "view", "n", "low", "high"],
)
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Decontaminate(**{"files": ("exam.jsonl",), **settings})
