"""Whether two normal forms say the same (`curate.alike`), for many pairs, straight from their bytes."""

import numpy as np
import numpy.typing as npt

from curate.kernels.edits import DELETE, INSERT, REPLACE, Codes, common, edits, slot_of, table_size
from curate.kernels.texts import FREE, NEGATION, NUMBER, Bytes, Spans, Words, read_signs, read_words
from schemas.compiled import kernel

COPY, NUMBERS, SIDE, NEGATED, WORDS, TEMPLATE, UNTOLD = 0, 1, 2, 3, 4, 5, 255
LINE_END = 10


@kernel
def similarities(
    data: Bytes, starts: Spans, pairs: Spans, threshold: float, longest: int, out: npt.NDArray[np.float64]
) -> None:
    """Give the Indel similarity of the texts of each pair, 0 below the threshold.

    Args:
        data: All texts in UTF-8, one after the other.
        starts: (texts + 1) offsets into `data`.
        pairs: (pairs, 2) which texts.
        threshold: Least similarity that counts.
        longest: Most characters of a text.
        out: (pairs) takes the similarities; -1 where a text is longer.
    """
    for pair in range(len(pairs)):
        left, right = pairs[pair, 0], pairs[pair, 1]
        ours = read_signs(data, starts[left], starts[left + 1])
        theirs = read_signs(data, starts[right], starts[right + 1])
        out[pair] = -1.0 if max(len(ours), len(theirs)) > longest else _similarity(ours, theirs, threshold)


@kernel
def look(  # noqa: PLR0913, PLR0917 - flat arrays, as a kernel must have
    data: Bytes,
    starts: Spans,
    pairs: Spans,
    most: int,
    side: float,
    limits: Spans,
    digits: Bytes,
    known: Codes,
    out: Bytes,
    looked: npt.NDArray[np.bool_],
) -> None:
    """Tell which pairs of similar texts are copies, for each text from the most similar on until one is.

    Args:
        data: All texts in UTF-8, one after the other.
        starts: (texts + 1) offsets into `data`.
        pairs: (pairs, 2) a better text and the one whose copies are looked for; those of one stand together.
        most: How many pairs of a text to look at, until one is a copy; 0 for all, whatever they are.
        side: Least similarity of each side of texts that have two.
        limits: (4) words from which a text is long; most words of a short answer; characters beyond which nothing but
            numbers is looked at; the product of two texts' words from which their edits are not told here.
        digits: As `read_words` takes it.
        known: As above.
        out: (pairs) takes why they are no copies: 0 for copies, `UNTOLD` where that must be found out elsewhere.
        looked: (pairs) takes which of them were looked at.
    """
    owner, left = np.int64(-1), 0
    for pair in range(len(pairs)):
        if pairs[pair, 1] != owner:
            owner, left = pairs[pair, 1], most
        looked[pair] = most == 0 or left > 0
        if looked[pair]:
            out[pair] = _guard(data, starts, pairs[pair, 0], owner, side, limits, digits, known)
            left = left - 1 if out[pair] else 0


@kernel
def _guard(  # noqa: PLR0913, PLR0917 - one return for each guard; flat arrays, as a kernel must have
    data: Bytes, starts: Spans, left: int, right: int, side: float, limits: Spans, digits: Bytes, known: Codes
) -> int:
    """Say why two similar texts are not copies."""
    if _after(data[starts[left] : starts[left + 1]], data[starts[right] : starts[right + 1]]):
        left, right = right, left
    begin, end, start, stop = starts[left], starts[left + 1], starts[right], starts[right + 1]
    ours, theirs = read_words(data, begin, end, digits, known), read_words(data, start, stop, digits, known)
    lacking = _numbers_lacking(ours, theirs)
    if lacking == 3:
        return NUMBERS
    if max(end - begin, stop - start) > limits[2] and (
        len(read_signs(data, begin, end)) > limits[2] or len(read_signs(data, start, stop)) > limits[2]
    ):
        return COPY
    if min(len(ours[0]), len(theirs[0])) < limits[0]:
        if lacking:
            return NUMBERS
        return COPY if _same_gist(ours, 0, theirs, 0) else WORDS
    here, there = _line_end(data, begin, end), _line_end(data, start, stop)
    two_sided = here < end and there < stop
    if two_sided and not (
        _side_alike(data, begin, here, start, there, side) and _side_alike(data, here + 1, end, there + 1, stop, side)
    ):
        return SIDE
    if len(ours[0]) * len(theirs[0]) >= limits[3]:
        return UNTOLD
    steps = np.empty((len(ours[0]) + len(theirs[0]), 3), dtype=np.int64)
    steps = steps[: edits(ours[0], theirs[0], steps)]
    if _negation_only(ours, theirs, steps):
        return NEGATED
    if _repeats_a_swap(ours, theirs, steps):
        return TEMPLATE
    if two_sided and _other_question(ours, here, theirs, there, limits):
        return TEMPLATE
    return COPY


@kernel
def _similarity(ours: Codes, theirs: Codes, threshold: float) -> float:
    """Give the Indel similarity of two texts, 0 below the threshold."""
    total = len(ours) + len(theirs)
    if total == 0:
        return 1.0
    found = 1.0 - (total - 2 * common(ours, theirs, np.int64(threshold * total / 2))) / total
    return found if found >= threshold else 0.0


@kernel
def _side_alike(data: Bytes, begin: int, end: int, start: int, stop: int, least: float) -> bool:
    """Tell whether two sides of two texts are alike, by themselves; those without a sign are."""
    return _similarity(read_signs(data, begin, end), read_signs(data, start, stop), least) > 0  # type: ignore[no-any-return]  # numpy's comparison


