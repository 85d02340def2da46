"""Whether an answer has a word where its passage has the opposite of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generate.grounding.evidence import Evidence
from generate.grounding.facts import Fact
from generate.grounding.lexicon import bare_stem
from generate.grounding.polarity import COMPARED, NEGATION, POLES
from generate.rejection import Rejection

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
PREDICATES = frozenset(["is", "are", "was", "were", "must", "may", "can", "will"])  # what they open is no more negated
DETERMINERS = frozenset(["no", "nobody", "none", "nothing", "neither"])  # `no restart is needed`
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
    "same",
)
_TURNED = ("keep", "success", "known", "present", "legal", "visible", "online")  # `not kept` is `discarded`
_PREFIX = re.compile(r"^(?:un|non-?)(?=[a-z]{4})")


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


def content(found: Sequence[Fact]) -> list[Fact]:
    """Give the facts that say something of their own."""
    return [fact for fact in found if fact.kind != "small"]


def wrong_prefix(found: Sequence[Fact], evidence: Evidence) -> Rejection | None:
    """Look for `used` where the passage has `unused`, and the other way round."""
    for fact in found:
        low = fact.text.lower()
        if (fact.kind not in {"word", "name"} and low != "used") or bare_stem(low) in evidence.stems:
            continue
        bare = _PREFIX.sub("", low)
        denied = any(NEGATION.fullmatch(other.text) for read in evidence.reads for other in read.facts)
        if bare != low and bare_stem(bare) in evidence.stems and not denied and not _negated(found, fact):
            return Rejection("opposite", fact.text)
        for prefix in ("un", "non-"):
            if (
                (len(low) > 4 or low == "used")
                and bare_stem(prefix + low) in evidence.stems
                and not _negated(found, fact)
            ):
                return Rejection("opposite", f"{fact.text}, not {prefix}{low}")
    return None


def _negated(found: Sequence[Fact], fact: Fact) -> bool:
    """Tell whether a negation stands before a fact in its clause."""
    place, predicate = found.index(fact), False
    for other in reversed(found[max(0, place - 6) : place]):
        if other.clause != fact.clause:
            break
        predicate = predicate or other.text.lower() in PREDICATES
        if NEGATION.fullmatch(other.text) and not _compares(found, found.index(other)):
            return not predicate or other.text.lower() in DETERMINERS
    behind = found[place + 1] if place + 1 < len(found) else None  # `needs no token`
    return behind is not None and behind.clause == fact.clause and behind.text.lower() in DETERMINERS


def _compares(found: Sequence[Fact], place: int) -> bool:
    """Tell whether a negation only sets a limit: `no later than`, but not `no longer supported`."""
    after, behind = ([fact.text.lower() for fact in found[place + 1 : place + 3]] + ["", ""])[:2]
    return after in COMPARED and (after != "longer" or behind == "than")


_ORDER = frozenset(["before", "after", "prior", "following"])


def _mentions(found: Sequence[Fact], *, own: bool) -> Iterator[tuple[int, _Mention]]:
    """Give each word with a pole: its pair, its sign in the sentence, and what stands around it."""
    around = frozenset(other.key for other in content(found))
    for place, fact in enumerate(found):
        low = fact.text.lower()
        if low not in POLES or low in _IGNORED or (low == "on" and not _switched(found, place)) or _set(found, place):
            continue
        if low in _NEAR_WORDS:
            behind = [other.key for other in content(found[place + 1 :])[:2]]
            ahead = [] if low in _ORDER else [other.key for other in content(found[:place])[-1:]]
            near = frozenset(behind + ahead)
        else:
            near = frozenset(other.key for other in content(found) if other.clause == fact.clause and other is not fact)
        sign = -1 if _negated(found, fact) else 1
        for pair, pole in POLES[low]:
            if low in _ORDER and not own:  # `A before B` is `B after A`
                turned = frozenset(other.key for other in content(found[:place])[-2:])
                yield pair, _Mention(-pole, turned, frozenset(), fact.text)
            yield pair, _Mention((sign if pair in _FLIPPING else 1) * pole, near, around, fact.text, sign < 0)


def _set(found: Sequence[Fact], place: int) -> bool:
    """Tell whether a word is part of a set phrase: `after that`, `once more`, `add `--flag``."""
    low = found[place].text.lower()
    before = found[place - 1].text.lower() if place else ""
    behind = found[place + 1] if place + 1 < len(found) else None
    if low in _ORDER:
        return behind is not None and behind.text.lower() in {"that", "this", "which"}
    if low == "more":
        return before in {"once", "any", "some"}
    return low == "add" and behind is not None and behind.kind == "code"


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


def wrong_pole(found: Sequence[Fact], evidence: Evidence) -> Rejection | None:
    """Look for a word whose opposite stands nearer to what stands around it."""
    there: dict[int, list[_Mention]] = {}
    for read in evidence.reads:
        mentions = list(_mentions(read.facts, own=False))
        signs = {(pair, mention.sign) for pair, mention in mentions}
        for pair, mention in mentions:
            if read.piece.kind != "row" or (pair, -mention.sign) not in signs:  # both are heads of columns
                there.setdefault(pair, []).append(mention)
    whole = {fact.key for fact in content(found)}
    until = any(fact.text.lower() == "until" for fact in found)
    for pair, own in _mentions(found, own=True):
        best = {1: 0.0, -1: 0.0}
        for other in there.get(pair, []):
            if own.turned and until:
                continue  # `not until` is `from`
            if own.text.lower() in _ORDER and own.turned != other.turned:
                continue  # `not after` is `before`
            score = sum(evidence.weight.get(key, 1.0) for key in own.near & other.near)
            score += 0.3 * sum(evidence.weight.get(key, 1.0) for key in whole & other.around)
            best[other.sign] = max(best[other.sign], score)
        alone = not own.turned and not any(other.sign == own.sign for other in there.get(pair, []))
        ahead = best[-own.sign] - best[own.sign]
        if ahead > (0.25 if alone else 0.3) and (best[-own.sign] >= 0.6 or (alone and best[-own.sign] >= 0.3)):
            word = next(other.text for other in there[pair] if other.sign == -own.sign)
            if (
                pair in _TURNED_BY_ANOTHER and word.lower() == own.text.lower()
            ):  # the negation of the word itself, which is looked at below
                continue
            return Rejection("opposite", f"{own.text}, not {word}")
    return None
