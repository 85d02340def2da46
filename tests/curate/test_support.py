from collections.abc import Callable

import pyarrow as pa
import pytest

from curate.pipeline import Pipeline
from curate.rows import Rows
from curate.support import Support
from schemas.errors import InputError
from schemas.example import Example, Message, Source, examples_table

PASSAGE = (
    "The northern harbour closes on Sundays from 1936 on, and ferries leave the western pier every morning at nine."
)
TRUE = "Every morning ferries leave from the western pier of the northern harbour."
FALSE = "Customers receive their monthly invoice electronically within several business days."
YEAR = "The northern harbour closes on Sundays since 1999."


def table(*answers: str, quote: str = PASSAGE) -> pa.Table:
    source = Source(document="a.md", section="A", start=0, end=len(quote), quote=quote)
    return examples_table(
        [
            Example(messages=(Message("user", "Tell me more."), Message("assistant", say)), source=source)
            for say in answers
        ]
    )


def test_an_answer_from_elsewhere_goes_and_the_true_one_stays() -> None:
    lines = Pipeline([Support()]).table(table(TRUE, FALSE)).decisions.to_pylist()
    assert [line["reason"] for line in lines] == [None, "unsupported_words"]
    assert lines[1]["evidence"] == "0 of 10 words of the answer stand in the source"
    assert (lines[1]["score"], lines[1]["threshold"]) == (0.0, 0.25)


def test_a_number_from_nowhere_goes_if_asked() -> None:
    assert Pipeline([Support()]).table(table(YEAR)).kept.num_rows == 1
    lines = Pipeline([Support(numbers=0.5)]).table(table(YEAR)).decisions.to_pylist()
    assert lines[0]["reason"] == "unsupported_numbers"
    assert lines[0]["evidence"] == "0 of 1 numbers of the answer stand in the source"


def test_short_answers_and_rows_without_a_source_stay() -> None:
    assert Pipeline([Support()]).table(table("Certainly not today.", "")).kept.num_rows == 2
    assert Pipeline([Support()]).table(table(FALSE, quote="")).kept.num_rows == 1


def test_a_context_is_a_source_only_if_asked(table_of: Callable[..., pa.Table]) -> None:
    rows = table_of([("Tell me more.", FALSE, PASSAGE)])
    assert Pipeline([Support()]).table(rows).kept.num_rows == 1
    assert Pipeline([Support(of="context")]).table(rows).kept.num_rows == 0


def test_the_settings_do_not_change_the_measure(rows_of: Callable[..., Rows]) -> None:
    rows = rows_of([("q", FALSE, PASSAGE), ("q", "a")])
    assert Support(of="context", least=0.9, numbers=1, words=1).measure(rows).equals(Support().measure(rows))


def test_no_rows_are_no_problem(rows_of: Callable[..., Rows]) -> None:
    assert len(Support().decide(pa.Table.from_batches([Support().measure(rows_of([]))]))) == 0


@pytest.mark.parametrize("settings", [{"of": "prompt"}, {"least": 2.0}, {"numbers": -1.0}, {"words": 0}], ids=str)
def test_wrong_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Support(**settings)  # type: ignore[arg-type]  # the point
