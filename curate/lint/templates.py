"""Leakage of what pages are made with: front matter, Liquid and Jinja tags, slots that were never filled."""

import re

from curate.lint.exchange import LONGEST, Exchange, excerpt, without_code

FRONT_LITERALS = ("---\n", "---\r\n")
_FRONT_LINES = 60
_KEY = re.compile(r"[A-Za-z_][\w.-]{0,40}[ \t]*:(?:\s|\Z)")
_ABOUT_FRONT = re.compile(
    r"\b(?:front ?matter|ya?ml|jekyll|hugo|markdown|metadata|config\w*|manifests?)\b", re.IGNORECASE
)

TAG_LITERALS = ("{%", "{{")
_TAG = re.compile(
    r"\{%-?\s*(?:if|else|elsif|elif|endif|for|endfor|include|include_relative|assign|capture|endcapture|raw"
    r"|endraw|block"
    r"|endblock|extends|set|macro|endmacro|case|when|unless|endunless|comment|endcomment|highlight|endhighlight|link"
    r"|post_url|import|from|with|page|asset_path|[a-z_]{2,30})\b[^%\n]{0,300}-?%\}"
    r"|(?<![\\\w{}$])\{\{-?\s*[A-Za-z_][\w.]{1,60}(?:\s*\|[^}\n]{0,200})?\s*-?\}\}"
)
_ABOUT_TAGS = re.compile(
    r"\b(?:templat\w+|jinja2?|liquid|django|flask|handlebars|mustache|twig|jekyll|hugo|eleventy|vue(?:\.?js)?"
    r"|angular(?:js)?|ansible"
    r"|helm|dbt|airflow|nunjucks|placeholders?|variables?|shortcodes?|latex|html|code|syntax|tags?|macros?"
    r"|github actions|workflow"
    r"|f-strings?|interpolation|moustache|curly|braces|brackets|script|program|function|prompts?)\b",
    re.IGNORECASE,
)


def front_matter(row: Exchange) -> str | None:
    """Find a block of YAML between two lines of three dashes at the head of a text."""
    if _ABOUT_FRONT.search(row.task):
        return None
    for text in (row.response, row.given or row.instruction):
        if _opens_with_front_matter(text):
            return excerpt(text)
    return None


def _opens_with_front_matter(text: str) -> bool:
    """Tell whether a text begins with a line of dashes, lines of keys, and a line of dashes again."""
    first, *lines = text[:LONGEST].lstrip().split("\n", _FRONT_LINES)
    if first.rstrip() != "---":
        return False
    keys = 0
    for line in lines:
        if line.rstrip() == "---":
            return keys > 0
        if _KEY.match(line) is not None:
            keys += 1
        elif line.strip() and line[0] not in " \t-#":
            return False
    return False


def template_tags(row: Exchange) -> str | None:
    """Find Liquid or Jinja tags that were never rendered, outside of code and of talk about templates."""
    if _ABOUT_TAGS.search(row.task):
        return None
    for text in (without_code(row.response), without_code(row.prompt)):
        found = _TAG.search(text)
        if found is not None:
            return excerpt(text, found.start())
    return None
