"""Rows that need eyes or a brush: a picture for an input, a picture for an answer, a picture asked for."""

import re

from curate.lint.exchange import LONGEST, Exchange, excerpt, word_count

INPUT_LITERALS = (
    "![",
    "<img",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".webp",
    "[image",
    "<image",
    "[picture",
    "[photo",
    "<photo",
    "<picture",
    "(image",
    "[insert",
)
# A badge within a link is no material, and brackets before a parenthesis are a link's text.
_MARK = (
    r"(?<!\[)!\[[^\]\n]{0,200}\]\([^)\s]{1,2000}[^)\n]{0,100}\)|<img\b[^>\n]{0,2000}>"
    r"|(?<!\]\()(?:https?://|www\.)[^\s<>\"']{1,2000}\.(?:png|jpe?g|gif|webp|bmp|svg)\b[^\s<>\"')]{0,200}"
)
_PICTURE = r"(?:image|picture|photo|photograph|painting|drawing|figure|diagram|screenshot|sketch|logo)"
# A stand-in that tells what the picture shows can be worked on: only bare ones count.
_STAND_IN = (
    rf"[\[<(]\s*(?:(?:insert|attached|an?|the|your) ){{0,2}}{_PICTURE}s?"
    r"(?: (?:\d+|attached|here|goes here|url|link))?\s*[\]>)](?!\()"
)
_INPUT = re.compile(rf"{_MARK}|{_STAND_IN}", re.IGNORECASE)
# Markup, links and file names can be worked on without eyes.
_ABOUT_MARKUP = re.compile(
    r"\b(?:html|css|tags?|markdown|markup|code|snippet|alt[ -]text|urls?|links?|hyperlinks?|attributes?|script"
    r"|function|program|regex|path|file ?names?"
    r"|extension|web ?page|website|convert|sentence|grammar|spelling|translate)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 12

ANSWER_LITERALS = (
    "![",
    "<img",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    "<logo",
    "[image",
    "[picture",
    "<image",
    "image]",
    "chart]",
    "[flow",
    "[chart",
    "[graph",
    "[poster",
    "[diagram",
    "(image",
)
_ANSWER = re.compile(
    rf"{_MARK}|<logo>|{_STAND_IN}|\[(?:\w+ ){{0,3}}(?:flow ?chart|chart|graph|logo|poster|diagram)"
    rf"(?: [^\]\n]{{0,80}})?\](?!\()",
    re.IGNORECASE,
)

REQUEST_LITERALS = (
    "image",
    "picture",
    "photo",
    "painting",
    "drawing",
    "draw ",
    "paint ",
    "illustration",
    "gif",
    "animation",
    "collage",
    "visual representation",
    "sketch a",
    "sketch of",
)
_PLEASE = r"\A\W*(?:please |can you |could you |i want you to |i need you to |you (?:need|have) to )?"
_REQUEST = re.compile(
    rf"{_PLEASE}(?:create|generate|make|produce|render|design|compose|take|find|upload|insert)\s+"
    r"(?:me |us )?(?:an? |the |some |\d+ )?"
    r"(?:(?!(?:of|for|about|that|to|from|using|in|on|with)\b)[\w'-]+ ){0,3}?"
    r"(?:images?|pictures?|photos?|photographs?|paintings?|drawings?|illustrations?|gifs?|animations?|collages?"
    r"|visual representations?)"
    r"(?=\s*\Z|[.,:;!?\n]| (?:of|that|showing|which|depicting|illustrating|representing|using|with|featuring"
    r"|based|for|from|in|to)\b)"
    rf"|{_PLEASE}(?:draw|sketch|paint) (?:me )?(?:an? |the |your |some )\w",
    re.IGNORECASE,
)
_NO_REQUEST = re.compile(
    r"\b(?:code|scripts?|programs?|functions?|html|css|svg|ascii|python|javascript|java|c\+\+|canvas|latex|tikz"
    r"|algorithms?|model|captions?"
    r"|descri\w+|words?|sentences?|poems?|stor(?:y|ies)|lists?|conclusions?|inferences?|parallels?|comparisons?"
    r"|distinctions?|attention"
    r"|connections?|analog\w+|character|biograph\w+|verbal|text|paragraphs?|essays?|prompts?|titles?|steps|how"
    r"|explain|plan|outline|line"
    r"|ideas?|comic|storyboard|panels?|lesson|mental|big picture|paint an? (?:\w+ )?picture|table|fraction"
    r"|formula|equations?)\b",
    re.IGNORECASE,
)


def needs_image(row: Exchange) -> str | None:
    """Find a picture, or what stands for one, as the whole input of a task."""
    material = row.given or row.instruction
    if len(material) > LONGEST or _ABOUT_MARKUP.search(row.task if row.given else _INPUT.sub(" ", row.task)):
        return None
    found = _INPUT.search(material)
    if found is None or word_count(_INPUT.sub(" ", material)) > (_FEW_WORDS if row.given else 3 * _FEW_WORDS):
        return None
    return excerpt(material, found.start())


def image_answer(row: Exchange) -> str | None:
    """Find an answer that is only the link to a picture, or what stands for one."""
    text = row.response
    if len(text) > 2 * LONGEST or _ABOUT_MARKUP.search(row.task):
        return None
    found = _ANSWER.search(text)
    if found is None or word_count(_ANSWER.sub(" ", text)) > _FEW_WORDS:
        return None
    return excerpt(text, found.start())


def image_request(row: Exchange) -> str | None:
    """Find a task that orders a picture to be drawn, found or generated."""
    if _REQUEST.match(row.task) is None or _NO_REQUEST.search(row.task):
        return None
    return excerpt(row.instruction)
