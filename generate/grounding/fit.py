"""Whether what an answer names stands where the passage has it: `Anna approves, Ben signs` is not `Ben approves`.

Two things that stand near each other in the answer should stand near each other in the passage. Where the answer would
fit the passage clearly better with two of its names, numbers or words changed for one another, or with one of them
changed for another of the passage, it was put in the wrong place.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from generate.grounding.evidence import Evidence, Read
from generate.grounding.facts import Fact
from generate.grounding.foreign import counted
from generate.grounding.lexicon import ACTORS, GENERIC, bare_stem, class_of, root
from generate.grounding.numbers import TIME_UNITS
from generate.grounding.polarity import POLES, opposed
from generate.rejection import Rejection

SWAPPED, SWAPPED_WORD, SWAPPED_OTHER = 0.8, 1.1, 1.4  # gains in fit from which on two things of a kind, two plain
# words, two things of different kinds have changed places
PUT, PUT_WORD, ASKED = 1.05, 0.85, 1.6  # gains from which on another thing, another word of its class, or what the
# question asks for, belongs there

_TYPED = frozenset(["date", "time", "weekday", "name"])
_SHORT = 2  # facts of an answer's first sentence up to which the question belongs to it
_WAYS = {
    "from": "from",
    "to": "to",
    "into": "to",
    "by": "by",
    "than": "not",
    "not": "not",
    "of": "of",
    "in": "in",
    "for": "for",
}
_PRONOUNS = frozenset(["it", "they", "this", "that", "these", "those", "he", "she"])


@dataclass(frozen=True, slots=True)
class _Token:
    """A fact in its place.

    Attributes:
        fact: The fact.
        key: What it is compared by: of a person, one key for all of the name.
        kind: The kind of things that it could be changed for.
        sentence: Number of its sentence.
        clause: Number of its clause there.
        place: Its place among the facts of the sentence.
        way: The small word in front of it that says which way it goes.
        asked: Whether it stands in the question.
        head: Key of the word that it goes before and tells more of, as in `night shift`.
    """

    fact: Fact
    key: str
    kind: str
    sentence: int
    clause: int
    place: int
    way: str
    asked: bool = False
    head: str = ""


@dataclass(frozen=True, slots=True)
class _Nearness:
    """How near things come to each other in the passage.

    Attributes:
        pairs: Nearness of two keys; that of a key and a way stands beside.
        rivals: Facts by kind, and by key.
        names: Keys of names.
        siblings: For each word, what goes before it and tells more of it: `night` and `late` of `shift`.
        entities: For each part of a name of several words, the key of the whole.
    """

    pairs: dict[tuple[str, str], float]
    rivals: dict[str, dict[str, Fact]]
    names: frozenset[str]
    siblings: dict[str, dict[str, Fact]]
    entities: dict[str, str]

    def knows(self, key: str) -> bool:
        """Tell whether a key stands in the passage."""
        return (key, "") in self.pairs


def misfit(sentences: Sequence[Sequence[Fact]], evidence: Evidence, question: Sequence[Fact] = ()) -> Rejection | None:
    """Look for two things that changed places, or one that took another's; a short answer is read with its question."""
    near = _nearness(evidence)
    tokens: list[_Token] = []
    number, clause = -1, 0
    for found in sentences:
        follows = found and found[0].kind == "small" and found[0].text.lower() in _PRONOUNS
        clause = 1 + max((token.clause for token in tokens if token.sentence == number), default=0) if follows else 0
        number += not (follows and tokens)
        tokens += _tokens(found, near, number, clause=clause, place=sum(token.sentence == number for token in tokens))
    if question and sum(token.sentence == 0 for token in tokens) <= _SHORT:
        tokens += [
            replace(token, asked=True) for token in _tokens(question, near, 0, clause=100, place=len(tokens) + 2)
        ]
    best = max(_changes(tokens, near, evidence, question), default=None, key=lambda change: change[0])
    if best is None or best[0] < 0:
        return None
    return best[1]


def _tokens(
    found: Sequence[Fact], near: _Nearness, number: int, *, read: Read | None = None, clause: int = 0, place: int = 0
) -> list[_Token]:
    """Set the facts of a sentence in their places; a name of several words is one."""
    out: list[_Token] = []
    way = ""
    first = clause
    for fact in found:
        if fact.kind == "small":
            way = _WAYS.get(fact.text.lower(), way if fact.text.lower() in {"the", "a", "an", "your", "its"} else "")
            continue
        clause = first + fact.clause
        if read is not None and read.piece.kind == "row":
            clause = read.piece.text.count("; ", 0, fact.start)
        key = near.entities.get(fact.key, fact.key) if fact.text[:1].isupper() else fact.key
        if fact.kind == "code" and len(fact.text) > 3 and fact.text.isalpha() and fact.text.isupper():
            key = root(fact.text)  # `SOURCE` is the source
        if out and out[-1].key == key and fact.kind == "name":
            continue
        if out and out[-1].fact.start + len(out[-1].fact.text) + 1 == fact.start and fact.kind == "word":
            out[-1] = replace(out[-1], head=key)
        kind = _kind(fact, near.names)
        if read is not None and read.piece.kind == "code" and kind == "word" and not out:
            kind = "code name"  # a setting in a file
        out.append(_Token(fact, key, kind, number, clause, place + len(out), way))
        way = ""
    return out


