"""Notes and tabs of the Markdown dialects: MkDocs `!!! note`, `=== "Tab"`, Docusaurus `:::note`, GitHub `> [!NOTE]`.

CommonMark takes the indented body of a MkDocs note for code, so they are read before anything else.
"""

import re

_MKDOCS = re.compile(r"([ \t]*)(?:(?:!!!|\?\?\?\+?)[ \t]+[\w -]*?|===\+?!?)[ \t]*(?:\"([^\"]*)\")?[ \t]*\Z")
_MKDOCS_OPEN = re.compile(r"[ \t]*(?:!!!|\?\?\?\+?)[ \t]+\w|[ \t]*===[+!]?[ \t]+\"")
_CONTAINER = re.compile(r"[ \t]*:{3,}(?:[ \t]*\{?(\w[\w-]*)\}?[ \t]*(.*?))?[ \t]*\Z")
_GITHUB = re.compile(r"^((?:[ \t]*>)+[ \t]*)\[!(\w+)\][+-]?[ \t]*(.*)$", re.MULTILINE)
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")


def read_admonitions(text: str) -> str:
    """Turn the notes of Markdown dialects into plain paragraphs under a bold title."""
    if "[!" in text:
        text = _GITHUB.sub(lambda found: f"{found.group(1)}**{found.group(3) or found.group(2).capitalize()}**  ", text)
    if not any(mark in text for mark in ("!!! ", "??? ", "???+ ", '=== "', ":::")):
        return text
    out: list[str] = []
    fence = ""
    indents: list[int] = []
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if found and (not fence or found.group(1).startswith(fence)):
            fence = "" if fence else found.group(1)
        width = len(line) - len(line.lstrip(" \t"))
        while indents and line.strip() and width < indents[-1]:
            indents.pop()
        shown = line[min(width, 4 * len(indents)) :]
        if not fence and not found:
            title = _MKDOCS.match(line) if _MKDOCS_OPEN.match(line) else None
            if title:
                out += ["", f"**{title.group(2)}**" if title.group(2) else "", ""]
                indents.append(len(title.group(1).expandtabs(4)) + 4)
                continue
            container = _CONTAINER.match(line)
            if container:
                named = (container.group(2) or "").strip("[] ")
                out += ["", f"**{named}**", ""] if named and "=" not in named else [""]
                continue
        out.append(shown)
    return "\n".join(out)
