"""Every file of a corpus comes as a document or as a named skip, and no file stops a run."""

import os
import sys
from pathlib import Path
from typing import Self

import pytest

from generate.corpus import File, Skip, list_files, read_corpus
from schemas import Document, InputError


def fill(root: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        path = root / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def ids(*paths: Path) -> list[str]:
    return [item.id for item in read_corpus(paths) if isinstance(item, Document)]


def reasons(*paths: Path) -> dict[str, str]:
    return {item.path.name: item.reason for item in read_corpus(paths) if isinstance(item, Skip)}


def test_a_folder_is_walked_in_order(tmp_path: Path) -> None:
    fill(tmp_path, b_md="x", a__z_md="x", a__b__c_txt="x", Z_md="x")
    assert ids(tmp_path) == ["Z.md", "a/b/c.txt", "a/z.md", "b.md"]


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    fill(tmp_path, a_md="x")
    for hidden in (".git/x.md", ".x.md", "node_modules/x.md", "sub/.ipynb_checkpoints/x.md"):
        (tmp_path / hidden).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / hidden).write_text("x")
    assert ids(tmp_path) == ["a.md"]
    assert reasons(tmp_path) == {}


def test_a_single_file_has_its_name_as_id(tmp_path: Path) -> None:
    fill(tmp_path, sub__a_md="x")
    assert ids(tmp_path / "sub" / "a.md") == ["a.md"]


def test_equal_ids_are_told_apart_by_the_folder(tmp_path: Path) -> None:
    fill(tmp_path, one__a_md="x", two__a_md="y", two__b_md="z")
    assert ids(tmp_path / "one", tmp_path / "two") == ["one/a.md", "two/a.md", "b.md"]


