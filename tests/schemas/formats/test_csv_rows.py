import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import InputError
from schemas.formats.csv_rows import csv_rows, is_messages_text
from schemas.formats.files import RawRow


def rows_of(content: str | bytes) -> list[RawRow]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(csv_rows(path))


@pytest.mark.parametrize(
    ("record", "cells"),
    [
        ("1,2", ["1", "2"]),
        (",", [None, None]),
        ('"",', ["", None]),
        ('"a,b","c"', ["a,b", "c"]),
        ('"a ""b""",x', ['a "b"', "x"]),
        ('"a\r\nb","\n"', ["a\r\nb", "\n"]),
        ('5" pipe,"x"', ['5" pipe', "x"]),
        ("  a , b ", ["  a ", " b "]),
        ("ä,\u2028", ["ä", "\u2028"]),
    ],
)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"], ids=["bare", "lf", "crlf"])
def test_cells_are_cut_as_rfc_4180_says(record: str, cells: list[str | None], end: str) -> None:
    [row] = rows_of(f"a,b\n{record}{end}")
    assert row.values == dict(zip("ab", cells, strict=True))


@given(st.lists(st.tuples(*[st.text(st.characters(exclude_categories=["Cs"]))] * 2), min_size=1))
def test_what_the_standard_library_quotes_is_read(cells: list[tuple[str, str]]) -> None:
    held = io.StringIO(newline="")
    csv.writer(held, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *cells])
    assert [tuple((row.values or {}).values()) for row in rows_of(held.getvalue())] == cells


def test_blank_lines_are_no_rows_and_lines_are_counted() -> None:
    rows = rows_of('\ufeffa,b\n\n"x\ny",1\n\r\nz,2\n')
    assert [(row.number, row.line, row.values) for row in rows] == [
        (1, 3, {"a": "x\ny", "b": "1"}),
        (2, 6, {"a": "z", "b": "2"}),
    ]


@pytest.mark.parametrize(
    ("record", "fault", "broken"),
    [
        ("1", "it has 1 cell, but the header names 2", False),
        ("1,2,3", "it has 3 cells, but the header names 2", False),
        ('"1"x,2', "text follows a closing quote (line 2)", True),
    ],
    ids=["few", "many", "after the quote"],
)
def test_a_record_that_does_not_fit_the_header_is_set_aside(record: str, fault: str, broken: bool) -> None:
    rows = rows_of(f"a,b\n{record}\nx,y\n")
    assert (rows[0].values, rows[0].fault, rows[0].broken, rows[0].raw) == (None, fault, broken, record)
    assert rows[1].values == {"a": "x", "b": "y"}


def test_a_quote_that_is_never_closed_keeps_the_rest_of_the_file() -> None:
    [row] = rows_of('a,b\n"x,1\ny,2\n')
    assert (row.fault, row.raw) == ("a quote is never closed (line 2)", '"x,1\ny,2\n')


def test_bytes_that_are_not_utf8_are_a_broken_row() -> None:
    rows = rows_of(b"a,b\n\xe4,1\nx,y\n")
    assert (rows[0].fault, rows[0].broken, rows[0].raw) == ("not UTF-8 at byte 1 of line 2 (line 2)", True, "\\xe4,1")
    assert rows[1].values == {"a": "x", "b": "y"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,a\n1,2\n", "two columns are called 'a'"),
        ("a;b\n1;2\n", "its header has no comma"),
        ("a\tb\n1\t2\n", "its header has no comma"),
        ('"a\n1\n', "a quote is never closed"),
    ],
    ids=["twice", "semicolons", "tabs", "unclosed"],
)
def test_a_header_that_names_no_columns_is_refused(content: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        rows_of(content)


def test_cells_of_nested_columns_hold_json() -> None:
    [row] = rows_of('messages,source,note\n"[{""role"": ""user""}]",{broken,[1]\n')
    assert row.values == {"messages": [{"role": "user"}], "source": "{broken", "note": "[1]"}


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (None, False),
        ("", False),
        ("text", False),
        ("[]", False),
        ("[1]", False),
        ("[{", False),
        ('[{"role": "user", "content": "x"}]', True),
    ],
)
def test_only_a_list_of_messages_is_one(cell: str | None, found: bool) -> None:
    assert is_messages_text(cell) == found
