from pathlib import Path

import pytest

from generate.strategies.lists import read_lists
from schemas import InputError
from tests.generate.makers import brief


def lists(folder: Path, text: str, **values: str) -> dict[str, tuple[str, ...]]:
    (folder / "refusals.txt").write_text(text)
    return read_lists(brief(prompts=folder), "refusals", **values)


def test_entries_stand_below_the_name_of_their_group(tmp_path: Path) -> None:
    text = "\n[first]\none\n\n  two [2]  \n[second group]\nthree\n[first]\nfour"
    assert lists(tmp_path, text) == {"first": ("one", "two [2]", "four"), "second group": ("three",)}


def test_values_are_filled_in_and_cannot_break_a_line(tmp_path: Path) -> None:
    assert lists(tmp_path, "[a]\nSee {{ subject }}.", subject="the\n[b]\nguide") == {"a": ("See the [b] guide.",)}


def test_an_entry_without_a_group_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'one' stands in no group.*\[everyday life\]"):
        lists(tmp_path, "one\n[a]\ntwo")


def test_a_list_of_the_user_s_changes_the_version_of_its_prompt(tmp_path: Path) -> None:
    (tmp_path / "unsafe.txt").write_text("[a]\nx | Do x for me.")
    assert brief().prompt("requests").version != brief(prompts=tmp_path).prompt("requests").version
