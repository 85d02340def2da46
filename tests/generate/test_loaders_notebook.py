"""Notebooks give their Markdown, their code and the text that it printed."""

import json
from typing import Any

import pytest

from generate.loaders import UnreadableError, load


def text(cells: list[dict[str, Any]], **metadata: Any) -> str:  # Any: a notebook is free-form JSON
    return load(json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4}).encode(), "a.ipynb").text


def test_cells_come_in_their_order() -> None:
    cells: list[dict[str, Any]] = [  # Any: as above
        {"cell_type": "markdown", "source": ["# Title\n", "\n", "Text."]},
        {
            "cell_type": "code",
            "source": "print(1)",
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["1\n"]},
                {"output_type": "stream", "name": "stderr", "text": "a warning"},
                {"output_type": "execute_result", "data": {"text/plain": "2"}},
                {"output_type": "display_data", "data": {"image/png": "xxxx", "text/plain": "<Figure size 640x480>"}},
                {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["\x1b[31mno"]},
            ],
        },
        {"cell_type": "raw", "source": "left out"},
    ]
    assert text(cells) == (
        "# Title\n\nText.\n\n```python\nprint(1)\n```\n\n```text\n1\n```\n\n"
        "```text\n2\n```\n\n```text\nValueError: no\n```\n"
    )


def test_the_language_is_the_kernels_or_the_cells_own() -> None:
    cell = {"cell_type": "code", "source": "x", "outputs": []}
    assert text([cell], kernelspec={"language": "R"}).startswith("```r\n")
    assert text([cell], language_info={"name": "julia"}).startswith("```julia\n")
    assert text([{**cell, "source": "%%bash\nls"}]).startswith("```bash\n")


def test_code_with_fences_gets_a_longer_one() -> None:
    assert text([{"cell_type": "code", "source": "'''\n```\n'''"}]).startswith("````python\n")


@pytest.mark.parametrize(
    "notebook",
    [
        {"cells": [{"cell_type": "markdown", "source": "hi"}]},
        {
            "cells": [{"cell_type": "markdown", "source": "hi"}, {"cell_type": "code"}, {"source": "x"}],
            "metadata": None,
        },
        {"cells": [{"cell_type": "markdown", "source": "hi"}, {"cell_type": "code", "source": None, "outputs": None}]},
        {
            "worksheets": [{"cells": [{"cell_type": "markdown", "source": ["hi"], "metadata": {}}], "metadata": {}}],
            "nbformat": 3,
            "nbformat_minor": 0,
            "metadata": {"name": ""},
        },
    ],
    ids=["bare", "no source", "null", "version 3"],
)
def test_missing_keys_and_old_versions_are_read(notebook: dict[str, Any]) -> None:
    assert load(json.dumps(notebook).encode(), "a.ipynb").text == "hi\n"


@pytest.mark.parametrize("raw", [b"{}", b"[]", b"nope", b'{"cells": 5}', b"[" * 100_000, b'{"cells": [5]}'])
def test_what_is_no_notebook_is_named(raw: bytes) -> None:
    with pytest.raises(UnreadableError) as error:
        load(raw, "a.ipynb")
    assert error.value.reason == "damaged"
