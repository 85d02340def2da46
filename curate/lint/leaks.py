"""Leakage of what wraps rows: chat tokens, role headings of training templates, end marks of a generator."""

import re

from curate.lint.exchange import LONGEST, Exchange, ending, excerpt, without_code

TOKEN_LITERALS = (
    "<|",
    "<\uff5c",
    "[inst]",
    "[/inst]",
    "<<sys>>",
    "<</sys>>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<bos>",
    "<eos>",
    "</s>",
    "### response",
    "###response",
    "### instruction",
    "###instruction",
    "### human",
    "### assistant",
)
_TOKENS = re.compile(
    r"<\|[a-z][a-z0-9_]{1,40}\|>|<\uff5c[^\s<>\uff5c]{1,40}\uff5c>|\[/?INST\]|<</?SYS>>"
    r"|<(?:start|end)_of_turn>"
    r"|<(?:bos|eos)>|\A<s>\s|</s>\s*\Z"
    r"|^### ?(?:(?:instruction|human|assistant)[ \t]*:|response[ \t]*:?[ \t]*$)",
    re.IGNORECASE | re.MULTILINE,
)
_ABOUT_TOKENS = re.compile(
    r"\btoken(?:s|iz\w+)?\b|\b(?:chat|prompt)[ -]?(?:templates?|formats?)\b|\bchatml\b|\bspecial (?:tags|symbols)\b",
    re.IGNORECASE,
)
_BEFORE = 80

END_LITERALS = (
    "</output",
    "</response",
    "</answer",
    "</instruction",
    "end of output",
    "end of the output",
    "//eom",
    "[end of",
    "<end of",
    "<end>",
    "<eom>",
    "<noinput",
    "<nooutput",
    "<no input",
    "<no output",
)
_NAME = r"(?:the )?(?:output|response|answer|document|text|instruction|message)"
_END = re.compile(
    rf"</(?:output|response|answer|instruction)>\s*\Z"
    rf"|(?://|\[|<|\(|--)[ \t]*(?:end of {_NAME}|eom|end)\.?[ \t]*(?://|\]|>|\)|--)?\s*\Z"
    r"|(?:\A|\n)[ \t]*<no[ _-]?(?:input|output)>",
    re.IGNORECASE,
)
_ABOUT_TAGS = re.compile(r"\b(?:xml|html|tags?|markup|<output>|<response>|<answer>|placeholders?)\b", re.IGNORECASE)


def chat_tokens(row: Exchange) -> str | None:
    """Find tokens that a chat template puts around turns, outside of code and of talk about tokens."""
    if _ABOUT_TOKENS.search(row.task):
        return None
    for text in (without_code(row.response), without_code(row.prompt)):
        for found in _TOKENS.finditer(text):
            if _ABOUT_TOKENS.search(text, max(0, found.start() - _BEFORE), found.start()) is None:
                return excerpt(text, found.start())
    return None


def stray_marker(row: Exchange) -> str | None:
    """Find an end mark behind the answer, or a `<noinput>` on a line of an answer that goes on."""
    if _ABOUT_TAGS.search(row.task):
        return None
    tail = row.response[-LONGEST:]
    found = _END.search(tail)
    # An answer that is nothing but the marker is the business of the stage `empty`.
    if found is None or len(row.response.strip()) == len(found[0].strip()):
        return None
    return ending(tail) if found.end() == len(tail) else excerpt(tail, found.start())
