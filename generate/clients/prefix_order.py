"""The order in which a prefix cache is hit most: requests that begin alike stand side by side.

A server keeps what it computed for a prompt's beginning, and throws the oldest away when its memory is full. So the
requests about one document are worth most one after the other, with the document first and the task last in each.
"""

from collections.abc import Sequence
from itertools import pairwise

from schemas import ChatRequest

_ENOUGH = 0.95  # of what sorting would share: the cache works in blocks of tokens, so less is no gain


def by_prefix(requests: Sequence[ChatRequest]) -> list[int]:
    """Give the positions of requests in an order in which neighbours share as much of their beginnings as they can.

    The order given is kept where it is as good already, as it is when the requests come document by document.
    """
    given = list(range(len(requests)))
    prompts = [_prompt(request) for request in requests]
    best = sorted(given, key=prompts.__getitem__)  # no other order shares more
    return given if _shared(prompts, given) >= _ENOUGH * _shared(prompts, best) else best


def _prompt(request: ChatRequest) -> str:
    """Write a conversation as one text, in the order in which every chat template reads it."""
    return "\0".join(f"{role}\0{content}" for role, content in request.messages)


def _shared(prompts: Sequence[str], order: Sequence[int]) -> int:
    """Count the characters that prompts share with the one before them."""
    return sum(_alike(prompts[one], prompts[other]) for one, other in pairwise(order))


def _alike(one: str, other: str) -> int:
    """Count the characters with which both begin, halving: comparing two slices costs next to nothing."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low
