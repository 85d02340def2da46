"""What MDX takes from JavaScript: `import` and `export` statements, which the reader of a page does not see."""

import re

_IMPORT = re.compile(r"import\s+(?:[\w*{}\s,$]{1,500}\sfrom\s{1,9})?[\"'][^\"'\n]+[\"'];?[ \t]*(?:\n|\Z)")
_EXPORT = re.compile(r"export\s+(?:const|let|var|function|default|async|class|\{)")
_START = re.compile(r"^(?=import\s|export\s)", re.MULTILINE)
_PARAGRAPH_END = re.compile(r"\n[ \t]*(?:\n|\Z)|\Z")
_QUOTED = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`")
_LONGEST = 20_000  # characters of one statement


def without_modules(text: str) -> str:
    """Leave `import` and `export` statements out of a Markdown text without code."""
    if "import" not in text and "export" not in text:
        return text
    out, position = [], 0
    for found in _START.finditer(text):
        start = found.start()
        if start < position:
            continue
        imported = _IMPORT.match(text, start)
        end = imported.end() if imported else _export_end(text, start)
        if end > start:
            out.append(text[position:start])
            position = end
    return "".join([*out, text[position:]])


def _export_end(text: str, start: int) -> int:
    """Give where a statement ends: with the paragraph in which all its brackets are closed; `start` if it is none."""
    if not _EXPORT.match(text, start):
        return start
    depth, position = 0, start
    first = 0
    while position < len(text) and position - start < _LONGEST:
        found = _PARAGRAPH_END.search(text, position)
        end = found.end() if found else len(text)
        first = first or end
        bare = _QUOTED.sub("", text[position:end])
        depth += sum(bare.count(sign) for sign in "{[(") - sum(bare.count(sign) for sign in "}])")
        if depth <= 0:
            return end
        position = end
    return first  # its brackets are never closed: the first paragraph alone
