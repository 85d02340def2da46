from collections.abc import Callable

import pyarrow as pa

from curate.clusters import clusters

TEXT = (
    "Travel costs are paid back within two weeks once the form is complete and signed by the lead of the whole "
    "team of yours"
)


def test_copies_share_a_number_and_others_do_not() -> None:
    texts = ["apple", TEXT, "Apple!", TEXT.replace("complete", "ready"), "pear"]
    assert clusters(texts).tolist() == [0, 1, 0, 1, 2]


def test_a_table_is_clustered_by_both_sides(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("When?", TEXT), ("Who?", "Me"), ("when", TEXT + ".")])
    assert clusters(table).tolist() == [0, 1, 0]


def test_no_texts_have_no_clusters(table_of: Callable[..., pa.Table]) -> None:
    assert clusters([]).tolist() == []
    assert clusters(table_of([])).tolist() == []
