"""What a task must not be: the filters of Alpaca and of Self-Instruct, one function each.

The values are those of the original code: lengths in words, words of the list as whole words in whatever case, signs
as in `string.punctuation`. Alpaca looks at the instruction alone; the rules for inputs and outputs are Self-Instruct's,
and that an empty output is dropped at all, too.
"""

import re
import string
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

from generate.rejection import Rejection
from generate.strategies.seed_tasks import Task
from schemas import normal

LEAST_WORDS, MOST_WORDS = 4, 150
# What a model that reads and writes nothing but text could not do, when the list was made.
BLACKLIST = (
    "image images graph graphs picture pictures file files map maps draw plot video audio music flowchart diagram"
)
_BLACKLISTED = re.compile(rf"\b(?:{'|'.join(BLACKLIST.split())}|go to)\b", re.IGNORECASE)


def length(task: Task) -> Rejection | None:
    """Reject an instruction of up to 3 or more than 150 words."""
    words = len(task.instruction.split())
    if words < LEAST_WORDS:
        return Rejection("short_instruction", f"{words} words")
    return Rejection("long_instruction", f"{words} words") if words > MOST_WORDS else None


def blacklist(task: Task) -> Rejection | None:
    """Reject an instruction with a word that speaks of pictures, files, sound or places."""
    found = _BLACKLISTED.search(task.instruction)
    return Rejection("blacklisted_word", found.group()) if found else None


def program(task: Task) -> Rejection | None:
    """Reject an instruction that begins with "Write a program": what it is for is left open."""
    begins = task.instruction.startswith("Write a program")
    return Rejection("asks_for_program", task.instruction[:80]) if begins else None


def punctuation(task: Task) -> Rejection | None:
    """Reject an instruction that begins with a sign."""
    sign = task.instruction[:1]
    return Rejection("begins_with_sign", sign) if sign and sign in string.punctuation else None


def non_ascii(task: Task) -> Rejection | None:
    """Reject an instruction whose first character is not ASCII; of use for English only."""
    sign = task.instruction[:1]
    return None if sign.isascii() else Rejection("begins_with_non_ascii", sign)


def echo(task: Task) -> Rejection | None:
    """Reject an output that repeats the input."""
    return Rejection("output_is_input", task.output[:80]) if task.input and task.input == task.output else None


def empty(task: Task) -> Rejection | None:
    """Reject a task without an output."""
    return None if task.output.strip() else Rejection("empty_output")


def colon(task: Task) -> Rejection | None:
    """Reject an input or output that ends with a colon: something should have followed."""
    for name, text in (("input", task.input), ("output", task.output)):
        if text.strip().endswith(":"):
            return Rejection("ends_with_colon", f"the {name} ends: {text.strip()[-60:]}")
    return None


RULES: Mapping[str, Callable[[Task], Rejection | None]] = {
    "length": length,
    "blacklist": blacklist,
    "program": program,
    "punctuation": punctuation,
    "non_ascii": non_ascii,
    "echo": echo,
    "empty": empty,
    "colon": colon,
}
"""The rules for one task alone, by the settings that switch them, in the order in which they are looked at."""


def conflicts(tasks: Sequence[Task]) -> dict[int, Rejection]:
    """Give the places of tasks with the same instruction and input as another but with another output: all of them."""
    alike: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for place, task in enumerate(tasks):
        if task.input:
            alike[normal(task.instruction), task.input].append(place)
    found: dict[int, Rejection] = {}
    for places in alike.values():
        outputs = Counter(tasks[place].output for place in places)
        if len(outputs) > 1:
            found |= dict.fromkeys(places, Rejection("conflicting_outputs", f"{len(outputs)} outputs for one input"))
    return found
