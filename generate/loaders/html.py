"""HTML pages: the article without the page around it, as Markdown."""

import re
from typing import Any

from generate.encoding import UndecodableError, decode_as
from generate.loaders.content import Content, UnreadableError
from generate.loaders.html_depth import shallow

_DROPPED = """nav aside script style form template noscript iframe svg canvas object embed button input select textarea
 dialog head link meta""".split()  # noqa: SIM905 - a list of words reads better so
_FRAME = ["header", "footer"]  # of the page; those of an article hold its title and its date
_ROLES = re.compile(
    r"^(?:navigation|banner|contentinfo|complementary|search|form|menu|menubar|dialog|alertdialog)$", re.IGNORECASE
)
_NOISE = re.compile(
    r"(?:^|[\s_-])(?:breadcrumbs?|headerlink|skip-?(?:to|link|nav)[\w-]*|toc|table-of-contents|cookie-?(?:banner|bar|consent|notice)|edit-this-page"
    r"|theme-edit|prev-next|pagination[\w-]*|sr-only|visually-hidden|anchor-?link|hash-link|copybtn)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"admonition|callout|note|tip|hint|warning|caution|important|danger|alert|info|\w-aside", re.IGNORECASE
)
_LANGUAGE = re.compile(r"\b(?:language|lang|highlight|brush:)-?\s*([\w+#]+)", re.IGNORECASE)
_NO_LANGUAGE = frozenset({"default", "none", "text", "plaintext", "notranslate", "source", "highlight"})
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)"
    rb"|<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)",
    re.IGNORECASE,
)
_LONG_SPACE = re.compile(r"[ \t]{200,}")  # markdownify's time grows with the square of a run of blanks
_BLANK_LINES = re.compile(r"\n{3,}")
_SHORT = 200  # characters
_NOT_SHORT = ["ul", "ol", "table", "pre", "dl", "blockquote", "img"]
_WIDEST = 64  # columns that one cell may span
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]


def load(raw: bytes) -> Content:
    """Read an HTML page: its main part if it names one, without navigation, forms and scripts.

    Raises:
        UnreadableError: It is no text, or holds none.
    """
    declared = _DECLARED.search(raw[:4096])
    try:
        text = (
            decode_as(raw, (declared.group(1) or declared.group(2)).decode("ascii"))
            if declared
            else decode_as(raw, "utf-8")
        )
    except UndecodableError as error:
        raise UnreadableError("binary", str(error)) from error
    soup = parse_html(text)
    named = soup.find("title")
    title = " ".join(named.get_text().split()) if named else ""
    described = soup.find("meta", attrs={"name": re.compile("^description$", re.IGNORECASE)})
    metadata = {"title": title, "description": described.get("content") if described else ""}
    main = _main(soup)
    _strip(main)
    first = main.find("h1")
    heading = " ".join(first.get_text().split()) if first else ""
    return Content(
        tree_to_markdown(main), heading or title, {key: str(value) for key, value in metadata.items() if value}
    )


def html_to_markdown(html: str) -> str:
    """Turn a whole HTML document, of our own making, into Markdown."""
    return tree_to_markdown(parse_html(html))


def fragment_to_markdown(fragment: str) -> str:
    """Turn a table or list that stands in a Markdown text into Markdown."""
    return tree_to_markdown(parse_html(fragment)).strip()


