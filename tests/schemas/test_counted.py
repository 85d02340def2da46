import pytest

from schemas.counted import counted


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 rows are left"), (1, "1 row is left"), (2, "2 rows are left"), (1200, "1,200 rows are left")],
)
def test_one_is_no_plural(count: int, said: str) -> None:
    assert f"{counted(count, 'row', 'are', one='is')} left" == said
    assert said.startswith(counted(count, "row"))
