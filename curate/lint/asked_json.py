"""Asked for JSON, answered with something that is none."""

import json
import re

from curate.lint.exchange import Exchange, excerpt

LITERALS = ("json",)
_VERBS = (
    r"return|respond|reply|answer|output|format|provide|produce|convert|generate|create|construct|write|represent"
    r"|express|encode|serialize|store|give|transform|render|print|turn|structure|present|put|parse|extract|list"
)
_ASKS = re.compile(rf"\b(?:{_VERBS})\b[^.?!\n]{{0,100}}\bjson\b(?!\s*lines?\b)", re.IGNORECASE)
# JSON that goes in and comes out as something else, or code and talk about JSON.
_OTHER = re.compile(
    r"\b(?:in)?to (?:an? |the )?(?:\w+ ){0,2}"
    r"(?:csv|xml|ya?ml|toml|html|markdown|tables?|text|sentences?|english|dictionary|dict|sql|lists?|paragraphs?"
    r"|prose)\b"
    r"|\b(?:from|parse|parses|parsing|read|reads|reading|load|loads|consumes?|accepts?) (?:\w+ ){0,3}json\b"
    r"|\b(?:this|following|given|above|below|provided) json\b"
    r"|\b(?:scripts?|functions?|programs?|code|class|method|library|api|endpoint|query|python|javascript|java"
    r"|typescript|c\#|golang"
    r"|rust|php|ruby|sql|schema|difference|explain|why|tutorial|article|essay|email|advantages|summar\w+)\b",
    re.IGNORECASE,
)
_FAILURES = 20
_BRACKET = re.compile(r"[{\[]")


def invalid_json(row: Exchange) -> str | None:
    """Find no object or list that parses in the answer to a prompt that asks for JSON."""
    asked = _ASKS.search(row.task)
    if asked is None or _OTHER.search(row.task) or holds_json(row.response):
        return None
    return excerpt(row.response)


def holds_json(text: str) -> bool:
    """Tell whether a text is JSON, or the objects and lists in it that parse are most of what stands in brackets.

    Most of it, for an object that breaks off may hold a whole one.
    """
    try:
        json.loads(text)
    except ValueError:
        pass
    except RecursionError:
        # Nested too deep to say anything against it.
        return True
    else:
        return True
    decoder, first, parsed, failures = json.JSONDecoder(), None, 0, 0
    found = _BRACKET.search(text)
    while found is not None and failures < _FAILURES:
        start = found.start()
        first = start if first is None else first
        try:
            _, end = decoder.raw_decode(text, start)
        except RecursionError:
            return True
        except json.JSONDecodeError as error:
            # What runs into the end of the text was cut off there.
            if not text[error.pos :].strip() or error.msg.startswith("Unterminated string"):
                return False
            failures += 1
            end = start + 1
        else:
            parsed += end - start
        found = _BRACKET.search(text, end)
    return first is not None and parsed > 0 and 2 * parsed >= max(text.rfind("}"), text.rfind("]")) + 1 - first
