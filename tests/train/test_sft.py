from pathlib import Path

import pytest

from schemas import InputError
from train import TrainConfig
from train.sft import settings


def test_a_place_to_report_to_that_is_not_there_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere is not installed, or nothing that a training can report to"):
        settings(TrainConfig(seed=0, sft={"report_to": ["nowhere"]}), tmp_path)
    assert settings(TrainConfig(seed=0, sft={"report_to": "none"}), tmp_path).report_to == []
