"""What every judge's prompt is: a Jinja file with a system and a user block, shown texts as JSON strings.

A text that is written as a JSON string cannot end by itself, whatever it says.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import InputError

if TYPE_CHECKING:
    from jinja2 import Template


def read_prompt(path: Path) -> str:
    """Read the file.

    Raises:
        InputError: It cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the prompt cannot be read ({error})", where=str(path), mend="Check the path") from error


def prompt_template(path: Path) -> "Template":
    """Read the file as a template.

    Raises:
        InputError: It cannot be read, is no Jinja template, or lacks a block.
    """
    import jinja2

    # A prompt is text for a model, not HTML: texts are quoted as JSON strings instead of escaped.
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701
    try:
        template = environment.from_string(read_prompt(path))
    except jinja2.TemplateSyntaxError as error:
        raise InputError(f"no Jinja template ({error.message})", where=f"{path}, line {error.lineno}") from error
    if not {"system", "user"} <= template.blocks.keys():
        raise InputError(
            "it lacks a block system or user",
            where=str(path),
            mend="Write {% block system %} ... {% endblock %}",
        )
    return template


def quoted(text: str, longest: int) -> str:
    """Write a text as a JSON string; of more than `longest` characters it is cut, and that is said."""
    left_out = f" ({len(text) - longest:,} more characters are left out)" if len(text) > longest else ""
    return json.dumps(text[:longest], ensure_ascii=False) + left_out
