"""How many there are of something, as a sentence has it."""


def counted(count: int, noun: str, verb: str = "", *, one: str = "") -> str:
    """Write `1 row` or `1,200 rows`, with a verb behind it where one is named: `verb` of several, `one` of one."""
    words = [f"{count:,}", noun if count == 1 else f"{noun}s", one if count == 1 else verb]
    return " ".join(word for word in words if word)
