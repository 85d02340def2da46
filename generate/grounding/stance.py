"""Whether an answer says yes where its passage says yes: negations, opposites, and which way a limit goes."""

import re
from collections.abc import Sequence

from generate.grounding.evidence import Evidence
from generate.grounding.facts import Fact
from generate.grounding.limits import wrong_limit
from generate.grounding.negated import negated
from generate.grounding.polarity import NEGATION
from generate.grounding.poles import content, wrong_pole, wrong_prefix
from generate.rejection import Rejection


def wrong_way(found: Sequence[Fact], sentence: str, evidence: Evidence) -> Rejection | None:
    """Look for a limit that goes the other way, an opposite, and a negation too many or too few."""
    return (
        wrong_limit(found, sentence, evidence)
        or wrong_prefix(found, evidence)
        or wrong_pole(found, evidence)
        or _exceptions(found, sentence, evidence)
        or negated(found, evidence)
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
