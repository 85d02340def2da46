"""The prompt of a comparison: a Jinja file that is shown the case as JSON strings, which no text can end by itself."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from schemas import InputError, Message

if TYPE_CHECKING:
    from jinja2 import Template

_OURS = Path(__file__).parent / "prompts" / "pair.jinja"
FIELDS = ("question", "context", "gold", "first", "second")


class PairPrompt:
    """Turn a case into the messages that the judge is sent.

    Args:
        path: Jinja file with the blocks `system` and `user`; empty for the one that comes along. It is given
            `question`, `context`, `gold`, `first` and `second` as JSON strings; `context` and `gold` are None where a
            row has none.
        longest: Most characters of each text that the judge sees.

    Raises:
        InputError: The file cannot be read, or is no such template.
    """

    def __init__(self, path: str, *, longest: int) -> None:
        where = Path(path) if path else _OURS
        try:
            source = where.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"the prompt cannot be read ({error})", where=str(where), mend="Check the path") from error
        self._where = str(where)
        self._template = _template(source, self._where)
        self._longest = longest
        self.messages(dict.fromkeys(FIELDS, "x"))  # a name that it misspells is told now, not after paid requests

    def messages(self, case: Mapping[str, str | None]) -> tuple[Message, ...]:
        """Write the messages about one case, a text or None for each of `FIELDS`."""
        import jinja2

        values = {name: None if text is None else self._quoted(text) for name, text in case.items()}
        try:
            return tuple(
                Message(role, "".join(self._template.blocks[role](self._template.new_context(values))).strip())
                for role in ("system", "user")
            )
        except jinja2.TemplateError as error:
            raise InputError(
                f"the prompt cannot be filled in ({error.message})",
                where=self._where,
                mend=f"It is given {', '.join(FIELDS)}",
            ) from error

    def cut(self, text: str) -> bool:
        """Tell whether the judge sees only the beginning of a text."""
        return len(text) > self._longest

    def _quoted(self, text: str) -> str:
        """Write a text as a JSON string; a long one is cut, and that is said."""
        left_out = f" ({len(text) - self._longest:,} more characters are left out)" if self.cut(text) else ""
        return json.dumps(text[: self._longest], ensure_ascii=False) + left_out


def _template(source: str, where: str) -> "Template":
    import jinja2

    # A prompt is text for a model, not HTML: the texts are quoted as JSON strings instead of escaped.
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701
    try:
        template = environment.from_string(source)
    except jinja2.TemplateSyntaxError as error:
        raise InputError(f"no Jinja template ({error.message})", where=f"{where}, line {error.lineno}") from error
    if not {"system", "user"} <= template.blocks.keys():
        raise InputError(
            "it lacks a block system or user", where=where, mend="Write {% block system %} ... {% endblock %}"
        )
    return template
