"""A second exercise behind the first: the writer of a numbered list of exercises did not stop where its row ends."""

import re

from curate.lint.exchange import LONGEST, Exchange, excerpt

LITERALS = ("instruction:", "instruction :", "input:", "output:")
_HEAD = re.compile(r"^[ \t#*]*(\d{1,4})[.)][ \t]*\**(?:instruction|task)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_PART = re.compile(r"^[ \t#*]*(\d{1,4})[.)][ \t]*\**(?:input|output)[ \t]*:", re.IGNORECASE | re.MULTILINE)
# Who asks for exercises gets them.
_ASKS = re.compile(r"\b(?:instructions|tasks|prompts|exercises|few-shot|instruction (?:and|with|for))\b", re.IGNORECASE)


def merged_instructions(row: Exchange) -> str | None:
    """Find a numbered `Instruction:` at the head of a line, or two numbered `Input:` or `Output:` of one number."""
    for text in (row.response[:LONGEST], row.prompt[:LONGEST]):
        start = _second(text)
        if start is not None:
            return None if _ASKS.search(row.task) else excerpt(text, start)
    return None


def _second(text: str) -> int | None:
    """Find where a second exercise begins."""
    head = _HEAD.search(text)
    if head is not None and (int(head[1]) > 1 or _PART.search(text, head.end()) is not None):
        return head.start()
    parts = list(_PART.finditer(text))
    numbers = {part[1] for part in parts}
    return parts[0].start() if len(numbers) < len(parts) else None