def test_equal_ids_in_folders_of_one_name_are_told_apart_too(tmp_path: Path) -> None:
    fill(tmp_path, x__docs__a_md="x", y__docs__a_md="y", z__docs__a_md="z")
    roots = [tmp_path / name / "docs" for name in "xyz"]
    assert ids(*roots) == ["docs/a.md", "2/docs/a.md", "3/docs/a.md"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    fill(tmp_path, a_md="x", b_md="y")
    assert ids(tmp_path, tmp_path / "a.md") == ["a.md", "b.md"]
    assert reasons(tmp_path, tmp_path / "a.md") == {"a.md": "repeated"}


def test_what_cannot_be_read_is_a_skip_in_its_place(tmp_path: Path) -> None:
    fill(
        tmp_path,
        a_md="x",
        b_png=b"\x89PNG",
        c_md="",
        d_md=b"\x00\x01",
        e_pdf=b"no",
        f_docx=b"no",
        g_ipynb="no",
        h_md="y",
    )
    items = list(read_corpus([tmp_path]))
    assert [item.id if isinstance(item, Document) else item.reason for item in items] == [
        "a.md",
        "unsupported",
        "empty",
        "binary",
        "damaged",
        "damaged",
        "damaged",
        "h.md",
    ]


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    fill(tmp_path, a_md="x")
    with (tmp_path / "b.md").open("wb") as large:
        large.truncate(200_000_000)
    assert reasons(tmp_path) == {"b.md": "too_large"}


def test_links_are_followed_inside_the_folder_only(tmp_path: Path) -> None:
    fill(tmp_path, docs__a_md="x", outside__secret_md="y")
    docs = tmp_path / "docs"
    (docs / "b.md").symlink_to(tmp_path / "outside" / "secret.md")
    (docs / "c").symlink_to(tmp_path / "outside")
    (docs / "d.md").symlink_to("a.md")
    (docs / "loop").symlink_to(".")
    (docs / "itself").symlink_to("itself")
    (docs / "nowhere.md").symlink_to("missing.md")
    assert ids(docs) == ["a.md"]
    assert reasons(docs) == {
        "b.md": "outside",
        "c": "outside",
        "d.md": "repeated",
        "itself": "unreadable",
        "nowhere.md": "unreadable",
    }


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not bind here")
def test_a_file_without_permission_is_a_skip(tmp_path: Path) -> None:
    fill(tmp_path, a_md="x", b_md="x")
    (tmp_path / "b.md").chmod(0)
    assert reasons(tmp_path) == {"b.md": "unreadable"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    fill(tmp_path, a_md="x")
    os.mkfifo(tmp_path / "b.md")
    assert reasons(tmp_path) == {"b.md": "unsupported"}


@pytest.mark.skipif(sys.platform != "linux", reason="such names exist on Linux only")
def test_a_name_that_is_no_text_still_gives_an_id(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.md"))).write_text("x")
    assert ids(tmp_path) == ["\\xff.md"]


def test_a_missing_path_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing.*no such file"):
        read_corpus([tmp_path / "missing"])


def test_no_path_is_an_error() -> None:
    with pytest.raises(InputError, match="no documents were named"):
        list_files([])


def test_a_folder_without_documents_says_what_was_skipped(tmp_path: Path) -> None:
    fill(tmp_path, a_png=b"x", b_png=b"x", c_md="")
    with pytest.raises(InputError, match=r"3 files were skipped \(2 unsupported, 1 empty\)"):
        list(read_corpus([tmp_path]))


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file is in it"):
        list(read_corpus([tmp_path]))


def test_a_single_bad_file_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    fill(tmp_path, a_md=b"\x00")
    with pytest.raises(InputError, match=r"a\.md: cannot be read: it holds NUL bytes"):
        list(read_corpus([tmp_path / "a.md"]))


def test_a_missing_library_is_a_skip_that_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, a_docx=b"x", b_pdf=b"x", c_md="x", d_pptx=b"x", e_xlsx=b"x")
    for name in ("mammoth", "pypdfium2", "pptx", "openpyxl"):
        monkeypatch.setitem(sys.modules, name, None)
    assert reasons(tmp_path) == dict.fromkeys(["a.docx", "b.pdf", "d.pptx", "e.xlsx"], "missing_extra")
    skip = next(item for item in read_corpus([tmp_path]) if isinstance(item, Skip))
    assert "pip install 'gristmill[docs]'" in str(skip)


def test_what_stands_in_for_a_file_in_git_lfs_is_no_document(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"
    fill(tmp_path, a_md=pointer, b_pdf=pointer, c_md="x")
    assert reasons(tmp_path) == {"a.md": "unreadable", "b.pdf": "unreadable"}


def test_a_format_that_can_be_saved_as_another_says_so(tmp_path: Path) -> None:
    fill(tmp_path, a_doc="x", b_md="x", c_zip="x", d_xlsm="x")
    skips = [str(item) for item in list_files([tmp_path]) if isinstance(item, Skip)]
    assert [skip.split(": ", 2)[-1] for skip in skips] == [
        "save it as .docx (unsupported)",
        "name it by itself, and it is read as a folder (unsupported)",
        "save it as .xlsx, without its macros (unsupported)",
    ]


def test_a_file_says_its_size_and_gives_no_more_than_is_asked_for(tmp_path: Path) -> None:
    fill(tmp_path, a_md="12345")
    (file,) = list_files([tmp_path])
    assert isinstance(file, File)
    assert (file.size, file.read(3), file.read(9)) == (5, b"123", b"12345")


def test_listing_reads_nothing(tmp_path: Path) -> None:
    fill(tmp_path, a_md=b"\x00", b_png=b"x")
    first, second = list_files([tmp_path])
    assert first == File(tmp_path / "a.md", "a.md")
    assert isinstance(second, Skip)


def test_progress_counts_every_file(tmp_path: Path) -> None:
    fill(tmp_path, a_md="x", b_md="", c_png=b"x")
    counted: list[int] = []

    class Bar:
        def advance(self, count: int = 1, /) -> None:
            counted.append(count)

        def note(self, text: str, /) -> None: ...

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None: ...

    def opened(label: str, total: int | None, unit: str) -> Bar:
        assert (total, unit) == (3, "files")
        return Bar()

    list(read_corpus([tmp_path], progress=opened))
    assert sum(counted) == 3
