"""What to say about a file that fits no format: what is missing in it, and how its columns could be named."""

from collections.abc import Collection, Sequence

_ASKING = (
    "instruction",
    "question",
    "prompt",
    "query",
    "user",
    "human",
    "request",
    "task",
    "problem",
    "title",
    "input",
)
_ANSWERING = (
    "response",
    "answer",
    "output",
    "completion",
    "reply",
    "assistant",
    "target",
    "solution",
    "label",
    "chosen",
)


def explain(columns: Sequence[str], text: Collection[str]) -> tuple[str, str]:
    """Say what is missing, and the `--columns` that would mend it.

    Args:
        columns: All columns of the row or the file.
        text: Those of them that hold text.
    """
    asking = _likely(columns, text, _ASKING)
    answering = _likely([name for name in columns if name != asking], text, _ANSWERING)
    missing = "answer" if {"instruction", "question"}.intersection(text) else "question"
    if not columns:
        return "it has no columns", "Write one row for each question with its answer"
    asking = asking or _only([name for name in columns if name in text and name != answering])
    answering = answering or _only([name for name in columns if name in text and name != asking])
    listed = ", ".join(columns[:20]) + (", ..." if len(columns) > 20 else "")
    pairs = [("instruction", asking or "COLUMN"), ("response", answering or "COLUMN")]
    mend = f"Name them: --columns {','.join(f'{role}={name}' for role, name in pairs if role != name)}"
    if asking is None or answering is None:
        mend = f"Each row needs both as text. {mend}"
    return f"no {missing} in it: its columns are {listed}", mend


def _only(names: Sequence[str]) -> str | None:
    return names[0] if len(names) == 1 else None


def _likely(columns: Sequence[str], text: Collection[str], words: Sequence[str]) -> str | None:
    """Find the text column whose name is one of some words, or holds one."""
    for word in (*words, "q" if words is _ASKING else "a"):
        if word in columns and word in text:
            return word
    return next((name for word in words for name in columns if name in text and word in name.lower()), None)
