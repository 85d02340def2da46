from pathlib import Path

import pytest

from schemas.errors import InputError, OutputError
from schemas.locking import held

TAKEN = InputError("somebody is at work here")


def test_one_at_a_time_holds_a_file(tmp_path: Path) -> None:
    file = tmp_path / "made" / ".lock"
    with held(file, taken=TAKEN), pytest.raises(InputError, match="somebody"), held(file, taken=TAKEN):
        pass
    with held(file, taken=TAKEN):
        pass


def test_what_cannot_be_a_lock_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError), held(tmp_path, taken=TAKEN):
        pass
