"""Many literals looked for at once: an Aho-Corasick automaton over bytes, built once (doi:10.1145/360825.360855).

Letters match in either case where they are ASCII. The walk is compiled (`curate.kernels.literals`); its tables are laid
out here. A hit says only that a text is worth a careful look.
"""

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.plain.choice import kernel_for
from schemas.buffers import text_buffers

_MOST_STATES = 2**15


class Automaton(NamedTuple):
    """The tables that `find_literals` walks through.

    Attributes:
        steps: (states x 256) uint16, flat.
        found: (states) uint64; the states with bits stand last.
    """

    steps: npt.NDArray[np.uint16]
    found: npt.NDArray[np.uint64]


def automaton(literals: Mapping[str, int]) -> Automaton:
    """Lay out the tables.

    Args:
        literals: None empty; each with the bits that stand for it.
    """
    tree: list[dict[int, int]] = [{}]
    bits = [0]
    for literal, mine in literals.items():
        state = 0
        for byte in literal.lower().encode():
            following = tree[state].get(byte)
            if following is None:
                following = tree[state][byte] = len(tree)
                tree.append({})
                bits.append(0)
            state = following
        bits[state] |= mine
    if len(tree) > _MOST_STATES:
        raise ValueError("the literals are too many for 16 bits")
    steps = np.zeros((len(tree), 256), dtype=np.uint16)
    falls = [0] * len(tree)
    waiting = deque([0])
    while waiting:
        state = waiting.popleft()
        fall = falls[state]
        bits[state] |= bits[fall]
        # What a state does not know, its longest proper ending does: that one is done, for it is nearer to the root.
        steps[state] = steps[fall]
        for byte, following in tree[state].items():
            falls[following] = int(steps[fall, byte]) if state else 0
            waiting.append(following)
        for byte, following in tree[state].items():
            steps[state, byte] = following
    steps[:, 65:91] = steps[:, 97:123]
    found = np.array(bits, dtype=np.uint64)
    order = np.argsort(found != 0, kind="stable")
    places = np.empty(len(order), dtype=np.uint16)
    places[order] = np.arange(len(order))
    return Automaton(np.ascontiguousarray(places[steps[order]]).ravel(), found[order])


def scan(texts: pa.StringArray, tables: Automaton) -> npt.NDArray[np.uint64]:
    """Give the bits of the literals that each text holds."""
    data, starts = text_buffers(texts)
    out = np.zeros(len(texts), dtype=np.uint64)
    find_literals = kernel_for("literals", "find_literals", rows=len(texts), size=len(data))
    find_literals(data, starts, tables.steps, tables.found, out)
    return out
