import math
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pytest

from curate.pipeline import Pipeline
from curate.quality import Perplexity
from curate.rows import Rows
from schemas.errors import InputError
from schemas.example import Example, Message, examples_table


def scorer(prompts: Sequence[Sequence[Message]], responses: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two tokens each: 1 nat a token after the prompt; alone as many nats as the answer has words; long: no score."""
    size = len(responses)
    conditional = np.array([np.nan if len(text) > 50 else 2.0 for text in responses])
    return conditional, np.array([2.0 * len(text.split()) for text in responses]), np.full(size, 2)


def columns_of(rows: Rows) -> dict[str, list[float | None]]:
    stage = Perplexity(scorer=scorer)
    verdicts = stage.decide(pa.Table.from_batches([stage.measure(rows)]))
    assert verdicts.columns is not None
    return verdicts.columns.to_pydict()


def test_losses_become_perplexity_and_ifd(rows_of: Callable[..., Rows]) -> None:
    columns = columns_of(rows_of([("q", "one"), ("q", "one two three")]))
    assert columns["perplexity"] == pytest.approx([math.e, math.e])
    assert columns["ifd"] == pytest.approx([1, math.exp(1 - 3)])


def test_what_cannot_be_scored_is_null_and_stays(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("q", ""), ("q", "x" * 60), ("q", "one")])
    result = Pipeline([Perplexity(scorer=scorer, high=1.5)]).table(table)
    assert [line["reason"] for line in result.decisions.to_pylist()] == [None, None, "perplexity_too_high"]
    assert result.report.alarms == ("2 rows have no perplexity: no answer, or too long for the model",)


def test_each_limit_has_its_reason(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("q", "one"), ("q", "one two three")])
    for settings, reasons in (
        ({"low": 3.0}, ["perplexity_too_low"] * 2),
        ({"ifd_low": 0.5}, [None, "ifd_too_low"]),
        ({"ifd_high": 0.5}, ["ifd_too_high", None]),
    ):
        decisions = Pipeline([Perplexity(scorer=scorer, **settings)]).table(table).decisions.to_pylist()
        assert [line["reason"] for line in decisions] == reasons


def test_only_the_last_answer_is_scored() -> None:
    turns = [("system", "be kind"), ("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"), ("user", "e")]
    seen: list[tuple[list[Message], str]] = []

    def spy(
        prompts: Sequence[Sequence[Message]], responses: Sequence[str]
    ) -> tuple[list[float], list[float], list[int]]:
        seen.extend((list(prompt), response) for prompt, response in zip(prompts, responses, strict=True))
        return [1.0], [1.0], [1]

    table = examples_table([Example(messages=tuple(Message(*turn) for turn in turns))])
    Pipeline([Perplexity(scorer=spy)]).table(table)
    assert seen == [([Message(*turn) for turn in turns[:4]], "d")]


def test_signals_are_kept_only_where_the_scorer_can_be_told() -> None:
    assert not Perplexity(scorer=scorer).by_text

    class Named:
        fingerprint = "model@123"
        __call__ = staticmethod(scorer)

    stage = Perplexity(scorer=Named())
    assert stage.by_text
    assert stage.fingerprint == "model@123"


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(InputError, match="low is 2"):
        Perplexity(scorer=scorer, low=2, high=1)
    with pytest.raises(InputError, match="cannot be called"):
        Perplexity(scorer="model")  # type: ignore[arg-type]  # wrong on purpose


def test_no_rows_are_no_error(rows_of: Callable[..., Rows]) -> None:
    assert columns_of(rows_of([])) == {"perplexity": [], "ifd": []}
