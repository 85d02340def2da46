"""Front matter: the block of YAML or TOML between two fences at the very start of a Markdown file.

Broken YAML is still front matter: it just says nothing.
"""

import datetime as dt
import json
import re
import tomllib
from functools import lru_cache
from typing import Any, NamedTuple

_FENCED = {
    "yaml": re.compile(r"---[ \t]*(?:\r\n|\n|\r)(.*?)(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)", re.DOTALL),
    "toml": re.compile(r"\+\+\+[ \t]*(?:\r\n|\n|\r)(.*?)(?<=[\r\n])\+\+\+[ \t]*(?:\r\n|\n|\r|\Z)", re.DOTALL),
}
_STARTS_WITH_KEY = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?[\r\n]+)*[\w\"'][^\r\n:=]*[:=](?:[ \t\r\n]|\Z)")
_LONGEST = 65_536  # characters: PyYAML reads about 100 kB/s, and real front matter is a few lines
_MOST_VALUES = 10_000  # aliases let a few lines of YAML stand for billions of values
_DEEPEST = 50


class FrontMatter(NamedTuple):
    """What stands before a document's text.

    Attributes:
        end: Offset of the first character after it; 0 where there is none.
        values: Its keys and values, JSON types only; empty where it cannot be parsed.
    """

    end: int
    values: dict[str, Any]  # Any: a value is whatever JSON can hold

    @property
    def metadata(self) -> str:
        """Its values as JSON text."""
        return json.dumps(self.values, ensure_ascii=False)


NONE = FrontMatter(0, {})


def front_matter(text: str) -> FrontMatter:
    """Find and read the front matter of a Markdown text.

    A pair of `---` lines around something that is no mapping and looks like none is two thematic breaks.
    """
    match = _match(text)
    if match is None:
        return NONE
    kind, found = match
    inner = found.group(1)
    values = _values(kind, inner)
    if values is None:
        return FrontMatter(found.end(), {}) if _STARTS_WITH_KEY.match(inner) else NONE
    return FrontMatter(found.end(), values)


def front_matter_end(text: str) -> int:
    """Give the offset of the first character after the front matter, 0 where there is none."""
    return 0 if _match(text) is None else front_matter(text).end


def _match(text: str) -> "tuple[str, re.Match[str]] | None":
    for kind, pattern in _FENCED.items():
        found = pattern.match(text)
        if found:
            return kind, found
    return None


@lru_cache(maxsize=8)  # a document is asked for it by its loader, its outline and its passages
def _values(kind: str, inner: str) -> dict[str, Any] | None:
    """Parse the inside of the fences; None where it is no mapping."""
    import yaml

    if len(inner) > _LONGEST:
        return None
    try:
        if kind == "toml":
            raw: object = tomllib.loads(inner.replace("\r\n", "\n").replace("\r", "\n"))
        else:
            raw = yaml.safe_load(inner)
        if raw is None:
            return {}
        return _Plain().mapping(raw) if isinstance(raw, dict) else None
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, TypeError, OverflowError, RecursionError):
        # ValueError and OverflowError: dates and numbers that YAML takes for such and Python does not
        return None


class _Plain:
    """Turn parsed values into JSON ones, a bounded number of them."""

    def __init__(self) -> None:
        self.left = _MOST_VALUES

    def mapping(self, raw: dict[Any, Any]) -> dict[str, Any]:  # Any: YAML keys and values are of any type
        return {str(self.value(key, 0)): self.value(value, 1) for key, value in raw.items()}

    def value(self, raw: object, depth: int) -> object:
        self.left -= 1
        if self.left < 0 or depth > _DEEPEST:
            raise ValueError("more values than front matter can mean")
        if isinstance(raw, dict):
            return {str(self.value(key, depth + 1)): self.value(value, depth + 1) for key, value in raw.items()}
        if isinstance(raw, list | tuple):
            return [self.value(value, depth + 1) for value in raw]
        if isinstance(raw, set):
            return sorted(str(value) for value in raw)
        if isinstance(raw, dt.date | dt.time):
            return raw.isoformat()
        if isinstance(raw, bool | int | str) or raw is None:
            return raw
        if isinstance(raw, float):
            return raw if abs(raw) < float("inf") else str(raw)
        return str(raw)
