import pyarrow as pa

from curate.select.draw import by_lot


def test_the_order_of_the_rows_does_not_matter() -> None:
    ids = [f"id{n}" for n in range(50)]
    drawn = [ids[place] for place in by_lot(pa.array(ids), 3)]
    back = ids[::-1]
    assert [back[place] for place in by_lot(pa.array(back), 3)] == drawn
    assert sorted(drawn) == sorted(ids)


def test_another_seed_is_another_order() -> None:
    ids = pa.array([f"id{n}" for n in range(50)])
    assert by_lot(ids, 1).tolist() != by_lot(ids, 2).tolist()
    assert by_lot(ids, -1).tolist() != by_lot(ids, 1).tolist()


def test_no_rows_are_no_error() -> None:
    assert by_lot(pa.array([], pa.string()), 0).tolist() == []
