"""Raw rows out of CSV files (RFC 4180), where an empty cell is null and a quoted empty cell is empty text.

The standard library's reader cannot tell those two apart before Python 3.12, so the cells are cut here.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from schemas.errors import InputError
from schemas.formats.files import BOM, RawRow, opened

_QUOTED = re.compile(r'(?:[^"]++|"")*+')
_PLAIN = re.compile(r"[^,]*+")
NESTED = frozenset({"messages", "conversations", "source", "origin", "original"})


def csv_rows(path: Path) -> Iterator[RawRow]:
    """Read a CSV file record by record; its first record is the header.

    Raises:
        InputError: It has no usable header.
    """
    header: list[str] | None = None
    number = 0
    for record in _records(path):
        if header is None:
            header = _header(record, path)
            continue
        number += 1
        if record.fault:
            yield RawRow(number, record.line, None, record.raw, f"{record.fault} (line {record.line})", broken=True)
        elif len(record.cells) != len(header):
            cells = "1 cell" if len(record.cells) == 1 else f"{len(record.cells)} cells"
            fault = f"it has {cells}, but the header names {len(header)}"
            yield RawRow(number, record.line, None, record.raw, fault)
        else:
            values = _nested(dict(zip(header, record.cells, strict=True)))
            yield RawRow(number, record.line, values, record.raw)


class _Record(NamedTuple):
    """One record: the line that it begins on, its text, its cells, and why they cannot be trusted."""

    line: int
    raw: str
    cells: list[str | None]
    fault: str


def _records(path: Path) -> Iterator[_Record]:
    """Cut a file into records: a line end inside quotes belongs to its cell."""
    start, raw, cells, fault = 1, list[str](), list[str | None](), ""
    quoted: list[str] | None = None
    with opened(path).open("rb") as file:
        for line, content in enumerate(file, start=1):
            bare = content.removeprefix(BOM) if line == 1 else content
            try:
                text = bare.decode()
            except UnicodeDecodeError as error:
                text, fault = (
                    bare.decode("utf-8", "backslashreplace"),
                    f"not UTF-8 at byte {error.start + 1} of line {line}",
                )
            if quoted is None:
                if not text.strip("\r\n"):
                    continue
                start, raw, cells = line, [], []
            raw.append(text)
            quoted, wrong = _cut(text, cells, quoted)
            fault = fault or wrong
            if quoted is None:
                yield _Record(start, "".join(raw).rstrip("\r\n"), cells, fault)
                fault = ""
    if quoted is not None:
        yield _Record(start, "".join(raw), cells, fault or "a quote is never closed")


def _cut(text: str, cells: list[str | None], quoted: list[str] | None) -> tuple[list[str] | None, str]:
    """Add the cells of one line to `cells`; give the pieces of a cell whose quote is still open, and what is wrong."""
    at = 0
    whole = text.removesuffix("\n").removesuffix("\r")
    while True:
        if quoted is None and whole[at : at + 1] == '"':
            quoted, at = [], at + 1
        if quoted is not None:
            inside = _QUOTED.match(text, at)
            end = inside.end() if inside else at
            quoted.append(text[at:end].replace('""', '"'))
            if end == len(text):
                return quoted, ""
            cells.append("".join(quoted))
            quoted, at = None, end + 1
            if at < len(whole) and whole[at] != ",":
                return None, "text follows a closing quote"
        else:
            plain = _PLAIN.match(whole, at)
            found = plain[0] if plain else ""
            cells.append(found or None)
            at += len(found)
        if at >= len(whole):
            return None, ""
        at += 1


def _header(record: _Record, path: Path) -> list[str]:
    if record.fault:
        raise InputError(record.fault, where=f"{path}, header", mend="Mend the line")
    names = [cell or "" for cell in record.cells]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InputError(f"two columns are called {twice[0]!r}", where=f"{path}, header", mend="Rename one of them")
    if len(names) == 1 and re.search("[;\t|]", names[0]):
        raise InputError(
            "its header has no comma", where=f"{path}, header", mend="Write it with commas between the columns"
        )
    return names


def _nested(values: dict[str, Any]) -> dict[str, Any]:  # Any: JSON text in a cell may hold anything
    """Read the JSON text that our own writer puts into the cells of columns that hold lists and objects."""
    for name in NESTED.intersection(values):
        values[name] = _from_json(values[name])
    if all(is_messages_text(values.get(name)) for name in ("prompt", "completion")):
        values.update({name: _from_json(values[name]) for name in ("prompt", "completion")})
    return values


def is_messages_text(cell: str | None) -> bool:
    """Tell whether a cell holds the JSON text of a list of messages."""
    if cell is None or cell[:1] != "[":
        return False
    value = _from_json(cell)
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(each, dict) and {"role", "content"} <= each.keys() for each in value)
    )


def _from_json(cell: str | None) -> Any:  # Any: whatever JSON holds
    if cell is None or cell[:1] not in {"[", "{"}:
        return cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell
