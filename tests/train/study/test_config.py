from typing import Any

import pytest

from schemas import InputError
from train.study import StudyConfig
from train.study.config import share_name


def test_sizes_are_put_in_order_and_stand_once() -> None:
    config = StudyConfig(sizes=(100, 25, 50, 25.0), seeds=(3, 1, 3))
    assert list(config.sizes) == [25, 50, 100]
    assert list(config.seeds) == [3, 1]


def test_no_two_sizes_have_one_name() -> None:
    assert [share_name(size) for size in (25, 0.1, 0.14, 100.0)] == ["25 %", "0.1 %", "0.14 %", "100 %"]
    sizes = StudyConfig(sizes=(33.333333, 33.3333333, 33.33333333333333)).sizes
    assert len({share_name(size) for size in sizes}) == 3


@pytest.mark.parametrize(
    "settings",
    [
        {"sizes": ()}, {"sizes": (0,)}, {"sizes": (101,)}, {"sizes": (float("nan"),)}, {"seeds": ()},
        {"seeds": (0, -1)}, {"equal": "rows"}, {"max_tokens": 0},
    ],
    ids=["no size", "nothing", "more than all", "no number", "no seed", "below 0", "equal", "no answer"],
)  # fmt: skip
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        StudyConfig(**settings)
