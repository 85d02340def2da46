"""Where the things of a text stand, and how near to each other any two of them come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generate.grounding.evidence import Evidence, Read
from generate.grounding.facts import Fact
from generate.grounding.lexicon import GENERIC, bare_stem, class_of, root
from generate.grounding.polarity import POLES
from generate.grounding.units import TIME_UNITS

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


@dataclass(frozen=True, slots=True)
class Token:
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
class Nearness:
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


def tokens_of(
    found: Sequence[Fact], near: Nearness, number: int, *, read: Read | None = None, clause: int = 0, place: int = 0
) -> list[Token]:
    """Set the facts of a sentence in their places; a name of several words is one."""
    out: list[Token] = []
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
        out.append(Token(fact, key, kind, number, clause, place + len(out), way))
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


def nearness(evidence: Evidence) -> Nearness:
    """Say how near any two keys come to each other."""
    names = frozenset(fact.key for read in evidence.reads for fact in read.facts if fact.kind == "name")
    near = Nearness({}, {}, names | evidence.marked, {}, _entities(evidence))

    def note(one: str, two: str, value: float) -> None:
        if near.pairs.get((one, two), 0.0) < value:
            near.pairs[one, two] = near.pairs[two, one] = value

    before: list[Token] = []
    heads: frozenset[str] = frozenset()
    group = -1
    for read in evidence.reads:
        tokens = tokens_of(read.facts, near, 0, read=read)
        for token in tokens:
            if token.head and (bare_stem(token.fact.text) not in GENERIC or token.fact.text.lower() in POLES):
                near.siblings.setdefault(token.head, {})[token.key] = token.fact
        row = read.piece.kind == "row"
        if read.piece.kind == "head":
            heads = read.keys  # they name columns, and stand for nothing in them
        elif not row:
            heads = frozenset()
        for low, one in enumerate(tokens):
            if one.key not in heads:
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
