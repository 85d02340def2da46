"""Docstrings as Markdown: the field lists of Sphinx, Google and NumPy, sessions of the interpreter, and roles.

Docstrings are written in several dialects, often mixed, so no parser of one dialect reads them. What is known to be
markup is turned into Markdown, line by line, and the rest stays as it is. Headings become bold lines: the sections of a
module are its classes and functions.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import dedent, indent

_LISTED_NAMES = (
    "args,arguments,parameters,params,keyword args,keyword arguments,other parameters,attributes,raises,raise"
    ",exceptions,warns,methods,returns,return,yields,yield,receives"
)
_LISTED = frozenset(_LISTED_NAMES.split(","))
_TEXT_NAMES = "example,examples,note,notes,see also,references,todo,warning,warnings,tip,hint,important,usage"
_TITLES = _LISTED | frozenset(_TEXT_NAMES.split(","))
_FIELD_TITLES = {
    "Args": ["param", "parameter", "arg", "argument", "key", "keyword"],
    "Returns": ["return", "returns"],
    "Yields": ["yield", "yields"],
    "Raises": ["raise", "raises", "except", "exception"],
    "Attributes": ["var", "ivar", "cvar"],
}
_FIELDS = {name: title for title, names in _FIELD_TITLES.items() for name in names}
_CODE = frozenset({"code", "code-block", "sourcecode", "testcode", "doctest", "math"})
_GOOGLE = re.compile(r"([A-Za-z][A-Za-z ]*):\s*\Z")
_UNDERLINE = re.compile(r"([-=~^*+#])\1{2,}\s*\Z")
_FIELD = re.compile(r":(\w+)((?:\s+[^:\s]+)*)\s*:(?:\s+(.*)|\s*)\Z")
_ENTRY = re.compile(
    r"(\*{0,2}[\w.]+(?:\[[^\]]*\])?(?:,? \*{0,2}[\w.]+)?)(?:\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\))?:(?:\s+(.*)|)\Z"
)
_NUMPY_ENTRY = re.compile(r"(\*{0,2}\w[^:\n]{0,80}?)(?:\s*:(?:\s+(.*)|)|)\Z")
_ROLE = re.compile(r"(?<![\w:`]):(?:[a-z]+:)?[a-z]+:`(?:[^`<>\n]*<)?[~!]?([^`<>\n]+)>?`")
_LITERAL = re.compile(r"(?<!`)``(?!`)([^`\n]+)(?<!`)``(?!`)")
_DIRECTIVE = re.compile(r"\.\. ([\w:-]+)::\s*(.*)\Z")
_VERSION = re.compile(r"(\s+)\.\. (version|deprecated)(\w*)::\s*(.*)\Z")
_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*?)\s*#*\Z")
_SETEXT = re.compile(r" {0,3}(?:=+|-+)[ \t]*\Z")  # below a paragraph it would make a heading of that
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_TICKS = re.compile(r"`+")


def docstring_to_markdown(text: str) -> str:
    """Turn a docstring, its indent already taken off, into Markdown."""
    reader = _Reader(text.expandtabs(4).split("\n"))
    reader.read()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(reader.out)).strip("\n")


@dataclass(slots=True)
class _Reader:
    """Reads lines from the first to the last."""

    lines: list[str]
    at: int = 0
    out: list[str] = field(default_factory=list)
    listed: str = ""  # title of the fields that are being listed

    def read(self) -> None:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.strip() and not _FIELD.match(line):
                self.listed = ""
            if not (self.read_code(line) or self.read_section(line) or self.read_block(line)):
                self.at += 1
                heading = _HEADING.match(line)
                if heading:
                    self.say(f"**{heading.group(1)}**" if heading.group(1) else "")
                else:
                    self.out += [""] * bool(_SETEXT.match(line)) + [_inline(line)]

    def read_code(self, line: str) -> bool:
        """Read a fence, a session of the interpreter, or what two colons announce."""
        bare = line.strip()
        if (found := _FENCE.match(line)) is not None:
            self.fence(found.group(1))
        elif bare.startswith(">>>"):
            self.code("python", self.until_blank())
        elif line.endswith("::") and not _DIRECTIVE.match(line) and self.indented_next():
            self.at += 1
            self.out.append(_inline(line[:-2].rstrip() if bare == "::" or line.endswith(" ::") else line[:-1]))
            self.code("", self.indented())
        else:
            return False
        return True

    def read_section(self, line: str) -> bool:
        """Read a section of NumPy's or Google's kind, or another title with a line of signs below it."""
        bare = line.strip()
        if self.underlined():
            self.at += 2
            if bare.lower() in _TITLES:
                self.section(bare, self.until_underlined(), _NUMPY_ENTRY)
            else:
                self.say(f"**{bare.strip('*')}**")
        elif (found := _GOOGLE.match(line)) and found.group(1).lower() in _TITLES and self.indented_next():
            self.at += 1
            self.section(found.group(1), self.indented(), _ENTRY)
        else:
            return False
        return True

    def read_block(self, line: str) -> bool:
        """Read a field of Sphinx's kind or a directive."""
        if (found := _FIELD.match(line)) is not None:
            self.at += 1
            self.fields(found, self.indented())
        elif (found := _DIRECTIVE.match(line)) is not None:
            self.at += 1
            self.directive(found.group(1).lower(), found.group(2), self.indented())
        elif (found := _VERSION.match(line)) is not None and not self.indented_next():
            self.at += 1
            title = f"{found.group(2)} {found.group(3)}".strip().capitalize()
            self.out.append(f"{found.group(1)}**{title}** {found.group(4)}")
        else:
            return False
        return True

    def say(self, line: str) -> None:
        """Write a paragraph of one line."""
        self.out += ["", line, ""]

    def code(self, language: str, text: str) -> None:
        """Write a block of code, in a fence longer than any in it."""
        if text.strip():
            ticks = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(text)), default=0))
            self.say(f"{ticks}{language}\n{text}\n{ticks}")

    def fence(self, ticks: str) -> None:
        """Take over a fence as it stands, and close it if nothing does."""
        start = self.at
        self.at += 1
        while self.at < len(self.lines) and not self.lines[self.at].strip().startswith(ticks):
            self.at += 1
        is_closed = self.at < len(self.lines)
        self.at += is_closed
        self.code_lines(self.lines[start : self.at], [] if is_closed else [ticks])

    def code_lines(self, lines: list[str], end: list[str]) -> None:
        self.say(dedent("\n".join([*lines, *end])))

    def section(self, title: str, body: str, entry: "re.Pattern[str]") -> None:
        """Write a section of Google's or NumPy's kind under its title."""
        self.say(f"**{title.strip().capitalize()}**")
        if title.strip().lower() in _LISTED:
            self.out += [*_items(body, entry), ""]
        else:
            self.say(docstring_to_markdown(body))

    def fields(self, found: "re.Match[str]", more: str) -> None:
        """Write one field of Sphinx's kind; neighbours of one kind stand under one title."""
        kind, names, text = found.group(1), found.group(2).split(), found.group(3) or ""
        title = _FIELDS.get(kind, "")
        if kind in {"type", "rtype", "vartype"}:
            title, names = "Types", [*names, text] if kind != "rtype" else ["return", text]
            text, more = " ".join([names[-1], more]).strip(), ""
            names = names[:-1]
        title = title or kind.capitalize()
        if title != self.listed:
            self.say(f"**{title}**")
            self.listed = title
        name = f"`{names[-1]}`" if names else ""
        kinds = f" ({' '.join(names[:-1])})" if len(names) > 1 else ""
        self.out.append(_item(f"{name}{kinds}", text, more))

    def directive(self, name: str, argument: str, body: str) -> None:
        """Write a directive: code as code, anything else as text under its name."""
        if name in _CODE:
            options = re.compile(r"\A(?::[\w-]+:[^\n]*\n?)+")
            self.code(argument if argument.isalnum() else "", options.sub("", body).strip("\n"))
            return
        title = re.sub(r"(?<=version)(?=added|changed|removed)", " ", name).capitalize()
        self.say(f"**{title}**{' ' * bool(argument)}{_inline(argument)}")
        self.say(docstring_to_markdown(body))

    def underlined(self) -> bool:
        """Tell whether the line is a title, with a line of signs below it."""
        line, below = self.lines[self.at], self.lines[self.at + 1] if self.at + 1 < len(self.lines) else ""
        is_line = _UNDERLINE.match(below) is not None and len(below.rstrip()) >= min(4, len(line.strip()))
        return is_line and line.strip() != "" and line[0] != " " and not _UNDERLINE.match(line)

    def indented_next(self) -> bool:
        """Tell whether the next line that is not empty stands further to the right."""
        width = _width(self.lines[self.at])
        below = next((line for line in self.lines[self.at + 1 :] if line.strip()), "")
        return _width(below) > width

    def indented(self) -> str:
        """Take what stands further to the right than the line before."""
        width, start = _width(self.lines[self.at - 1]), self.at
        while self.at < len(self.lines) and (not self.lines[self.at].strip() or _width(self.lines[self.at]) > width):
            self.at += 1
        body = self.lines[start : self.at]
        while body and not body[-1].strip():
            body.pop()
            self.at -= 1
        return dedent("\n".join(body)).strip("\n")

    def until_blank(self) -> str:
        start = self.at
        while self.at < len(self.lines) and self.lines[self.at].strip():
            self.at += 1
        return dedent("\n".join(self.lines[start : self.at]))

    def until_underlined(self) -> str:
        start = self.at
        while self.at < len(self.lines) and not self.underlined():
            self.at += 1
        return dedent("\n".join(self.lines[start : self.at])).strip("\n")


