"""An HTML page gives its article, as Markdown."""

import time

import pytest

from generate.loaders import load
from generate.loaders.html import load as load_html


def text(html: str) -> str:
    return load_html(html.encode()).text.strip()


def test_the_article_is_taken_out_of_the_page() -> None:
    page = """<html><head><title>Page | Site</title><style>x</style></head><body><header>Brand</header>
    <nav>Menu</nav><main><h1>Title</h1><p>Body.</p><aside>Ads</aside><form>Field</form><script>x()</script>
    <div role="navigation">More menu</div></main><footer>Legal</footer></body></html>"""
    assert text(page) == "# Title\n\nBody."
    document = load(page.encode(), "a.html")
    assert document.title == "Title"
    assert document.metadata == '{"title": "Page | Site"}'


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h2>A</h2><p>b<br>c</p>", "## A\n\nb  \nc"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ('<pre><code class="language-py">x = 1\n  y</code></pre>', "```py\nx = 1\n  y\n```"),
        ('<div class="highlight-bash"><pre>ls</pre></div>', "```bash\nls\n```"),
        ("<pre>```\nx\n```</pre>", "````\n```\nx\n```\n````"),
        ("<table><tr><th>a</th></tr><tr><td>b|c</td></tr></table>", "| a |\n| --- |\n| b\\|c |"),
        (
            "<table><tr><td>a</td><td>b</td></tr><tr><td>1<br>2</td><td>x\ny</td></tr></table>",
            "| a | b |\n| --- | --- |\n| 1<br>2 | x y |",
        ),
        ("<table><tr><td><p>Boxed</p></td></tr></table>", "Boxed"),
        ("<dl><dt>Term</dt><dd>Meaning</dd></dl>", "- Term: Meaning"),
        ("<p>use &lt;div&gt; and snake_case * 2</p>", "use &lt;div> and snake_case * 2"),
        ('<h2>A<a class="headerlink" href="#a">¶</a></h2>', "## A"),
        ('<p><img src="data:image/png;base64,xxxx" alt="A plan"></p>', "![A plan]()"),
        ('<p id="cookies">We set <a href="https://x.y">cookies</a>.</p>', "We set [cookies](https://x.y)."),
        ("<h3><button>Question?</button></h3><p>Answer</p>", "### Question?\n\nAnswer"),
        ('<main><aside class="admonition note"><p>Mind.</p></aside></main>', "Mind."),
        ("<article><header><h1>T</h1><p>By me</p></header><p>b</p></article>", "# T\n\nb"),
        ("<h2></h2><p>a</p>", "a"),
    ],
    ids=lambda value: value[:25],
)
def test_elements_become_markdown(html: str, markdown: str) -> None:
    assert text(html) == markdown


def test_the_title_comes_from_the_head_where_no_heading_is() -> None:
    assert load(b"<title>From the head</title><p>x</p>", "a.html").title == "From the head"
    assert load(b"<p>x</p>", "stem.html").title == "stem"


def test_the_declared_encoding_counts() -> None:
    raw = '<meta charset="koi8-r"><p>Привет</p>'.encode("koi8-r")
    assert load_html(raw).text == "Привет\n"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "x",
        "<p>x" * 20_000,
        "<ul><li>" * 5_000 + "x",
        "<b>" * 50_000 + "x",
        "<table><tr><td>" * 5_000 + "x",
        "<table><tr><td colspan=999999999>x</table>",
        "<" * 50_000 + "x",
        "x" + " " * 300_000 + "y",
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><p>x&b;</p>',
    ],
    ids=["div", "p", "ul", "b", "table", "colspan", "lt", "blanks", "entities"],
)
def test_the_worst_page_is_read_in_seconds(html: str) -> None:
    start = time.process_time()
    assert "x" in load_html(html.encode()).text
    assert time.process_time() - start < 20
