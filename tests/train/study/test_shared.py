from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from schemas import InputError
from schemas.progress import silent
from train import Renderer, TrainConfig, read_rows
from train.run import Rows
from train.study.shared import Ablation, Shared, share

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

CONFIG = TrainConfig(seed=0, held_out=8)


@pytest.fixture
def shared(tokenizer: "PreTrainedTokenizerBase") -> Callable[..., Shared]:
    """Give the function that shares rows, and ablations of them."""

    def make(full: Rows, ablations: Sequence[Ablation] = (), *, config: TrainConfig = CONFIG) -> Shared:
        return share(full, ablations, Renderer(tokenizer), context=512, config=config, clusters=None, progress=silent)

    return make


def test_a_row_that_reads_otherwise_in_a_variant_is_held_out_there_too(
    shared: Callable[..., Shared], facts: pa.Table, table_of: Callable[..., pa.Table]
) -> None:
    raw = table_of([(f"WHAT?? number {number}", f"it's {number * 7}!!! {number}") for number in range(40)])
    full, unmended = read_rows(facts), Rows(raw, np.arange(1, 41), [])
    found = shared(full, [Ablation(stage="encoding", rows=unmended, dropped=0, changed=40)])
    held_out = {row.row for row in found.test}
    assert len(held_out) == 8
    assert {row.row for row in found.others[0]} == {row.row for row in found.train}
    assert not held_out & {row.row for row in found.others[0]}


def test_rows_of_a_given_split_that_hang_together_with_held_out_ones_are_not_trained(
    shared: Callable[..., Shared], facts: pa.Table
) -> None:
    table = pa.concat_tables([facts, facts.slice(0, 2)])
    split = pa.array(["test"] * 3 + ["train"] * 39)
    found = shared(read_rows(table.append_column("split", split)))
    assert [row.row for row in found.test] == [1, 2, 3]
    assert [row.row for row in found.train] == list(range(4, 41))
    assert any(warning.startswith("2 rows hang together with held-out ones") for warning in found.warnings)


def test_a_row_that_cannot_be_rendered_is_in_no_variant(
    shared: Callable[..., Shared], facts: pa.Table, table_of: Callable[..., pa.Table]
) -> None:
    found = shared(read_rows(pa.concat_tables([facts, table_of([("Why?", "")])])))
    assert found.checked.report.left_out == {"empty_answer": 1}
    assert len(found.train) + len(found.test) == 40


def test_the_same_seed_holds_the_same_rows_out_with_and_without_ablations(
    shared: Callable[..., Shared], facts: pa.Table
) -> None:
    full = read_rows(facts)
    alone = shared(full)
    beside = shared(full, [Ablation(stage="idle", rows=full, dropped=0, changed=0)])
    assert [row.row for row in alone.test] == [row.row for row in beside.test]


def test_nothing_held_out_is_refused(shared: Callable[..., Shared], facts: pa.Table) -> None:
    with pytest.raises(InputError, match="nothing to measure on"):
        shared(read_rows(facts), config=TrainConfig(seed=0, held_out=0))
