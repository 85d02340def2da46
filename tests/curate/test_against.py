import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from curate.against import Against
from curate.pipeline import Pipeline
from schemas.errors import InputError

TEXT = (
    "Travel costs are paid back within two weeks once the form is complete and signed by the lead of the team. "
    "Keep every receipt, for a claim without one is sent back to whoever made it and waits for the round that follows."
)
OTHER = (
    "The canteen opens at noon and closes at three. Whoever comes late finds bread, cheese and soup on the counter, "
    "and is asked to wash up before going back to the desk."
)


def old_file(folder: Path, rows: Sequence[tuple[str, ...]], name: str = "old.jsonl") -> tuple[str, ...]:
    keys = ("instruction", "output", "input")
    lines = [json.dumps(dict(zip(keys, row, strict=False))) for row in rows]
    (folder / name).write_text("\n".join(lines), encoding="utf-8")
    return (str(folder / name),)


def dropped(table: pa.Table, stage: Against) -> list[tuple[int, str, str]]:
    lines = Pipeline([stage]).table(table).decisions.to_pylist()
    return [(line["row"], line["reason"], line["evidence"]) for line in lines if line["action"] == "dropped"]


def test_what_the_other_set_has_goes_and_names_its_row(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    files = old_file(tmp_path, [("Lunch?", OTHER), ("When am I paid?", TEXT)])
    table = table_of(
        [
            ("when am i paid", TEXT.upper()),
            ("When am I paid?", TEXT.replace("complete", "ready")),
            ("Lunch?", TEXT),
            ("New?", "Yes."),
        ]
    )
    assert dropped(table, Against(files=files)) == [
        (1, "in_reference", "old.jsonl, row 2"),
        (2, "near_reference", "old.jsonl, row 2: ready → complete"),
    ]


def test_copies_within_the_set_are_left_alone(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    files = old_file(tmp_path, [("Lunch?", OTHER)])
    assert dropped(table_of([("q", TEXT), ("q", TEXT)]), Against(files=files)) == []


def test_the_most_similar_row_is_named(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    further = TEXT.replace("complete", "ready").replace("receipt", "bill")
    files = old_file(tmp_path, [("When am I paid?", further), ("When am I paid?", TEXT)])
    [(_, reason, evidence)] = dropped(table_of([("When am I paid?", TEXT + " Thanks.")]), Against(files=files))
    assert (reason, evidence) == ("near_reference", "old.jsonl, row 2: thanks → ∅")


def test_several_files_are_one_set(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    files = old_file(tmp_path, [("Lunch?", OTHER)], "a.jsonl") + old_file(tmp_path, [("Paid?", TEXT)], "b.jsonl")
    found = dropped(table_of([("Paid?", TEXT), ("Lunch?", OTHER)]), Against(files=files))
    assert [evidence for _, _, evidence in found] == ["b.jsonl, row 1", "a.jsonl, row 1"]


def test_one_view_alone_can_be_compared(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    files = old_file(tmp_path, [("Paid?", TEXT)])
    table = table_of([("Something else", TEXT)])
    assert dropped(table, Against(files=files)) == []
    assert len(dropped(table, Against(files=files, of="response"))) == 1


def test_a_placeholder_in_the_files_is_nothing(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    files = old_file(tmp_path, [("Paid?", TEXT, "<noinput>")])
    assert len(dropped(table_of([("Paid?", TEXT)]), Against(files=files))) == 1


def test_templated_facts_stay(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    fact = "The capital of {} can be found in any atlas on page {}."
    files = old_file(tmp_path, [("What is the capital of France?", fact.format("France", 12))])
    table = table_of([("What is the capital of Spain?", fact.format("Spain", 13))])
    assert dropped(table, Against(files=files)) == []


def test_the_order_of_the_rows_does_not_matter(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    rng = random.Random(2)
    words = (TEXT + " " + OTHER).split()
    old = [("Tell me", " ".join(rng.choices(words, k=25))) for _ in range(30)]
    new = [*old[:5], *(("Tell me", text.replace(" the ", " a ")) for _, text in old[5:15]), ("Tell me", TEXT)]
    files = old_file(tmp_path, old)
    mixed = rng.sample(range(len(new)), len(new))
    first = {new[row - 1]: rest for row, *rest in dropped(table_of(new), Against(files=files))}
    second = {
        new[mixed[row - 1]]: rest
        for row, *rest in dropped(table_of([new[place] for place in mixed]), Against(files=files))
    }
    assert first == second
    assert len(first) >= 5


def test_a_template_of_many_rows_is_compared_with_the_nearest(
    table_of: Callable[..., pa.Table], tmp_path: Path
) -> None:
    names = [first + second for first in "abcdefghijklmnop" for second in "bcdfghjklmnp"]
    old = [("Send the letter", f"{TEXT} Yours, {name * 2}") for name in names]
    files = old_file(tmp_path, old)
    found = dropped(table_of([("Send the letter", f"{TEXT} Yours, truly")]), Against(files=files))
    assert len(found) == 1


@pytest.mark.parametrize("texts", [[], [("", "")], [("q", "a")] * 3], ids=["none", "empty", "equal"])
def test_small_sets(table_of: Callable[..., pa.Table], tmp_path: Path, texts: list[tuple[str, str]]) -> None:
    files = old_file(tmp_path, [("Paid?", TEXT)])
    assert dropped(table_of(texts), Against(files=files)) == []


def test_unreadable_rows_of_the_files_raise_an_alarm(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    path = Path(old_file(tmp_path, [("Paid?", TEXT)])[0])
    path.write_text(path.read_text(encoding="utf-8") + '\n{"instruction": 5, "output": 6}\n', encoding="utf-8")
    report = Pipeline([Against(files=(str(path),))]).table(table_of([("q", "a")])).report
    assert [alarm[:7] for alarm in report.alarms] == ["1 rows "]


@pytest.mark.parametrize("settings", [{"files": ()}, {"of": "answer"}, {"threshold": 0.5}, {"threshold": 1.1}])
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Against(**{"files": ("old.jsonl",), **settings})
