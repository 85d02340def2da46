"""Python modules: their docstrings under headed sections, with the signatures as code. Nothing is imported or run.

What begins with an underscore is private and left out, as documentation generators leave it out.
"""

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from generate.loaders.content import Content, UnreadableError
from generate.loaders.docstrings import docstring_to_markdown

_LARGEST = 2_000_000  # bytes: the parser needs about a hundred times as much memory
_LONGEST_SIGNATURE = 100  # characters on one line
_LONGEST_DEFAULT = 80  # characters
_SOURCE_FOLDERS = frozenset({"src", "lib", "python"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class _Found(NamedTuple):
    """A class or function with a docstring, and its name inside the module."""

    node: ast.ClassDef | _Function
    name: str
    depth: int


def load(raw: bytes, name: str) -> Content:
    """Read a module.

    Raises:
        UnreadableError: It is no Python 3, larger than 2 MB, or has no docstring.
    """
    if len(raw) > _LARGEST:
        raise UnreadableError("too_large", f"more than {_LARGEST // 1_000_000} MB of source: made by a machine")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        text = raw.decode(encoding)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in strings, which are the module's own affair
            module = ast.parse(text)
    except (MemoryError, RecursionError) as error:  # what the parser says of expressions that are nested too deeply
        raise UnreadableError("damaged", "it is nested too deeply") from error
    except (SyntaxError, ValueError) as error:
        where = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        raise UnreadableError("damaged", f"no Python 3 that can be read ({said}{where})") from error
    title = f"`{_dotted(name)}`"  # as code, so that the underscores of a name are no emphasis
    about = ast.get_docstring(module)
    parts = [docstring_to_markdown(about)] if about else []
    for found in _documented(module.body, "", 2):
        docstring = ast.get_docstring(found.node)
        if docstring:
            parts += [f"{'#' * found.depth} `{found.name}`", _signature(found.node), docstring_to_markdown(docstring)]
    parts = [part for part in parts if part.strip()]
    if not parts:
        raise UnreadableError("no_text", "it has no docstring")
    return Content("\n\n".join([f"# {title}", *parts]) + "\n", title)


def _dotted(name: str) -> str:
    """Give a module the name that it is imported by, as far as its path tells."""
    parts = list(PurePosixPath(name).with_suffix("").parts)
    if len(parts) > 1 and parts[-1] in {"__init__", "__main__"}:
        parts.pop()
    if len(parts) > 1 and parts[0] in _SOURCE_FOLDERS:
        parts.pop(0)
    return ".".join(parts)


def _documented(body: list[ast.stmt], above: str, depth: int) -> Iterator[_Found]:
    """Yield the public classes and functions in the order of the file, also those under `if` and `try`."""
    for statement in body:
        if isinstance(statement, ast.ClassDef | _Function):
            if statement.name.startswith("_") and not (above and statement.name == "__init__"):
                continue
            if _is_again(statement):
                continue
            name = f"{above}{statement.name}"
            yield _Found(statement, name, min(depth, 6))
            if isinstance(statement, ast.ClassDef):
                yield from _documented(statement.body, f"{name}.", depth + 1)
        elif isinstance(statement, ast.If | ast.Try | ast.With):
            inner = [*statement.body, *(getattr(statement, "orelse", [])), *(getattr(statement, "finalbody", []))]
            for handler in getattr(statement, "handlers", []):
                inner += handler.body
            yield from _documented(inner, above, depth)


def _is_again(node: ast.ClassDef | _Function) -> bool:
    """Tell whether it is another form of a function that is written out elsewhere: an overload, a setter."""
    names = {ast.unparse(one).rpartition(".")[2] for one in node.decorator_list}
    return bool(names & {"overload", "setter", "deleter"})


def _signature(node: ast.ClassDef | _Function) -> str:
    """Write how a class or function is declared, as a block of code."""
    marks = [f"@{ast.unparse(one)}" for one in node.decorator_list]
    marks = [mark for mark in marks if len(mark) <= _LONGEST_SIGNATURE]
    if isinstance(node, ast.ClassDef):
        bases = [ast.unparse(one) for one in [*node.bases, *(keyword.value for keyword in node.keywords)]]
        bases = [base for base in bases if base != "object"]
        line = f"class {node.name}({', '.join(bases)})" if bases else f"class {node.name}"
        return "\n".join(["```python", *marks, line, "```"])
    for default in [*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]:
        if isinstance(default, ast.Constant) and isinstance(default.value, str | bytes):
            default.value = default.value[:_LONGEST_DEFAULT]
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    arguments = ast.unparse(node.args)
    line = f"{word} {node.name}({arguments}){returns}"
    if len(line) > _LONGEST_SIGNATURE:
        inner = "".join(f"    {argument},\n" for argument in _arguments(node.args))
        line = f"{word} {node.name}(\n{inner}){returns}"
    return "\n".join(["```python", *marks, line, "```"])


def _arguments(args: ast.arguments) -> list[str]:
    """Write each argument by itself."""
    shown: list[str] = []
    empty = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    plain = [*args.posonlyargs, *args.args]
    padded: list[ast.expr | None] = [None] * (len(plain) - len(args.defaults)) + list(args.defaults)
    for place, (one, default) in enumerate(zip(plain, padded, strict=True), 1):
        alone = ast.arguments(**{**vars(empty), "args": [one], "defaults": [default] if default else []})
        shown.append(ast.unparse(alone))
        if place == len(args.posonlyargs):
            shown.append("/")
    if args.vararg or args.kwonlyargs:
        shown.append(f"*{ast.unparse(args.vararg)}" if args.vararg else "*")
    for one, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        alone = ast.arguments(**{**vars(empty), "args": [one], "defaults": [default] if default else []})
        shown.append(ast.unparse(alone))
    if args.kwarg:
        shown.append(f"**{ast.unparse(args.kwarg)}")
    return shown
