"""A folder's files, depth first, in the order of their names.

Hidden files and folders (`.git`, `.venv`, `.ipynb_checkpoints`, `.DS_Store`) are no documents and are passed over. So
are the folders that hold other people's files or build products: `node_modules` and `__pycache__`. Symbolic links are
followed as long as they stay inside the folder that was named.
"""

import errno
import os
import stat
from pathlib import Path

from generate.sources.file import Listing, Skip, Where, is_passed_over, listed
from generate.sources.patterns import OWN, Patterns, Rules, git_rules, read_rule


def list_folder(root: Path, patterns: Patterns) -> Listing:
    """List the files of a folder."""
    found: list[Where | Skip] = []
    home = root.resolve()
    own = patterns.rules + read_rule(root / OWN)
    in_git = any((above / ".git").exists() for above in (home, *home.parents))
    seen: set[Path] = set()
    stack: list[tuple[Path, str, Rules, bool]] = [(root, "", git_rules(root), in_git)]
    while stack:
        path, name, rules, in_git = stack.pop()
        try:
            real = path.resolve()
        except (OSError, RuntimeError):  # before Python 3.13 such a link raises a RuntimeError
            found.append(Skip(path=path, reason="unreadable", detail=os.strerror(errno.ELOOP)))
            continue
        if not real.is_relative_to(home):
            found.append(Skip(path=path, reason="outside", detail=f"a link to {real}, outside the folder"))
        elif path.is_dir():
            if real in seen:
                continue  # a loop, or a second way to a folder that has been walked
            if name and patterns.leave_out(name, own + rules, folder=True):
                continue
            seen.add(real)
            try:
                names = sorted(os.listdir(path), reverse=True)  # noqa: PTH208 - names, in one order on every machine
            except OSError as error:
                found.append(Skip(path=path, reason="unreadable", detail=error.strerror or str(error)))
                continue
            inner, in_git = _git_rules_in(path, name, names, rules, in_git=in_git)
            below = [one for one in names if not is_passed_over(one)]
            stack += [(path / one, f"{name}/{one}" if name else one, inner, in_git) for one in below]
        elif not patterns.leave_out(name, own + rules):
            found.append(look_at(path, name))
    return Listing(home.name, [*found, *patterns.report(root)])


def look_at(path: Path, name: str) -> Where | Skip:
    """Look at one file from outside."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return Skip(path=path, reason="unreadable", detail=error.strerror or str(error))
    if not stat.S_ISREG(mode):
        return Skip(path=path, reason="unsupported", detail="no regular file")
    return listed(path, name)


def _git_rules_in(path: Path, name: str, names: list[str], rules: Rules, *, in_git: bool) -> tuple[Rules, bool]:
    """Give git's rules for a folder: its own before those from above, its own alone where it is a repository."""
    base = f"{name}/" if name else ""
    if ".git" in names:
        rules, in_git = read_rule(path / ".git" / "info" / "exclude", base=base), True
    if in_git and ".gitignore" in names:
        rules = read_rule(path / ".gitignore", base=base) + rules
    return rules, in_git
