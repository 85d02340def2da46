import random
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.near import Near
from curate.pipeline import Pipeline
from schemas.errors import InputError
from schemas.example import Example, Message, examples_table

TEXT = (
    "Travel costs are paid back within two weeks once the form is complete and signed by the lead of the team. "
    "Keep every receipt, for a claim without one is sent back to whoever made it and waits for the round that follows."
)
WORDS = [
    f"{first}{second}{third}"
    for first in ("ba", "cor", "dim", "fle")
    for second in ("ran", "tol", "vis")
    for third in ("o", "ek", "um", "a")
]


def contents(table: pa.Table) -> list[tuple[str, str]]:
    return sorted(tuple(turn["content"] for turn in row["messages"]) for row in table.to_pylist())


def paragraph(rng: random.Random, words: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(words))


def test_a_near_copy_goes_and_names_the_row_that_stays(table_of: Callable[..., pa.Table]) -> None:
    table = table_of(
        [("When am I paid back?", TEXT), ("When am I paid back?", TEXT.replace("complete", "ready")), ("Who?", "Me.")]
    )
    result = Pipeline([Near()]).table(table)
    line = result.decisions.to_pylist()[1]
    assert (line["action"], line["reason"], line["matched_row"]) == ("dropped", "near_duplicate", 1)
    assert line["score"] >= line["threshold"] == 0.88
    assert line["evidence"] == "ready → complete"


def test_the_longest_answer_stays(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("When?", TEXT), ("When?", TEXT + " Ask early.")])
    assert contents(Pipeline([Near()]).table(table).kept) == [("When?", TEXT + " Ask early.")]


def test_templated_facts_stay(table_of: Callable[..., pa.Table]) -> None:
    countries = ["France", "Spain", "Italy", "Poland", "Norway", "Peru", "Chile", "Kenya"]
    facts = [
        (f"What is the capital of {name}?", f"The capital of {name} can be found in any atlas.") for name in countries
    ]
    facts += [(f"What is {n} times 7?", f"{n} times 7 is {7 * n}.") for n in range(40)]
    assert Pipeline([Near()]).table(table_of(facts)).report.dropped == 0


def test_tiny_rows_go_only_if_they_are_equal(table_of: Callable[..., pa.Table]) -> None:
    tiny = [(word, word[::-1]) for word in WORDS] + [
        ("Ba!", "rano"),
        ("ba", "rano."),
        ("Yes?", "No."),
        ("Yes?", "Yes."),
    ]
    result = Pipeline([Near()]).table(table_of(tiny))
    assert [line["reason"] for line in result.dropped.to_pylist()] == ["exact_duplicate"]


def test_stars_do_not_chain() -> None:
    rng = random.Random(5)
    words = [rng.choice(WORDS) + str(place) * 0 for place in range(60)]
    chain = []
    for step in range(6):
        chain.append(" ".join(words))
        for place in range(step * 5, step * 5 + 5):
            words[place] = "changed" + "abcdefghijklmnopqrstuvwxyz"[place % 26] * 3
    examples = [Example(messages=(Message("user", "Tell me all of it"), Message("assistant", text))) for text in chain]
    result = Pipeline([Near(threshold=0.9)]).table(examples_table(examples))
    kept = {line["row"] for line in result.decisions.to_pylist() if line["action"] == "kept"}
    drops = [line for line in result.decisions.to_pylist() if line["action"] == "dropped"]
    assert 1 < len(kept) < 6
    assert all(line["matched_row"] in kept and line["score"] >= 0.9 for line in drops)


def golden() -> tuple[list[tuple[str, str, str]], dict[str, int]]:
    """Make rows with copies of known kinds: (kind, instruction, response), and how many of each kind."""
    rng = random.Random(11)
    rows = [("base", paragraph(rng, 8), paragraph(rng, 45)) for _ in range(150)]
    rows += [
        ("fact", f"What was the {noun} of {name}?", f"The {noun} of {name} stands in the yearbook.")
        for noun in WORDS[:6]
        for name in WORDS[6:16]
    ]
    for place in range(40):
        _, question, answer = rows[place]
        rows.append(("copy", question.upper() + "!", answer.replace(" ", "  ") + "."))
    for kind, edits, start in (("five", 3, 40), ("ten", 5, 80)):
        for place in range(start, start + 40):
            _, question, answer = rows[place]
            words = answer.split()
            for spot in rng.sample(range(len(words)), edits):
                words[spot] = rng.choice(["window", "yellow", "carpet", "river", "honest"]) + rng.choice(
                    ["", "ly", "less"]
                )
            rows.append((kind, question, " ".join(words)))
    return rows, {"copy": 40, "five": 40, "ten": 40}


def test_the_golden_table() -> None:
    rows, planted = golden()
    order = random.Random(3).sample(range(len(rows)), len(rows))
    examples = [Example(messages=(Message("user", rows[i][1]), Message("assistant", rows[i][2]))) for i in order]
    result = Pipeline([Near()]).table(examples_table(examples))
    found = dict.fromkeys(planted, 0)
    for line in result.decisions.to_pylist():
        if line["action"] == "dropped":
            kinds = {rows[order[line["row"] - 1]][0], rows[order[line["matched_row"] - 1]][0]} - {"base"}
            assert len(kinds) == 1
            found[kinds.pop()] += 1
    assert found["copy"] == 40
    assert found["five"] == 40
    assert found["ten"] >= 38


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=24), st.randoms(use_true_random=False))
def test_what_stays_does_not_depend_on_the_order(choices: list[tuple[int, int]], rng: random.Random) -> None:
    words = TEXT.split()
    texts = []
    for base, edit in choices:
        own = [f"{word}{'abcdef'[base]}" for word in words]
        own[edit] = "banana" * (edit + 1)
        texts.append(" ".join(own))
    examples = [Example(messages=(Message("user", "Tell me"), Message("assistant", text))) for text in texts]
    mixed = rng.sample(examples, len(examples))
    one, two = (Pipeline([Near()]).table(examples_table(each)) for each in (examples, mixed))
    assert contents(one.kept) == contents(two.kept)
    again = Pipeline([Near()]).table(one.kept)
    assert again.report.dropped == 0


def test_a_crowd_of_copies_raises_an_alarm(table_of: Callable[..., pa.Table]) -> None:
    rows = [("Tell me", f"{TEXT} {'x' * place}") for place in range(60)]
    report = Pipeline([Near()]).table(table_of(rows)).report
    assert report.kept == 1
    assert len(report.alarms) == 1
    assert "60 rows (100%) repeat row 60" in report.alarms[0]


@pytest.mark.parametrize(
    "texts", [[], [("q", "a")], [("q", "a")] * 50, [("", "")] * 3], ids=["none", "one", "equal", "empty"]
)
def test_small_sets(table_of: Callable[..., pa.Table], texts: list[tuple[str, str]]) -> None:
    assert Pipeline([Near()]).table(table_of(texts)).report.kept == len(set(texts))


@pytest.mark.parametrize("settings", [{"threshold": 0.5}, {"threshold": 1.1}, {"of": "answer"}])
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Near(**settings)
