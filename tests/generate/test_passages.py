"""A passage is what a person reads on the rendered page, still as Markdown."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generate.passages import definitions, has_hole, passage, plain_text, template_marks

SIGNS = "abc {}%#[]()<>!`|*_-\n\\\"'=:/&;~"
MARKS = ["{%", "%}", "{{", "}}", "```\n", "<td>", "<table>", "](", '{% x "y" %}', "\n\n"]
PIECES = st.sampled_from([*SIGNS, *MARKS])


@given(st.lists(PIECES, max_size=60).map("".join))
@example('{%```\n```\n{% x "y" %}')
@settings(max_examples=500, deadline=None)
def test_no_template_tag_is_left_outside_code(text: str) -> None:
    assert not template_marks(passage(text))


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_has_a_passage(text: str) -> None:
    read = passage(text)
    assert read == read.strip("\n")


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("## Own heading\n\nText.\n", "Text."),
        ("Own\n---\n\nText.\n", "Text."),
        ("---\ntitle: x\n---\n\nText.\n", "Text."),
        ("a <!-- hidden --> b", "a b"),
        ("One. {% comment %}TODO link{% endcomment %}", "One."),
        ("{% comment %}\n\nparagraphs\n\n{% endcomment %}\n\nText.", "Text."),
        ("{# note #}Text.", "Text."),
        ("{/* note */}Text.", "Text."),
        ('See [the page]({% page "a/b/#c" %}).', "See the page."),
        ('See [the page]({% page\n"a/b" %}).', "See the page."),
        ('See [it]({% link "https://a.b/c" %}).', "See [it](https://a.b/c)."),
        ("See [it]({{ site.baseurl }}/x).", "See it."),
        ("See [it](https://a.b/{{ x }}).", "See it."),
        ('Ask in {% slack_channel "it-help" %}.', "Ask in it-help."),
        ('Ask in {% slack_channel "it-help" "the help channel" %}.', "Ask in the help channel."),
        ('- {% slack_channel "it-help" %}', "- it-help"),
        ('Ask in {% slack_channel "Help channel" %}.', "Ask in Help channel."),
        ('The \\[page]({% page "/x" %}) and  more', "The [page] and more"),
        ("<div>\n\n    <p>Text\n    </p>\n</div>", "Text"),
        ('| {% slack_channel "it" %} |\n|---|\n| x |', "| it |\n|---|\n| x |"),
        ('Before\n\n{% icon_of "campaign" %}\n\nAfter', "Before\n\nAfter"),
        ('{% include "warning.html" %}\n\nText.', "Text."),
        ('{% include "step.html"\n  steps:x.y\n  current:1 %}\n\nText.', "Text."),
        ('{% alert "Mind this!" "warning" %}\n  Body.\n{% endalert %}', "**Mind this!**\n\nBody."),
        ("{% alert %}\n  Body.\n{% endalert %}", "Body."),
        ("{{% note %}}Body.{{% /note %}}", "Body."),
        ('{{< youtube "x" >}}\n\nText.', "Text."),
        ("`{% raw %}{%include%}{% endraw %}` stays", "`{%include%}` stays"),
        ('the `{{ "{%include%}" }}` tag', "the `{%include%}` tag"),
        ("Text\n{: .class #id }", "Text"),
        ("{% highlight ruby %}\nputs 1\n{% endhighlight %}", "```ruby\nputs 1\n```"),
    ],
)
def test_what_no_reader_sees_is_gone(raw: str, read: str) -> None:
    assert passage(raw) == read


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("[a](https://x.y/z)", "[a](https://x.y/z)"),
        ('[a](https://x.y "title")', "[a](https://x.y)"),
        ("[a](https://x.y/z_(w))", "[a](https://x.y/z_(w))"),
        ("[a](../b.md) and [c](#d)", "a and c"),
        ("[a](mailto:a@b.c)", "[a](mailto:a@b.c)"),
        ("[a@b.c](mailto:a@b.c)", "a@b.c"),
        ("<https://x.y>", "https://x.y"),
        ("[a][1] and [b][2]\n\n[1]: https://x.y\n[2]: b.md", "[a](https://x.y) and b"),
        ("[a] and [b]\n\n[a]: https://x.y", "[a](https://x.y) and [b]"),
        ("- [ ] open\n- [x] done", "- [ ] open\n- [x] done"),
        ("[[Page|shown]] and [[Page]]", "shown and Page"),
        ("a[^1]", "a"),
        ("a[^1]\n\n[^1]: note", "a[^1]\n\n[^1]: note"),
        ("[![build](b.svg)](https://ci)\n\nText.", "Text."),
        ("![the settings page with both switches](a.png)", "(the settings page with both switches)"),
        ("Press ![gear](a.png) now", "Press gear now"),
        ("![screenshot](a.png)\n\nText.", "Text."),
        ("[the *manual*](a/b)", "the *manual*"),
    ],
)
def test_links_keep_their_text_and_an_absolute_address(raw: str, read: str) -> None:
    assert passage(raw) == read


def test_definitions_of_the_whole_document_can_be_handed_in() -> None:
    known = definitions("# A\n\n[Docs]: <https://x.y>\n[other]: rel.md 'title'\n")
    assert known == {"docs": "https://x.y", "other": "rel.md"}
    assert passage("See [docs] and [other].", definitions=known) == "See [docs](https://x.y) and other."


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("a<br>b", "a\nb"),
        ("<b>a</b> <em>b</em> <kbd>c</kbd>", "**a** b c"),
        ("x<sup>2</sup> H<sub>2</sub>O", "x² H₂O"),
        ("<div>\n    <p>Text</p>\n</div>", "Text"),
        ("use <app-name> and <your token>", "use <app-name> and <your token>"),
        ("a &lt; b &amp; c", "a < b & c"),
        ("<script>x()</script>Text", "Text"),
        ("<details>\n<summary>More</summary>\n\nBody\n</details>", "**More**\n\nBody"),
        ('<ul>\n<li><a href="x">one</a></li>\n<li>two</li>\n</ul>', "- one\n- two"),
        ('<a href="https://x.y">one</a>', "[one](https://x.y)"),
        ('<pre><code class="language-sh">a &lt; b</code></pre>', "```sh\na < b\n```"),
        ("import X from 'x'\n\n<Callout type=\"note\">\n\nBody\n\n</Callout>", "Body"),
        ('<Tab label="macOS">\n\nBody\n\n</Tab>', "**macOS**\n\nBody"),
        ("a \\_b\\_ \\[c\\]", "a _b_ [c]"),
    ],
)
def test_html_and_components_leave_their_text(raw: str, read: str) -> None:
    assert passage(raw) == read


def test_an_html_table_becomes_a_markdown_one() -> None:
    raw = '<table>\n <tr><th>a</th><th>b</th></tr>\n\n <tr><td>1</td><td>{% slack "x" %}</td></tr>\n</table>'
    assert passage(raw) == "| a | b |\n| --- | --- |\n| 1 | x |"


def test_rows_that_were_cut_out_of_a_table_are_rows() -> None:
    assert passage("<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n\n</table>") == "| 1 | 2 |\n| --- | --- |"


def test_code_is_left_as_it_is() -> None:
    raw = '```liquid\n{% raw %}{% page "a" %}{% endraw %}\n[a](b.md) <b>x</b>   y\n```'
    assert passage(raw) == '```liquid\n{% page "a" %}\n[a](b.md) <b>x</b>   y\n```'


def test_a_line_with_raw_alone_vanishes_from_code() -> None:
    assert passage("```\n{% raw %}\n{{ x }}\n{% endraw %}\n```") == "```\n{{ x }}\n```"


def test_a_stretch_of_cut_code_is_fenced_again() -> None:
    assert passage("# comment\nx = {{ y }}\n```\n", kinds=("code",)) == "```\n# comment\nx = {{ y }}\n```"


def test_a_stretch_cut_out_of_a_list_is_no_code() -> None:
    assert passage("    second paragraph\n", kinds=("list",)) == "second paragraph"


def test_wrapped_lines_are_joined_and_breaks_kept() -> None:
    raw = "A line that was wrapped at about sixty characters by\nits editor, and goes on.  \nA new line.\n"
    wanted = "A line that was wrapped at about sixty characters by its editor, and goes on.\nA new line."
    assert passage(raw) == wanted


def test_lines_that_were_broken_on_purpose_stay() -> None:
    assert passage("The Office\n1 High Street\nGalway\n") == "The Office\n1 High Street\nGalway"


def test_padded_tables_are_tightened() -> None:
    raw = "| a      | b   |\n|--------|-----|\n| x<br>y | z   |\n"
    assert passage(raw) == "| a | b |\n|---|---|\n| x; y | z |"


def test_blank_lines_and_rules_at_the_ends_go() -> None:
    assert passage("\n\n---\n\na\n\n\n\nb\n\n---\n") == "a\n\nb"


@pytest.mark.parametrize(
    "line",
    [
        "[Edit this page](https://x/edit)",
        "Edit this page on GitHub",
        "Last edited 1 May · Was this page helpful? Yes / No",
        "[Back to top](#top)",
    ],
)
def test_the_lines_of_the_page_frame_go(line: str) -> None:
    assert passage(f"Text.\n\n{line}\n") == "Text."


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ('!!! note "Mind"\n\n    Body.\n\nAfter.', "**Mind**\n\nBody.\n\nAfter."),
        (":::tip[Mind]\nBody.\n:::\n", "**Mind**\n\nBody."),
        ("> [!NOTE]\n> Body.", "> **Note**\n> Body."),
    ],
    ids=["mkdocs", "docusaurus", "github"],
)
def test_notes_of_the_dialects_are_read(raw: str, read: str) -> None:
    assert passage(raw) == read


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("a {% x %}", True),
        ("a {{ x }}", True),
        ("a `{{ x }}`", False),
        ("```\n{% x %}\n```", False),
        ("a { x }", False),
    ],
)
def test_a_template_tag_is_found_outside_code_only(text: str, answer: bool) -> None:
    assert bool(template_marks(text)) is answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Ask {{ site.lead }} first", True),
        ("[a]({{ site.base }}/b)", False),
        ("`{{ x }}`", False),
        ("{{< note >}}", False),
        ('{{ "x" }}', False),
    ],
)
def test_a_variable_in_a_sentence_leaves_a_hole(text: str, answer: bool) -> None:
    assert has_hole(text) is answer


def test_plain_text_has_no_markup() -> None:
    assert plain_text("**A** `b_c` [d](e) <br> &amp; \\* {#id}") == "A b_c d & *"


@pytest.mark.parametrize(
    "text",
    [
        "<pre>" * 20_000,
        "<a " * 40_000,
        "{{ " * 40_000,
        "[a](" * 20_000,
        "x" + " " * 200_000 + "y",
        "`a ``b " * 10_000,
        "<table>" * 10_000,
        "import a\n" * 3_000,
        "[" * 50_000,
    ],
    ids=["pre", "a", "braces", "links", "blanks", "ticks", "tables", "imports", "brackets"],
)
def test_the_worst_input_takes_seconds_at_most(text: str) -> None:
    start = time.process_time()
    passage(text)
    assert time.process_time() - start < 10


EXPORT = """export const meta = {
  title: "a {",

  list: ["# no"],
}