@kernel
def _after(left: Bytes, right: Bytes) -> bool:
    """Tell whether a text comes after another in the order of code points, which is that of their bytes."""
    for place in range(min(len(left), len(right))):
        if left[place] != right[place]:
            return left[place] > right[place]  # type: ignore[no-any-return]  # numpy's comparison
    return len(left) > len(right)


@kernel
def _line_end(data: Bytes, begin: int, end: int) -> int:
    """Find the first line end of a text; its end where there is none."""
    while begin < end and data[begin] != LINE_END:
        begin += 1
    return begin


@kernel
def _numbers_lacking(ours: Words, theirs: Words) -> int:
    """Tell which side lacks a number of the other: 0 for none, 1 for theirs, 2 for ours, 3 for both."""
    count = 0
    for place in range(len(ours[0])):
        count += ours[2][place] & NUMBER != 0
    keys = np.zeros(table_size(count), dtype=np.uint64)
    held = np.zeros(len(keys), dtype=np.int32)
    for place in range(len(ours[0])):
        if ours[2][place] & NUMBER:
            slot = slot_of(keys, ours[0][place])
            keys[slot] = ours[0][place]
            held[slot] += 1
    lacking = 0
    for place in range(len(theirs[0])):
        if theirs[2][place] & NUMBER:
            slot = slot_of(keys, theirs[0][place])
            if keys[slot] == 0 or held[slot] == 0:
                lacking = 2
            else:
                held[slot] -= 1
                count -= 1
    return lacking + (count > 0)


@kernel
def _same_gist(ours: Words, first: int, theirs: Words, second: int) -> bool:
    """Tell whether words from some place on are the same, without those that mean nothing of their own and endings."""
    while True:
        while first < len(ours[0]) and ours[2][first] & FREE:
            first += 1
        while second < len(theirs[0]) and theirs[2][second] & FREE:
            second += 1
        if first == len(ours[0]) or second == len(theirs[0]):
            return first == len(ours[0]) and second == len(theirs[0])
        if ours[1][first] != theirs[1][second]:
            return False
        first += 1
        second += 1


@kernel
def _negation_only(ours: Words, theirs: Words, steps: Spans) -> bool:
    """Tell whether two texts differ in negations, and in nothing else that has a meaning of its own."""
    some, place = False, 0
    while place < len(steps):
        kind, step, meant, negated = steps[place, 0], place, False, False
        # Words replaced stand each for itself; a run of words that were only added, or left out, is one swap.
        while step < len(steps) and (
            step == place or (kind != REPLACE and steps[step, 0] == kind and follows(steps, step))
        ):
            for side in range(2):
                if kind == REPLACE or side == (kind != DELETE):
                    what = ours[2][steps[step, 1]] if side == 0 else theirs[2][steps[step, 2]]
                    meant |= what & FREE == 0
                    negated |= what & NEGATION != 0
            step += 1
        if meant and not negated:
            return False
        some |= meant
        place = step
    return some


@kernel
def follows(steps: Spans, step: int) -> bool:
    """Tell whether an edit stands right behind the one before it, of the same kind: nothing is equal between them."""
    added, left_out = steps[step - 1, 0] != DELETE, steps[step - 1, 0] != INSERT
    return (  # type: ignore[no-any-return]  # numpy's comparison
        steps[step, 1] == steps[step - 1, 1] + left_out and steps[step, 2] == steps[step - 1, 2] + added
    )


@kernel
def _repeats_a_swap(ours: Words, theirs: Words, steps: Spans) -> bool:
    """Tell whether one word with a meaning of its own stands for another in two places or more."""
    keys = np.zeros(table_size(len(steps)), dtype=np.uint64)
    for step in range(len(steps)):
        if steps[step, 0] == REPLACE and _content(ours, steps[step, 1], theirs, steps[step, 2]):
            left, right = ours[0][steps[step, 1]], theirs[0][steps[step, 2]]
            swap = (left ^ (left >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) + right or np.uint64(1)
            slot = slot_of(keys, swap)
            if keys[slot]:
                return True
            keys[slot] = swap
    return False


@kernel
def _content(ours: Words, left: int, theirs: Words, right: int) -> bool:
    """Tell whether one word with a meaning of its own stands for another."""
    return (  # type: ignore[no-any-return]  # numpy's comparison
        ours[2][left] & FREE == 0 and theirs[2][right] & FREE == 0 and ours[1][left] != theirs[1][right]
    )


@kernel
def _other_question(ours: Words, here: int, theirs: Words, there: int, limits: Spans) -> bool:
    """Tell whether two texts have one short answer to two short questions that differ in one place, by other words."""
    before, after = 0, 0
    while before < len(ours[0]) and ours[3][before, 0] < here:
        before += 1
    while after < len(theirs[0]) and theirs[3][after, 0] < there:
        after += 1
    if before != after or before >= limits[0]:
        return False
    answer = 0
    for place in range(before, len(ours[0])):
        # Signs that are words of their own do not make an answer long unless a space stands between them.
        answer += place == before or ours[3][place, 0] > ours[3][place - 1, 1]
    if answer > limits[1]:
        return False
    first, last, swapped = -1, -1, False
    for place in range(before):
        if ours[0][place] != theirs[0][place]:
            # Where the run of other words was over, this is a second place.
            if last >= 0 and place > last + 1:
                return False
            first, last = (place if first < 0 else first), place
            swapped |= _content(ours, place, theirs, place)
    return first >= 0 and swapped and _same_gist(ours, before, theirs, after)
