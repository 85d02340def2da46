import os
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


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="no folder is known in which nobody can make a file")
def test_a_folder_in_which_nobody_can_make_a_file_is_not_taken_for_held() -> None:
    with pytest.raises(OutputError, match="no file can be made there"), held(Path("/proc/self/.lock"), taken=TAKEN):
        pass


def test_a_file_that_is_not_to_stay_goes_and_holds_as_well(tmp_path: Path) -> None:
    file = tmp_path / ".lock"
    for _ in range(2):
        with held(file, taken=TAKEN, leave=False):
            assert file.exists()
            with pytest.raises(InputError, match="somebody"), held(file, taken=TAKEN, leave=False):
                pass
            assert file.exists()
        assert not file.exists()


def test_who_holds_it_is_said(tmp_path: Path) -> None:
    file = tmp_path / ".lock"
    file.write_text("what an earlier one left, and longer than a number\n")
    told = rf"somebody is at work here \(process {os.getpid()}\)"
    with held(file, taken=TAKEN), pytest.raises(InputError, match=told), held(file, taken=TAKEN):
        pass
