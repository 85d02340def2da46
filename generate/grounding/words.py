"""Words as they are compared: without those that say nothing, and without their endings."""

from generate.answers import WORD

STOP = frozenset(
    """
    a about according after again all also am an and any anyone are as ask at be because been before being best
    better between both but by can cannot could did difference do does doing done each ever every explain find
    for from get give given go got had has have having he her here him his how i if important in into is it its
    just kind know let like long made main make many may me mean might more most much must my need next no not
    now of off on once one only or other our out over own part people purpose put question really say says she
    should so some somebody someone something such take tell than that the their them then there these they
    thing things this those through to too under until up us use used using very was way we well were what when
    where whether which while who whom whose why will with within work would you your
    """.split()  # noqa: SIM905 - they are read and kept more easily as words
)


def content_stems(text: str) -> set[str]:
    """Give the stems of a text's words that are no stop words."""
    return {stem(word) for word in WORD.findall(text.lower()) if word not in STOP}


def stem(word: str) -> str:
    """Take the commonest English endings off, so that `booked` meets `booking`; crude, and only for comparing."""
    for ending in ("'s", "’s", "ing", "ies", "ed", "es", "s", "e", "y"):  # noqa: RUF001 - the apostrophe is meant
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
