"""What Sphinx adds to reStructuredText, as far as a reader needs it.

Directives and roles that docutils does not know (Sphinx has hundreds) would be dropped with their content. Here they
are registered while a file is read: a directive gives its argument and content, a role its text. Directives that read
other files or pass on raw markup give nothing.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

_DIRECTIVE = re.compile(r"^[ \t]*\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?([\w+.:-]+?)[ \t]?::(?:[ \t]|$)", re.MULTILINE)
_ROLE = re.compile(r":([A-Za-z][\w+.:-]*):`|`:([A-Za-z][\w+.:-]*):")
_TARGETED = re.compile(r"(.*?)\s*<[^<>]*>\Z", re.DOTALL)
_OVERRIDDEN = frozenset({"contents", "include", "raw"})
_DROPPED = _OVERRIDDEN | frozenset(
    ["toctree", "index", "literalinclude", "tabularcolumns", "currentmodule", "module", "highlight", "meta", "title"]
)
_CODE = frozenset(["code-block", "sourcecode", "code", "prompt", "doctest", "testcode", "parsed-literal"])
_TEXT_ROLES = frozenset(
    ["ref", "doc", "term", "numref", "download", "abbr", "any", "menuselection", "guilabel", "index", "eq"]
)
_TITLED = {
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "deprecated": "Deprecated since version",
    "versionremoved": "Removed in version",
    "seealso": "See also",
    "todo": "To do",
}


@contextmanager
def registered(text: str) -> Iterator[None]:
    """Register what the text uses and docutils lacks, for as long as the block runs."""
    from docutils.parsers.rst import directives, roles

    # docutils has no way to ask without logging, or to unregister
    own_directives, own_roles = vars(directives)["_directives"], vars(roles)["_roles"]
    old_directives, old_roles = dict(own_directives), dict(own_roles)
    known = {**vars(directives)["_directive_registry"], **old_directives}
    try:
        for name in {found.group(1).lower() for found in _DIRECTIVE.finditer(text)}:
            if name not in known or name in _OVERRIDDEN:
                directives.register_directive(name, _directive(name))
        for name in {(found.group(1) or found.group(2)).lower() for found in _ROLE.finditer(text)}:
            if name not in vars(roles)["_role_registry"] and name not in old_roles:
                roles.register_local_role(name, _role)
        yield
    finally:
        for registry, old in ((own_directives, old_directives), (own_roles, old_roles)):
            registry.clear()
            registry.update(old)


def _directive(name: str) -> type:
    """Make a directive that keeps its content."""
    from docutils import nodes
    from docutils.parsers.rst import Directive

    class Kept(Directive):
        has_content = True
        optional_arguments = 1
        final_argument_whitespace = True
        option_spec: ClassVar[Any] = _AnyOption()

        def run(self) -> list[nodes.Node]:
            if name.rsplit(":", maxsplit=1)[-1] in _DROPPED or name.startswith("auto"):
                return []
            argument = " ".join((self.arguments[0] if self.arguments else "").split())
            if name.rsplit(":", maxsplit=1)[-1] in _CODE:
                block = nodes.literal_block("\n".join(self.content), "\n".join(self.content))
                block["classes"] += ["code", argument] if argument else ["code"]
                return [block] if self.content else []
            box = nodes.container()
            title, rest = _TITLED.get(name, ""), argument
            if title.endswith("version") and argument:
                version, _, rest = argument.partition(" ")
                title = f"{title} {version}"
            if title:
                box += nodes.paragraph("", "", nodes.strong(title, title))
            if rest:
                shown, messages = self.state.inline_text(rest, self.lineno)
                box += nodes.paragraph(rest, "", *shown, *messages)
            self.state.nested_parse(self.content, self.content_offset, box)
            return list(box.children)

    return Kept


class _AnyOption(dict[str, Any]):
    """Takes any option of a directive that nobody knows."""

    def __getitem__(self, key: str) -> Any:  # Any: docutils calls what it gets
        return lambda argument: argument or ""

    def __bool__(self) -> bool:
        return True


def _role(
    name: str, rawtext: str, text: str, *_: Any, **__: Any
) -> tuple[list[Any], list[Any]]:  # docutils passes more
    """Give the text of a role that docutils does not know, as code where it names code."""
    from docutils import nodes, utils

    plain = utils.unescape(text)
    targeted = _TARGETED.match(plain)
    shown = targeted.group(1) if targeted and targeted.group(1) else plain.lstrip("~!")
    short = name.rsplit(":", maxsplit=1)[-1]
    if short in _TEXT_ROLES:
        shown = shown.replace("-->", "→") if short == "menuselection" else shown
        return [nodes.inline(rawtext, re.sub(r"^/?(?:[\w.-]+/)+", "", shown) if short == "doc" else shown)], []
    if plain.startswith("~"):
        shown = shown.rsplit(".", 1)[-1]
    return [nodes.literal(rawtext, shown)], []
