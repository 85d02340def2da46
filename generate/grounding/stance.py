"""Whether an answer says yes where its passage says yes: negations, opposites, and which way a limit goes.

A clause of the answer is held against the clause of the passage that has most of its words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from generate.grounding.evidence import Evidence, Read
from generate.grounding.facts import Fact
from generate.grounding.lexicon import GENERIC, bare_stem
from generate.grounding.limits import wrong_limit
from generate.grounding.polarity import NEGATION
from generate.grounding.poles import DETERMINERS, PREDICATES, content, wrong_pole, wrong_prefix
from generate.grounding.words import STOP
from generate.rejection import Rejection

_NEGATIVE = re.compile(
    r"\b(?:forbid\w*|forbidden|prohibit\w*|ban|banned|refus\w*|den(?:y|ied|ies)|reject\w*|lack\w*|lose\w*|lost|fail\w*|avoid\w*"
    r"|except|stop\w*|skip\w*|exempt|disable\w*|invalid|instead|rather|un(?!less|der|til|it|iq|ion)\w+|(?!unless)\w+less"
    r"|exclud\w*|discard\w*|impossible|restrict\w*|prevent\w*|decline\w*|expire\w*|delete\w*"
    r"|regardless|opposite|remov\w*)\b",
    re.IGNORECASE,
)
_PLACES = frozenset(["in", "on", "at", "to", "by", "for", "from", "with", "only"])
_DENIED = re.compile(r" = (?:no|false|none|-|\u2013|\u2717)(?:;|\Z)", re.IGNORECASE)
_WEAK = frozenset(["help", "default"])  # `if that does not help`, `not by default`
_CONDITIONS = frozenset(["if", "when", "provided"])
_COMPARED = frozenset(
    [
        "more",
        "less",
        "fewer",
        "longer",
        "larger",
        "higher",
        "greater",
        "shorter",
        "smaller",
        "lower",
        "older",
        "younger",
        "later",
        "earlier",
    ]
)


def wrong_way(found: Sequence[Fact], sentence: str, evidence: Evidence) -> Rejection | None:
    """Look for a limit that goes the other way, an opposite, and a negation too many or too few."""
    return (
        wrong_limit(found, sentence, evidence)
        or wrong_prefix(found, evidence)
        or wrong_pole(found, evidence)
        or _exceptions(found, sentence, evidence)
        or _negations(found, evidence)
    )


def _exceptions(found: Sequence[Fact], sentence: str, evidence: Evidence) -> Rejection | None:
    """Look for `everyone except A` where the passage has `only A`."""
    if not re.search(r"\bexcept\b", sentence) or NEGATION.search(sentence) or not evidence.reads:
        return None
    keys = {fact.key for fact in content(found)}
    best = max(evidence.reads, key=lambda read: sum(evidence.weight.get(key, 0.0) for key in keys & read.keys))
    there = best.piece.text
    if re.search(r"\bonly\b", there) and not re.search(r"\bexcept\b|\bunless\b", there) and not NEGATION.search(there):
        return Rejection("negation", f"except, not only: {there[:200]}")
    return None


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause.

    Attributes:
        keys: Its content.
        no: The negation in it, or nothing.
        behind: Content behind the negation.
        scope: What of it stands near the negation.
        turns: Words in it that turn it, or may.
        some: Whether it sets a condition.
        only: Whether it says yes to some, and so no to the rest.
        but: Whether what is so instead follows, as in `not held but streamed`.
    """

    keys: frozenset[str]
    no: str
    behind: frozenset[str]
    scope: frozenset[str]
    turns: frozenset[str]
    some: bool
    only: bool
    but: bool


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
    listed = list(groups.values())
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
        some, only = not words.isdisjoint(_CONDITIONS), not words.isdisjoint({"only", "once", "until"})
        but = (
            len(after) > 1
            and after[0].text.lower() == "but"
            and (after[1].kind != "small" or after[1].text.lower() in _PLACES)
        )
        out.append(
            _Clause(keys, no, frozenset(behind) or keys, frozenset(behind[:reach]) or keys, turns, some, only, but)
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
        word in _COMPARED or (word.endswith("er") and behind[at + 1 : at + 2] == ["than"])
        for at, word in enumerate(behind)
    )


def _negations(found: Sequence[Fact], evidence: Evidence) -> Rejection | None:
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
        if best < 0.75:
            continue
        top = [(clause, read) for score, clause, read in scored if score >= best - 0.2]
        if any(own.turns ^ clause.turns for clause, _ in top):
            continue
        if own.no:
            if any(read.piece.kind == "row" and _DENIED.search(read.piece.text) for _, read in top):
                continue  # the cells are looked at by themselves
            if (
                own.but or _switched_off(found, evidence) or own.behind <= _WEAK or own.behind & strange
            ):  # `not X but Y`: of X nothing is told
                continue
            if own.no.lower() == "unless" and not any(clause.some for clause, _ in top):
                continue
            if not any(
                clause.no and (clause.no.lower() != "without" or clause.scope & own.keys) for clause, _ in top
            ) and not any(_turns(read, own.keys) for _, read in top):
                return Rejection("negation", f"{own.no}: {top[0][1].piece.text[:200]}")
        elif (
            2 * len(own.keys & strange) < len(own.keys)
            and not own.only
            and all(clause.no and clause.scope & own.keys for clause, _ in top)
        ):
            return Rejection("negation", f"without {top[0][0].no}: {top[0][1].piece.text[:200]}")
    return None


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
