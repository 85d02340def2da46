"""Patterns that say which files are left out, written and read as in `.gitignore`.

Four lists are asked, and the first that says anything about a file decides: what the caller excludes, then the
`.gristmillignore` of the folder that was named, then, inside a git work tree, each `.gitignore` from the file's own
folder upwards, then `.git/info/exclude`. So `!drafts/` in one list takes back what a later list leaves out. Whether git
tracks a file that its own patterns leave out is not looked up.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pathspec import GitIgnoreSpec

from generate.sources.file import Skip
from schemas import InputError

OWN = ".gristmillignore"
_ALL_IN = re.compile(r"(?<=[^/])/\*\*\s*\Z")
_LARGEST = 1_000_000  # bytes of a file of patterns


class Rule(NamedTuple):
    """One list of patterns.

    Attributes:
        origin: Where it stands, for the user.
        spec: The patterns.
        base: Folder that they are relative to, with a slash at its end, seen from the folder that was named.
        above: The other way round, where they stand further up: the named folder as they see it.
    """

    origin: str
    spec: GitIgnoreSpec
    base: str = ""
    above: str = ""

    def says(self, name: str) -> bool | None:
        """Tell whether it leaves a name out, None where it says nothing; a folder's name ends with a slash."""
        return self.spec.check_file(self.above + name[len(self.base) :]).include


Rules = tuple[Rule, ...]


@dataclass(slots=True)
class Patterns:
    """What the caller includes and excludes, and how much was left out.

    Args:
        include: Files that match none of these are left out; none means all.
        exclude: Files and folders that match one of these are left out.

    Raises:
        InputError: A pattern is none.
    """

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    rules: Rules = field(init=False)
    _wanted: GitIgnoreSpec | None = field(init=False)
    _out: Counter[tuple[str, bool]] = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        self.rules = (Rule("exclude", _spec(self.exclude, "exclude")),) if self.exclude else ()
        self._wanted = _spec(self.include, "include") if self.include else None

    def leave_out(self, name: str, rules: Rules, *, folder: bool = False) -> bool:
        """Tell whether a file or folder is left out, and count it."""
        shown = f"{name}/" if folder else name
        said = ((rule.origin, rule.says(shown)) for rule in rules)
        origin, out = next(((origin, says) for origin, says in said if says is not None), ("", False))
        if not out and not folder and self._wanted is not None and not self._wanted.check_file(name).include:
            origin, out = "include", True
        if out:
            self._out[origin, folder] += 1
        return bool(out)

    def leave_out_member(self, name: str, rules: Rules) -> bool:
        """Tell whether a file of an archive is left out, by its own name or by that of a folder around it.

        Archives list no folders to turn away from, and a pattern for a folder holds for all that is in it.
        """
        folders = name.split("/")[:-1]
        above = ("/".join(folders[: depth + 1]) for depth in range(len(folders)))
        for folder in above:
            said = next((says for rule in rules if (says := rule.says(f"{folder}/")) is not None), False)
            if said:
                return self.leave_out(name, rules) or self._count(rules, f"{folder}/")
        return self.leave_out(name, rules)

    def report(self, root: Path) -> list[Skip]:
        """Say in one skip how much was left out since the last report; none if nothing was."""
        counted, self._out = self._out, Counter()
        if not counted:
            return []
        parts = [
            f"{count} {kind}{'' if count == 1 else 's'}"
            for kind, is_folder in (("file", False), ("folder", True))
            if (count := sum(number for (_, folder), number in counted.items() if folder is is_folder))
        ]
        by = ", ".join(
            f"{origin} {sum(counted[origin, kind] for kind in (False, True))}" for origin in _origins(counted)
        )
        return [Skip(path=root, reason="excluded", detail=f"{' and '.join(parts)} left out by patterns ({by})")]

    def _count(self, rules: Rules, folder: str) -> bool:
        self._out[next(rule.origin for rule in rules if rule.says(folder)), False] += 1
        return True


def _origins(counted: Iterable[tuple[str, bool]]) -> list[str]:
    return sorted({origin for origin, _ in counted})


def read_rule(path: Path, *, base: str = "", above: str = "") -> Rules:
    """Read a file of patterns; what is no file, cannot be read or is no pattern says nothing, as in git."""
    try:
        if not path.is_file():
            return ()
        with path.open("rb") as opened:
            raw = opened.read(_LARGEST)
    except OSError:
        return ()
    return rule_of(raw, path.name if path.name != "exclude" else ".git/info/exclude", base=base, above=above)


def rule_of(raw: bytes, origin: str, *, base: str = "", above: str = "") -> Rules:
    """Make a rule of the bytes of a file of patterns."""
    lines = [line for line in raw.decode("utf-8-sig", "replace").splitlines() if _is_pattern(line)]
    return (Rule(origin, _compiled(lines), base, above),) if lines else ()


def git_rules(root: Path) -> Rules:
    """Give the rules that git's own files set for a folder from above; none outside a work tree.

    A folder that they leave out as a whole was named on purpose: then they do not hold.
    """
    home = root.resolve()
    if (home / ".git").exists():
        return ()  # the walk finds those of the folder itself
    rules: list[Rule] = []
    for parent in home.parents:
        above = f"{home.relative_to(parent).as_posix()}/"
        rules += read_rule(parent / ".gitignore", above=above)
        if (parent / ".git").exists():
            rules += read_rule(parent / ".git" / "info" / "exclude", above=above)
            out = next((says for rule in rules if (says := rule.says("")) is not None), False)
            return () if out else tuple(rules)
    return ()


def _spec(patterns: Sequence[str], where: str) -> GitIgnoreSpec:
    """Read patterns that the caller gave.

    Raises:
        InputError: One of them is no pattern.
    """
    for pattern in patterns:
        if not _is_pattern(pattern):
            raise InputError(
                f"no pattern: {pattern!r}", where=where, mend="Write patterns as in .gitignore: *.md, drafts/"
            )
    return _compiled(patterns)


def _compiled(lines: Iterable[str]) -> GitIgnoreSpec:
    """Compile patterns; `a/**` is what is in `a` and not `a` itself, which pathspec takes it for as well."""
    return GitIgnoreSpec.from_lines([_ALL_IN.sub("/**/*", line) for line in lines])


def _is_pattern(line: str) -> bool:
    try:
        return any(pattern.include is not None for pattern in GitIgnoreSpec.from_lines([line]).patterns)
    except ValueError:
        return False
