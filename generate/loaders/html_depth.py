"""HTML that is nested too deeply, made flat before it is parsed.

Old pages leave `<p>` and `<li>` open, which the parser takes for nesting, and hostile ones open 100,000 boxes: the
parser's time grows with the square of the depth. Pages of ordinary depth pass through as they are.
"""

import re

_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+>")
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_CLOSED_BY = {  # an element that is left open ends where one of these begins
    "p": frozenset(
        [
            "p",
            "div",
            "ul",
            "ol",
            "dl",
            "table",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "pre",
            "blockquote",
            "section",
            "article",
            "li",
            "td",
            "tr",
            "hr",
        ]
    ),
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "td": frozenset({"td", "th", "tr"}),
    "th": frozenset({"td", "th", "tr"}),
    "tr": frozenset({"tr"}),
    "option": frozenset({"option"}),
}
DEEPEST = 100


def shallow(html: str) -> str:
    """Close what is left open, and leave out the tags that are nested more than 100 deep; their text stays."""
    depth = deepest = 0
    for tag in _TAG.finditer(html):
        if tag.group(2).lower() not in _VOID:
            depth = max(0, depth - 1) if tag.group(1) else depth + 1
            deepest = max(deepest, depth)
    return html if deepest <= DEEPEST else _flattened(html)


def _flattened(html: str) -> str:
    out: list[str] = []
    opened: list[str] = []
    dropped = position = 0
    for tag in _TAG.finditer(html):
        out.append(html[position : tag.start()])
        position = tag.end()
        name = tag.group(2).lower()
        if name in _VOID:
            out.append(tag.group())
        elif not tag.group(1):
            while opened and name in _CLOSED_BY.get(opened[-1], ()):
                out.append(f"</{opened.pop()}>")
            if len(opened) < DEEPEST:
                opened.append(name)
                out.append(tag.group())
            else:
                dropped += 1
                out.append(" ")
        elif dropped:
            dropped -= 1
            out.append(" ")
        elif name in opened:
            while opened[-1] != name:
                out.append(f"</{opened.pop()}>")
            out.append(f"</{opened.pop()}>")
    return "".join([*out, html[position:]])
