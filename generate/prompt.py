"""Prompts as Jinja files: one file is one whole conversation, and its hash is its version.

A file names its turns with call blocks, `{% call user() %} ... {% endcall %}`, likewise `system` and `assistant`, and
may include others. A folder of the user's own is looked into first, so that a file of the same name there takes the
place of ours.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import meta
from jinja2.sandbox import SandboxedEnvironment

from schemas import InputError, Message

_HERE = Path(__file__).parent / "prompts"
_ROLES = ("system", "user", "assistant")
_QUESTIONS = ("question", "instruction")  # fields of JSON answers that hold what a user would say


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt that can be filled in.

    Attributes:
        path: Its file.
        version: First 12 hex digits of the SHA-256 of the file, and of what it includes.
        template: The compiled file.
        values: Names of the values that it takes.
    """

    path: Path
    version: str
    template: jinja2.Template
    values: frozenset[str]

    def messages(self, **values: object) -> tuple[Message, ...]:
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
            known = ", ".join(sorted(values))
            raise InputError(
                f"the prompt cannot be filled in ({error})", where=str(self.path), mend=f"It may use: {known}"
            ) from error
        if outside or not turns or turns[-1].role != "user":
            what = f"text outside of a turn ({outside[:40]!r})" if outside else "its last turn is not the user's"
            mend = "Put each turn between {% call user() %} and {% endcall %}"
            raise InputError(what, where=str(self.path), mend=mend)
        return tuple(turns)

    def shown(self) -> list[str]:
        """List the questions that the prompt gives as examples: a model likes to repeat them."""
        answers = [text for role, text in self.messages(**dict.fromkeys(self.values, "")) if role == "assistant"]
        return [question for answer in answers for question in _questions(answer)]


def load_prompt(name: str, folder: Path | None = None) -> Prompt:
    """Load `NAME.jinja` from the user's folder if it has one, else from ours.

    Raises:
        InputError: The folder is missing, or the file is no Jinja.
    """
    if folder is not None and not folder.is_dir():
        raise InputError("no such folder of prompts", where=str(folder), mend="Check the path")
    folders = [_HERE] if folder is None else [folder, _HERE]
    # A prompt is text for a model, not HTML: nothing in it is escaped.
    environment = SandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folders), undefined=jinja2.StrictUndefined, trim_blocks=True, autoescape=False
    )
    path = next(
        (found for found in (place / f"{name}.jinja" for place in folders) if found.exists()), _HERE / f"{name}.jinja"
    )
    try:
        digest, values = _sources(environment, f"{name}.jinja")
        template = environment.get_template(f"{name}.jinja")
    except jinja2.TemplateSyntaxError as error:
        where = f"{error.filename or path}, line {error.lineno}"
        raise InputError(f"no Jinja template ({error.message})", where=where) from error
    except (jinja2.TemplateError, OSError, UnicodeDecodeError) as error:
        raise InputError(f"the prompt cannot be read ({error})", where=str(path)) from error
    return Prompt(path, digest[:12], template, values)


def combined_version(prompts: Sequence[Prompt]) -> str:
    """Hash several prompts: 12 hex digits; that of one alone is its own version, of none empty."""
    if len(prompts) < 2:
        return prompts[0].version if prompts else ""
    return hashlib.sha256("\0".join(prompt.version for prompt in prompts).encode()).hexdigest()[:12]


def _sources(environment: SandboxedEnvironment, name: str) -> tuple[str, frozenset[str]]:
    """Hash a file with all that it includes, and list the values that these take."""
    assert environment.loader is not None, "load_prompt sets it"
    digest, waiting, seen = hashlib.sha256(), [name], set[str]()
    values = set[str]()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        source, _, _ = environment.loader.get_source(environment, current)
        digest.update(source.encode())
        tree = environment.parse(source, filename=current)
        values |= meta.find_undeclared_variables(tree)
        waiting += sorted(found for found in meta.find_referenced_templates(tree) if found)
    return digest.hexdigest(), frozenset(values - set(_ROLES))


def _questions(answer: str) -> list[str]:
    """Give the questions of an answer: itself, or the fields of its JSON."""
    try:
        found = json.loads(answer)
    except ValueError:
        return [answer]
    if isinstance(found, dict):
        found = next((value for value in found.values() if isinstance(value, list)), [found])
    if not isinstance(found, list):
        return [answer]
    return [str(item[key]) for item in found if isinstance(item, dict) for key in _QUESTIONS if key in item]
