"""Links and pictures: the text is kept, and with it the address where it means something outside its own site."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generate.passages.stash import IMAGE, IMAGE_END, LOST

_MARK = re.compile(r"\\.|!?\[|\]", re.DOTALL)
_TARGET = re.compile(
    r"\(\s*(?:<([^<>\n]*)>|((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*\))*))"
    r"(?:\s+(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?\s*\)"
)
_REFERENCE = re.compile(r"[ ]?\[([^\[\]]*)\]")
_DEFINITION = re.compile(
    r"^ {0,3}\[([^\[\]^][^\[\]\n]*)\]:[ \t]*\n?[ \t]*(?:<([^<>\n]*)>|(\S+))"
    r"(?:[ \t]+\n?[ \t]*(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*$\n?",
    re.MULTILINE,
)
_FOOTNOTE = re.compile(r"^ {0,3}\[(\^[^\[\]\s]+)\]:", re.MULTILINE)
_KEPT = re.compile(r"(?:https?://|mailto:|tel:)\S+\Z", re.IGNORECASE)
_WIKI = re.compile(r"!?\[\[([^\[\]|\n]+)(?:\|([^\[\]\n]*))?\]\](?!\()")
_ONLY_IMAGES = re.compile(rf"(?:\s*{IMAGE}[^{IMAGE_END}]*{IMAGE_END}\s*)+\Z")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:|tel:)[^\s<>]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)>", re.IGNORECASE)
_LOST_TARGET = re.compile(rf"\]\([^()\s]*{LOST}[^()\s]*\)")  # after a bracket that was escaped
_DEEPEST = 32  # brackets in brackets that are looked into


def definitions(text: str) -> dict[str, str]:
    """Collect the link definitions (`[name]: target`) of a Markdown text: lower-case name to target."""
    if "]:" not in text:
        return {}
    found = _DEFINITION.finditer(text.replace("\r\n", "\n").replace("\r", "\n"))
    return {_name(one.group(1)): one.group(2) or one.group(3) for one in reversed(list(found))}


def read_autolinks(text: str) -> str:
    """Take the angle brackets off addresses."""
    return _AUTOLINK.sub(lambda found: re.sub(r"^(?:mailto|tel):", "", found.group(1), flags=re.IGNORECASE), text)


def read_links(text: str, known: Mapping[str, str]) -> str:
    """Reduce links to their text, or to text and absolute address, and pictures to their description.

    Args:
        text: Markdown without code.
        known: Link definitions that stand elsewhere in the document; those in the text itself are found.
    """
    if "[" not in text:
        return text
    targets = {**known, **definitions(text)}
    text = _DEFINITION.sub("", text) if targets else text
    text = _WIKI.sub(lambda found: (found.group(2) or found.group(1)).strip(), text)
    return _LOST_TARGET.sub("]", _Reader(text, targets, set(_FOOTNOTE.findall(text))).read())


@dataclass(slots=True)
class _Reader:
    """Reads brackets from left to right, innermost first."""

    text: str
    targets: Mapping[str, str]
    footnotes: set[str]

    def read(self) -> str:
        text = self.text
        opened: list[str] = []
        held: list[list[str]] = [[]]
        position = 0
        while found := _MARK.search(text, position):
            held[-1].append(text[position : found.start()])
            mark, position = found.group(), found.end()
            if mark.endswith("[") and mark[0] != "\\" and len(opened) < _DEEPEST:
                opened.append(mark)
                held.append([])
            elif mark == "]" and opened:
                inner = "".join(held.pop())
                shown, position = self.close(opened.pop(), inner, position)
                held[-1].append(shown)
            else:
                held[-1].append(mark)
        held[-1].append(text[position:])
        while opened:
            inner = "".join(held.pop())
            held[-1].append(opened.pop() + inner)
        return "".join(held[0])

    def close(self, mark: str, inner: str, position: int) -> tuple[str, int]:
        """Give what is shown for a closed bracket, and where the text goes on."""
        text = self.text
        if "\n\n" in inner:
            return f"{mark}{inner}]", position
        found = _TARGET.match(text, position)
        if found:
            return _shown(mark, inner, found.group(1) or found.group(2) or ""), found.end()
        if inner.startswith("^") and mark == "[":
            known = inner in self.footnotes or text.startswith(":", position)
            return (f"[{inner}]" if known else ""), position
        if inner.strip() in {"", "x", "X"} or inner.startswith("!"):
            return f"{mark}{inner}]", position
        named = _REFERENCE.match(text, position)
        if named and not (named.group().startswith(" ") and _name(named.group(1)) not in self.targets):
            return _shown(mark, inner, self.targets.get(_name(named.group(1) or inner), "")), named.end()
        if _name(inner) in self.targets:
            return _shown(mark, inner, self.targets[_name(inner)]), position
        return f"{mark}{inner}]", position


def _shown(mark: str, inner: str, target: str) -> str:
    """Give what is left of one link or picture."""
    if mark == "![":
        return f"{IMAGE}{inner}{IMAGE_END}"
    if _ONLY_IMAGES.match(inner):
        return inner
    shown = " ".join(inner.split())
    if LOST in target or not _KEPT.match(target):
        return shown
    bare = re.sub(r"^(?:mailto|tel):", "", target, flags=re.IGNORECASE)
    if not shown or shown in {target, bare}:
        return bare
    return f"[{shown}]({target})" if target.count("(") == target.count(")") else f"[{shown}](<{target}>)"


def _name(label: str) -> str:
    return " ".join(label.split()).casefold()