def _kind(fact: Fact, names: frozenset[str]) -> str:
    if fact.quantity is not None and fact.quantity.dimension in {"time", "months"}:
        return "number time"
    if fact.quantity is not None:
        return f"number {fact.quantity.dimension}"
    if fact.kind == "code":
        shape = "mail" if "@" in fact.text else "option" if fact.text.strip("`").startswith("-") else ""
        return f"code {shape or ('path' if '/' in fact.text or ' ' in fact.text.strip() else 'name')}"
    if fact.text.lower() in TIME_UNITS:
        return "class of time"
    number = class_of(fact.text)
    if number is not None:
        return f"class {number}"
    return "name" if fact.kind == "name" or (fact.text[0].isupper() and fact.key in names) else fact.kind


def _nearness(evidence: Evidence) -> _Nearness:
    """Say how near any two keys come to each other."""
    names = frozenset(fact.key for read in evidence.reads for fact in read.facts if fact.kind == "name")
    near = _Nearness({}, {}, names | evidence.marked, {}, _entities(evidence))

    def note(one: str, two: str, value: float) -> None:
        if near.pairs.get((one, two), 0.0) < value:
            near.pairs[one, two] = near.pairs[two, one] = value

    before: list[_Token] = []
    group = -1
    for read in evidence.reads:
        tokens = _tokens(read.facts, near, 0, read=read)
        for token in tokens:
            if token.head and (bare_stem(token.fact.text) not in GENERIC or token.fact.text.lower() in POLES):
                near.siblings.setdefault(token.head, {})[token.key] = token.fact
        row = read.piece.kind == "row"
        for low, one in enumerate(tokens):
            near.rivals.setdefault(one.kind, {})[one.key] = one.fact
            note(one.key, "", 1.0)
            if one.way:
                note(one.key, f"way {one.way}", 1.0)
            for high in range(low + 1, len(tokens)):
                two = tokens[high]
                together = one.clause == two.clause or (row and one.clause == 0)
                note(one.key, two.key, (1.0 if together else 0.45) + 0.5 / (1 if row and together else high - low))
        if group == read.piece.group and read.piece.kind == "sentence":
            for one in before:
                for two in tokens:
                    note(one.key, two.key, 0.25)
        before, group = tokens, read.piece.group
    return near


def _entities(evidence: Evidence) -> dict[str, str]:
    """Join the words of each name: `Anna Berg` and `Berg` are one, where no other Berg is named."""
    parts: dict[str, set[str]] = {}
    for read in evidence.reads:
        run: list[Fact] = []
        for fact in (*read.facts, None):
            beside = fact is not None and run and 0 < fact.start - (run[-1].start + len(run[-1].text)) <= 2
            if fact is not None and fact.kind == "name" and (not run or beside):
                run.append(fact)
                continue
            if len(run) > 1:
                whole = " ".join(one.key for one in run)
                for one in run:
                    parts.setdefault(one.key, set()).add(whole)
            run = [fact] if fact is not None and fact.kind == "name" else []
    return {key: next(iter(wholes)) for key, wholes in parts.items() if len(wholes) == 1}


def _changes(
    tokens: list[_Token], near: _Nearness, evidence: Evidence, asked: Sequence[Fact] = ()
) -> Iterator[tuple[float, Rejection]]:
    own = {(number, token.key) for token in tokens for number in (token.sentence, -1)}
    told = Counter(token.key for token in tokens)  # what is named twice may stand in two places
    there = Counter(
        key for read in evidence.reads for key in {near.entities.get(fact.key, fact.key) for fact in read.facts}
    )

    def clear(token: _Token) -> bool:
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
                limit = ASKED if key in wanted else PUT_WORD if one.kind == "word" or one.kind.startswith("class") else PUT
                yield gain - limit, Rejection("misplaced", f"{one.fact.text.strip()}, not {rival.text.strip()}")


def _alike(one: _Token, two: _Token) -> bool:
    """Tell whether two things could change places."""
    nouns = {"name", "code name"}
    return one.kind == two.kind or all(each.kind in nouns or each.kind.startswith("class") for each in (one, two))


def _says_nothing(token: _Token) -> bool:
    return token.asked or (
        token.kind == "word"
        and (
            (bare_stem(token.fact.text) in GENERIC and bare_stem(token.fact.text) not in ACTORS)
            or token.fact.text.lower() in {"after", "before", "on", "off", "must", "over", "all"}
        )
    )


def _rivals(token: _Token, near: _Nearness, evidence: Evidence) -> Iterator[tuple[str, Fact]]:
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


def _asked_for(token: _Token, tokens: list[_Token], near: _Nearness, asked: Sequence[Fact]) -> Iterator[tuple[str, Fact]]:
    """Give the things of the question that the answer may have told another of."""
    if token.sentence or token.place > 1 or token.kind not in {"word", "name"} or token.fact.key in {fact.key for fact in asked}:
        return
    if token.fact.text.lower() in POLES:
        return
    told = {other.key for other in tokens}
    for fact in asked:
        if fact.kind in {"word", "name"} and fact.key not in told and near.knows(fact.key) and bare_stem(fact.text) not in GENERIC and fact.text.lower() not in POLES:
            yield fact.key, fact


def _listed(one: _Token, two: _Token, tokens: list[_Token]) -> bool:
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


def _gain(moved: Sequence[_Token], change: dict[str, str], tokens: list[_Token], near: _Nearness) -> float:
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
