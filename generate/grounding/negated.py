"""Whether an answer says yes where its passage says no, or no where it says yes.

A clause of the answer is held against the clauses of the passage that have most of its words. It contradicts one only
if it speaks of the same: the word that the one denies must stand in the other, and most of the answer's words with it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from generate.grounding.evidence import Evidence, Read
from generate.grounding.facts import Fact
from generate.grounding.lexicon import GENERIC, bare_stem
from generate.grounding.polarity import COMPARED, NEGATION, opposed
from generate.grounding.poles import DETERMINERS, PREDICATES, content
from generate.grounding.words import STOP
from generate.rejection import Rejection

_NEGATIVE = re.compile(
    r"\b(?:forbid\w*|forbidden|prohibit\w*|ban|banned|refus\w*|den(?:y|ied|ies)|reject\w*|lack\w*|lose\w*|lost|fail\w*|avoid\w*"
    r"|except\w*|stop\w*|skip\w*|exempt|disable\w*|invalid|instead|rather|un(?!less|der|til|it|iq|ion)\w+|(?!unless)\w+less"
    r"|exclud\w*|discard\w*|impossible|restrict\w*|prevent\w*|decline\w*|expire\w*|delete\w*|ignor\w*|free|illegal\w*"
    r"|regardless|opposite|remov\w*)\b",
    re.IGNORECASE,
)
_PLACES = frozenset(["in", "on", "at", "to", "by", "for", "from", "with", "only"])
_DENIED = re.compile(r" = (?:no|false|none|-|\u2013|\u2717)(?:;|\Z)", re.IGNORECASE)
_WEAK = frozenset(["help", "default"])  # `if that does not help`, `not by default`
_BUT = frozenset(["unless", "without", "except"])
_CONDITIONS = frozenset(["if", "when", "provided"])
_PREDICATE = frozenset(
    re.findall(
        r"\w+",
        "is are was were be been do does did has have had can may must will should might could would cannot"
        " it they them he she him her you we this that these those one ones",
    )
)
_HANGS = frozenset(
    ["which", "who", "whom", "whose", "that", "when", "where", "while", "if", "because", "since", "including", "even"]
)
_ADVERBS = frozenset(["only", "even", "just", "except"])
_ONLY = frozenset(["only", "once", "until"])
_CLEAR = 0.75  # weight of what two clauses share from which on they are held against each other
_LIKE = 0.2  # by so much less a clause is as like as the most alike
_COVERED = 0.6  # share of a clause's words that the other must have


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause.

    Attributes:
        keys: Its content.
        no: The negation in it, or nothing.
        behind: Content behind the negation.
        scope: What of it stands near the negation.
        denied: The first of it that says something of its own.
        word: As it is written.
        turns: Words in it that turn it, or may.
        some: Whether it sets a condition.
        only: Whether it says yes to some, and so no to the rest.
        but: Whether what is so instead follows, as in `not held but streamed`.
        states: Whether it says something of something: it has two words of its own, or one and a predicate.
        hangs: Whether it hangs on another clause.
        until: Whether it sets a time up to which something is so: `not until Monday` is `from Monday`.
    """

    keys: frozenset[str]
    no: str
    behind: frozenset[str]
    scope: frozenset[str]
    denied: str
    word: str
    turns: frozenset[str]
    some: bool
    only: bool
    but: bool
    states: bool
    hangs: bool
    until: bool


def negated(found: Sequence[Fact], evidence: Evidence) -> Rejection | None:
    """Look for a negation too many or too few."""
    whole = {fact.key for fact in content(found) if bare_stem(fact.text) not in GENERIC}
    strange = {fact.key for fact in found if evidence.foreign(fact)}
    if len(content(found)) < 2:
        return None
    there = [(clause, read) for read in evidence.reads for clause in _clauses(read.facts)]
    for own in _clauses(found):
        if not own.keys:
            continue
        scored = [(_overlap(own, clause, read, whole, evidence), clause, read) for clause, read in there]
        best = max((score for score, _, _ in scored), default=0.0)
        if best < _CLEAR:
            continue
        top = [(clause, read) for score, clause, read in scored if score >= best - _LIKE]
        if any(own.turns ^ clause.turns for clause, _ in top):
            continue
        if own.no:
            if _too_many(own, top, found, evidence, strange, whole):
                return Rejection("negation", f"{own.no}: {top[0][1].piece.text[:200]}")
        elif _too_few(own, top, strange, found, whole):
            return Rejection("negation", f"without {top[0][0].no}: {top[0][1].piece.text[:200]}")
    return None


