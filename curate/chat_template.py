"""A model's own chat template, found beside its tokenizer and rendered without loading the model's library."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.errors import InputError
from schemas.templates import ALPACA_CHAT_TEMPLATE

if TYPE_CHECKING:
    from jinja2 import Template

CONFIG, SPECIAL, TEMPLATE = "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTemplate:
    """A chat template and the control tokens that it may write.

    Attributes:
        text: Jinja.
        tokens: Names of control tokens such as `eos_token`, and their texts.
    """

    text: str
    tokens: Mapping[str, str]

    def render(self, messages: Sequence[Mapping[str, str]]) -> str:
        """Write a conversation as the model reads it.

        Raises:
            TemplateError: The template refuses it, as some do with roles out of order.
        """
        return _compiled(self.text).render(
            messages=messages, tools=None, documents=None, add_generation_prompt=False, **self.tokens
        )


@lru_cache(maxsize=4)
def load_chat_template(name: str) -> ChatTemplate:
    """Load the chat template of a model; one that has none gets Alpaca's, as it does in training.

    Args:
        name: Folder of the model, its `tokenizer.json`, or its name on the hub.

    Raises:
        InputError: Its configuration cannot be read, or its template is no Jinja.
    """
    path = Path(name)
    folder = path if path.is_dir() else path.parent if path.is_file() else _fetched(name)
    config = _config(folder / CONFIG)
    own: Any = config.get("chat_template")  # Any: a template, or a list of named ones
    if (folder / TEMPLATE).is_file():
        own = (folder / TEMPLATE).read_text(encoding="utf-8")
    elif isinstance(own, list):
        own = {each["name"]: each["template"] for each in own}.get("default")
    named = {**_config(folder / SPECIAL), **config}
    tokens = {key: _token(value) for key, value in named.items() if key.endswith("_token") and _token(value)}
    text = own or ALPACA_CHAT_TEMPLATE
    _check(text, name)
    return ChatTemplate(text=text, tokens=tokens)


def _token(value: Any) -> str:  # Any: a text, or an object that describes the token
    text = value.get("content") if isinstance(value, dict) else value
    return text if isinstance(text, str) else ""


def _config(path: Path) -> dict[str, Any]:  # Any: JSON
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise InputError(
            f"cannot be read ({error})", where=str(path), mend="Mend it or fetch the model again"
        ) from error
    return found if isinstance(found, dict) else {}


def _fetched(name: str) -> Path:
    """Fetch the small files of a model on the hub, and give the folder that they lie in."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError

    try:
        folder = Path(hf_hub_download(name, CONFIG)).parent
        for each in (SPECIAL, TEMPLATE):
            with suppress(EntryNotFoundError):  # not every model has them
                hf_hub_download(name, each)
    except (HfHubHTTPError, OSError, ValueError) as error:
        detail = str(error).splitlines()[0]
        raise InputError(
            f"no chat template can be loaded ({detail})", where=name, mend="Name a model's folder"
        ) from error
    return folder


def _check(text: str, name: str) -> None:
    from jinja2 import TemplateError

    try:
        _compiled(text)
    except TemplateError as error:
        raise InputError(
            f"its chat template is broken ({error})", where=name, mend="Mend it, or choose another model"
        ) from error


@lru_cache(maxsize=4)
def _compiled(text: str) -> "Template":
    """Compile a template in a sandbox, with the tags, filters and functions that model makers rely on."""
    from jinja2 import TemplateError, nodes
    from jinja2.ext import Extension, loopcontrols
    from jinja2.parser import Parser
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Generation(Extension):
        """Read `{% generation %}`, which marks what the model writes, as if it were not there."""

        tags = {"generation"}  # noqa: RUF012 - Jinja reads it from the class

        def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
            line = next(parser.stream).lineno
            body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            return nodes.Scope(body, lineno=line)

    def refuse(message: str) -> None:
        raise TemplateError(message)

    def tojson(value: Any, **options: Any) -> str:  # Any: whatever a template holds
        return json.dumps(value, **{"ensure_ascii": False, **options})

    def now(form: str) -> str:
        return datetime.now().strftime(form)  # noqa: DTZ005 - the model is told the day where the user is

    sandbox = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    sandbox.filters["tojson"] = tojson
    sandbox.globals |= {"raise_exception": refuse, "strftime_now": now}
    return sandbox.from_string(text)
