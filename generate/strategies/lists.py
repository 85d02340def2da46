"""Lists that a user may replace like prompts: plain text, a group's name in brackets and then one entry a line.

They are filled in by Jinja as part of a prompt, so that a file of the same name in the user's folder takes their place
and the hash of the prompt covers them.
"""

import re

from generate.brief import Brief
from schemas import InputError

Lists = dict[str, tuple[str, ...]]

_GROUP = re.compile(r"\[([^\[\]]+)\]")


def read_lists(brief: Brief, name: str, **values: str) -> Lists:
    """Give the entries of each group.

    Args:
        brief: The run's.
        name: The prompt whose last turn holds the lists.
        values: What its entries may use.

    Raises:
        InputError: An entry stands before the first group.
    """
    prompt = brief.prompt(name)
    text = prompt.messages(**{key: " ".join(value.split()) for key, value in values.items()})[-1].content
    found: dict[str, list[str]] = {}
    entries: list[str] | None = None
    for line in filter(None, (line.strip() for line in text.splitlines())):
        group = _GROUP.fullmatch(line)
        if group:
            entries = found.setdefault(group.group(1).strip(), [])
        elif entries is None:
            mend = "Write the name of a group above it, for example [everyday life]"
            raise InputError(f"{line[:60]!r} stands in no group", where=str(prompt.path), mend=mend)
        else:
            entries.append(line)
    return {group: tuple(entries) for group, entries in found.items()}