def _items(body: str, entry: "re.Pattern[str]") -> Iterator[str]:
    """Write the entries of a section as a list; what is no entry stays text."""
    lines = body.split("\n")
    starts = [place for place, line in enumerate(lines) if line.strip() and _width(line) == 0]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        found = entry.match(lines[start])
        more = dedent("\n".join(lines[start + 1 : end])).strip("\n")
        if entry is _NUMPY_ENTRY and found:
            kind = f" ({found.group(2)})" if found.group(2) else ""
            yield _item(f"`{found.group(1).strip()}`{kind}", more, "")
        elif found:
            kind = f" ({found.group(2)})" if found.group(2) else ""
            yield _item(f"`{found.group(1)}`{kind}", found.group(3) or "", more)
        else:
            yield _inline(lines[start]) + (f"\n{_inline(more)}" if more else "")


def _item(name: str, text: str, more: str) -> str:
    """Write one item of a list, with what else belongs to it below."""
    whole = docstring_to_markdown("\n".join(filter(None, [text, more])))
    shown = indent(whole, "  ").strip()
    return f"- {name}{': ' if name and shown else ''}{shown}"


def _inline(line: str) -> str:
    """Turn roles and literals into code."""
    return _LITERAL.sub(r"`\1`", _ROLE.sub(r"`\1`", line))


def _width(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