Text.
"""
TABS = """<Tabs>
  <Tab label="npm">

    ```bash
    # no heading

    npm install
    ```

  </Tab>
</Tabs>
"""


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("import A from 'a'\nimport {\n  B,\n} from \"b\";\n\nText.\n", "Text."),
        (EXPORT, "Text."),
        ("export function F() {\n  return 1\n}\n\nText.\n", "Text."),
        ("import is a word.\n\nexport it from the menu.\n", "import is a word.\n\nexport it from the menu."),
        ("export const a = {\n\nText.\n", "Text."),
        (TABS, "**npm**\n\n```bash\n# no heading\n\nnpm install\n```"),
        ("Use {% raw %}{{ site.x }}{% endraw %} here.\n", "Use `{{ site.x }}` here."),
        ("{% raw %}\nUse {% if %}.\n{% endraw %}\n", "Use `{% if %}`."),
    ],
    ids=["import", "blank line", "function", "words", "never closed", "fence in tags", "raw", "raw lines"],
)
def test_what_mdx_and_liquid_mean_is_what_is_read(raw: str, read: str) -> None:
    assert passage(raw) == read


def test_what_is_raw_leaves_no_hole_and_an_expression_does() -> None:
    assert not has_hole("Use {% raw %}{{ site.x }}{% endraw %} here.")
    assert has_hole("Hello {props.name}.")
    assert not has_hole("Get /probes/{probe.id} or `{props.name}` or ${a.b} or {id}.")
