"""Jupyter notebooks: Markdown cells as they are, code cells and their text output as fenced code. Nothing is run."""

import json
import re
from typing import Any

from generate.loaders.content import Content, UnreadableError
from generate.loaders.text import decoded

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_REPR = re.compile(r"<[\w.]+(?: [^<>\n]*)? at 0x[0-9a-f]+>|<Figure size [^>]*>|\[?<matplotlib[^>]*>\]?")
_CELL_MAGIC = re.compile(r"\s*%%(bash|sh|html|javascript|js|latex|perl|ruby|sql|R|python)\b[^\n]*\n")
_TICKS = re.compile(r"`+")


def load(raw: bytes) -> Content:
    """Read a notebook of any version.

    One of version 4, which is every one since 2015, is read as it stands, missing keys and all; older ones are
    converted by nbformat.

    Raises:
        UnreadableError: It is no notebook.
    """
    import nbformat

    text = decoded(raw)
    try:
        notebook = json.loads(text)
        if not isinstance(notebook.get("cells"), list):
            notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]  # nbformat types nothing
        cells = notebook.get("cells", [])
        metadata = notebook.get("metadata") or {}
        parts = [part for cell in cells for part in _cell(cell, _language(metadata))]
    except Exception as error:
        raise UnreadableError("damaged", f"not a readable notebook ({_first_line(error)})") from error
    title = metadata.get("title")
    return Content("\n\n".join(parts) + ("\n" if parts else ""), title if isinstance(title, str) else "")


def _language(metadata: Any) -> str:  # Any: a notebook's metadata hold whatever its author wrote
    for holder, key in (("language_info", "name"), ("kernelspec", "language")):
        named = (metadata.get(holder) or {}).get(key)
        if isinstance(named, str) and named:
            return named.lower()
    return "python"


def _cell(cell: Any, language: str) -> list[str]:  # Any: a cell's keys are not checked
    source = _text(cell.get("source", ""))
    kind = cell.get("cell_type")
    if kind == "markdown":
        return [source.strip("\n")] if source.strip() else []
    if kind != "code":
        return []
    magic = _CELL_MAGIC.match(source)
    parts = [_fence(source, magic.group(1).lower() if magic else language)] if source.strip() else []
    return parts + [shown for output in cell.get("outputs") or [] for shown in _output(output)]


def _output(output: Any) -> list[str]:
    """Give the text of one output; pictures, warnings and widgets are left out."""
    kind = output.get("output_type")
    if kind == "stream":
        text = _text(output.get("text", "")) if output.get("name") != "stderr" else ""
    elif kind == "error":
        text = f"{output.get('ename', 'Error')}: {output.get('evalue', '')}"
    else:
        data = output.get("data") or {}
        if "text/markdown" in data:
            return [_text(data["text/markdown"]).strip("\n")]
        text = _REPR.sub("", _text(data.get("text/plain", "")))
    text = _ANSI.sub("", text)
    return [_fence(text, "text")] if text.strip(" \t\r\n[],()") else []


def _text(value: object) -> str:
    return "".join(str(line) for line in value) if isinstance(value, list) else str(value or "")


def _fence(code: str, language: str) -> str:
    ticks = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(code)), default=0))
    return f"{ticks}{language}\n{code.strip(chr(10))}\n{ticks}"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
