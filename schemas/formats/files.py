"""Raw rows out of JSONL and JSON files: each with its number, its line and its text; nothing of them is judged here."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from schemas.errors import InputError

BOM = b"\xef\xbb\xbf"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SPACE = re.compile(r"[ \t\r\n]*")


class RawRow(NamedTuple):
    """One row as a file holds it.

    Attributes:
        number: Its number in the file, counted from 1; blank lines are no rows.
        line: The line that it begins on.
        values: Its values by column; None where it could not be read.
        raw: Its text.
        fault: Why it could not be read.
        broken: Whether the file itself is broken there, so that the user must say to go on.
    """

    number: int
    line: int
    values: dict[str, Any] | None  # Any: whatever JSON holds
    raw: str
    fault: str = ""
    broken: bool = False


def jsonl_rows(path: Path) -> Iterator[RawRow]:
    """Read a JSONL file line by line; only one line is held at a time."""
    number = 0
    with opened(path).open("rb") as file:
        for line, content in enumerate(file, start=1):
            bare = (content.removeprefix(BOM) if line == 1 else content).strip(b" \t\r\n")
            if not bare:
                continue
            number += 1
            try:
                text = bare.decode()
            except UnicodeDecodeError as error:
                shown = bare.decode("utf-8", "backslashreplace")
                yield RawRow(number, line, None, shown, f"not UTF-8 (line {line}: {_byte(error)})", broken=True)
                continue
            try:
                value = json.loads(text)
            except (ValueError, RecursionError) as error:
                yield RawRow(number, line, None, text, f"not JSON (line {line}: {_syntax(error)})", broken=True)
                continue
            yield json_row(number, line, value, text)


def json_rows(path: Path) -> Iterator[RawRow]:
    """Read a JSON file that holds one list of objects, object by object.

    Raises:
        InputError: It is not UTF-8, not JSON, or holds something else than a list.
    """
    content = opened(path).read_bytes().removeprefix(BOM)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"not UTF-8 (line {line}: {_byte(error)})", where=str(path), mend="Save it as UTF-8") from None
    at = _after_space(text, 0)
    if not text[at : at + 1]:
        return
    if text[at] != "[":
        raise _no_list(text, at, path)
    yield from _items(text, at + 1, path)


def _items(text: str, at: int, path: Path) -> Iterator[RawRow]:
    """Read the items of the list that opened just before `at`."""
    decoder = json.JSONDecoder()
    number, line, counted = 0, 1, 0
    at = _after_space(text, at)
    if text[at : at + 1] == "]":
        return _end(text, at + 1, path)
    while True:
        number += 1
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise _not_json(path, number, _syntax(error)) from None
        yield json_row(number, line, value, text[at:end])
        at = _after_space(text, end)
        sign = text[at : at + 1]
        if sign == "]":
            return _end(text, at + 1, path)
        if sign != ",":
            found = repr(sign) if sign else "the end of the file"
            raise _not_json(path, number, f"line {line + text.count(chr(10), counted, at)}: {found} after this row")
        at = _after_space(text, at + 1)


def json_row(number: int, line: int, value: Any, raw: str) -> RawRow:  # Any: whatever JSON holds
    """Make a raw row of a JSON value, which should be an object that UTF-8 can hold."""
    if not isinstance(value, dict):
        return RawRow(number, line, None, raw, "not a JSON object")
    if _SURROGATE.search(raw) and not _is_unicode(value):
        return RawRow(number, line, None, raw, "it holds half of a surrogate pair, which UTF-8 cannot hold")
    return RawRow(number, line, value, raw)


def opened(path: Path) -> Path:
    """Give the path of a file that is there and holds something.

    Raises:
        InputError: It is missing, a folder, not readable, or empty.
    """
    try:
        if path.is_dir():
            raise InputError("this is a folder, not a file", where=str(path), mend="Name the files in it")
        with path.open("rb") as file:
            if not file.read(1):
                raise InputError("the file is empty", where=str(path), mend="Write it again, or name another file")
    except FileNotFoundError:
        raise InputError("no such file", where=str(path), mend="Check the path") from None
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror})", where=str(path), mend="Check the path") from error
    return path


def _end(text: str, at: int, path: Path) -> None:
    at = _after_space(text, at)
    if at < len(text):
        line = text.count("\n", 0, at) + 1
        raise InputError(f"not JSON (line {line}: more stands behind the list)", where=str(path), mend="Mend the file")


def _no_list(text: str, at: int, path: Path) -> InputError:
    """Tell what a JSON file holds instead of a list."""
    first, _, rest = text[at:].partition("\n")
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        pass
    else:
        if rest.strip().startswith("{"):
            return InputError(
                "it holds one object on each line, which is JSONL", where=str(path), mend="Name it .jsonl"
            )
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return InputError(f"not JSON ({_syntax(error)})", where=str(path), mend="Mend the file")
    if isinstance(value, dict):
        lists = [key for key, held in value.items() if isinstance(held, list)]
        held = f", and the list stands in its key {lists[0]}" if lists else ""
        return InputError(
            f"it holds one object{held}", where=str(path), mend="Write the list of rows itself: [{...}, {...}]"
        )
    return InputError("it holds no list of objects", where=str(path), mend="Write a list of rows: [{...}, {...}]")


def _not_json(path: Path, number: int, detail: str) -> InputError:
    return InputError(f"not JSON ({detail})", where=f"{path}, row {number}", mend="Mend the file")


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _is_unicode(value: Any) -> bool:  # Any: whatever JSON holds
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _byte(error: UnicodeDecodeError) -> str:
    return f"byte {error.object[error.start]:#04x} at byte {error.start + 1}"


def _syntax(error: ValueError | RecursionError) -> str:
    """Say in one clause what is wrong with a JSON text."""
    if isinstance(error, json.JSONDecodeError):
        where = f"line {error.lineno}, column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        return f"{error.msg[0].lower()}{error.msg[1:]} at {where}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else "a number in it is too long"
