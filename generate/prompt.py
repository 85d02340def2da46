"""Prompts as Jinja files: one file is one whole conversation, and its hash is its version.

A file names its turns with call blocks, `{% call user() %} ... {% endcall %}`, likewise `system` and `assistant`. A
folder of the user's own is looked into first, so that a file of the same name there takes the place of ours.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from schemas import InputError, Message

_HERE = Path(__file__).parent / "prompts"
VALUES = ("passage", "whereabouts")
_ROLES = ("system", "user", "assistant")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt that can be filled in.

    Attributes:
        path: Its file.
        version: First 12 hex digits of the SHA-256 of the file.
        template: The compiled file.
    """

    path: Path
    version: str
    template: jinja2.Template

    def messages(self, **values: str) -> tuple[Message, ...]:
        """Fill in the values and give the conversation.

        Raises:
            InputError: The file asks for a value that there is not, or holds text outside of its turns.
        """
        turns: list[Message] = []

        def taker(role: str) -> Any:  # Any: what Jinja calls
            def take(caller: Any) -> str:
                turns.append(Message(role, str(caller()).strip()))
                return ""

            return take

        try:
            outside = self.template.render(**values, **{role: taker(role) for role in _ROLES}).strip()
        except (jinja2.TemplateError, TypeError, ValueError) as error:
            known = ", ".join(VALUES)
            raise InputError(
                f"the prompt cannot be filled in ({error})", where=str(self.path), mend=f"It may use: {known}"
            ) from error
        if outside or not turns or turns[-1].role != "user":
            what = f"text outside of a turn ({outside[:40]!r})" if outside else "its last turn is not the user's"
            mend = "Put each turn between {% call user() %} and {% endcall %}"
            raise InputError(what, where=str(self.path), mend=mend)
        return tuple(turns)

    def shown(self) -> list[str]:
        """List the answers that the prompt gives as examples: a model likes to repeat them."""
        return [content for role, content in self.messages(**dict.fromkeys(VALUES, "")) if role == "assistant"]


def load_prompt(name: str, folder: Path | None = None) -> Prompt:
    """Load `NAME.jinja` from the user's folder if it has one, else from ours.

    Raises:
        InputError: The folder is missing, or the file is no Jinja.
    """
    if folder is not None and not folder.is_dir():
        raise InputError("no such folder of prompts", where=str(folder), mend="Check the path")
    path = next(
        place
        for place in (*([] if folder is None else [folder / f"{name}.jinja"]), _HERE / f"{name}.jinja")
        if place.exists()
    )
    # A prompt is text for a model, not HTML: nothing in it is escaped.
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701
    try:
        raw = path.read_bytes()
        template = environment.from_string(raw.decode())
    except jinja2.TemplateSyntaxError as error:
        raise InputError(f"no Jinja template ({error.message})", where=f"{path}, line {error.lineno}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the prompt cannot be read ({error})", where=str(path)) from error
    return Prompt(path, hashlib.sha256(raw).hexdigest()[:12], template)
