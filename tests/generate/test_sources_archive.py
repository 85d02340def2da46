"""A zip is read as the folder that it was made of, and nothing in it reaches out of it or fills the memory."""

import stat
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from generate.corpus import File, Skip, list_files, read_corpus
from schemas import Document, InputError

FILES = {"b.md": "# B\n", "a/z.md": "z", "a/b/c.txt": "c", "Z.html": "<p>z</p>", "a/x.png": "x"}


def zipped(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def reasons(path: Path) -> dict[str, str]:
    """Give what was skipped, by its name inside the zip."""
    return {
        item.path.relative_to(path).as_posix(): item.reason for item in read_corpus([path]) if isinstance(item, Skip)
    }


def test_a_zip_gives_what_its_folder_gives(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "docs" / name).write_text(text)
    archive = zipped(tmp_path / "docs.zip", dict(reversed(FILES.items())))
    one, other = list(read_corpus([tmp_path / "docs"])), list(read_corpus([archive]))
    assert [item for item in one if isinstance(item, Document)] == [
        item for item in other if isinstance(item, Document)
    ]
    assert [item.reason for item in other if isinstance(item, Skip)] == ["unsupported"]


def test_names_that_lead_out_of_the_zip_are_refused(tmp_path: Path) -> None:
    names = ["../up.md", "/etc/root.md", "a/../../b.md", "C:\\x.md", "..\\win.md", "good.md"]
    archive = zipped(tmp_path / "x.zip", dict.fromkeys(names, "x"))
    found = Counter(item.reason if isinstance(item, Skip) else item.id for item in read_corpus([archive]))
    assert found == {"outside": 5, "good.md": 1}


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("a.md", "x")
    assert reasons(tmp_path / "x.zip") == {"link.md": "outside"}


def test_hidden_members_are_passed_over_and_a_zip_inside_is_named(tmp_path: Path) -> None:
    files = {"a.md": "x", ".git/x.md": "x", "__MACOSX/a.md": "x", "sub/.x.md": "x", "inner.zip": "x"}
    archive = zipped(tmp_path / "x.zip", files)
    assert reasons(archive) == {"inner.zip": "unsupported"}
    skip = next(item for item in list_files([archive]) if isinstance(item, Skip))
    assert "name it by itself" in skip.detail


def test_slashes_of_windows_and_names_in_utf_8_come_out_right(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "x.zip", {"Größe.md": "x", "a\\b.md": "x", "./c//d.md": "x"})
    raw = archive.read_bytes()
    said, left_out = (0x800).to_bytes(2, "little"), bytes(2)  # the flag that a name is in UTF-8
    assert raw.count(said) >= 2
    archive.write_bytes(raw.replace(said, left_out))
    assert [item.id for item in list_files([archive]) if isinstance(item, File)] == ["Größe.md", "a/b.md", "c/d.md"]


def test_two_members_of_one_name_are_read_once(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.md", "first")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.md", "second")
    first, second = read_corpus([tmp_path / "x.zip"])
    assert isinstance(first, Document)
    assert isinstance(second, Skip)
    assert (first.text, second.reason) == ("first", "repeated")


def test_a_large_member_is_not_unpacked(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "x.zip", {"a.md": "x", "bomb.md": " " * 60_000_000})
    assert archive.stat().st_size < 200_000
    assert reasons(archive) == {"bomb.md": "too_large"}


def test_a_member_that_is_longer_than_it_says_is_damaged(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "x.zip", {"a.md": "x", "b.md": "y" * 5_000})
    size = (5_000).to_bytes(4, "little")
    raw = archive.read_bytes()
    archive.write_bytes(raw.replace(size, (10).to_bytes(4, "little")))
    assert reasons(archive) == {"b.md": "damaged"}


def test_a_member_with_a_password_is_named(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "x.zip", {"a.md": "x", "b.md": "y"})
    raw = bytearray(archive.read_bytes())
    entry = raw.rfind(b"PK\x01\x02")
    raw[entry + 8] |= 1  # flags of the last entry of the directory
    archive.write_bytes(bytes(raw))
    assert reasons(archive) == {"b.md": "encrypted"}


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"hello" * 100], ids=["empty", "cut short", "text"])
def test_what_is_no_zip_is_an_error_that_says_so(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(raw)
    with pytest.raises(InputError, match="not a readable zip"):
        list(read_corpus([tmp_path / "x.zip"]))


def test_patterns_hold_inside_a_zip(tmp_path: Path) -> None:
    files = {"a.md": "x", "drafts/b.md": "x", "drafts/c/d.md": "x", "e.txt": "x", ".gristmillignore": "drafts/\n"}
    archive = zipped(tmp_path / "x.zip", files)
    *kept, left_out = list_files([archive], exclude=["*.txt"])
    assert [item.id for item in kept if isinstance(item, File)] == ["a.md"]
    assert isinstance(left_out, Skip)
    assert left_out.detail == "3 files left out by patterns (.gristmillignore 2, exclude 1)"
