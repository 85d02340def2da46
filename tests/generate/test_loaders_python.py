"""Modules give their docstrings under their signatures, and nothing of them is run."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.loaders import UnreadableError, load
from generate.loaders.docstrings import docstring_to_markdown
from generate.sections import split

MODULE = '''"""Talk to :class:`Probe` and ``heron``::

        import heron

    Or not.
"""

import nothing_of_this_name

raise SystemExit


class Probe(object):
    """One probe."""

    def __init__(self, name: str, *rest: int, rate: float = 0.5, **more: object) -> None:
        """Make it."""

    @property
    def name(self) -> str:
        """Its name."""

    @name.setter
    def name(self, value: str) -> None:
        """Set it."""

    def _own(self) -> None:
        """Hidden."""


try:
    async def read(probe: Probe, /, *, timeout: float | None = None, a_rather_long_name: dict[str, int] = {}) -> bytes:
        """Read it."""
finally:
    pass


def silent() -> None:
    pass
'''
EXPECTED = """# `heron.probe`

Talk to `Probe` and `heron`:

```
import heron
```

Or not.

## `Probe`

```python
class Probe
```

One probe.

### `Probe.__init__`

```python
def __init__(self, name: str, *rest: int, rate: float=0.5, **more: object) -> None
```

Make it.

### `Probe.name`

```python
@property
def name(self) -> str
```

Its name.

## `read`

```python
async def read(
    probe: Probe,
    /,
    *,
    timeout: float | None=None,
    a_rather_long_name: dict[str, int]={},
) -> bytes
```

Read it.
"""


def reason(source: str | bytes) -> str:
    with pytest.raises(UnreadableError) as error:
        load(source if isinstance(source, bytes) else source.encode(), "a.py")
    return error.value.reason


def test_docstrings_stand_under_their_signatures() -> None:
    document = load(MODULE.encode(), "src/heron/probe.py")
    assert document.text == EXPECTED
    assert document.title == "heron.probe"
    assert [section.path[-1] for section in split(document)] == [
        "heron.probe",
        "Probe",
        "Probe.__init__",
        "Probe.name",
        "read",
    ]


def test_a_package_has_the_name_of_its_folder() -> None:
    assert load(b'"""x"""', "heron/__init__.py").title == "heron"
    assert load(b'"""x"""', "__init__.py").title == "__init__"


def test_a_module_in_another_encoding_is_read_by_its_own_declaration() -> None:
    source = '# -*- coding: latin-1 -*-\n"""Größe."""\n'
    assert "Größe." in load(source.encode("latin-1"), "a.py").text


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("x = 1\n", "no_text"),
        ("def _own():\n    'hidden'\n", "no_text"),
        ("def f(): return '\n", "damaged"),
        ("print 'old'\n", "damaged"),
        ("x = " + "(" * 5_000, "damaged"),
        ("x = " + "-" * 100_000 + "1\n", "damaged"),
        ("'''x'''\n" + "x = 1\n" * 400_000, "too_large"),
        (b"'''x\xff'''", "damaged"),
        (b"# coding: no-such\n", "damaged"),
        ('"""x\x00y"""', "damaged"),
    ],
    ids=["none", "private", "cut short", "python 2", "deep", "minus", "large", "encoding", "unknown encoding", "nul"],
)
def test_what_cannot_be_read_is_named(source: str | bytes, why: str) -> None:
    assert reason(source) == why


GOOGLE = """Sum.

Args:
    a (int): First,
        of two.
    *b: More.

Returns:
    The sum."""
NUMPY = """Parameters
----------
a : int, optional
    First.
b
    Second.

Notes
-----
Slow."""
SPHINX = """:param int a: First,
    of two.
:param b: Second.
:returns: The sum.
:rtype: int"""
DIRECTIVES = """.. code-block:: python
   :linenos:

   x = 1

.. note:: Slow.
   Very."""
SPHINX_READ = """**Args**

- `a` (int): First,
  of two.
- `b`: Second.

**Returns**

- The sum.

**Types**

- `return`: int"""


@pytest.mark.parametrize(
    ("docstring", "markdown"),
    [
        (GOOGLE, "Sum.\n\n**Args**\n\n- `a` (int): First,\n  of two.\n- `*b`: More.\n\n**Returns**\n\nThe sum."),
        (NUMPY, "**Parameters**\n\n- `a` (int, optional): First.\n- `b`: Second.\n\n**Notes**\n\nSlow."),
        (SPHINX, SPHINX_READ),
        ("Use it:\n\n>>> f(1)\n2\n\nso.", "Use it:\n\n```python\n>>> f(1)\n2\n```\n\nso."),
        ("So::\n\n    x = `1`\n\nand so ::\n\n    y", "So:\n\n```\nx = `1`\n```\n\nand so\n\n```\ny\n```"),
        (DIRECTIVES, "```python\nx = 1\n```\n\n**Note** Slow.\n\nVery."),
        ("Title\n=====\n\n# Other\n\ntext", "**Title**\n\n**Other**\n\ntext"),
        ("See :py:meth:`~heron.Probe.read` or ``x``.", "See `heron.Probe.read` or `x`."),
        ("```\n# no heading\n", "```\n# no heading\n\n```"),
        ("Note: this is a sentence.", "Note: this is a sentence."),
        ("", ""),
    ],
    ids=["google", "numpy", "sphinx", "session", "colons", "directives", "titles", "roles", "fence", "note", "empty"],
)
def test_each_dialect_becomes_markdown(docstring: str, markdown: str) -> None:
    assert docstring_to_markdown(docstring) == markdown


LINES = [
    "Args:",
    "    a: b",
    "a : int",
    "----",
    "    more",
    ":param a: b",
    ">>> x",
    "```",
    "text::",
    ".. note:: x",
    "",
    "# h",
    "  ::",
]


@given(st.lists(st.sampled_from(LINES), max_size=25))
@settings(max_examples=200, deadline=None)
def test_every_docstring_comes_to_an_end_and_opens_no_section(lines: list[str]) -> None:
    source = '"""Module."""\n\ndef f():\n    """' + "\n    ".join(["First.", *lines]) + '\n    """\n'
    assert [section.path for section in split(load(source.encode(), "a.py"))] == [("a",), ("a", "f")]
