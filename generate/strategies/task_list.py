"""Read a reply that goes on with a numbered list of tasks, or one in JSON.

Alpaca's form: blocks parted by `###`, each with `4. Instruction:`, `4. Input:` and `4. Output:`. Where a reply numbers
its parts, only numbered marks count, so that an output may hold a line "Input: ..." or a heading of its own.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from generate.rejection import Rejection
from generate.replies import read_reply
from generate.strategies.seed_tasks import Task
from generate.structured import read_items
from schemas import ChatResponse

_PART = r"[ \t]*[*_]*(instruction|input|output)[*_]*[ \t]*:[*_]*[ \t]*"
_NUMBERED = re.compile(rf"^[ \t#*_>-]*(\d{{1,4}})[ \t]*[.):]?{_PART}", re.IGNORECASE | re.MULTILINE)
_BARE = re.compile(rf"^[ \t#*_>-]*()\**{_PART}", re.IGNORECASE | re.MULTILINE)
_END_OF_BLOCK = re.compile(r"(?:\s*^[ \t]*(?:#{2,}|-{3,}|\*{3,})[ \t]*$)+\s*\Z|\s+\Z", re.MULTILINE)
_NOTHING = frozenset({"noinput", "no input", "none", "n/a", "empty"})
_PARTS = ["instruction", "input", "output"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a reply.

    Attributes:
        task: What could be read of it.
        raw: The item as the model wrote it.
        whole: Whether it has exactly the three parts, in their order.
        last: Whether it is the last one of a reply that ended at its limit of tokens.
        surplus: Whether it lies behind the number of items that were asked for.
    """

    task: Task
    raw: str
    whole: bool = True
    last: bool = False
    surplus: bool = False


def write_tasks(tasks: Sequence[Task]) -> str:
    """Write tasks as such a list, numbered from 1."""
    blocks = []
    for number, task in enumerate(tasks, start=1):
        instruction = " ".join(task.instruction.split()).rstrip(":")
        given = task.input or "<noinput>"
        blocks.append(
            f"{number}. Instruction: {instruction}\n{number}. Input:\n{given}\n{number}. Output:\n{task.output}"
        )
    return "\n###\n".join(blocks)


def read_tasks(response: ChatResponse, *, first: int, last: int) -> list[Item] | Rejection:
    """Read the items of a reply, or say why there are none.

    Args:
        response: The reply.
        first: Number that the list was to go on with.
        last: Number of the last item asked for.
    """
    text = read_reply(response)
    if isinstance(text, Rejection):
        return text
    items = list(_listed(text, first, last))
    if not items:
        return _objects(response, text, most=last - first + 1)
    if response.finish_reason == "length":
        items[-1] = replace(items[-1], last=True)
    return items


def _objects(response: ChatResponse, text: str, *, most: int) -> list[Item] | Rejection:
    """Read JSON objects; what is none is an item that is not whole, and so is what the limit of tokens cut off."""
    found = read_items(response, ("instruction",), may_be_empty=("input", "output"))
    if isinstance(found, Rejection):
        return found if found.reason == "cut_off" else Rejection("no_list", f"no numbered list of tasks: {text[:120]}")
    items = [
        Item(task=_task(item), raw=json.dumps(item, ensure_ascii=False), surplus=place >= most)
        for place, item in enumerate(found.found)
    ]
    items += [Item(task=Task("", "", ""), raw="", whole=False)] * found.broken
    if response.finish_reason == "length":
        items.append(Item(task=Task("", "", ""), raw="", last=True))
    return items


def _listed(text: str, first: int, last: int) -> Iterator[Item]:
    found: list[list[re.Match[str]]] = []
    for mark in list(_NUMBERED.finditer(text)) or list(_BARE.finditer(text)):
        if mark[2].lower() == "instruction" or not found or text[: mark.start()].rstrip().endswith("###"):
            found.append([mark])
        elif mark[1] == found[-1][0][1]:
            found[-1].append(mark)
    for place, marks in enumerate(found):
        end = found[place + 1][0].start() if place + 1 < len(found) else len(text)
        names = [mark[2].lower() for mark in marks]
        parts: dict[str, str] = {}
        for mark, name, bound in zip(marks, names, [*(mark.start() for mark in marks[1:]), end], strict=True):
            parts.setdefault(name, _END_OF_BLOCK.sub("", text[mark.end() : bound]).strip())
        yield Item(
            task=_task(parts),
            raw=text[marks[0].start() : end].strip(),
            whole=names == _PARTS,
            surplus=place > last - first or int(marks[0][1] or 0) > last,
        )


def _task(parts: dict[str, str]) -> Task:
    given = parts.get("input", "")
    if given.strip("<>()[]. \n").lower() in _NOTHING:
        given = ""
    return Task(parts.get("instruction", ""), given, parts.get("output", ""))