def parse_html(html: str) -> Any:  # Any: bs4's own types change with what a search finds
    """Parse HTML into a tree."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(_LONG_SPACE.sub(" ", shallow(html)), "html.parser")


def _main(soup: Any) -> Any:
    """Give the element that holds the article."""
    for found in (soup.find("main"), soup.find(attrs={"role": "main"})):
        if found is not None and found.get_text(strip=True):
            return found
    articles = [one for one in soup.find_all("article") if one.get_text(strip=True)]
    if len(articles) == 1:
        return articles[0]
    return soup.body or soup


def _strip(main: Any) -> None:
    """Take everything out that is no part of the article."""
    from bs4 import Comment

    for comment in main.find_all(string=lambda node: isinstance(node, Comment)):
        comment.extract()
    for button in main.select("h1 button, h2 button, h3 button, h4 button, h5 button, h6 button, dt button"):
        button.unwrap()
    for element in main.find_all(_DROPPED):
        if not _gone(element) and not (element.name == "aside" and _NOTE.search(_classes(element))):
            element.decompose()
    for element in main.find_all(_FRAME):
        if _gone(element):
            continue
        titles = element.find_all(_HEADINGS) if element.name == "header" else []
        for heading in titles:
            element.insert_before(heading.extract())
        element.decompose()
    for element in main.find_all(lambda _: True):
        if not _gone(element) and element is not main and _is_noise(element):
            element.decompose()


def _classes(element: Any) -> str:
    classes = element.attrs.get("class") or []
    return " ".join(classes) if isinstance(classes, list) else str(classes)


def _gone(element: Any) -> bool:
    """Tell whether an element went with one around it; bs4's own property searches the tree for a tag of that name."""
    return "_decomposed" in vars(element)


def _is_noise(element: Any) -> bool:
    attributes = element.attrs
    if (
        _ROLES.match(str(attributes.get("role", "")))
        or "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
    ):
        return True
    named = _classes(element)
    return bool(_NOISE.search(named)) and element.name not in {
        "body",
        "main",
        "article",
    }


def tree_to_markdown(root: Any) -> str:
    """Turn a tree into Markdown."""
    from generate.loaders.converter import converter

    for cell in root.find_all(["td", "th"], colspan=True):
        span = str(cell["colspan"])
        if not span.isdigit() or len(span) > 3 or int(span) > _WIDEST:
            del cell["colspan"]
    _tidy(root)
    _list_terms(root)
    text = str(converter(_language).convert_soup(root))
    lines = (line.rstrip(" \t") + ("  " if line.endswith("  ") else "") for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(line if line.strip() else "" for line in lines)).strip("\n") + "\n"


def _tidy(root: Any) -> None:
    """Drop empty headings, take the frame off a table of one cell, and the bold type off a table's head."""
    for image in root.find_all("img"):
        if str(image.get("src", "")).startswith("data:"):
            image["src"] = ""
        if not image.get("src") and not image.get("alt"):
            image.decompose()
    for heading in root.find_all(_HEADINGS):
        if not heading.get_text(strip=True) and not heading.find("img"):
            heading.decompose()
    for table in root.find_all("table"):
        cells = table.find_all(["td", "th"])
        if len(cells) == 1 and table.parent is not None:
            cells[0].name = "div"
            table.replace_with(cells[0].extract())
        elif cells and (first := table.find("tr")) is not None:
            for strong in first.find_all(["strong", "b"]):
                strong.unwrap()


def _list_terms(root: Any) -> None:
    """Write short definitions as a list of `term: definition`; long ones stay paragraphs under their term."""
    for terms in root.find_all("dl"):
        parts = terms.find_all(["dt", "dd"])
        is_short = all(len(one.get_text()) < _SHORT and not one.find(_NOT_SHORT) for one in parts)
        if not is_short or [one.name for one in parts] != ["dt", "dd"] * (len(parts) // 2):
            continue
        for term, meaning in zip(parts[::2], parts[1::2], strict=True):
            term.name, term["class"] = "li", []
            for child in list(term.contents):
                if not str(child).strip():
                    child.extract()
            term.string = f"{' '.join(term.get_text().split()).rstrip(':')}: "
            for paragraph in meaning.find_all("p"):
                paragraph.unwrap()
            for child in list(meaning.contents):
                term.append(child.extract())
            meaning.decompose()
        terms.name = "ul"


def _language(pre: Any) -> str:
    """Read the language of a code block from the class of the block, of its code, or of the box around it."""
    boxes = [pre, pre.find("code"), pre.parent, pre.parent.parent if pre.parent else None]
    for box in boxes:
        classes = (box.get("class") or []) if box is not None and box.attrs else []
        for name in [" ".join(classes)] if isinstance(classes, list) else [str(classes)]:
            found = _LANGUAGE.search(name)
            if found and found.group(1).lower() not in _NO_LANGUAGE:
                return found.group(1).lower()
    return ""
