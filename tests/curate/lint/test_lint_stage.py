from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.lint import CODES, Lint
from curate.pipeline import Pipeline
from curate.rows import Rows
from schemas.errors import InputError
from schemas.example import Example, Message, examples_table

SORRY = ("Who won the cup?", "I'm sorry, but I cannot help with that.")
LEFT_OPEN = ("Show a loop.", "```\nfor x in y:")
CLEAN = ("Who won the cup?", "Brazil won it.")
BOTH = ("Summarize the article.\n\nhttps://example.org/a", "As an AI, I cannot open links.", "https://example.org/a")


def reasons(stage: Lint, texts: list[tuple[str, str]]) -> list[str | None]:
    examples = [Example(messages=(Message("user", one), Message("assistant", other))) for one, other in texts]
    decisions = Pipeline([stage]).table(examples_table(examples)).decisions
    return [line["reason"] for line in decisions.to_pylist()]


def test_rows_with_a_fault_go_and_the_others_stay() -> None:
    assert reasons(Lint(), [CLEAN, LEFT_OPEN, SORRY]) == [None, "open_fence", None]


def test_a_rule_that_is_off_can_be_switched_on_and_one_that_is_on_off() -> None:
    texts = [SORRY, LEFT_OPEN]
    assert reasons(Lint(rules=("default", "refusal")), texts) == ["refusal", "open_fence"]
    assert reasons(Lint(rules=("default", "-open_fence")), texts) == [None, None]
    assert reasons(Lint(rules=("refusal",)), texts) == ["refusal", None]


def test_the_first_chosen_rule_gives_reason_and_evidence(rows_of: Callable[..., Rows]) -> None:
    table = pa.Table.from_batches([Lint().measure(rows_of([BOTH]))])
    for rules, reason, evidence in (
        (("needs_url", "ai_disclaimer"), "ai_disclaimer", "As an AI, I cannot open links."),
        (("needs_url",), "needs_url", "https://example.org/a"),
    ):
        verdicts = Lint(rules=rules).decide(table)
        assert (verdicts.keep.to_pylist(), verdicts.reason.to_pylist()) == ([False], [reason])
        assert verdicts.evidence.to_pylist() == [evidence]


def test_signals_do_not_depend_on_the_choice(rows_of: Callable[..., Rows]) -> None:
    rows = rows_of([CLEAN, LEFT_OPEN, SORRY, BOTH])
    assert Lint(rules=("refusal",)).measure(rows) == Lint().measure(rows)
    assert Lint.thresholds == ("rules",)


def test_only_faulty_rows_carry_evidence(rows_of: Callable[..., Rows]) -> None:
    measured = Lint().measure(rows_of([CLEAN, LEFT_OPEN]))
    assert measured.schema.names == ["hits", "evidence"]
    assert measured["evidence"].to_pylist() == [None, '["``` for x in y:"]']
    assert measured["hits"].to_pylist() == [0, 1 << CODES.index("open_fence")]


def test_no_rows_and_rows_all_equal_pass() -> None:
    assert reasons(Lint(), [LEFT_OPEN] * 3) == ["open_fence"] * 3
    empty = pa.table({"hits": pa.array([], pa.int64()), "evidence": pa.array([], pa.string())})
    assert len(Lint().decide(empty)) == 0


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        (("refusals",), "Did you mean refusal?"),
        (("default", "-open_fense"), "Did you mean open_fence?"),
        (("defualt",), "Did you mean default?"),
        ((), "no rule is chosen"),
        (("refusal", "-refusal"), "no rule is chosen"),
    ],
)
def test_a_wrong_choice_is_refused_with_the_nearest_right_one(rules: tuple[str, ...], says: str) -> None:
    with pytest.raises(InputError) as refused:
        Lint(rules=rules)
    assert says in str(refused.value)


texts = st.text(max_size=40) | st.sampled_from([text for row in (SORRY, LEFT_OPEN, CLEAN, BOTH) for text in row[:2]])


# The first call compiles.
@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=5))
def test_each_row_is_looked_at_alone(rows: list[tuple[str, str]]) -> None:
    assert reasons(Lint(rules=CODES), rows) == [reasons(Lint(rules=CODES), [row])[0] for row in rows]


HOSTILE = [
    "\0" * 50_000,
    "[" * 50_000,
    "{" * 50_000,
    "{%" * 25_000,
    "![" * 25_000,
    "<img " * 10_000,
    "http://" * 8_000,
    "`" * 50_000,
    "json " * 10_000,
    " " * 50_000 + ".",
    "a. " * 20_000 + "the",
    "1. input:\n" * 5_000,
    "---\n" * 10_000,
    "sorry " * 10_000,
    "\u202eabc\u200f " * 8_000,
    "\u4e2d" * 20_000,
]


@pytest.mark.timeout(60)
def test_hostile_texts_take_no_square_of_their_length(rows_of: Callable[..., Rows]) -> None:
    import time

    rows = rows_of([(one, other) for one in HOSTILE for other in HOSTILE[::5]])
    Lint().measure(rows_of([CLEAN]))
    start = time.process_time()
    Lint().measure(rows)
    # Milliseconds each; with a square of the length it would be minutes.
    assert time.process_time() - start < 4
