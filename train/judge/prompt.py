"""The prompt of a comparison: a Jinja file that is shown the case as JSON strings, which no text can end by itself."""

from collections.abc import Mapping
from pathlib import Path

from schemas import InputError, Message
from schemas.judge_prompt import prompt_template, quoted

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
        self._where = str(where)
        self._template = prompt_template(where)
        self._longest = longest
        self.messages(dict.fromkeys(FIELDS, "x"))  # a name that it misspells is told now, not after paid requests

    def messages(self, case: Mapping[str, str | None]) -> tuple[Message, ...]:
        """Write the messages about one case, a text or None for each of `FIELDS`."""
        import jinja2

        values = {name: None if text is None else quoted(text, self._longest) for name, text in case.items()}
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
