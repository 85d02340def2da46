"""reStructuredText becomes Markdown, and nothing outside the file is read."""

from pathlib import Path

import pytest

from generate.loaders import UnreadableError, load
from generate.loaders.rst import load as load_rst


def text(rst: str) -> str:
    return load_rst(rst.encode()).text.strip()


@pytest.mark.parametrize(
    ("rst", "markdown"),
    [
        (
            "=====\nTitle\n=====\n\nText.\n\nSub\n---\n\nMore.\n\nSubsub\n~~~~~~\n\nEnd.\n",
            "# Title\n\nText.\n\n## Sub\n\nMore.\n\n### Subsub\n\nEnd.",
        ),
        (".. code-block:: python\n   :linenos:\n\n   x = 1\n     y\n", "```python\nx = 1\n  y\n```"),
        ("Run::\n\n   make\n", "Run:\n\n```\nmake\n```"),
        ("``a_b`` *c* **d**\n", "`a_b` *c* **d**"),
        ("`text <https://x.y>`_\n", "[text](https://x.y)"),
        (".. note:: Mind.\n", "**Note**\n\nMind."),
        (".. admonition:: Own title\n\n   Body.\n", "**Own title**\n\nBody."),
        ("=== ===\na   b\n=== ===\n1   2\n=== ===\n", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("1. a\n2. b\n\n   - c\n", "1. a\n2. b\n\n   - c"),
        ("term\n  meaning\n", "- term: meaning"),
        (":Owner: Me\n:Date: today\n", "- Owner: Me\n- Date: today"),
        ("See :ref:`the part <x>`, :func:`~a.b.c` and :unknown:`d`.\n", "See the part, `c` and `d`."),
        (".. versionadded:: 2.0\n   Flies.\n", "**New in version 2.0**\n\nFlies."),
        (".. somebodys-directive:: An argument\n   :option: 1\n\n   Content.\n", "An argument\n\nContent."),
        (".. contents::\n\nText.\n", "Text."),
        (".. toctree::\n\n   a\n\nText.\n", "Text."),
        ("|a|\n\n.. |a| replace:: put in\n", "put in"),
        ("a [1]_\n\n.. [1] Note.\n", "a [^1]\n\n[^1]: Note."),
        (".. image:: a.png\n   :alt: A plan\n", "![A plan](a.png)"),
    ],
    ids=lambda value: value.strip()[:25],
)
def test_markup_becomes_markdown(rst: str, markdown: str) -> None:
    assert text(rst) == markdown


def test_no_other_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret,1\n")
    rst = "\n".join(
        [
            f".. include:: {secret}\n",
            f".. literalinclude:: {secret}\n",
            f".. raw:: html\n   :file: {secret}\n",
            f".. csv-table:: t\n   :file: {secret}\n",
            ".. raw:: html\n\n   <b>raw</b>\n",
            "Text.\n",
        ]
    )
    assert text(rst) == "Text."


def test_a_docutils_conf_in_the_working_folder_is_not_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docutils.conf").write_text("[general]\nraw_enabled: yes\nfile_insertion_enabled: yes\n")
    (tmp_path / "x.txt").write_text("inserted")
    monkeypatch.chdir(tmp_path)
    assert text(".. include:: x.txt\n\nText.\n") == "Text."


def test_what_was_registered_is_forgotten_again() -> None:
    from docutils.parsers.rst import directives

    before = dict(vars(directives)["_directives"])
    text(".. somebodys-directive:: x\n\nText.\n")
    assert vars(directives)["_directives"] == before


def test_broken_markup_keeps_its_text() -> None:
    assert "unclosed" in text("Title\n==\n\n*unclosed\n")


@pytest.mark.parametrize(
    "rst", ["\n".join("  " * level + "- x\n" for level in range(1_000)), "x " * 100_000], ids=["deep", "line"]
)
def test_what_docutils_cannot_read_is_named(rst: str) -> None:
    with pytest.raises(UnreadableError) as error:
        load(rst.encode(), "a.rst")
    assert error.value.reason == "damaged"


def test_substitutions_in_substitutions_stay_small() -> None:
    rst = ".. |a0| replace:: lol\n" + "".join(f".. |a{i}| replace:: " + f"|a{i - 1}| " * 10 + "\n" for i in range(1, 8))
    assert len(text(rst + "\n|a7|\n")) < 1_000_000
