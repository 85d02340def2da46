"""Whether what an answer names stands where the passage has it: `Anna approves, Ben signs` is not `Ben approves`.

Two things that stand near each other in the answer should stand near each other in the passage. Where the answer would
fit the passage clearly better with two of its names, numbers or words changed for one another, or with one of them
changed for another of the passage, it was put in the wrong place.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from generate.grounding.borne import counted
from generate.grounding.evidence import Evidence
from generate.grounding.facts import Fact
from generate.grounding.lexicon import ACTORS, GENERIC, bare_stem
from generate.grounding.places import Nearness, Token, nearness, tokens_of
from generate.grounding.polarity import POLES, opposed
from generate.rejection import Rejection

SWAPPED, SWAPPED_WORD, SWAPPED_OTHER = 0.8, 1.1, 1.4  # gains in fit from which on two things of a kind, two plain
# words, two things of different kinds have changed places
PUT, PUT_WORD, ASKED = 1.05, 0.85, 1.6  # gains from which on another thing, another word of its class, or what the
# question asks for, belongs there

_TYPED = frozenset(["date", "time", "weekday", "name"])
_SHORT = 2  # facts of an answer's first sentence up to which the question belongs to it
_PRONOUNS = frozenset(["it", "they", "this", "that", "these", "those", "he", "she"])


def misfit(sentences: Sequence[Sequence[Fact]], evidence: Evidence, question: Sequence[Fact] = ()) -> Rejection | None:
    """Look for two things that changed places, or one that took another's; a short answer is read with its question."""
    near = nearness(evidence)
    tokens: list[Token] = []
    number, clause = -1, 0
    for found in sentences:
        follows = found and found[0].kind == "small" and found[0].text.lower() in _PRONOUNS
        clause = 1 + max((token.clause for token in tokens if token.sentence == number), default=0) if follows else 0
        number += not (follows and tokens)
        tokens += tokens_of(found, near, number, clause=clause, place=sum(token.sentence == number for token in tokens))
    if question and sum(token.sentence == 0 for token in tokens) <= _SHORT:
        tokens += [
            replace(token, asked=True) for token in tokens_of(question, near, 0, clause=100, place=len(tokens) + 2)
        ]
    best = max(_changes(tokens, near, evidence, question), default=None, key=lambda change: change[0])
    if best is None or best[0] < 0:
        return None
    return best[1]


def _changes(
    tokens: list[Token], near: Nearness, evidence: Evidence, asked: Sequence[Fact] = ()
) -> Iterator[tuple[float, Rejection]]:
    own = {(number, token.key) for token in tokens for number in (token.sentence, -1)}
    told = Counter(token.key for token in tokens)  # what is named twice may stand in two places
    there = Counter(
        key for read in evidence.reads for key in {near.entities.get(fact.key, fact.key) for fact in read.facts}
    )

    def clear(token: Token) -> bool:
        """Tell whether it can be said which of its mentions is which."""
        if token.kind == "word":
            return told[token.key] == 1 and there[token.key] <= 2
        return told[token.key] == 1 or token.fact.quantity is not None

    for place, one in enumerate(tokens):
        if not near.knows(one.key) or _says_nothing(one):
            continue
        for two in tokens[place + 1 :]:
            if near.knows(two.key) and two.key != one.key and _alike(one, two) and not _says_nothing(two):
                if one.kind != two.kind and one.sentence != two.sentence:
                    continue
                if _listed(one, two, tokens) or two.sentence - one.sentence > 1 or not (clear(one) and clear(two)):
                    continue
                change = {one.key: two.key, two.key: one.key}
                gain = _gain((one, two), change, tokens, near)
                names = f"{one.fact.text.strip()} and {two.fact.text.strip()}"
                yield (
                    gain - (SWAPPED_WORD if one.kind == "word" else SWAPPED if one.kind == two.kind else SWAPPED_OTHER),
                    Rejection("swapped", names),
                )
        wanted = dict(_asked_for(one, tokens, near, asked))
        for key, rival in (*_rivals(one, near, evidence), *wanted.items()):
            if rival.text.casefold() == one.fact.text.casefold() or one.key in key or key in one.key:
                continue
            if (one.sentence if one.kind.startswith("code") else -1, key) not in own:
                gain = _gain((one,), {one.key: key}, tokens, near)
                limit = (
                    ASKED if key in wanted else PUT_WORD if one.kind == "word" or one.kind.startswith("class") else PUT
                )
                yield gain - limit, Rejection("misplaced", f"{one.fact.text.strip()}, not {rival.text.strip()}")


