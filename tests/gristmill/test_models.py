from pathlib import Path

import pytest

from gristmill.models import model_folder
from schemas.errors import InputError


def test_a_run_stands_for_its_tuned_model(tmp_path: Path) -> None:
    (tmp_path / "training.json").write_text("{}")
    (tmp_path / "merged").mkdir()
    assert model_folder(str(tmp_path)) == str(tmp_path / "merged")


def test_a_run_without_a_tuned_model_says_so(tmp_path: Path) -> None:
    (tmp_path / "training.json").write_text("{}")
    with pytest.raises(InputError, match="no tuned model yet"):
        model_folder(str(tmp_path))


def test_a_folder_is_itself(tmp_path: Path) -> None:
    assert model_folder(str(tmp_path)) == str(tmp_path)


def test_a_name_with_a_slash_is_left_to_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert model_folder("org/name") == "org/name"


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all", "~/nowhere"])
def test_a_path_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(InputError, match="no such model folder"):
        model_folder(name)
