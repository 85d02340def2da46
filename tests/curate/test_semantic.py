import random
from collections.abc import Callable

import pyarrow as pa
import pytest

from curate.pipeline import Pipeline
from curate.rows import Rows, View
from curate.semantic import Semantic
from schemas.errors import InputError

COSTS = "how travel costs are paid back to the staff"
ANSWER = (
    "Travel costs are paid back within two weeks once the form is complete and signed by the lead of the team. "
    "Keep every receipt, for a claim without one is sent back to whoever made it and waits for the round that follows."
)
SAME = (
    "Keep every receipt: a claim that comes without one is sent back to whoever made it and waits for the following "
    "round. Once the form is complete and the lead of the team has signed it, travel costs are paid back "
    "within two weeks."
)


def contents(table: pa.Table) -> list[tuple[str, str]]:
    return sorted(tuple(turn["content"] for turn in row["messages"]) for row in table.to_pylist())


def test_a_paraphrase_goes_and_names_the_row_that_stays(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([(f"Explain {COSTS}.", ANSWER), (f"Please describe {COSTS}.", SAME), ("Who?", "Me.")])
    line = Pipeline([Semantic()]).table(table).decisions.to_pylist()[0]
    assert (line["action"], line["reason"], line["matched_row"]) == ("dropped", "semantic_duplicate", 2)
    assert line["score"] >= line["threshold"] == 0.82
    assert line["evidence"].startswith(
        "please describe how travel costs are paid back to the staff → keep every receipt"
    )


def test_templated_facts_stay(table_of: Callable[..., pa.Table]) -> None:
    facts = [(f"What is the capital of {name}?", f"See {name} in any atlas.") for name in ("France", "Spain", "Italy")]
    facts += [(f"What is {n} times 7?", f"{n} times 7 is {7 * n}.") for n in range(40)]
    assert Pipeline([Semantic(threshold=0.5)]).table(table_of(facts)).report.dropped == 0


def test_each_side_must_be_alike(table_of: Callable[..., pa.Table]) -> None:
    other = "Whales are mammals that live in the sea, breathe air and sing to each other over long distances at night."
    table = table_of([(f"Explain {COSTS}.", ANSWER), (f"Describe {COSTS}.", other)])
    assert Pipeline([Semantic()]).table(table).report.dropped == 0
    assert Pipeline([Semantic(of="instruction")]).table(table).report.dropped == 1


def test_the_kept_rows_do_not_depend_on_the_order(table_of: Callable[..., pa.Table]) -> None:
    rows = [
        (f"{verb} how {thing} are paid back to the staff.", f"{thing}: {text}")
        for verb in ("Explain", "Describe")
        for thing in ("hotels", "books")
        for text in (ANSWER, SAME, SAME + " Ask early.")
    ]
    kept = contents(Pipeline([Semantic()]).table(table_of(rows)).kept)
    assert len(kept) == 2
    for seed in range(4):
        shuffled = random.Random(seed).sample(rows, len(rows))
        assert contents(Pipeline([Semantic()]).table(table_of(shuffled), batch_rows=seed + 1).kept) == kept


@pytest.mark.parametrize(("of", "left"), [("whole", 2), ("instruction", 2), ("response", 2), ("context", 1)])
@pytest.mark.parametrize("copies", [1, 5], ids=["one row", "all equal"])
def test_one_of_equal_rows_stays(table_of: Callable[..., pa.Table], copies: int, of: View, left: int) -> None:
    table = table_of([("", "")] * copies + [("Why?", ANSWER)] * copies)
    assert Pipeline([Semantic(of=of)]).table(table).kept.num_rows == left


def test_no_rows_are_no_error(rows_of: Callable[..., Rows]) -> None:
    stage = Semantic()
    signals = pa.Table.from_batches([stage.measure(rows_of([]))])
    signals = signals.append_column("row", pa.array([], pa.int64())).append_column("id", pa.array([], pa.string()))
    assert not stage.candidates(signals).any()
    signals = signals.append_column("text", pa.array([], pa.large_string()))
    assert len(stage.decide(signals)) == 0


def test_hostile_texts_are_only_texts(table_of: Callable[..., pa.Table]) -> None:
    hostile = ["\x00", "مرحبا بالعالم", "北京是中国的首都", "👩‍👩‍👧", "a" * 100_000, "?!", "\n\n"]
    table = table_of([(text, text) for text in hostile])
    assert Pipeline([Semantic()]).table(table).kept.num_rows == len(hostile)


@pytest.mark.parametrize(
    ("settings", "word"),
    [({"of": "answer"}, "of is"), ({"threshold": 0.4}, "threshold"), ({"threshold": 1.1}, "threshold")],
)
def test_wrong_settings_are_refused(settings: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=word):
        Semantic(**settings)  # type: ignore[arg-type]  # wrong on purpose


def test_it_keeps_the_contract() -> None:
    assert Semantic.costly
    assert Semantic().by_text
    assert not Semantic(prefer=("a.md",)).by_text
    assert Semantic().fingerprint == Semantic(threshold=0.9).fingerprint
