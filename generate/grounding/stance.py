"""Whether an answer says yes where its passage says yes: negations, opposites, and which way a limit goes.

A clause of the answer is held against the clause of the passage that has most of its words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generate.grounding.evidence import Evidence, Read
from generate.grounding.facts import Fact
from generate.grounding.lexicon import GENERIC, bare_stem
from generate.grounding.polarity import NEGATION, POLES
from generate.grounding.words import STOP
from generate.rejection import Rejection

_MORE = r"(?:more|longer|larger|higher|greater|older|bigger|warmer|heavier|above|over|exceed\w*|beyond)"
_LESS = r"(?:less|fewer|shorter|smaller|lower|younger|cooler|colder|lighter|below|under)"
_NOT = r"(?:not|never|nobody|no|cannot|\w+n['\u2019]t)"
_BEFORE = (  # what goes before a number, the longer ones first
    ("most", re.compile(rf"\b{_NOT}\s+(?:\w+\s+){{0,2}}?{_MORE}(?:\s+than)?(?:\s+\w+)?\s*\Z", re.IGNORECASE)),
    ("least", re.compile(rf"\b{_NOT}\s+(?:\w+\s+){{0,2}}?{_LESS}(?:\s+than)?(?:\s+\w+)?\s*\Z", re.IGNORECASE)),
    (
        "most",
        re.compile(
            r"\b(?:at most|up to|max(?:imum|\.)?(?: of)?|as (?:many|much|long) as|limited to)(?:\s+the age of)?\s*\Z",
            re.IGNORECASE,
        ),
    ),
    ("least", re.compile(r"\b(?:at least|min(?:imum|\.)?(?: of)?)(?:\s+the age of)?\s*\Z", re.IGNORECASE)),
    ("least", re.compile(rf"\b(?:{_MORE}(?:\s+than)?(?:\s+the age of)?)\s*\Z", re.IGNORECASE)),
    ("most", re.compile(rf"\b(?:{_LESS}(?:\s+than)?(?:\s+the age of)?)\s*\Z", re.IGNORECASE)),
)
_BEHIND = (
    (
        "least",
        re.compile(
            r"(?:\s+[\w\u00b0%]+){0,2}?,?\s+(?:or|and)\s+(?:more|later|newer|above|longer|higher|greater|over)\b"
            r"|(?:\s+\w+){0,2}?\s+at least\b",
            re.IGNORECASE,
        ),
    ),
    (
        "most",
        re.compile(
            r"(?:\s+[\w\u00b0%]+){0,2}?,?\s+(?:or|and)\s+(?:less|fewer|earlier|younger|below|shorter|lower|under)\b"
            r"|(?:\s+\w+){0,2}?\s+at (?:the )?most\b",
            re.IGNORECASE,
        ),
    ),
)
_NEW = re.compile(r"(?:\s+\w+){0,1}?\s+or\s+(?P<way>newer|older|later|earlier|younger)\b", re.IGNORECASE)
_LEAD = re.compile(r"\s+(?:ahead|before|beforehand|in advance|earlier|prior)\b")
_NEAR_WORDS = frozenset(
    [
        "before",
        "after",
        "prior",
        "following",
        "with",
        "without",
        "above",
        "below",
        "over",
        "under",
        "inside",
        "outside",
        "more",
        "less",
        "fewer",
        "shorter",
        "longer",
        "larger",
        "smaller",
        "higher",
        "lower",
        "greater",
        "earlier",
        "later",
        "least",
        "most",
        "first",
        "last",
    ]
)
_IGNORED = frozenset(["may", "all", "each", "every", "with", "none"])
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
_PREDICATES = frozenset(["is", "are", "was", "were", "must", "may", "can", "will"])  # what they open is no more negated
_DETERMINERS = frozenset(["no", "nobody", "none", "nothing", "neither"])  # `no restart is needed`
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
_FLIPPED = (
    "allow",
    "required",
    "accept",
    "enable",
    "supported",
    "available",
    "compatible",
    "valid",
    "paid",
    "open",
    "encrypted",
)
_TURNED = ("keep", "success", "known", "present", "legal", "visible", "online")  # `not kept` is `discarded`
_PREFIX = re.compile(r"^(?:un|non-?|in|im|dis|ir)(?=[a-z]{4})")


@dataclass(frozen=True, slots=True)
class _Mention:
    """A word with a pole, or a clause.

    Attributes:
        sign: Which pole.
        near: Keys beside it.
        around: Keys of its sentence.
        text: The word.
        turned: Whether a negation stands before it.
    """

    sign: int
    near: frozenset[str]
    around: frozenset[str]
    text: str
    turned: bool = False


def wrong_way(found: Sequence[Fact], sentence: str, evidence: Evidence) -> Rejection | None:
    """Look for a limit that goes the other way, an opposite, and a negation too many or too few."""
    return (
        _bounds(found, sentence, evidence)
        or _prefixes(found, evidence)
        or _poles(found, evidence)
        or _exceptions(found, sentence, evidence)
        or _negations(found, evidence)
    )


def _bound(fact: Fact, text: str) -> str:
    """Say which way the limit goes that a number sets, if it sets one."""
    before = text[max(0, fact.start - 40) : fact.start]
    behind = text[fact.start + len(fact.text) :]
    if re.match(r"\s+(?:ahead|before|beforehand|in advance)\s+or\s+earlier\b", behind):
        return "least"
    if _LEAD.match(behind):
        if re.search(r"\bup to\s+\Z", before):  # may be either
            return ""
        if re.search(r"\b(?:no|not) later than\s+\Z", before):
            return "least"
    new = _NEW.match(behind)
    if new:
        way = new.group("way").lower()
        return "least" if way in {"newer", "later"} else "most" if way in {"earlier", "younger"} else "older"
    for way, pattern in _BEHIND:
        if pattern.match(behind):
            return way
    before = re.sub(r"[$\u20ac\u00a3]\s*\Z", "", before)
    return next((way for way, pattern in _BEFORE if pattern.search(before)), "")


def _bounds(found: Sequence[Fact], sentence: str, evidence: Evidence) -> Rejection | None:
    for fact in found:
        if fact.kind != "number":
            continue
        own = _bound(fact, sentence)
        if not own:
            continue
        there = [
            way
            for read in evidence.reads
            for other in read.facts[read.own :]
            if other.key == fact.key and (way := _bound(other, read.piece.text))
        ]
        if own == "older":
            own = "most" if "least" in there and not re.search(r"\b(?:age|aged|child|year)", sentence) else "least"
        if there and own not in there:
            return Rejection("opposite", f"{fact.text}: {own}, not {there[0]}")
    return None


def _prefixes(found: Sequence[Fact], evidence: Evidence) -> Rejection | None:
    """Look for `used` where the passage has `unused`, and the other way round."""
    for fact in found:
        low = fact.text.lower()
        if (fact.kind not in {"word", "name"} and low != "used") or bare_stem(low) in evidence.stems:
            continue
        bare = _PREFIX.sub("", low)
        denied = any(NEGATION.fullmatch(other.text) for read in evidence.reads for other in read.facts)
        if bare != low and bare_stem(bare) in evidence.stems and not denied and not _negated(found, fact):
            return Rejection("opposite", fact.text)
        for prefix in ("un", "non-", "in", "im", "dis"):
            if len(low) >= 4 and bare_stem(prefix + low) in evidence.stems and not _negated(found, fact):
                return Rejection("opposite", f"{fact.text}, not {prefix}{low}")
    return None


def _negated(found: Sequence[Fact], fact: Fact) -> bool:
    """Tell whether a negation stands before a fact in its clause."""
    place, predicate = found.index(fact), False
    for other in reversed(found[max(0, place - 6) : place]):
        if other.clause != fact.clause:
            return False
        predicate = predicate or other.text.lower() in _PREDICATES
        if NEGATION.fullmatch(other.text):
            return not predicate or other.text.lower() in _DETERMINERS
    return False


def _exceptions(found: Sequence[Fact], sentence: str, evidence: Evidence) -> Rejection | None:
    """Look for `everyone except A` where the passage has `only A`."""
    if not re.search(r"\bexcept\b", sentence) or NEGATION.search(sentence) or not evidence.reads:
        return None
    keys = {fact.key for fact in _content(found)}
    best = max(evidence.reads, key=lambda read: sum(evidence.weight.get(key, 0.0) for key in keys & read.keys))
    there = best.piece.text
    if re.search(r"\bonly\b", there) and not re.search(r"\bexcept\b|\bunless\b", there) and not NEGATION.search(there):
        return Rejection("negation", f"except, not only: {there[:200]}")
    return None


def _content(found: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in found if fact.kind != "small"]


_ORDER = frozenset(["before", "after", "prior", "following"])


def _mentions(found: Sequence[Fact], *, own: bool) -> Iterator[tuple[int, _Mention]]:
    """Give each word with a pole: its pair, its sign in the sentence, and what stands around it."""
    around = frozenset(other.key for other in _content(found))
    for place, fact in enumerate(found):
        low = fact.text.lower()
        if low not in POLES or low in _IGNORED or (low == "on" and not _switched(found, place)):
            continue
        if low in _NEAR_WORDS:
            behind = [other.key for other in _content(found[place + 1 :])[:2]]
            ahead = [] if low in _ORDER else [other.key for other in _content(found[:place])[-1:]]
            near = frozenset(behind + ahead)
        else:
            near = frozenset(
                other.key for other in _content(found) if other.clause == fact.clause and other is not fact
            )
        sign = -1 if _negated(found, fact) else 1
        for pair, pole in POLES[low]:
            if low in _ORDER and not own:  # `A before B` is `B after A`
                turned = frozenset(other.key for other in _content(found[:place])[-2:])
                yield pair, _Mention(-pole, turned, frozenset(), fact.text)
            yield pair, _Mention((sign if pair in _FLIPPING else 1) * pole, near, around, fact.text, sign < 0)


_TURNED_BY_ANOTHER = frozenset(pair for word in _TURNED for pair, _ in POLES[word])
_FLIPPING = frozenset(pair for word in _FLIPPED for pair, _ in POLES[word]) | _TURNED_BY_ANOTHER


def _switched(found: Sequence[Fact], place: int) -> bool:
    """Tell whether `on` is the opposite of `off`."""
    before = found[place - 1].text.lower() if place else ""
    ahead = [fact.text.lower() for fact in found[max(0, place - 4) : place]]
    behind = found[place + 1].text.lower() if place + 1 < len(found) else ""
    if place + 1 < len(found) and found[place + 1].kind != "small":
        return False
    return (
        before in {"is", "are", "be", "been"}
        or behind == "by"
        or any(word.startswith(("turn", "switch")) for word in ahead)
    )


def _poles(found: Sequence[Fact], evidence: Evidence) -> Rejection | None:
    there: dict[int, list[_Mention]] = {}
    for read in evidence.reads:
        for pair, mention in _mentions(read.facts, own=False):
            there.setdefault(pair, []).append(mention)
    whole = {fact.key for fact in _content(found)}
    for pair, own in _mentions(found, own=True):
        best = {1: 0.0, -1: 0.0}
        for other in there.get(pair, []):
            score = sum(evidence.weight.get(key, 1.0) for key in own.near & other.near)
            score += 0.3 * sum(evidence.weight.get(key, 1.0) for key in whole & other.around)
            best[other.sign] = max(best[other.sign], score)
        alone = not own.turned and not any(other.sign == own.sign for other in there.get(pair, []))
        ahead = best[-own.sign] - best[own.sign]
        if ahead > (0.25 if alone else 0.3) and (best[-own.sign] >= 0.6 or (alone and best[-own.sign] >= 0.3)):
            word = next(other.text for other in there[pair] if other.sign == -own.sign)
            if pair in _TURNED_BY_ANOTHER and word.lower() == own.text.lower():  # the negation of the word itself, which is looked at below
                continue
            return Rejection("opposite", f"{own.text}, not {word}")
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


def _behind(group: Sequence[Fact], place: int, content: Sequence[Fact]) -> list[str]:
    """Give the content behind a negation, up to where another predicate begins."""
    out: list[str] = []
    for fact in group[place + 1 :]:
        if out and fact.text.lower() in _PREDICATES and group[place].text.lower() not in _DETERMINERS:
            break
        if fact in content:
            out.append(fact.key)
    return out


def _clauses(found: Sequence[Fact]) -> list[_Clause]:
    groups: dict[int, list[Fact]] = {}
    for fact in found:
        groups.setdefault(fact.clause, []).append(fact)
    out = []
    listed = list(groups.values())
    for group, after in zip(listed, [*listed[1:], []], strict=True):
        places = [place for place, fact in enumerate(group) if _is_negation(group, place)]
        if len(group) == 1 and places:  # "No," answers the question
            continue
        content = [fact for fact in group if fact.kind != "small" and fact.text.lower() not in STOP]
        behind = _behind(group, places[-1], content) if places else []
        keys = frozenset(fact.key for fact in content)
        no = group[places[-1]].text if len(places) % 2 else ""
        turns = frozenset(bare_stem(fact.text) for fact in group if _NEGATIVE.fullmatch(fact.text))
        reach = 1 if no.lower() == "without" else 3
        words = {fact.text.lower() for fact in group}
        some, only = not words.isdisjoint(_CONDITIONS), not words.isdisjoint({"only", "once", "until"})
        but = len(after) > 1 and after[0].text.lower() == "but" and (
            after[1].kind != "small" or after[1].text.lower() in _PLACES
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
    whole = {fact.key for fact in _content(found) if bare_stem(fact.text) not in GENERIC}
    strange = {fact.key for fact in found if evidence.foreign(fact)}
    if len(_content(found)) < 2:
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
            if own.but or _switched_off(found, evidence) or own.behind <= _WEAK or own.behind & strange:  # `not X but Y`: of X nothing is told
                continue
            if own.no.lower() == "unless" and not any(clause.some for clause, _ in top):
                continue
            if not any(
                clause.no and (clause.no.lower() != "without" or clause.scope & own.keys) for clause, _ in top
            ) and not any(_turns(read, own.keys) for _, read in top):
                return Rejection("negation", f"{own.no}: {top[0][1].piece.text[:200]}")
        elif 2 * len(own.keys & strange) < len(own.keys) and not own.only and all(clause.no and clause.scope & own.keys for clause, _ in top):
            return Rejection("negation", f"without {top[0][0].no}: {top[0][1].piece.text[:200]}")
    return None


def _switched_off(found: Sequence[Fact], evidence: Evidence) -> bool:
    """Tell whether the passage has a setting of the sentence that switches something off."""
    codes = {fact.key for fact in found if fact.kind == "code"}
    return bool(codes) and any(
        codes & read.keys and re.search(r"\b(?:off|disable[sd]?|deactivates?|suppress(?:es)?|skip(?:s|ped)?)\b", read.piece.text)
        for read in evidence.reads
    )


def _turns(read: Read, keys: frozenset[str]) -> bool:
    return any(clause.no and clause.scope & keys for clause in _clauses(read.facts))


def _overlap(own: _Clause, other: _Clause, read: Read, whole: set[str], evidence: Evidence) -> float:
    """Say how much of a clause stands in a clause of the passage, and of its sentence around that."""
    shared = sum(evidence.weight.get(key, 1.0) for key in own.keys & other.keys)
    return shared + 0.35 * sum(evidence.weight.get(key, 1.0) for key in whole & read.keys) if shared else 0.0
