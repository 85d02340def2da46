import importlib.util
import json
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from curate.diversity import Share, fragment, measure_diversity
from curate.diversity.measure import cover
from schemas.example import Example, Message, Source, examples_table


def table(documents: list[str]) -> pa.Table:
    things = ["whale", "engine", "poem", "tax", "bread"]
    return examples_table(
        [
            Example(
                messages=(
                    Message("user", f"Describe the {things[n % 5]} of {n}."),
                    Message("assistant", f"It is {n}."),
                ),
                source=Source(document=name, section="s", start=0, end=1, quote="x"),
            )
            for n, name in enumerate(documents)
        ]
    )


BEFORE = table(["a.md"] * 60 + ["b.md"] * 40)


def test_before_and_after_are_told_side_by_side() -> None:
    diversity = measure_diversity(BEFORE, BEFORE.slice(50, 30), seed=0)
    assert diversity.rows == (100, 30)
    assert diversity.paired == 30
    assert diversity.shares == {"document": [Share("a.md", 60, 10), Share("b.md", 40, 20)]}
    assert next((pair.verb, pair.noun, pair.before, pair.after) for pair in diversity.verbs) == (
        "describe", "bread", 20, 6,
    )  # fmt: skip
    assert diversity.kinds == (5, 5)
    assert diversity.coverage is not None
    assert diversity.coverage.touched <= diversity.coverage.topics == 8
    assert "topics touched" in diversity.text()
    json.dumps(diversity.summary())


def test_the_same_rows_have_the_same_diversity() -> None:
    diversity = measure_diversity(BEFORE, BEFORE, seed=4)
    assert diversity.distinct[0] == diversity.distinct[1]
    assert diversity.coverage is not None
    assert diversity.coverage.touched == diversity.coverage.topics
    assert diversity.vendi is not None
    assert diversity.vendi[0] == diversity.vendi[1]


def test_the_order_of_the_rows_does_not_matter() -> None:
    backwards = BEFORE.take(pa.array(range(99, -1, -1)))
    assert measure_diversity(BEFORE, BEFORE.slice(0, 9), seed=1) == measure_diversity(
        backwards, BEFORE.slice(0, 9), seed=1
    )


@pytest.mark.parametrize("rows", [0, 1])
def test_few_rows_are_no_error(rows: int) -> None:
    diversity = measure_diversity(BEFORE.slice(0, rows), BEFORE.slice(0, 0), seed=0)
    assert diversity.rows == (rows, 0)
    fragment(diversity)
    assert measure_diversity(BEFORE.slice(0, 0), BEFORE.slice(0, rows), seed=0).rows == (0, rows)


def test_the_piece_of_the_page_escapes_what_comes_from_rows() -> None:
    page = fragment(measure_diversity(table(["<script>x</script>"]), table(["b.md"]), seed=0))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<section") == page.count("</section>") == 1


def test_without_an_embedder_the_rest_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from curate.embedding.named import load_embedder
    from curate.embedding.static import bundled

    bundled.cache_clear()
    load_embedder.cache_clear()
    with monkeypatch.context() as without:
        without.setattr(importlib.util, "find_spec", lambda name, *more: None)
        diversity = measure_diversity(BEFORE, BEFORE, seed=0)
    assert diversity.coverage is None
    assert diversity.vendi is None
    assert "gristmill[semantic]" in fragment(diversity)


def test_topics_that_lost_their_rows_are_not_touched() -> None:
    axes = np.repeat(np.eye(8, dtype=np.float32), 10, axis=0)
    covered = cover(axes, axes[:30], seed=0)
    assert (covered.topics, covered.touched) == (8, 3)
    assert covered.largest == pytest.approx((1 / 8, 1 / 3))


def test_a_row_without_a_source_has_no_share(table_of: Callable[..., pa.Table]) -> None:
    assert measure_diversity(table_of([("a", "b")]), table_of([]), seed=0).shares == {}