def _too_many(
    own: _Clause,
    top: Sequence[tuple[_Clause, Read]],
    found: Sequence[Fact],
    evidence: Evidence,
    strange: set[str],
    whole: set[str],
) -> bool:
    """Tell whether a clause denies what the passage says."""
    if any(read.piece.kind == "row" and _DENIED.search(read.piece.text) for _, read in top):
        return False  # the cells are looked at by themselves
    if own.but or _switched_off(found, evidence) or own.behind <= _WEAK or own.behind & strange:
        return False  # `not X but Y`: of X nothing is told
    if own.no.lower() == "unless" and not any(clause.some for clause, _ in top):
        return False
    if own.denied and not any(own.denied in read.keys for _, read in top):
        return False
    if not any(_covers(read, own.keys) and whole & read.keys for _, read in top):
        return False
    if any(clause.only for clause, _ in top) and _twice(found):
        return False  # `nothing unless A` is `only A`
    if _fragment(found) or not own.behind or own.until:
        return False
    if any(opposed(own.word, fact.text.lower()) for _, read in top for fact in read.facts):
        return False
    if own.no.lower() != "unless" and _denied_elsewhere(own, evidence):
        return False
    return not any(
        clause.no and (clause.no.lower() != "without" or clause.scope & own.keys) for clause, _ in top
    ) and not any(_turns(read, own.keys) for _, read in top)


def _too_few(
    own: _Clause, top: Sequence[tuple[_Clause, Read]], strange: set[str], found: Sequence[Fact], whole: set[str]
) -> bool:
    """Tell whether a clause says what the passage denies."""
    if own.only or 2 * len(own.keys & strange) >= len(own.keys):
        return False
    if not own.states and all(clause.no.lower() != "without" for clause, _ in top):
        return False
    about = (own.keys & whole) or whole
    if not any(2 * len(about & read.keys) >= len(about) for _, read in top):
        return False
    if own.hangs and any(clause.no for clause in _clauses(found)):
        return False
    return all(clause.no and clause.scope & own.keys for clause, _ in top)


def _covers(read: Read, keys: frozenset[str]) -> bool:
    return len(read.keys & keys) >= _COVERED * len(keys)


def _denied_elsewhere(own: _Clause, evidence: Evidence) -> bool:
    """Tell whether another clause of the passage denies it too."""
    telling = {key for key in own.keys if key not in GENERIC}
    return any(
        clause.no and own.behind & clause.scope and 2 * len(telling & clause.keys) > len(telling)
        for read in evidence.reads
        for clause in _clauses(read.facts)
    )


def _twice(found: Sequence[Fact]) -> bool:
    """Tell whether a sentence denies twice, as in `nothing unless` or `not without`."""
    words = [fact.text.lower() for fact in found]
    return sum(bool(NEGATION.fullmatch(word)) or word in _BUT for word in words) > 1 and "even" not in words


def _fragment(found: Sequence[Fact]) -> bool:
    """Tell whether a sentence only says in which case its question's answer is no, as in `Not for guests`."""
    return (
        len(found) > 1
        and found[0].text == "Not"
        and found[1].text.lower() in (_PLACES - {"only"}) | {"until", "before", "after", "if"}
    )


def _behind(group: Sequence[Fact], place: int, told: Sequence[Fact]) -> list[str]:
    """Give the content behind a negation, up to where another predicate begins."""
    out: list[str] = []
    for fact in group[place + 1 :]:
        if out and fact.text.lower() in PREDICATES and group[place].text.lower() not in DETERMINERS:
            break
        if fact in told:
            out.append(fact.key)
    return out


