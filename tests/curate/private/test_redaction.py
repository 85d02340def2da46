from collections.abc import Callable

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.pipeline import Pipeline
from curate.private import Redact
from curate.private.row import clean, places
from schemas.example import Example, Message, Source, examples_table

DATA = ["ann@firma.de", "59.187.84.127", "(212) 684-4700", "db-1.corp", "x", "Tel: ", "684-4700", "\n\n", " "]


def test_every_turn_and_the_context_get_marks_and_the_rest_stays(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("Who?\n\nann@firma.de rang", "Ann, ann@firma.de.", "ann@firma.de rang"), ("2 + 2?", "4")])
    result = Pipeline([Redact()]).table(table)
    first, second = result.kept.to_pylist()
    assert [turn["content"] for turn in first["messages"]] == ["Who?\n\n[EMAIL] rang", "Ann, [EMAIL]."]
    assert first["context"] == "[EMAIL] rang"
    assert second == table.to_pylist()[1]
    changed = result.decisions.to_pylist()[0]
    assert (changed["action"], changed["reason"]) == ("changed", "private_data_redacted")
    assert changed["evidence"] == "2 e-mail addresses"


def test_a_datum_is_marked_where_nothing_announces_it() -> None:
    turns = [{"role": "user", "content": "Phone: 684-4700"}, {"role": "assistant", "content": "So 684-4700 it is."}]
    cleaned = clean(turns, None)
    assert [turn["content"] for turn in cleaned.turns] == ["Phone: [PHONE]", "So [PHONE] it is."]
    assert cleaned.context is None
    assert cleaned.counts == {"phone": 2}


def test_a_quote_with_private_data_becomes_null_and_the_source_stays() -> None:
    source = Source(document="a.md", section="A", start=3, end=15, quote="ann@firma.de")
    table = examples_table([Example(messages=(Message("user", "q"), Message("assistant", "a")), source=source)])
    result = Pipeline([Redact()]).table(table)
    assert result.kept.to_pylist()[0]["source"] == {
        "document": "a.md", "section": "A", "start": 3, "end": 15, "quote": None,
    }  # fmt: skip
    assert result.decisions.to_pylist()[0]["evidence"] == "the source's quote taken out for 1 e-mail address"


def test_redacting_a_set_twice_changes_nothing_more(table_of: Callable[..., pa.Table]) -> None:
    once = Pipeline([Redact()]).table(table_of([("Ring (212) 684-4700", "ann@firma.de at db-1.corp", "59.187.84.127")]))
    twice = Pipeline([Redact()]).table(once.kept)
    assert twice.report.changed == 0
    assert twice.kept.equals(once.kept)


@settings(deadline=None)  # the first example loads or compiles
@given(st.lists(st.sampled_from(DATA), max_size=6), st.lists(st.sampled_from(DATA), max_size=6), st.booleans())
def test_a_cleaned_row_is_clean_and_its_context_stays_its_end(asked: list[str], given: list[str], tail: bool) -> None:
    context = "".join(given) or None
    question = "".join(asked) + (f"\n\n{context}" if tail and context else "")
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": "".join(asked[::-1])}]
    cleaned = clean(turns, context)
    again = clean(cleaned.turns, cleaned.context)
    assert again == (cleaned.turns, cleaned.context, {})
    assert not places(cleaned.turns, cleaned.context)
    assert (cleaned.context is None) == (context is None)
    if tail and cleaned.context:
        assert cleaned.turns[0]["content"].endswith(cleaned.context)