def _alike(one: Token, two: Token) -> bool:
    """Tell whether two things could change places."""
    nouns = {"name", "code name"}
    return one.kind == two.kind or all(each.kind in nouns or each.kind.startswith("class") for each in (one, two))


def _says_nothing(token: Token) -> bool:
    return token.asked or (
        token.kind == "word"
        and (
            (bare_stem(token.fact.text) in GENERIC and bare_stem(token.fact.text) not in ACTORS)
            or token.fact.text.lower() in {"after", "before", "on", "off", "must", "over", "all"}
        )
    )


def _rivals(token: Token, near: Nearness, evidence: Evidence) -> Iterator[tuple[str, Fact]]:
    fact = token.fact
    like = near.siblings.get(token.head, {})
    if token.kind in {"word", "name"} and token.key in like:
        yield from like.items()
    if token.kind in _TYPED or token.kind.startswith(("class", "code")):
        yield from near.rivals.get(token.kind, {}).items()
    elif fact.quantity is not None:
        if fact.quantity.dimension or fact.quantity.label or not counted(fact.quantity, evidence):
            yield from near.rivals.get(token.kind, {}).items()
    elif fact.text.lower() in POLES:
        for key, rival in near.rivals.get("word", {}).items():
            if opposed(fact.text.lower(), rival.text.lower()):
                yield key, rival


def _asked_for(token: Token, tokens: list[Token], near: Nearness, asked: Sequence[Fact]) -> Iterator[tuple[str, Fact]]:
    """Give the things of the question that the answer may have told another of."""
    if (
        token.sentence
        or token.place > 1
        or token.kind not in {"word", "name"}
        or token.fact.key in {fact.key for fact in asked}
    ):
        return
    if token.fact.text.lower() in POLES:
        return
    told = {other.key for other in tokens}
    for fact in asked:
        if (
            fact.kind in {"word", "name"}
            and fact.key not in told
            and near.knows(fact.key)
            and bare_stem(fact.text) not in GENERIC
            and fact.text.lower() not in POLES
        ):
            yield fact.key, fact


def _listed(one: Token, two: Token, tokens: list[Token]) -> bool:
    """Tell whether two things are named in one breath, `A and B` or `A B`, where the order says nothing."""
    if one.sentence != two.sentence or two.place - one.place > 2:
        return False
    if two.place - one.place == 1 and one.clause == two.clause and not two.way:
        return True
    between = [token.fact for token in tokens if token.sentence == one.sentence and one.place < token.place < two.place]
    if any(
        fact.text.lower() not in {other.fact.text.lower() for other in tokens if other.fact is not fact}
        for fact in between
    ):
        return False
    if (
        two.place - one.place == 1
        and two.clause != one.clause
        and any(
            token.sentence == two.sentence and token.clause == two.clause and token.place > two.place
            for token in tokens
        )
    ):
        return False
    return not two.way and one.kind == two.kind


def _gain(moved: Sequence[Token], change: dict[str, str], tokens: list[Token], near: Nearness) -> float:
    """Say how much better the answer fits with the change."""
    total = 0.0
    for one in moved:
        key, new = one.key, change[one.key]
        if one.way:
            total += 1.3 * (near.pairs.get((new, f"way {one.way}"), 0.0) - near.pairs.get((key, f"way {one.way}"), 0.0))
        for other in tokens:
            if other.sentence != one.sentence or other.key in change:
                continue
            weight = (1.0 if other.clause == one.clause else 0.4) + 0.5 / abs(other.place - one.place)
            total += weight * (near.pairs.get((new, other.key), 0.0) - near.pairs.get((key, other.key), 0.0))
    return total