def _clauses(found: Sequence[Fact]) -> list[_Clause]:
    groups: dict[int, list[Fact]] = {}
    for fact in found:
        groups.setdefault(fact.clause, []).append(fact)
    out = []
    listed: list[list[Fact]] = []
    for group in groups.values():
        last = listed[-1][-1].text if listed else ""
        alone = (
            listed and len(listed[-1]) == 1 and last != "No" and (NEGATION.fullmatch(last) or last.lower() in _ADVERBS)
        )
        if alone and (len(listed) > 1 or last.lower() in _ADVERBS):  # `never while`, `only if`
            listed[-1] = [*listed[-1], *group]
        else:
            listed.append(group)
    for group, after in zip(listed, [*listed, []][1:], strict=True):
        places = [place for place, fact in enumerate(group) if _is_negation(group, place)]
        if len(group) == 1 and places:  # "No," answers the question
            continue
        told = [fact for fact in group if fact.kind != "small" and fact.text.lower() not in STOP]
        behind = _behind(group, places[-1], told) if places else []
        keys = frozenset(fact.key for fact in told)
        no = group[places[-1]].text if len(places) % 2 else ""
        turns = frozenset(bare_stem(fact.text) for fact in group if _NEGATIVE.fullmatch(fact.text))
        reach = 1 if no.lower() == "without" else 3
        words = {fact.text.lower() for fact in group}
        some, only = not words.isdisjoint(_CONDITIONS), not words.isdisjoint(_ONLY)
        hangs = not _HANGS.isdisjoint(fact.text.lower() for fact in group[:2])
        states = len(keys) > 1 or not words.isdisjoint(_PREDICATE)
        but = (
            len(after) > 1
            and after[0].text.lower() == "but"
            and (after[1].kind != "small" or after[1].text.lower() in _PLACES)
        )
        scope = frozenset(behind[:reach]) or keys
        first = next((fact for fact in told if fact.key in behind and bare_stem(fact.text) not in GENERIC), None)
        denied, word = (first.key, first.text.lower()) if first else ("", "")
        out.append(
            _Clause(
                keys,
                no,
                frozenset(behind),
                scope,
                denied,
                word,
                turns,
                some,
                only,
                but,
                states,
                hangs,
                "until" in words,
            )
        )
    return out


def _is_negation(group: Sequence[Fact], place: int) -> bool:
    """Tell whether a word negates its clause; `no more than` sets a limit."""
    if not (NEGATION.fullmatch(group[place].text) or group[place].text.lower() == "unless"):
        return False
    behind = [fact.text.lower() for fact in group[place + 1 : place + 5]]
    if behind[:1] == ["longer"] and behind[1:2] != ["than"]:
        return True
    return not any(
        word in COMPARED or (word.endswith("er") and behind[at + 1 : at + 2] == ["than"])
        for at, word in enumerate(behind)
    )


def _switched_off(found: Sequence[Fact], evidence: Evidence) -> bool:
    """Tell whether the passage has a setting of the sentence that switches something off."""
    codes = {fact.key for fact in found if fact.kind == "code"}
    return bool(codes) and any(
        codes & read.keys
        and re.search(r"\b(?:off|disable[sd]?|deactivates?|suppress(?:es)?|skip(?:s|ped)?)\b", read.piece.text)
        for read in evidence.reads
    )


def _turns(read: Read, keys: frozenset[str]) -> bool:
    return any(clause.no and clause.scope & keys for clause in _clauses(read.facts))


def _overlap(own: _Clause, other: _Clause, read: Read, whole: set[str], evidence: Evidence) -> float:
    """Say how much of a clause stands in a clause of the passage, and of its sentence around that."""
    shared = sum(evidence.weight.get(key, 1.0) for key in own.keys & other.keys)
    return shared + 0.35 * sum(evidence.weight.get(key, 1.0) for key in whole & read.keys) if shared else 0.0
